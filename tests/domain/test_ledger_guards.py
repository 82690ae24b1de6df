"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from marketplace import db
from marketplace.domain.ledger import service as ledger
from marketplace.domain.ledger.rules import Line
from tests.domain.world import World


async def _book(*amounts: int, key: str = "", currency: str = "usd") -> bool:
    lines = [Line(f"a{n}", amount) for n, amount in enumerate(amounts)]
    async with db.transaction() as session:
        return await ledger.book(session, key=key or str(uuid4()), kind="test", currency=currency, lines=lines)


async def test_a_balanced_entry_is_booked_once(world: World) -> None:
    key = str(uuid4())
    assert await _book(5, -5, key=key)
    assert not await _book(5, -5, key=key)
    assert await world.one("SELECT count(*) FROM ledger_entry WHERE key = :k", k=key) == 1


@pytest.mark.parametrize("amounts", [(5, -4), (5,), (1, 1, -1), (5, 0)])
async def test_an_entry_that_does_not_sum_to_zero_is_refused(world: World, amounts: tuple[int, ...]) -> None:
    key = str(uuid4())
    with pytest.raises(DBAPIError, match=r"does not sum to zero|fewer than two"):
        await _book(*amounts, key=key)
    assert await world.one("SELECT count(*) FROM ledger_entry WHERE key = :k", k=key) == 0


async def test_an_entry_balances_in_each_currency_by_itself(world: World) -> None:
    with pytest.raises(DBAPIError, match="does not sum to zero"):
        await world.rows(
            "WITH e AS (INSERT INTO ledger_entry (id, key, kind, memo, created_at)"
            " VALUES (gen_random_uuid(), gen_random_uuid()::text, 'x', '', now()) RETURNING id)"
            " INSERT INTO ledger_posting (entry_id, account, currency, amount_minor)"
            " SELECT e.id, 'a', c, m FROM e, (VALUES ('usd', 5), ('eur', -5)) AS p (c, m)"
        )


async def test_nothing_is_booked_for_zero(world: World) -> None:
    assert not await _book(0, 0)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_posting SET amount_minor = amount_minor + 1", "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET kind = 'gift'", "DELETE FROM ledger_entry", "TRUNCATE ledger_posting",
        "INSERT INTO ledger_posting (entry_id, account, currency, amount_minor) SELECT id, 'a', 'usd', 0 FROM ledger_entry",
        "INSERT INTO ledger_posting (entry_id, account, currency, amount_minor) SELECT id, 'a', 'usd', 7 FROM ledger_entry",
        "DELETE FROM audit_event",
    ],
)  # fmt: skip
async def test_the_journal_is_append_only(world: World, sql: str) -> None:
    await _book(5, -5)
    before = await world.rows("SELECT sum(abs(amount_minor)), count(*) FROM ledger_posting")
    with pytest.raises(DBAPIError):
        await world.rows(sql)
    assert await world.rows("SELECT sum(abs(amount_minor)), count(*) FROM ledger_posting") == before
