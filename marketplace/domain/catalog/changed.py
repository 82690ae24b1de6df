"""Which public addresses changed lately: what search engines are told of, without asking every one of them to look.

Products note when they were last published, withdrawn or renamed, so nothing has to be written down at that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.catalog.models import IndexMark

_SETTLED = timedelta(seconds=60)  # by then every transaction that was under way has ended
_LONGEST = timedelta(days=7)  # further back search engines have found by themselves what changed

_CHANGED = """
SELECT kind, slug, updated_at FROM product WHERE revision > 0 AND updated_at > :since AND updated_at <= :until
ORDER BY updated_at FETCH FIRST :limit ROWS WITH TIES
"""
_EARLIER = """
SELECT p.kind, h.slug FROM slug_history h JOIN product p ON p.id = h.product_id
WHERE h.created_at > :since AND h.created_at <= :until ORDER BY h.created_at
"""
Address = tuple[str, str]  # kind, slug


async def mark(session: AsyncSession) -> datetime:
    """From when on changes are to be told. From the first call on; what was there before is in the sitemap."""
    found = await session.get(IndexMark, 1, with_for_update=True)
    if found is None:
        found = IndexMark(told_until=now())
        session.add(found)
        await session.flush()
    return max(found.told_until, now() - _LONGEST)


async def told(session: AsyncSession, until: datetime) -> None:
    found = await session.get(IndexMark, 1, with_for_update=True)
    assert found is not None
    found.told_until = max(found.told_until, until)
    await session.flush()


async def between(session: AsyncSession, since: datetime, limit: int) -> tuple[list[Address], datetime]:
    """The addresses that changed, with those that lead elsewhere now, and up to when these are all."""
    until = now() - _SETTLED
    if until <= since:
        return [], since
    values = {"since": since, "until": until, "limit": limit}
    rows = list((await session.execute(text(_CHANGED), values)).all())
    if len(rows) >= limit:  # the rest comes next time
        until = rows[-1][2]
    earlier = (await session.execute(text(_EARLIER), {**values, "until": until})).all()
    return [(row[0], row[1]) for row in [*rows, *earlier]], until
