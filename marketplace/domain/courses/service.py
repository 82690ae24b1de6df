"""The creator's side of courses: the outline's edits, the blocks' contents, versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access.service import Actor
from marketplace.domain.assignments import service as assignments
from marketplace.domain.assignments.service import Assignment
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import NotReady
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import changes, conditions, kinds, outline, standing, store, telling, terms
from marketplace.domain.courses.errors import StaleOutline
from marketplace.domain.courses.models import BlockBody, CourseDraft, CourseVersion
from marketplace.domain.courses.outline import Block, Outline
from marketplace.domain.media import service as media
from marketplace.domain.quizzes import service as quizzes
from marketplace.domain.quizzes.service import Quiz
from marketplace.domain.search import service as search
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import DEFAULT_LOCALE, _, current_locale, ngettext
from marketplace.ids import new_id

__all__ = ["BlockBody", "CourseVersion", "Outline", "changes", "outline", "standing", "terms"]

MAX_TEXT, MAX_NOTES = 50_000, 1_000
_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Editing:
    """A course as its creator edits it, under its draft's ``title``. ``changes``: what publishing would change for
    learners."""

    product: Product
    title: str
    outline: Outline
    revision: int
    version: CourseVersion | None
    changes: list[changes.Change]
    left_out: list[dict[str, str]]


async def load(session: AsyncSession, actor: Actor, product_id: UUID) -> Editing:
    product, draft = await _own(session, actor, product_id)
    title = (await catalog.load(session, actor, product_id))[1].title
    version = await store.version(session, product_id)
    shown = await _with_lengths(session, Outline.model_validate(draft.outline), unknown_only=True)
    before = Outline.model_validate(version.outline) if version else Outline()
    differs = changes.between(before, shown) if version else []
    return Editing(product, title, shown, draft.revision, version, differs, list(draft.left_out))


async def left_seen(session: AsyncSession, actor: Actor, product_id: UUID) -> None:
    """What an import couldn't bring was read."""
    _product, draft = await _own(session, actor, product_id, lock=True)
    draft.left_out = []
    await session.flush()


async def _own(
    session: AsyncSession, actor: Actor, product_id: UUID, *, lock: bool = False
) -> tuple[Product, CourseDraft]:
    product, _ = await catalog.load(session, actor, product_id)
    if product.kind != "course":
        raise Missing
    draft = await store.draft(session, product_id, lock=lock)
    if draft is None:
        draft = CourseDraft(product_id=product_id, outline=Outline().model_dump(mode="json"))
        session.add(draft)
        await session.flush()
    return product, draft


async def edit(
    session: AsyncSession, actor: Actor, product_id: UUID, change: Callable[[Outline], Outline], *, revision: int | None
) -> Editing:
    """One edit of the outline. ``revision`` is what the editor last saw; None for the server's own changes.
    Raises ``StaleOutline`` when another tab edited meanwhile."""
    product, draft = await _own(session, actor, product_id, lock=True)
    if revision is not None and revision != draft.revision:
        raise StaleOutline
    if product.state == "archived":
        raise Conflict("This course is archived. Restore it before you change it.")
    draft.outline = change(Outline.model_validate(draft.outline)).model_dump(mode="json")
    draft.revision, draft.updated_at = draft.revision + 1, now()
    await session.flush()
    return await load(session, actor, product_id)


async def add_text(
    session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, *, revision: int | None
) -> Editing:
    await _own(session, actor, product_id)
    body = await _new_body(session, product_id, "text", {"md": ""})
    block = Block(kind="text", body_id=body.id)
    return await edit(session, actor, product_id, lambda o: outline.add_block(o, lesson_id, block), revision=revision)


async def write_text(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, words: str, *, revision: int | None
) -> Editing:
    """The text of a block. What is published stays as it is until the next version."""
    words = text.clean_text(words, limit=MAX_TEXT, field=str(block_id), label="The text")
    block = await _draft_block(session, actor, product_id, block_id, "text")
    body = await _own_body(session, product_id, block, {"md": words})
    seconds = round(len(words.split()) * 60 / outline.WORDS_A_MINUTE)
    return await edit(
        session, actor, product_id,
        lambda o: outline.change_block(o, block_id, body_id=body.id, seconds=seconds), revision=revision,
    )  # fmt: skip


async def add_quiz(
    session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, *, revision: int | None
) -> Editing:
    return await add_made(session, actor, product_id, lesson_id, "quiz", Quiz(), revision=revision)


async def edit_quiz(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, change: Callable[[Quiz], Quiz], *,
    revision: int | None, fresh: bool = False,
) -> Editing:  # fmt: skip
    """One edit of a quiz. Attempts keep to the quiz they began with."""
    return await edit_made(session, actor, product_id, block_id, ("quiz", Quiz), change, revision=revision, fresh=fresh)


async def add_made(
    session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, kind: outline.Kind, made: BaseModel, *,
    revision: int | None,
) -> Editing:  # fmt: skip
    """A block whose contents are one document, at the end of the lesson."""
    await _own(session, actor, product_id)
    body = await _new_body(session, product_id, kind, made.model_dump(mode="json"))
    block = Block(kind=kind, body_id=body.id)
    return await edit(session, actor, product_id, lambda o: outline.add_block(o, lesson_id, block), revision=revision)


async def edit_made(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, what: tuple[outline.Kind, type[_M]],
    change: Callable[[_M], _M], *, revision: int | None, fresh: bool = False,
) -> Editing:  # fmt: skip
    """One edit of such a document. ``fresh``: the row before stays as it was, so that the outline before still means
    what it did."""
    kind, form = what
    block = await _draft_block(session, actor, product_id, block_id, kind)
    known = (await store.bodies(session, {block.body_id}))[block.body_id]
    content = change(form.model_validate(known.body)).model_dump(mode="json")
    body = (
        await _new_body(session, product_id, kind, content)
        if fresh
        else await _own_body(session, product_id, block, content)
    )
    return await edit(
        session, actor, product_id,
        lambda o: outline.change_block(o, block_id, body_id=body.id, seconds=0), revision=revision,
    )  # fmt: skip


async def _draft_block(session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, kind: str) -> Block:
    """A block of the draft, which is locked."""
    _product, draft = await _own(session, actor, product_id, lock=True)
    found = Outline.model_validate(draft.outline).block(block_id)
    if found is None:
        raise Missing
    if found[1].kind != kind:
        raise Invalid("This block holds no {kind}.", kind=kind)
    return found[1]


async def put_video(
    session: AsyncSession,
    actor: Actor,
    product_id: UUID,
    lesson_id: UUID,
    video_id: UUID,
    *,
    block_id: UUID | None = None,
) -> Editing:
    """A video of the creator's own, as a new block or in the place of the one that ``block_id`` holds."""
    _product, draft = await _own(session, actor, product_id, lock=True)
    video = await media.own_video(session, actor, video_id)
    if block_id is None:
        body = await _new_body(session, product_id, "video", {"video_id": str(video.id)})
        block = Block(kind="video", body_id=body.id, seconds=video.duration_s)
        return await edit(
            session, actor, product_id, lambda o: outline.add_block(o, lesson_id, block, 0), revision=None
        )
    found = Outline.model_validate(draft.outline).block(block_id)
    if found is None or found[1].kind != "video":
        raise Missing
    body = await _own_body(session, product_id, found[1], {"video_id": str(video.id)})
    return await edit(
        session, actor, product_id,
        lambda o: outline.change_block(o, block_id, body_id=body.id, seconds=video.duration_s), revision=None,
    )  # fmt: skip


async def contents(session: AsyncSession, lesson: outline.Lesson) -> dict[UUID, BlockBody]:
    """By the block's id."""
    bodies = await store.bodies(session, {block.body_id for block in lesson.blocks})
    return {block.id: bodies[block.body_id] for block in lesson.blocks if block.body_id in bodies}


async def problems(session: AsyncSession, product_id: UUID) -> list[catalog.rules.Problem]:
    """What keeps the outline from being published."""
    draft = await store.draft(session, product_id)
    shown = Outline.model_validate(draft.outline) if draft else Outline()
    if not shown.lessons:
        return [_problem(_("Add at least one lesson."))]
    empty = [lesson.title for lesson in shown.lessons if not lesson.blocks]
    if empty:
        words = _("“{title}” is empty. Add something to it, or remove it.")
        if len(empty) > 1:
            words = ngettext(
                "“{title}” is empty, and so is {n} more. Add something to it, or remove it.",
                "“{title}” is empty, and so are {n} more. Add something to it, or remove it.",
                len(empty) - 1,
            )
        return [_problem(words.format(title=empty[0], n=len(empty) - 1))]
    for words in terms.problems(shown):
        return [_problem(words)]
    bodies = await store.bodies(session, set(shown.bodies()))
    for lesson in shown.lessons:
        for block in lesson.blocks:
            words = await _block_problem(session, bodies[block.body_id])
            if words:
                return [_problem(_("“{title}”: {problem}").format(title=lesson.title, problem=words))]
    return []


def _problem(words: str) -> catalog.rules.Problem:
    return catalog.rules.Problem("curriculum", "curriculum", words)


async def _block_problem(session: AsyncSession, body: BlockBody) -> str:
    if body.kind == "text":
        return "" if str(body.body.get("md", "")).strip() else _("a text is still empty.")
    if body.kind == "quiz":
        return next(quizzes.rules.problems(Quiz.model_validate(body.body)), "")
    if body.kind == "assignment":
        return assignments.assignment.problem(Assignment.model_validate(body.body))
    if body.kind in kinds.CHECKED:
        return await kinds.problem(session, body)
    video = await media.video(session, UUID(str(body.body["video_id"])))
    words = catalog.rules.video_problem(video.state if video else "")
    return words[:1].lower() + words[1:] if current_locale.get() == DEFAULT_LOCALE else words


async def publish(
    session: AsyncSession, actor: Actor, product_id: UUID, *, revision: int | None, notes: str = "", mail: bool = False
) -> Product:
    """The sales page's draft and the outline together, as a version of their own when the outline changed. ``revision``
    is the sales page's. ``mail``: learners get the note by mail. Raises what ``catalog.publish`` raises."""
    notes = text.clean_text(notes, limit=MAX_NOTES, field="notes", label="The note to learners")
    await conditions.queue_up(session, await store.draft(session, product_id))
    _product, draft = await _own(session, actor, product_id, lock=True)
    found = await problems(session, product_id)
    if found:
        raise NotReady(found[0].message, field=found[0].field)
    shown = await _with_lengths(session, Outline.model_validate(draft.outline))
    draft.outline = shown.model_dump(mode="json")
    product = await catalog.publish(session, actor, product_id, revision=revision)
    product.duration_s = shown.seconds
    await conditions.publish(session, product_id, product.title, shown.needs)
    last = await store.version(session, product_id)
    if last is None or Outline.model_validate(last.outline) != shown:
        await store.freeze(session, set(shown.bodies()))
        session.add(
            CourseVersion(
                product_id=product_id, number=last.number + 1 if last else 1, outline=draft.outline, notes=notes,
                lessons=len(shown.lessons), seconds=shown.seconds,
            )
        )  # fmt: skip
        await session.flush()
        if mail and notes and last:
            await telling.begin(session, product_id, last.number + 1)
    await session.flush()
    await search.changed(session, product.id)  # now with the names of its lessons
    return product


async def _with_lengths(session: AsyncSession, shown: Outline, *, unknown_only: bool = False) -> Outline:
    """Videos get their length when the host has read them, which may be after they were put in."""
    films = [b for le in shown.lessons for b in le.films if not (unknown_only and b.seconds)]
    bodies = await store.bodies(session, {block.body_id for block in films})
    ids = {body.id: UUID(str(body.body["video_id"])) for body in bodies.values()}
    lengths = await media.lengths(session, set(ids.values()))
    for block in films:
        seconds = lengths.get(ids[block.body_id])
        if seconds is not None and seconds != block.seconds:
            shown = outline.change_block(shown, block.id, body_id=block.body_id, seconds=seconds)
    return shown


async def videos(session: AsyncSession, actor: Actor, product_id: UUID) -> list[UUID]:
    """Every video of the draft."""
    _product, draft = await _own(session, actor, product_id)
    bodies = await store.bodies(session, set(Outline.model_validate(draft.outline).bodies()))
    return [UUID(str(body.body["video_id"])) for body in bodies.values() if body.kind == "video"]


async def versions(session: AsyncSession, actor: Actor, product_id: UUID) -> list[CourseVersion]:
    await _own(session, actor, product_id)
    return await store.versions(session, product_id)


async def take_back_to(
    session: AsyncSession, actor: Actor, product_id: UUID, number: int | None, *, revision: int | None
) -> Editing:
    """The draft as a version was (None: the newest). Learners see it when it is published."""
    found = await store.version(session, product_id, number)
    if found is None:
        raise Missing
    before = Outline.model_validate(found.outline)
    return await edit(session, actor, product_id, lambda _draft: before, revision=revision)


async def duplicate(session: AsyncSession, actor: Actor, product_id: UUID) -> Product:
    """A new draft with everything but the videos: each belongs to one course."""
    _product, draft = await _own(session, actor, product_id)
    copy = await catalog.duplicate(session, actor, product_id)
    shown = Outline.model_validate(draft.outline)
    bodies = await store.bodies(session, set(shown.bodies()))
    for lesson in shown.lessons:
        for block in lesson.blocks:
            if block.kind != "video":
                body = await _new_body(session, copy.id, block.kind, dict(bodies[block.body_id].body))
                shown = outline.change_block(shown, block.id, body_id=body.id, seconds=block.seconds)
            else:
                shown = outline.remove_block(shown, block.id)
    await _own(session, actor, copy.id)
    await edit(session, actor, copy.id, lambda _empty: shown, revision=None)
    return copy


async def delete_draft(session: AsyncSession, actor: Actor, product_id: UUID) -> None:
    """Only what was never published, with its videos."""
    product, draft = await _own(session, actor, product_id)
    if not product.revision:
        for body in (await store.bodies(session, set(Outline.model_validate(draft.outline).bodies()))).values():
            if body.kind == "video":
                await media.drop_video(session, UUID(str(body.body["video_id"])))
            await kinds.drop(session, body)
    await catalog.delete_draft(session, actor, product_id)


async def _new_body(session: AsyncSession, product_id: UUID, kind: str, body: dict[str, Any]) -> BlockBody:
    row = BlockBody(id=new_id(), product_id=product_id, kind=kind, body=body)
    session.add(row)
    await session.flush()
    return row


async def _own_body(session: AsyncSession, product_id: UUID, block: Block, body: dict[str, Any]) -> BlockBody:
    """The draft's row with this content: the block's own one, or a new one in the place of a published one."""
    known = (await store.bodies(session, {block.body_id})).get(block.body_id)
    if known is None or known.frozen or known.product_id != product_id:
        return await _new_body(session, product_id, block.kind, body)
    known.body = body
    await session.flush()
    return known
