"""Fee rules: which one wins, what a new one would change, who may make them, and what is left alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.fees import service as fees
from marketplace.domain.fees.rules import winner
from marketplace.errors import Conflict, Denied, Invalid, SignInNeeded
from marketplace.jobs import webhooks
from tests.domain.world import World, together

DEFAULT = Decimal(10)
CREATORS = [UUID(int=n + 1) for n in range(2)]


@dataclass(frozen=True)
class Rule:
    creator_id: UUID | None
    kind: str
    percent: Decimal = Decimal(1)


RULES = st.builds(Rule, st.sampled_from([None, *CREATORS]), st.sampled_from(["", "lesson", "course"]))


@given(st.lists(RULES, unique=True), st.sampled_from(CREATORS), st.sampled_from(["lesson", "course"]))
def test_the_most_exact_rule_wins_whatever_the_order(rules: list[Rule], creator: UUID, kind: str) -> None:
    order = [(creator, kind), (creator, ""), (None, kind), (None, "")]
    wanted = next((scope for scope in order if Rule(*scope) in rules), None)
    for found in (winner(rules, creator, kind), winner(rules[::-1], creator, kind)):
        assert (found and (found.creator_id, found.kind)) == wanted


@pytest.fixture(scope="module")
async def admin(world: World) -> Actor:
    person = await world.person("Ada Admin")
    return Actor(person.id, "admin")


@pytest.fixture
async def creator(world: World) -> Account:
    return await world.creator("Fay Fee")


@pytest.fixture
async def only_here(world: World) -> AsyncIterator[None]:
    """Rules for everybody are gone for the next test."""
    yield
    await world.rows("UPDATE fee_rule SET ended_at = now() WHERE ended_at IS NULL")


async def put(admin: Actor, creator: Account | None, kind: str, percent: str) -> fees.FeeRule:
    async with db.transaction() as session:
        return await fees.set_percent(
            session, admin, creator_id=creator.id if creator else None, kind=kind, percent=Decimal(percent)
        )


async def fee_of(creator: Account) -> Decimal:
    async with db.transaction() as session:
        return await fees.percent_for(session, creator.id, "lesson", DEFAULT)


async def test_a_rule_is_replaced_and_ended_but_never_forgotten(
    world: World, admin: Actor, creator: Account, only_here: None
) -> None:
    other = await world.creator("Ola Other", outcome="")
    await put(admin, None, "lesson", "8")
    first = await put(admin, creator, "", "5")
    assert [await fee_of(one) for one in (creator, other)] == [5, 8]
    second = await put(admin, creator, "", "2.5")
    assert await fee_of(creator) == Decimal("2.5")
    with pytest.raises(Conflict):
        await put(admin, creator, "", "2.50")
    async with db.transaction() as session:
        for _twice in range(2):
            await fees.end(session, admin, second.id)
        live = await fees.in_force(session, admin)
        past = await fees.ended(session, admin, limit=2)
        rest = await fees.ended(session, admin, before=(past[0].ended_at, past[0].id), limit=1)  # type: ignore[arg-type]
    assert await fee_of(creator) == 8
    assert second.id not in {rule.id for rule in live}
    assert [rule.id for rule in past] == [second.id, first.id]
    assert [rule.id for rule in rest] == [first.id]
    assert {(rule.set_by, rule.ended_by) for rule in past} == {(admin.account_id, admin.account_id)}
    told = await world.rows(
        "SELECT action, detail->>'percent', detail->>'before', actor_id FROM audit_event WHERE subject = :s"
        " AND action LIKE 'fee.%' ORDER BY created_at",
        s=f"account:{creator.id}",
    )  # fmt: skip
    assert [tuple(row) for row in told] == [
        ("fee.set", "5", "", admin.account_id), ("fee.set", "2.5", "5.000", admin.account_id),
        ("fee.end", "2.500", None, admin.account_id),
    ]  # fmt: skip


async def test_an_order_keeps_the_fee_it_began_with(world: World, admin: Actor, creator: Account) -> None:
    product, buyer = await world.lesson(creator, price_minor=1000), await world.person()
    page = await start_purchase(Actor(buyer.id), product.slug)
    await put(admin, creator, "", "50")
    assert await start_purchase(Actor(buyer.id), product.slug) == page
    await world.pay(page)
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    sql = "SELECT fee_minor FROM order_line WHERE buyer_id = :b"
    assert await world.one(sql, b=buyer.id) == 100
    later = await world.person()
    await start_purchase(Actor(later.id), product.slug)
    assert await world.one(sql, b=later.id) == 500


async def test_what_a_rule_would_change_is_said_before_it_is_saved(
    world: World, admin: Actor, creator: Account, only_here: None
) -> None:
    async def look(kind: str, percent: str | None, of: Account | None = creator) -> tuple[object, object]:
        async with db.transaction() as session:
            told = await fees.forecast(
                session, admin, creator_id=of.id if of else None, kind=kind, sale_kind="lesson",
                percent=Decimal(percent) if percent else None,
            )  # fmt: skip
        return told.now and told.now.percent, told.then and told.then.percent

    assert await look("", None) == (None, None)
    assert await look("", "7") == (None, 7)
    await put(admin, creator, "lesson", "3")
    assert await look("", "7") == (3, 3), "the one for lessons is more exact"
    assert await look("lesson", "7") == (3, 7), "a rule for the same takes its place"
    assert await look("lesson", "7", of=None) == (None, 7)
    assert await fee_of(creator) == 3


async def test_rules_that_cannot_be(world: World, admin: Actor, creator: Account) -> None:
    for of, kind, percent in (
        (creator, "", "-1"), (creator, "", "90.5"), (creator, "", "NaN"), (creator, "", "1.2345"), (creator, "spoon", "5"),
        (None, "", "5"),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await put(admin, of, kind, percent)
    person = await world.person()
    async with db.transaction() as session:
        for handle in ("nobody-is-called-this", person.handle, "\x00", "' OR 1=1 --"):
            with pytest.raises(Invalid) as refused:
                await fees.creator_called(session, handle)
            assert refused.value.field == "creator"
        assert await fees.creator_called(session, f" @{creator.handle.upper()} ") == creator.id
        assert await fees.creator_called(session, "") is None


@pytest.mark.parametrize("who", [ANONYMOUS, Actor(uuid4(), "member", True), Actor(uuid4(), "moderator")])
async def test_only_admins_see_and_set_fees(world: World, admin: Actor, creator: Account, who: Actor) -> None:
    rule = await put(admin, creator, "", "5")
    async with db.transaction() as session:
        for call in (
            lambda: fees.in_force(session, who), lambda: fees.ended(session, who), lambda: fees.end(session, who, rule.id),
            lambda: fees.set_percent(session, who, creator_id=creator.id, kind="", percent=Decimal(0)),
            lambda: fees.forecast(session, who, creator_id=creator.id, kind="", sale_kind="lesson", percent=None),
        ):  # fmt: skip
            with pytest.raises((Denied, SignInNeeded)):
                await call()
    assert await fee_of(creator) == 5


async def test_two_admins_at_once_leave_one_rule(world: World, admin: Actor, creator: Account) -> None:
    answers = await together(*(put(admin, creator, "", str(n)) for n in range(1, 9)))
    assert not [a for a in answers if isinstance(a, Exception)]
    live = "SELECT count(*) FROM fee_rule WHERE creator_id = :c AND ended_at IS NULL"
    assert await world.one(live, c=creator.id) == 1
