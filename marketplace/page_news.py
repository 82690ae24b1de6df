"""Hears what changed of what pages show: PostgreSQL's notifications, over a connection of its own.

Either nothing is missed, or whoever keeps pages is told that it isn't sure any more. So a word of our own is sent round
at the beginning and every few seconds over another connection: one that hangs, and a pooler that doesn't pass
notifications on, are found out by its absence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from secrets import token_hex

import psycopg
import structlog
from psycopg import AsyncConnection

from marketplace.db import Connection, direct, dsn

log = structlog.get_logger()
CHANNEL = "page_news"
EVERYTHING = "*"
_ECHO = "echo:"
_ROUND = 5.0  # seconds between two words of our own
_LATE = 4.0  # seconds after which one counts as lost
_REST = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before another try

Told = Callable[[Iterable[str]], None]


class PageNews:
    """``told`` gets the tags of what changed; ``sure`` whether nothing can be missed from now on."""

    def __init__(self, told: Told, sure: Callable[[bool], None]) -> None:
        self._told, self._sure = told, sure
        self._echo = asyncio.Event()
        self._word = ""
        self._failures = 0

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen_once()
            except* (psycopg.Error, OSError, TimeoutError) as errors:
                log.info("page_news.lost", error=type(errors.exceptions[0]).__name__)
            finally:
                self._sure(False)
            await asyncio.sleep(_REST[min(self._failures, len(_REST) - 1)])
            self._failures += 1

    async def _listen_once(self) -> None:
        async with asyncio.timeout(10):
            connection = await AsyncConnection.connect(dsn(), autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async with asyncio.TaskGroup() as both:
                both.create_task(self._hear_all(connection))
                both.create_task(self._ask_round())

    async def _hear_all(self, connection: Connection) -> None:
        async for notification in connection.notifies():
            self._hear(notification.payload)

    def _hear(self, payload: str) -> None:
        if not payload.startswith(_ECHO):
            self._told(payload.split())
        elif payload == self._word:
            self._echo.set()

    async def _ask_round(self) -> None:
        """Fails when a word doesn't come back."""
        while True:
            self._word = _ECHO + token_hex(8)
            self._echo.clear()
            async with asyncio.timeout(_LATE):
                async with direct() as other:
                    await other.execute("SELECT pg_notify(%s, %s)", (CHANNEL, self._word))
                await self._echo.wait()
            self._failures = 0
            self._sure(True)
            await asyncio.sleep(_ROUND)
