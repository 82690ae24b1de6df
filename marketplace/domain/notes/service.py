"""A learner's own notes: written, changed, deleted and brought back by nobody but them.

Whether they may open the lesson is decided by the caller for the same event; whose note it is, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.notes import rules, store
from marketplace.domain.notes.errors import ChangedElsewhere, TooManyNotes
from marketplace.domain.notes.models import Note
from marketplace.errors import Missing
from marketplace.ids import parse_id

__all__ = [
    "Note",
    "Page",
    "add",
    "everything",
    "forget",
    "of_course",
    "of_lesson",
    "purge",
    "remove",
    "restore",
    "rules",
    "write",
]

PAGE = 50
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Page:
    """``next_key`` is opaque, empty on the last page."""

    notes: list[Note]
    next_key: str


async def add(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, *, block_id: UUID | None = None,
    at_s: int | None = None, bookmark: bool = False, words: str = "",
) -> Note:  # fmt: skip
    """A new note; ``at_s`` is what :func:`rules.place` made of the player's position."""
    await store.lock(session, account_id, product_id)
    if await store.count(session, account_id, product_id) >= rules.MAX_NOTES:
        raise TooManyNotes
    note = Note(
        account_id=account_id, product_id=product_id, lesson_id=lesson_id, block_id=block_id if at_s is not None else None,
        at_s=at_s, bookmark=bookmark, words=rules.clean(words),
    )  # fmt: skip
    session.add(note)
    await session.flush()
    return note


async def write(session: AsyncSession, account_id: UUID, note_id: UUID, words: str, *, revision: int | None) -> Note:
    """The text of a note. ``revision``: what the editor last saw; None to write over whatever is there.
    Raises ``ChangedElsewhere``, and changes nothing, when another tab wrote meanwhile."""
    words = rules.clean(words)
    note = await _own(session, account_id, note_id)
    if note.words == words:
        return note
    if revision is not None and revision != note.revision:
        raise ChangedElsewhere
    note.words, note.revision, note.updated_at = words, note.revision + 1, now()
    await session.flush()
    return note


async def remove(session: AsyncSession, account_id: UUID, note_id: UUID) -> Note:
    """Gone from every list; it can be brought back for a week."""
    note = await _own(session, account_id, note_id)
    note.deleted_at = now()
    await session.flush()
    return note


async def restore(session: AsyncSession, account_id: UUID, note_id: UUID) -> None:
    if not await store.revive(session, account_id, note_id):
        raise Missing


async def read(session: AsyncSession, account_id: UUID, note_id: UUID) -> Note:
    return await _own(session, account_id, note_id)


async def of_lesson(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, *, key: str = ""
) -> Page:
    """The oldest first."""
    found = await store.of_lesson(session, account_id, product_id, lesson_id, after=_after(key), limit=PAGE + 1)
    return _page(found)


async def of_course(
    session: AsyncSession, account_id: UUID, product_id: UUID, *, search: str = "", key: str = ""
) -> Page:
    """The newest first; with ``search`` those that hold these words."""
    found = await store.of_course(
        session, account_id, product_id, pattern=rules.pattern(search), before=_after(key), limit=PAGE + 1
    )
    return _page(found)


async def everything(session: AsyncSession, account_id: UUID, product_id: UUID) -> list[Note]:
    """All notes of a course, for the export: there are at most ``rules.MAX_NOTES``."""
    return await store.of_course(session, account_id, product_id, pattern="", before=None, limit=rules.MAX_NOTES)


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """All notes of who closes their account."""
    await store.forget(session, account_id)


async def purge(session: AsyncSession, limit: int = 1_000) -> int:
    return await store.purge(session, now() - KEPT_FOR, limit)


async def _own(session: AsyncSession, account_id: UUID, note_id: UUID) -> Note:
    """Another's note answers as if it didn't exist."""
    note = await store.find(session, account_id, note_id)
    if note is None or note.deleted_at is not None:
        raise Missing("This note isn't there any more. It was deleted in another tab.")
    return note


def _after(key: str) -> UUID | None:
    return parse_id(key) if key else None


def _page(found: list[Note]) -> Page:
    shown = found[:PAGE]
    return Page(shown, shown[-1].id.hex if len(found) > PAGE else "")
