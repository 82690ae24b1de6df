"""The outline and the open lesson of the curriculum builder, as its page shows them."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import outline
from marketplace.domain.media import service as media
from marketplace.i18n import _, ngettext
from marketplace.markdown import render
from marketplace.present import day, length, local, whole
from marketplace.state.wizard_draft import video_view

_SIGNS = ("video", "live", "code", "assignment", "text", "quiz", "file")  # the first of these in a lesson is its icon


def rows_of(shown: Outline) -> list[dict[str, str]]:
    """The outline as rows. ``before`` of the place to add a lesson is what a drop there comes before."""
    found: list[dict[str, str]] = []
    for number, section in enumerate(shown.sections, 1):
        following = shown.sections[number].id if number < len(shown.sections) else ""
        found.append({
            "kind": "section", "id": str(section.id), "title": section.title,
            "place": _("section {n} of {total}").format(n=number, total=len(shown.sections)), "icon": "", "meta": "",
        })  # fmt: skip
        for n, lesson in enumerate(section.lessons, 1):
            kinds = {block.kind for block in lesson.blocks}
            found.append({
                "kind": "lesson", "id": str(lesson.id), "title": lesson.title,
                "place": _("lesson {n} of {total} in {section}").format(
                    n=n, total=len(section.lessons), section=section.title
                ),
                "icon": next((kind for kind in _SIGNS if kind in kinds), ""),
                "meta": " · ".join(
                    filter(
                        None,
                        [
                            length(lesson), _opens(lesson, shown.time_zone),
                            _("Free preview") if lesson.preview else "", "" if kinds else _("Empty"),
                        ],
                    )
                ),
            })  # fmt: skip
        found.append({
            "kind": "add", "id": str(section.id), "before": str(following), "title": section.title, "place": "",
            "icon": "", "meta": "",
        })  # fmt: skip
    return found


def _opens(lesson: outline.Lesson, zone: str) -> str:
    """When it opens to those who have the course, and is due, in few words."""
    after = ngettext("after {count} day", "after {count} days", lesson.after_days).format(count=lesson.after_days)
    return " · ".join(
        filter(
            None,
            [
                after if lesson.after_days else "",
                local(lesson.opens_at, zone) if lesson.opens_at else "",
                _("due {time}").format(time=local(lesson.due_at, zone)) if lesson.due_at else "",
                ngettext("due after {count} day", "due after {count} days", lesson.due_days).format(
                    count=lesson.due_days
                )
                if lesson.due_days
                else "",
            ],
        )
    )


def version_view(version: courses.CourseVersion) -> dict[str, str]:
    count = version.lessons
    size = ngettext("{count} lesson", "{count} lessons", count).format(count=count)
    return {
        "number": str(version.number), "notes": render(version.notes), "date": day(version.published_at),
        "size": f"{size} · {whole(version.seconds)}" if version.seconds else size,
    }  # fmt: skip


def lesson_view(shown: Outline, lesson: outline.Lesson) -> dict[str, str]:
    home = shown.home_of(lesson.id)
    return {
        "id": str(lesson.id), "title": lesson.title, "section": home.title if home else "",
        "preview": "1" if lesson.preview else "", "must_watch": "1" if lesson.must_watch else "",
        "has_video": "1" if any(b.kind == "video" for b in lesson.blocks) else "",
        "must_pass": "1" if lesson.must_pass else "",
        "has_quiz": "1" if any(b.kind in courses.standing.PASSABLE for b in lesson.blocks) else "",
    }  # fmt: skip


async def bodies_of(session: Any, lesson: outline.Lesson) -> list[tuple[outline.Block, courses.BlockBody]]:
    contents = await courses.contents(session, lesson)
    return [(block, contents[block.id]) for block in lesson.blocks if block.id in contents]


async def block_view(session: Any, block: outline.Block, body: courses.BlockBody) -> dict[str, str]:
    plain = {
        "id": str(block.id),
        "kind": block.kind,
        "md": "",
        "state": "",
        "name": "",
        "words": "",
        "error": "",
        "video_id": "",
        "captions": "",
    }
    if block.kind != "video":
        return {**plain, "md": str(body.body.get("md", "")) if block.kind == "text" else ""}
    video_id = UUID(str(body.body["video_id"]))
    video = await media.video(session, video_id)
    labels = " · ".join(caption.label for caption in await media.captions(session, video_id))
    return {**plain, **(video_view(video) if video else {}), "video_id": str(video_id), "captions": labels}


async def video_again(session: Any, block: dict[str, str]) -> dict[str, str]:
    """The block with how far its video is now; any other as it is."""
    video = await media.video(session, UUID(block["video_id"])) if block["video_id"] else None
    return {**block, **video_view(video)} if video else block


def digests(bodies: list[tuple[outline.Block, courses.BlockBody]]) -> dict[str, str]:
    """What each block holds, in short: to see whether it was changed."""
    return {
        str(block.id): hashlib.sha256(json.dumps(body.body, sort_keys=True).encode()).hexdigest()
        for block, body in bodies
    }
