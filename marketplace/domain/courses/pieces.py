"""Files, code exercises and live sessions in the draft of a course: each edit is one of the outline too.

None of them has a length: a course is as long as its films and texts, of which it is known how far somebody got.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.domain.access.service import Actor
from marketplace.domain.courses import live, outline, service, store
from marketplace.domain.courses.outline import Block, Kind
from marketplace.domain.courses.service import Editing
from marketplace.domain.exercises.service import Exercise
from marketplace.domain.media import files
from marketplace.errors import Missing

MAX_ABOUT = 500


async def add(
    session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, kind: Kind, body: dict[str, Any], *,
    revision: int | None,
) -> Editing:  # fmt: skip
    """A new block at the end of a lesson."""
    await service.load(session, actor, product_id)
    row = await service._new_body(session, product_id, kind, body)
    block = Block(kind=kind, body_id=row.id)
    return await service.edit(
        session, actor, product_id, lambda o: outline.add_block(o, lesson_id, block), revision=revision
    )


async def edit(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, kind: Kind,
    change: Callable[[dict[str, Any]], dict[str, Any]], *, revision: int | None, fresh: bool = False,
) -> Editing:  # fmt: skip
    """One edit of what a block holds. ``fresh``: the row before stays as it was, for "Undo"."""
    block = await service._draft_block(session, actor, product_id, block_id, kind)
    known = (await store.bodies(session, {block.body_id})).get(block.body_id)
    if known is None:
        raise Missing
    content = change(known.body)
    if fresh:
        row = await service._new_body(session, product_id, kind, content)
    else:
        row = await service._own_body(session, product_id, block, content)
    return await service.edit(
        session, actor, product_id,
        lambda o: outline.change_block(o, block_id, body_id=row.id, seconds=0), revision=revision,
    )  # fmt: skip


async def add_file(session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, file_id: UUID) -> Editing:
    """A file of the creator's own that has arrived. It may be kept offline unless its creator says otherwise."""
    stored = await files.own(session, actor, file_id)
    if stored.state != "ready":
        raise Missing
    body = {
        "file_id": str(stored.id), "name": stored.name, "size": stored.size, "mime": stored.mime, "about": "",
        "offline": True,
    }  # fmt: skip
    return await add(session, actor, product_id, lesson_id, "file", body, revision=None)


async def describe_file(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, *, revision: int | None,
    name: str | None = None, about: str | None = None, offline: bool | None = None,
) -> Editing:  # fmt: skip
    """How a file is called, what is said of it, and whether learners may keep it. Its ending stays as it is."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        told = dict(body)
        if name is not None:
            told["name"] = files.renamed(str(body["name"]), name, field=f"{block_id}:name")
        if about is not None:
            told["about"] = text.clean_text(about, limit=MAX_ABOUT, field=f"{block_id}:about", label="The description")
        if offline is not None:
            told["offline"] = offline
        return told

    return await edit(session, actor, product_id, block_id, "file", change, revision=revision)


async def add_exercise(
    session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, *, revision: int | None
) -> Editing:
    return await add(
        session, actor, product_id, lesson_id, "code", Exercise().model_dump(mode="json"), revision=revision
    )


async def edit_exercise(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID, change: Callable[[Exercise], Exercise], *,
    revision: int | None, fresh: bool = False,
) -> Editing:  # fmt: skip
    """One edit of a code exercise. Attempts keep what they were worth."""
    return await edit(
        session, actor, product_id, block_id, "code",
        lambda body: change(Exercise.model_validate(body)).model_dump(mode="json"), revision=revision, fresh=fresh,
    )  # fmt: skip


async def add_live(
    session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, zone: str, *, revision: int | None
) -> Editing:
    """``zone``: what the creator's own clock goes by, as their browser says."""
    start = live.Session(zone=live.zone_or_utc(zone)).model_dump(mode="json")
    return await add(session, actor, product_id, lesson_id, "live", start, revision=revision)


async def edit_live(
    session: AsyncSession, actor: Actor, product_id: UUID, block_id: UUID,
    change: Callable[[live.Session], live.Session], *, revision: int | None,
) -> Editing:  # fmt: skip
    return await edit(
        session, actor, product_id, block_id, "live",
        lambda body: change(live.Session.model_validate(body)).model_dump(mode="json"), revision=revision,
    )  # fmt: skip
