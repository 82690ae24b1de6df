"""The database: one async engine per process, one transaction per event, request or job."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.settings import get_settings


@cache
def dsn() -> str:
    """The libpq URL: ``DATABASE_URL``, or the embedded server's, started when needed."""
    settings = get_settings()
    if settings.database_url:
        return settings.database_url.replace("postgres://", "postgresql://", 1)
    from marketplace.embedded import ensure_running

    url = ensure_running(settings.data_dir)
    os.environ["DATABASE_URL"] = url  # child processes join the same server
    return url


def sqlalchemy_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def engine() -> AsyncEngine:
    made = create_async_engine(
        sqlalchemy_url(dsn()), pool_size=12, max_overflow=8, pool_pre_ping=True, pool_recycle=1800, hide_parameters=True
    )

    @event.listens_for(made.sync_engine, "connect")
    def _utc(connection, _record) -> None:  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute("SET statement_timeout = '20s'")
        cursor.close()
        connection.commit()

    return made


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """One unit of work: commits when the block ends, rolls back when it raises."""
    async with AsyncSession(engine(), expire_on_commit=False) as session, session.begin():
        yield session
