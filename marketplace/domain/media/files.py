"""Files to download, in private storage: their state. Bytes go between the browser and the storage."""

from __future__ import annotations

import mimetypes
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_creator, require_owner
from marketplace.domain.media.errors import FileMissing, FileTooLarge, NotAllowedFile
from marketplace.domain.media.models import StoredFile
from marketplace.domain.media.rules import safe_name
from marketplace.errors import Invalid, Missing
from marketplace.ids import new_id, new_token
from marketplace.queue import enqueue

__all__ = ["StoredFile"]

MAX_NAME = 120
LINK_LASTS = timedelta(hours=2, minutes=15)  # the storage's links are good for two hours


def ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def check(filename: str, size: int, *, endings: Collection[str], max_bytes: int) -> str:
    """The cleaned name. Sizes in bytes; refused before any byte moves."""
    name = safe_name(filename, "file")
    if ending(name) not in endings:
        if not ending(name):
            raise NotAllowedFile("“{name}” has no ending that says what it is, such as .pdf.", name=name[-60:])
        raise NotAllowedFile(
            "“{name}” can't be added: files ending in .{ending} aren't among those allowed here.",
            name=name[-60:], ending=ending(name)[:20],
        )  # fmt: skip
    if size <= 0:
        raise Invalid("That file is empty. Choose another one.")
    if size > max_bytes:
        raise FileTooLarge(
            "Files can have at most {n} MB; this one has {n_2} MB.", n=max_bytes // 1024**2, n_2=f"{size / 1024**2:.0f}"
        )
    return name


def renamed(known: str, wanted: str, *, field: str) -> str:
    """Another name with the same ending, so that computers still know what it is."""
    name = text.clean_line(wanted, limit=MAX_NAME, field=field, label="The name")
    tail = f".{ending(known)}" if ending(known) else ""
    stem = safe_name(name.removesuffix(tail), "").strip(" .")
    if not stem:
        raise Invalid("The name can't be empty.", field=field)
    return f"{stem[: MAX_NAME - len(tail)]}{tail}"


async def start(
    session: AsyncSession, actor: Actor, *, filename: str, size: int, endings: Collection[str], max_bytes: int
) -> StoredFile:
    """A new row with the private path that the browser may put the file to. Nobody can guess the path."""
    owner_id = require_creator(actor)
    name = check(filename, size, endings=endings, max_bytes=max_bytes)
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    row = StoredFile(
        id=new_id(), owner_id=owner_id, path=f"files/{owner_id}/{new_token()}", name=name, size=size, mime=mime
    )
    session.add(row)
    await session.flush()
    return row


async def own(session: AsyncSession, actor: Actor, file_id: UUID) -> StoredFile:
    row = await find(session, file_id)
    if row is None or row.state == "deleted":
        raise Missing
    require_owner(actor, row.owner_id)
    return row


async def find(session: AsyncSession, file_id: UUID) -> StoredFile | None:
    return await session.get(StoredFile, file_id, populate_existing=True)


async def arrived(session: AsyncSession, actor: Actor, file_id: UUID, *, size: int, max_bytes: int) -> StoredFile:
    """It lies in the storage, with as many bytes as the storage says. Raises ``FileTooLarge``; then it goes again."""
    row = await own(session, actor, file_id)
    if row.state == "uploading":
        if size > max_bytes:
            raise FileTooLarge("Files can have at most {n} MB.", n=max_bytes // 1024**2)
        if size <= 0:
            raise Invalid("That file is empty. Choose another one.")
        row.state, row.size = "ready", size
        await session.flush()
    return row


async def drop(session: AsyncSession, file_id: UUID) -> None:
    """Its bytes go by a job; the row stays for history."""
    row = await session.get(StoredFile, file_id, with_for_update=True)
    if row is not None and row.state != "deleted":
        row.state = "deleted"
        await enqueue(session, "media.file_delete", {"path": row.path})
        await session.flush()


async def tidy(session: AsyncSession) -> None:
    """Uploads that were begun and given up: their links ended long ago."""
    query = select(StoredFile.id).where(
        StoredFile.state == "uploading", StoredFile.created_at < now() - timedelta(days=2)
    )
    for file_id in (await session.exec(query.order_by(col(StoredFile.created_at)).limit(500))).all():
        await drop(session, file_id)


async def promise(session: AsyncSession, owner_id: UUID, *, path: str, name: str, size: int) -> None:
    """A link to ``path`` is handed out. As long as it is good bytes can come to it, also again after they were deleted:
    who keeps the file calls ``claim``, and ``settle`` when the link has ended."""
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    session.add(
        StoredFile(id=new_id(), owner_id=owner_id, path=path, name=name, size=size, mime=mime, state="promised")
    )
    await session.flush()


async def promised(session: AsyncSession, owner_id: UUID, folder: str) -> dict[str, int]:
    """Path → announced size, of what may come into a folder yet."""
    query = select(StoredFile.path, StoredFile.size).where(
        StoredFile.owner_id == owner_id, StoredFile.state == "promised",
        col(StoredFile.path).startswith(folder, autoescape=True),
    )  # fmt: skip
    return dict((await session.exec(query)).all())


async def claim(session: AsyncSession, owner_id: UUID, path: str) -> None:
    """What arrived is kept by somebody else's table, in this transaction. Raises ``FileMissing`` when the link has
    ended, and what came by it is about to go."""
    query = select(StoredFile.id).where(
        StoredFile.path == path, StoredFile.owner_id == owner_id, StoredFile.state == "promised"
    )
    if (await session.exec(query.with_for_update())).first() is None:
        raise FileMissing


async def settle(session: AsyncSession, path: str) -> None:
    """The link has ended."""
    query = select(StoredFile).where(StoredFile.path == path, StoredFile.state == "promised")
    row = (await session.exec(query.with_for_update())).first()
    if row is not None:
        await session.delete(row)
        await session.flush()
