"""Lessons kept in a browser to be read without a connection, and the passes that say until when.

A pass is sealed by us and names account, course and lesson. It is good for two weeks; whenever there is a connection it is
exchanged for a new one, or taken back, by the decision of that moment. What this can't do is in the decision on offline
reading, in ``docs/decisions``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import lesson_texts
from marketplace.classroom import explain_part, explain_parts
from marketplace.clock import now
from marketplace.crypto import seal, unseal
from marketplace.domain.access.service import Actor
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import service as courses
from marketplace.domain.courses import taking
from marketplace.domain.courses.outline import Block, Lesson
from marketplace.domain.media import service as media
from marketplace.domain.media.service import Video
from marketplace.errors import Denied, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id

GOOD_FOR = timedelta(days=14)
MOST = 500


class NotKept(Denied):
    message = "The creator of this course doesn't let its lessons be kept offline."


@dataclass(frozen=True, slots=True)
class Pass:
    account_id: UUID
    product_id: UUID
    lesson_id: UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """What a browser gets of a lesson; ``uris``: the host's of each video that may be kept, by block."""

    body: dict[str, Any]
    uris: dict[str, str]


def issue(one: Pass, at: datetime) -> tuple[str, datetime]:
    """(pass, until when)"""
    until = at + GOOD_FOR
    told = [one.account_id.hex, one.product_id.hex, one.lesson_id.hex, int(until.timestamp())]
    return seal("offline " + json.dumps(told)), until


def read(sealed: str) -> Pass | None:
    """What a pass of ours says, also when it has run out: it is exchanged by the decision of the moment. None for what
    we didn't make."""
    kind, _space, told = unseal(sealed).partition(" ")
    ids = [parse_id(part) for part in json.loads(told)[:3]] if kind == "offline" else []
    return Pass(*ids) if len(ids) == 3 and None not in ids else None  # type: ignore[arg-type]


async def _taught(
    session: AsyncSession, who: Actor, product_id: UUID, lesson_id: UUID
) -> tuple[Listing, taking.Course, Lesson]:
    """A lesson that this person has and may keep. Only what they have: a free preview and one's own course are online."""
    listing = next(iter(await browse.listings(session, [product_id])), None)
    taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    if listing is None or taught is None or lesson is None:
        raise Missing
    decision = await explain_part(session, who, listing, taught, lesson)
    if decision.code != "granted":
        raise Denied(decision.message if not decision.allowed else _("Only lessons that you got can be kept offline."))
    if taught.outline.keep == "nothing":
        raise NotKept
    return listing, taught, lesson


async def pack(session: AsyncSession, who: Actor, product_id: UUID, lesson_id: UUID) -> Kept:
    """A lesson as it is kept, with its pass. Raises ``Missing``, ``Denied`` or ``NotKept``."""
    listing, taught, lesson = await _taught(session, who, product_id, lesson_id)
    assert who.account_id is not None
    await taking.kept(session, who.account_id, product_id, taught, lesson)
    contents = await courses.contents(session, lesson)
    films = await _films(session, contents)
    texts = await lesson_texts.of_lesson(session, listing.product.creator_id, product_id, lesson, contents)
    blocks, left_out, uris = [], set[str](), {}
    for block in lesson.blocks:
        body = contents[block.id].body if block.id in contents else {}
        address = f"/learn/{product_id}/{lesson_id}/{block.id}/file"
        text = texts.get(block.id)
        shown = await _block(session, block, body, address) if text is None else {"kind": "text", "html": text}
        if shown is None:
            left_out.add(block.kind)
            continue
        blocks.append(shown)
        film = films.get(block.id)
        if film is not None and taught.outline.keep == "video":
            uris[str(block.id)] = str(film.uri)
        elif block.kind == "video":
            left_out.add("video")
    sealed, until = issue(Pass(who.account_id, product_id, lesson_id), now())
    done = await taking.done(session, who.account_id, product_id)
    order = [one.id for one in taught.outline.lessons].index(lesson.id)
    body = {
        "id": str(lesson_id), "product": str(product_id), "slug": listing.product.slug, "course": listing.product.title,
        "lesson": lesson.title, "order": order, "must_watch": lesson.must_watch, "version": taught.number,
        "done": lesson.id in done,
        "blocks": blocks, "left_out": sorted(left_out), "pass": sealed, "expires": int(until.timestamp() * 1000),
    }  # fmt: skip
    return Kept(body, uris)


async def _films(session: AsyncSession, contents: dict[UUID, courses.BlockBody]) -> dict[UUID, Video]:
    found = {}
    for block_id, content in contents.items():
        if content.kind == "video":
            video = await media.video(session, UUID(str(content.body["video_id"])))
            if video is not None and video.uri and video.state == "ready":
                found[block_id] = video
    return found


async def _block(session: AsyncSession, block: Block, body: dict[str, Any], file: str) -> dict[str, Any] | None:
    """None for what needs the server: a quiz, an exercise, a file that its maker keeps back."""
    kind = str(block.kind)
    if kind == "file" and body.get("offline"):
        return {"kind": "file", "name": str(body.get("name", "")), "size": int(body.get("size") or 0), "url": file}
    if kind != "video" or not body:
        return None
    spoken = await media.transcripts.of(session, [UUID(str(body["video_id"]))])
    return {
        "kind": "video", "id": str(block.id), "seconds": block.seconds,
        "transcripts": [
            {
                "lang": row.language, "label": row.label,
                "cues": [[cue.start, cue.end, cue.text] for cue in media.transcripts.cues(row.vtt)],
            }
            for row in spoken
        ],
    }  # fmt: skip


async def check(session: AsyncSession, who: Actor, passes: Sequence[str]) -> dict[str, Any]:
    """Each pass exchanged for a new one, or dropped: by lesson. Passes of somebody else are dropped too. Each course is
    decided once, however many of its lessons are kept, and however often one of them is named."""
    wanted: dict[UUID, dict[UUID, Pass]] = {}
    for sealed in passes[:MOST]:
        known = read(sealed)
        if known is not None and known.account_id == who.account_id:
            wanted.setdefault(known.product_id, {})[known.lesson_id] = known
    listings = {one.product.id: one for one in await browse.listings(session, list(wanted))} if wanted else {}
    taught = await taking.courses(session, list(listings)) if listings else {}
    kept: dict[str, Any] = {}
    for product_id, course in taught.items():
        if course.outline.keep != "nothing":
            kept |= await _renewed(session, who, listings[product_id], course, wanted[product_id])
    return kept


async def _renewed(
    session: AsyncSession, who: Actor, listing: Listing, course: taking.Course, passes: dict[UUID, Pass]
) -> dict[str, Any]:
    lessons = [lesson for lesson_id in passes if (lesson := course.outline.find(lesson_id)) is not None]
    decided = await explain_parts(session, who, listing, course, lessons)
    assert who.account_id is not None
    done = await taking.done(session, who.account_id, listing.product.id)
    kept = {}
    for lesson in lessons:
        if decided[lesson.id].code == "granted":
            fresh, until = issue(passes[lesson.id], now())
            kept[str(lesson.id)] = {
                "pass": fresh, "expires": int(until.timestamp() * 1000), "version": course.number,
                "video": course.outline.keep == "video", "done": lesson.id in done,
            }  # fmt: skip
    return kept
