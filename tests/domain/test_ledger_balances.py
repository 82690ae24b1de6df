"""Balances are kept beside the journal: always its exact sums, whoever books at the same time."""

from __future__ import annotations

import random
from uuid import UUID, uuid4

import psycopg
import pytest
from product import make_database
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace import db
from marketplace.domain.ledger import service as ledger
from marketplace.domain.ledger.rules import Line
from tests.domain.world import World, migrate, together


async def book(session: object, lines: list[Line], kind: str = "test", currency: str = "usd") -> None:
    assert await ledger.book(session, key=f"{kind}:{uuid4()}", kind=kind, currency=currency, lines=lines)  # type: ignore[arg-type]


async def sell(creator: UUID, amount: int = 2000, currency: str = "usd") -> None:
    async with db.transaction() as session:
        await book(
            session,
            ledger.rules.sale(paid=amount, fee=amount // 10, shares=[(creator, amount - amount // 10)]),
            "sale",
            currency,
        )


async def summed(world: World) -> dict[tuple[str, str, str], int]:
    """What the postings add up to, read the slow way."""
    found = await world.rows(
        "SELECT account, coalesce(owner_id::text, ''), currency, sum(amount_minor) FROM ledger_posting GROUP BY 1, 2, 3"
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in found}


async def proven(world: World) -> None:
    async with db.transaction() as session:
        assert await ledger.check(session) == []
        assert await ledger.trial_balance(session) == await summed(world)


async def test_many_at_once_leave_exact_sums(world: World) -> None:
    creators = [(await world.person()).id for _ in range(3)]
    dice = random.Random(5)

    async def work() -> None:
        for _ in range(5):
            async with db.transaction() as session:
                for _entry in range(dice.randint(1, 3)):
                    creator, currency = dice.choice(creators), dice.choice(["usd", "eur", "jpy"])
                    amount = dice.randint(1, 10_000)
                    rules = dice.choice([ledger.rules.transfer, ledger.rules.payout, ledger.rules.debt])
                    await book(session, rules(creator, amount=amount), rules.__name__, currency)
                if dice.random() < 0.2:
                    await session.rollback()

    failed = [answer for answer in await together(*(work() for _ in range(12))) if isinstance(answer, Exception)]
    assert failed == []
    await proven(world)


async def test_a_sale_does_not_wait_for_another_that_is_under_way(world: World) -> None:
    """Not even when both processes would begin with the same shard."""
    creator = (await world.person()).id
    async with db.transaction() as slow, db.transaction() as quick:
        other = (await quick.execute(text("SELECT pg_backend_pid() % 64"))).scalar_one()
        await slow.execute(text("SELECT pg_advisory_xact_lock(723002, :shard)"), {"shard": other})
        await book(slow, ledger.rules.sale(paid=2000, fee=200, shares=[(creator, 2000 - 200)]), "sale")
        await quick.execute(text("SET LOCAL lock_timeout = '200ms'"))
        await book(quick, ledger.rules.sale(paid=3000, fee=300, shares=[(creator, 3000 - 300)]), "sale")
        assert await ledger.balance(quick, "held", "usd", creator) == -2700
        assert await ledger.balance(slow, "held", "usd", creator) == -1800
    async with db.transaction() as session:
        assert await ledger.balance(session, "held", "usd", creator) == -4500


async def test_a_balance_is_exact_inside_the_transaction_and_gone_when_it_fails(world: World) -> None:
    creator = (await world.person()).id
    await sell(creator)
    async with db.transaction() as session:
        await book(session, ledger.rules.debt(creator, amount=500), "debt")
        assert await ledger.balance(session, "debt", "usd", creator) == 500
        assert (await ledger.balances(session, creator))["usd"] == {"held": -2300, "debt": 500}
        await session.rollback()
    async with db.transaction() as session:
        assert await ledger.balances(session, creator) == {"usd": {"held": -1800}}
    await proven(world)


async def test_each_balance_is_its_own(world: World) -> None:
    """By account, owner and currency; the platform's have no owner."""
    first, second = (await world.person()).id, (await world.person()).id
    async with db.transaction() as session:
        before = await ledger.balance(session, "fees", "eur")
    await sell(first, 2000, "eur")
    await sell(second, 500, "eur")
    await sell(first, 100, "jpy")
    async with db.transaction() as session:
        assert await ledger.balance(session, "fees", "eur") == before - 250
        assert await ledger.balance(session, "held", "eur", first) == -1800
        assert await ledger.balance(session, "held", "eur", second) == -450
        assert await ledger.balances(session, first) == {"eur": {"held": -1800}, "jpy": {"held": -90}}
        assert await ledger.trial_balance(session, second) == {("held", str(second), "eur"): -450}
        assert await ledger.balances(session, uuid4()) == {}


async def test_what_was_paid_out(world: World) -> None:
    creator = (await world.person()).id
    lines = ledger.rules.payout(creator, amount=700)
    async with db.transaction() as session:
        await book(session, ledger.rules.transfer(creator, amount=1800), "transfer")
        await book(session, lines, "payout")
        await book(session, ledger.rules.payout(creator, amount=300), "payout")
        assert await ledger.paid_out(session, creator) == {"usd": 1000}
        await book(session, ledger.rules.undo(lines), "payout_failed")
        assert await ledger.paid_out(session, creator) == {"usd": 300}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_balance SET amount_minor = amount_minor + 1", "DELETE FROM ledger_balance", "TRUNCATE ledger_flow",
        "INSERT INTO ledger_balance VALUES (gen_random_uuid(), 'usd', 'held', 0, -5)",
        "UPDATE ledger_flow SET amount_minor = 0",
    ],
)  # fmt: skip
async def test_sums_change_by_postings_only(world: World, sql: str) -> None:
    await sell((await world.person()).id)
    with pytest.raises(DBAPIError, match="by postings only"):
        await world.rows(sql)
    await proven(world)


async def test_a_wrong_sum_is_found_and_mended(world: World) -> None:
    creator = (await world.person()).id
    await sell(creator)
    async with db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("UPDATE ledger_balance SET amount_minor = -1 WHERE owner_id = :c"), {"c": creator})
        await session.execute(
            text("DELETE FROM ledger_flow WHERE creator_id = :c AND account = 'fees'"), {"c": creator}
        )
    async with db.transaction() as session:
        found = {(w.account, w.owner_id, w.kind, w.kept_minor, w.booked_minor) for w in await ledger.check(session)}
        assert found == {("held", creator, "", -1, -1800), ("fees", creator, "sale", 0, -200)}
        await ledger.rebuild(session)
    await proven(world)


_OLD = """
INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)
SELECT id, gen_random_uuid(), '', '', id::text, '', '', 'member', true, now() FROM unnest(%(people)s::uuid[]) id;
"""
_OLD_ENTRY = """
WITH e AS (INSERT INTO ledger_entry (id, key, kind, memo, created_at)
           VALUES (gen_random_uuid(), gen_random_uuid()::text, %(kind)s, '', now()) RETURNING id)
INSERT INTO ledger_posting (entry_id, account, owner_id, currency, amount_minor)
SELECT e.id, p.account, p.owner::uuid, 'usd', p.amount
FROM e, unnest(%(accounts)s::text[], %(owners)s::text[], %(amounts)s::bigint[]) AS p (account, owner, amount)
"""


def test_the_migration_adds_up_what_was_booked_before(pg_url: str) -> None:
    url = make_database(pg_url, "old_ledger")
    migrate(url, "0003")
    ann, ben = uuid4(), uuid4()
    with psycopg.connect(url) as connection:
        connection.execute(_OLD, {"people": [ann, ben]})
        for kind, accounts, owners, amounts in (
            ("sale", ["stripe", "fees", "held"], [None, None, str(ann)], [2000, -200, -1800]),
            ("sale", ["stripe", "fees", "held", "held"], [None, None, str(ann), str(ben)], [1000, -100, -450, -450]),
            ("processing", ["processing", "stripe"], [None, None], [88, -88]),
        ):
            connection.execute(_OLD_ENTRY, {"kind": kind, "accounts": accounts, "owners": owners, "amounts": amounts})
    kept = "SELECT owner_id, account, sum(amount_minor) FROM ledger_balance GROUP BY 1, 2"
    flows = "SELECT creator_id, kind, account, sum(amount_minor) FROM ledger_flow GROUP BY 1, 2, 3"
    nobody = UUID(int=0)
    for _round in range(2):
        migrate(url)
        with psycopg.connect(url) as connection:
            assert {tuple(row) for row in connection.execute(kept)} == {
                (nobody, "stripe", 2912), (nobody, "fees", -300), (nobody, "processing", 88), (ann, "held", -2250),
                (ben, "held", -450),
            }  # fmt: skip
            assert {tuple(row) for row in connection.execute(flows)} == {
                (ann, "sale", "held", -2250), (ann, "sale", "stripe", 2000), (ann, "sale", "fees", -200),
                (ben, "sale", "held", -450),
            }  # fmt: skip
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute("UPDATE ledger_posting SET about_id = NULL")
        migrate(url, "0003", down=True)
