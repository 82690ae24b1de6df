"""One after the other: locks that are held until the transaction ends."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

# Of a row that is going to change, but not its key: rows that refer to it may be written meanwhile. A plain lock
# would wait for them, and they for it.
KEY_SHARE = {"key_share": True}
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def hold(session: AsyncSession, key: str) -> None:
    """A lock on a word."""
    await session.execute(_HOLD, {"key": key})
