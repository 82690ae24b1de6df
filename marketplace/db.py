"""The database: one async engine per process, one transaction per event, request or job."""

from __future__ import annotations

import asyncio
import json
import os
import select
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.settings import get_settings

Connection = AsyncConnection[tuple[Any, ...]]
_SETTINGS = ("SET TIME ZONE 'UTC'", "SET statement_timeout = '20s'")


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


PING_AFTER = 5.0  # seconds of rest after which a connection is asked whether it lives


@cache
def engine() -> AsyncEngine:
    made = create_async_engine(
        sqlalchemy_url(dsn()), pool_size=8, max_overflow=4, pool_recycle=1800, hide_parameters=True
    )

    @event.listens_for(made.sync_engine, "connect")
    def _set_up(connection, _record) -> None:  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        for setting in _SETTINGS:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    @event.listens_for(made.sync_engine, "checkin")
    def _rest(_connection, record) -> None:  # type: ignore[no-untyped-def]
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(made.sync_engine, "checkout")
    def _wake(connection, record, _proxy) -> None:  # type: ignore[no-untyped-def]
        if "rests_since" not in record.info:  # new
            return
        if _has_news(connection.driver_connection):
            raise DisconnectionError  # the pool takes another one
        if time.monotonic() - record.info["rests_since"] > PING_AFTER:
            try:
                made.dialect.do_ping(connection)
            except made.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    return made


def _has_news(connection: AsyncConnection[Any]) -> bool:
    """Did the server say something to a resting connection? That is its good-bye."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """One unit of work: commits when the block ends, rolls back when it raises."""
    async with AsyncSession(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@lru_cache(maxsize=1)
def _reading(of: AsyncEngine) -> AsyncEngine:
    return of.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """For what only looks: each statement sees what is committed at its moment, as in :func:`transaction`, and two
    round trips to begin and to end are saved."""
    async with AsyncSession(_reading(engine()), expire_on_commit=False) as session:
        yield session


_scan = json.JSONDecoder().scan_once


def _document(text: bytes | str) -> Any:
    """What the database wrote as JSON, without what ``json.loads`` does for other texts: that takes longer than all other
    columns of a page together."""
    return _scan(text if isinstance(text, str) else text.decode(), 0)[0]


class _Connections:
    """A few connections of the driver itself, opened when needed."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._resting: list[tuple[float, Connection]] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Connection]:
        async with self._room:
            connection = await self._take()
            try:
                yield connection
            finally:
                if connection.info.transaction_status == TransactionStatus.IDLE:
                    self._resting.append((time.monotonic(), connection))
                else:  # closed, or left in the middle of something
                    await connection.close()

    async def _take(self) -> Connection:
        while self._resting:
            since, connection = self._resting.pop()
            if _has_news(connection):
                await connection.close()
            elif time.monotonic() - since < PING_AFTER or await _lives(connection):
                return connection
        connection = await AsyncConnection.connect(dsn(), autocommit=True)
        set_json_loads(_document, connection)
        for setting in _SETTINGS:
            await connection.execute(setting)
        return connection

    async def close(self) -> None:
        while self._resting:
            await self._resting.pop()[1].close()


async def _lives(connection: Connection) -> bool:
    try:
        await connection.execute("SELECT 1")
    except psycopg.Error:
        await connection.close()
        return False
    return True


@cache
def _connections() -> _Connections:
    return _Connections(8)


@asynccontextmanager
async def direct() -> AsyncIterator[Connection]:
    """A connection of the driver itself: each statement is a transaction of its own. For :func:`marketplace.sql.rows`."""
    async with _connections().one() as connection:
        yield connection


@asynccontextmanager
async def lean_transaction() -> AsyncIterator[Connection]:
    """As :func:`transaction`, over a connection of the driver itself."""
    async with direct() as connection, connection.transaction():
        yield connection


async def close() -> None:
    """Close what this process has opened."""
    await engine().dispose()
    await _connections().close()
