"""The driver's own connections: what died while it rested, or was left in the middle of something, is not used again."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from marketplace import db
from marketplace.sql import rows
from tests.domain.world import World, together


async def _server_process() -> int:
    async with db.direct() as connection:
        return int((await rows(connection, "SELECT pg_backend_pid()", {}))[0][0])


async def test_one_that_rests_is_taken_again(world: World) -> None:
    assert await _server_process() == await _server_process()


async def test_one_that_died_while_it_rested_is_replaced(world: World) -> None:
    before = await _server_process()
    await world.rows("SELECT pg_terminate_backend(:p, 5000)", p=before)
    assert await _server_process() != before


async def test_sessions_whose_connections_died_get_others(world: World) -> None:
    async def processes() -> set[int]:
        return set(await together(*(world.one("SELECT pg_backend_pid() FROM pg_sleep(0.02)") for _ in range(12))))

    before = await processes()
    async with db.direct() as connection:
        await connection.execute("SELECT pg_terminate_backend(p, 5000) FROM unnest(%s::int[]) p", (list(before),))
    after = await processes()
    assert all(isinstance(one, int) for one in after), after
    assert not before & after


async def test_one_that_fails_or_is_left_within_a_transaction_is_clean_for_the_next(world: World) -> None:
    async def fails() -> None:
        async with db.lean_transaction() as connection:
            await rows(connection, "CREATE TEMPORARY TABLE half (a int)", {})
            await rows(connection, "SELECT 1 / 0", {})

    with pytest.raises(psycopg.Error):
        await fails()
    async with db.direct() as connection:
        await connection.execute("BEGIN")
    async with db.direct() as connection:
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert await rows(connection, "SELECT to_regclass('half')", {}) == [(None,)]


async def test_a_crowd_shares_a_few(world: World) -> None:
    async def one() -> int:
        async with db.direct() as connection:
            await asyncio.sleep(0)
            return int((await rows(connection, "SELECT pg_backend_pid()", {}))[0][0])

    answers = await together(*(one() for _ in range(40)))
    assert len(set(answers)) <= 8


async def test_what_a_session_has_not_written_yet_is_seen_by_its_own_statements(world: World) -> None:
    person = await world.person()
    async with db.transaction() as session:
        (await session.get_one(type(person), person.id)).name = "Another"
        assert await rows(session, "SELECT name FROM account WHERE id = %(id)s", {"id": person.id}) == [("Another",)]
