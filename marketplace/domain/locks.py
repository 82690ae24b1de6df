"""One after the other: locks on a word, held until the transaction ends."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def hold(session: AsyncSession, key: str) -> None:
    await session.execute(_HOLD, {"key": key})
