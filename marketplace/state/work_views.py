"""What was handed in, as its learner's and its grader's pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from uuid import UUID

from marketplace.domain.assignments.assignment import Criterion
from marketplace.domain.courses.assigning import Assignment, Record, Submission, SubmissionComment, SubmissionFile
from marketplace.i18n import _, joined, ngettext
from marketplace.present import size, when
from marketplace.settings import get_settings


@dataclass
class LevelView:
    id: str
    words: str
    points: str
    chosen: bool = False


@dataclass
class CriterionView:
    """``given``: what was reached, in words; empty before."""

    id: str
    name: str
    given: str = ""
    levels: list[LevelView] = field(default_factory=list)


@dataclass
class FileView:
    """``picture``: the address of one that can be shown."""

    id: str
    name: str
    size: str
    href: str
    picture: str = ""


@dataclass
class CommentView:
    id: str
    who: str
    when: str
    words: str
    mine: bool = False


@dataclass
class GoView:
    """One go at an assignment. ``tone`` and ``verdict``: how it stands. ``pictures`` and ``others`` are its files."""

    id: str
    number: str
    when: str
    tone: str
    verdict: str
    html: str = ""
    score: str = ""
    files: list[FileView] = field(default_factory=list)
    pictures: list[FileView] = field(default_factory=list)
    others: list[FileView] = field(default_factory=list)
    criteria: list[CriterionView] = field(default_factory=list)
    comments: list[CommentView] = field(default_factory=list)


@dataclass
class AssignmentView:
    """``stage``: locked (a free preview), draft, waiting, sent_back or graded. ``words`` is the draft's text."""

    id: str
    stage: str
    html: str
    facts: str
    takes_words: bool = True
    takes_files: bool = False
    accept: str = ""
    limits: str = ""
    megabytes: int = 1
    room: bool = True
    words: str = ""
    again: bool = False
    tries: str = ""
    passed: bool = False
    score: str = ""
    stale: bool = False
    criteria: list[CriterionView] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    last: list[GoView] = field(default_factory=list)
    older: list[GoView] = field(default_factory=list)


def points(n: int) -> str:
    return ngettext("{n} point", "{n} points", n).format(n=n)


def facts(made: Assignment) -> str:
    """In one line what there is to reach."""
    found = [points(made.total)]
    if made.pass_percent:
        found.append(_("{n} % to pass").format(n=made.pass_percent))
    if made.tries > 1:
        found.append(ngettext("can be graded {n} time", "can be graded {n} times", made.tries).format(n=made.tries))
    return " · ".join(found)


def limits(made: Assignment) -> str:
    count = ngettext("Up to {n} file", "Up to {n} files", made.files).format(n=made.files)
    kinds = joined(ending.upper() for ending in made.endings[:8]) + ("…" if len(made.endings) > 8 else "")
    return _("{count} of at most {mb} MB each: {kinds}").format(count=count, mb=made.megabytes, kinds=kinds)


def rubric(made: Assignment, levels: Mapping[str, object]) -> list[CriterionView]:
    return [_criterion(criterion, levels.get(criterion.id)) for criterion in made.criteria]


def _criterion(one: Criterion, chosen: object) -> CriterionView:
    given = next((level for level in one.levels if level.id == chosen), None)
    return CriterionView(
        one.id, one.name, _("{got} of {points}").format(got=given.points, points=points(one.most)) if given else "",
        [LevelView(x.id, x.words, points(x.points), x.id == chosen) for x in one.levels],
    )  # fmt: skip


def file_view(one: SubmissionFile) -> FileView:
    href = f"{get_settings().backend}/submissions/files/{one.id}"
    return FileView(str(one.id), one.name, size(one.size), href, f"{href}/picture" if one.picture else "")


def comment_view(one: SubmissionComment, names: Mapping[UUID, str], me: UUID | None) -> CommentView:
    mine = one.author_id == me
    who = _("You") if mine else names.get(one.author_id, _("Former member"))
    return CommentView(str(one.id), who, when(one.created_at), one.words or _("(removed)"), mine)


def score(row: Submission) -> str:
    return _("{n} %: {got} of {points}").format(n=row.percent, got=row.points, points=points(row.total))


def go_view(made: Assignment, row: Submission, record: Record, names: Mapping[UUID, str], me: UUID | None) -> GoView:
    """``made``: the assignment as it was when this was begun."""
    said = [comment_view(one, names, me) for one in record.comments.get(row.id, [])]
    graded = row.state == "graded"
    files = [file_view(one) for one in record.files.get(row.id, [])]
    return GoView(
        str(row.id), str(row.number), when(row.submitted_at), *_verdict(row), plain_html(row.words),
        score(row) if graded else "", files, [f for f in files if f.picture], [f for f in files if not f.picture],
        rubric(made, row.levels) if graded else [], said,
    )  # fmt: skip


def plain_html(words: str) -> str:
    """What somebody typed, paragraph by paragraph: nothing of it is markup."""
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in words.split("\n\n") if part.strip())


def _verdict(row: Submission) -> tuple[str, str]:
    if row.state == "graded":
        return ("success", _("Passed")) if row.passed else ("warning", _("Not passed"))
    return ("warning", _("Sent back")) if row.state == "sent_back" else ("info", _("Handed in"))


def locked_assignment(block_id: UUID, made: Assignment, html: str) -> AssignmentView:
    return AssignmentView(str(block_id), "locked", html, facts(made), criteria=rubric(made, {}))


def assignment_view(
    block_id: UUID, made: Assignment, record: Record, html: str, goes: Sequence[GoView], *, again: bool
) -> AssignmentView:
    """``made``: the assignment that is worked on: the draft's, or else the one of today."""
    last = record.last
    shown = AssignmentView(
        str(block_id), last.state if last else "draft", html, facts(made), made.words, made.files > 0,
        ",".join(f".{ending}" for ending in made.endings), limits(made), made.megabytes, again=again,
        passed=record.passed, criteria=rubric(made, {}),
    )  # fmt: skip
    if made.tries:
        left = max(0, made.tries - record.graded)
        shown.tries = ngettext("{n} try left", "{n} tries left", left).format(n=left)
    if last is not None and last.state == "draft":
        shown.words = last.words
        shown.files = [file_view(one) for one in record.files.get(last.id, [])]
        shown.room = len(shown.files) < made.files
        shown.older = list(goes)
    else:
        shown.last, shown.older = list(goes[:1]), list(goes[1:])
        shown.score = goes[0].score if goes else ""
    return shown
