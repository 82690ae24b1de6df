"""What someone owns, page by page."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from shelves import statements

from marketplace import db
from marketplace.domain.access import service as access
from marketplace.domain.accounts.models import Account
from marketplace.domain.learning import service as learning
from marketplace.domain.learning import store
from marketplace.keys import from_key
from tests.domain.world import World


async def plant(world: World, size: int, people: int = 1) -> tuple[str, list[Account]]:
    """(mark, learners) of a shelf."""
    mark, creator = f"shelf{uuid4().hex[:8]}", await world.creator("Shelf maker", outcome="")
    found = [await world.person() for _ in range(people)]
    for sql in statements(mark, creator.id, [person.id for person in found], size):
        await world.rows(sql)
    return mark, found


async def pages(account_id: UUID, standing: str = "", limit: int = 7) -> list[list[UUID]]:
    found, key = [], ""
    while True:
        async with db.transaction() as session:
            shelf = await learning.library(session, account_id, standing=standing, key=key, limit=limit)
        found.append(shelf.product_ids)
        key = shelf.next_key
        if not key:
            return found


async def shown(world: World, person: Account, standing: str = "", limit: int = 2) -> list[int]:
    """The numbers of all pages one after the other."""
    return await numbers(world, [one for page in await pages(person.id, standing, limit) for one in page])


async def numbers(world: World, ids: list[UUID]) -> list[int]:
    rows = await world.rows("SELECT id, slug FROM product WHERE id = ANY(:ids)", ids=ids)
    slugs = {row[0]: int(row[1].rsplit("-", 1)[1]) for row in rows}
    return [slugs[one] for one in ids]


async def test_pages_show_everything_once_the_latest_first(world: World) -> None:
    _mark, (person,) = await plant(world, 20)
    found = await pages(person.id)
    assert [len(page) for page in found] == [7, 7, 6]
    assert await shown(world, person) == list(range(1, 21))
    async with db.transaction() as session:
        assert await learning.owned_count(session, person.id) == 20


async def test_grants_of_one_moment_lose_nobody(world: World) -> None:
    """The key has the id beside the time."""
    _mark, (person,) = await plant(world, 20)
    await world.rows('UPDATE "grant" SET granted_at = now() WHERE account_id = :a', a=person.id)
    assert sorted(await shown(world, person)) == list(range(1, 21))


async def test_what_was_taken_back_is_gone_and_what_was_given_twice_is_there_once(world: World) -> None:
    mark, (person, other) = await plant(world, 6, people=2)
    async with db.transaction() as session:
        first = (await learning.library(session, person.id)).product_ids
        await access.give(session, person.id, first[4], "gift", f"again {person.id}")
        await access.take_back(session, "free", f"{person.id}{mark}-1", "it was refunded")
        await access.take_back(session, "free", f"{person.id}{mark}-3", "it was refunded")
    assert await shown(world, person) == [5, 2, 4, 6]
    assert await shown(world, other) == [1, 2, 3, 4, 5, 6]
    async with db.transaction() as session:
        assert await learning.owned_count(session, person.id) == 4
        await access.take_back(session, "gift", f"again {person.id}", "it was a mistake")
    assert await shown(world, person) == [2, 4, 5, 6]


@pytest.mark.parametrize(
    ("standing", "wanted"), [("new", [3, 6, 9]), ("going", [1, 4, 7, 10]), ("done", [2, 5, 8]), ("", range(1, 11))]
)
async def test_filters(world: World, standing: str, wanted: Any) -> None:
    _mark, (person,) = await plant(world, 10)
    assert await shown(world, person, standing) == list(wanted)


@pytest.mark.parametrize(("furthest", "length"), [(0, 600), (5, 600), (6, 600), (539, 600), (1, 1), (0, 0), (50, 0)])
async def test_the_filters_draw_the_lines_where_the_rules_do(world: World, furthest: int, length: int) -> None:
    _mark, (person,) = await plant(world, 1)
    await world.rows(
        "UPDATE progress SET furthest_s = :f, duration_s = :d WHERE account_id = :a", f=furthest, d=length, a=person.id
    )
    wanted = learning.rules.standing(furthest, length, completed=False)
    found = [standing for standing in learning.rules.STANDINGS if (await pages(person.id, standing))[0]]
    assert found == [wanted]


async def test_to_continue_is_what_was_watched_last_and_can_still_be_opened(world: World) -> None:
    mark, (person,) = await plant(world, 20)
    async with db.transaction() as session:
        await access.take_back(session, "free", f"{person.id}{mark}-16", "it was refunded")
        found = await learning.going(session, person.id, 4)
    assert await numbers(world, found) == [19, 13, 10, 7]


async def test_a_key_that_is_none_starts_at_the_beginning(world: World) -> None:
    _mark, (person,) = await plant(world, 3)
    for key in ("x", "nan_x", "\x00", "1_" + "g" * 32, "99999999999999999999_" + "0" * 32):
        async with db.transaction() as session:
            assert len((await learning.library(session, person.id, key=key)).product_ids) == 3


async def test_a_page_costs_the_same_in_a_library_of_thousands(world: World) -> None:
    """Read off the index in order, as far as the page goes: nothing is sorted, and nobody else's rows are touched."""
    _mark, people = await plant(world, 3000, people=3)
    await world.rows(
        "INSERT INTO enrolment (account_id, product_id, seen_version, started_at, opened_at)"
        ' SELECT account_id, product_id, 1, now(), now() FROM "grant" ON CONFLICT DO NOTHING'
    )
    for table in ('"grant"', "progress", "product", "enrolment"):
        await world.rows(f"ANALYZE {table}")
    async with db.transaction() as session:
        key = (await learning.library(session, people[1].id, limit=2000)).next_key
    for sql, values in _queries(people[1].id, key):
        plan = (await world.rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", **values))[0][0]
        nodes = list(_nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]))
        assert not [node for node in nodes if node["Node Type"] in ("Sort", "Seq Scan")], plan
        assert max(node["Actual Rows"] * node["Actual Loops"] for node in nodes) < 200, plan


def _queries(account_id: UUID, key: str) -> list[tuple[str, dict[str, Any]]]:
    at, grant = from_key(key) or (None, None)
    later = store._OWNED.format(standing="", after="AND (g.granted_at, g.id) < (:at, :id)")
    return [
        (store._OWNED.format(standing="", after=""), {"account": account_id, "limit": 25}),
        (later, {"account": account_id, "limit": 25, "at": at, "id": grant}),
        (store._OWNED.format(standing=store._STANDING["going"], after=""), {"account": account_id, "limit": 25}),
        (store._GOING, {"account": account_id, "limit": 6}),
    ]


def _nodes(plan: dict[str, Any]) -> Any:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
