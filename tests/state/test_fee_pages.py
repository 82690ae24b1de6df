"""The page of fee rules, and that what creators are told follows them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace import db
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.fees import service as fees
from marketplace.state.browse import BrowseState
from marketplace.state.fees import FeesState
from marketplace.state.studio import StudioState
from marketplace.state.wizard import WizardState
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture
async def admin(world: World) -> Actor:
    return Actor((await world.person("Ada Admin")).id, "admin")


@pytest.fixture
async def maker(world: World) -> Account:
    return await world.creator("Fay Fee", outcome="")


async def test_the_example_says_what_wins_before_and_after_saving(world: World, admin: Actor, maker: Account) -> None:
    page = Open(FeesState, admin)
    await page.call("on_load")
    assert page.state.example["now"] == (
        "From a $20.00 lesson by somebody without a rule of their own the platform keeps $2.00 (10\N{NO-BREAK SPACE}%), by the default fee."
    )
    await page.call("type_creator", "nobody-there")
    assert (set(page.state.errors), page.state.example) == ({"creator"}, {})
    await page.call("type_creator", f"@{maker.handle}")
    await page.call("type_percent", "much")
    assert set(page.state.errors) == {"percent"}
    await page.call("type_percent", "7,5 %")
    assert page.state.errors == {}
    assert (
        f"by @{maker.handle} the platform keeps $2.00 (10\N{NO-BREAK SPACE}%), by the default fee."
        in page.state.example["now"]
    )
    assert page.state.example["then"] == "With the new rule: $1.50 (7.5\N{NO-BREAK SPACE}%). The creator gets $18.50."
    await page.call("create", {"creator": maker.handle, "kind": "", "percent": "7.5"})
    (mine,) = [row for row in page.state.rows if row["creator"] == f"@{maker.handle}"]
    assert (mine["percent"], mine["kind"], mine["set_by"]) == ("7.5\N{NO-BREAK SPACE}%", "Every kind", "Ada Admin")
    await page.call("end", mine["id"])
    assert mine["id"] not in {row["id"] for row in page.state.rows}
    assert page.state.past[0]["ended_by"] == "Ada Admin"


@pytest.mark.parametrize("who", ["creator", "anonymous"])
async def test_who_is_no_admin_sees_nothing_and_changes_nothing(world: World, maker: Account, who: str) -> None:
    page = Open(FeesState, Actor(maker.id, "member", True) if who == "creator" else ANONYMOUS)
    await page.call("on_load")
    await page.call("create", {"creator": maker.handle, "kind": "", "percent": "0"})
    await page.call("type_creator", maker.handle)
    assert (page.state.rows, page.state.past, page.state.example, page.state.loaded) == ([], [], {}, False)
    assert await world.rows("SELECT 1 FROM fee_rule WHERE creator_id = :c", c=maker.id) == []


async def test_what_creators_are_told_follows_the_rule(world: World, admin: Actor, maker: Account) -> None:
    who = Actor(maker.id, "member", True)
    async with db.transaction() as session:
        mine = await fees.set_percent(session, admin, creator_id=maker.id, kind="", percent=Decimal(5))
        all_ = await fees.set_percent(session, admin, creator_id=None, kind="lesson", percent=Decimal(20))
        product = await catalog.create(session, who)
        draft = {"title": "A spoon", "price_kind": "fixed", "price_minor": 2000}
        await catalog.save(session, who, product.id, draft, revision=None)
    wizard, home, studio = (
        Open(WizardState, who, id=str(product.id)),
        Open(BrowseState, ANONYMOUS),
        Open(StudioState, who),
    )
    for page in (wizard, home, studio):
        await page.call("on_load")
    assert (wizard.state.earnings, wizard.state.fee_words) == ("$19.00", "$20.00 − $1.00 (5 %)")
    assert (home.state.sale["label"], home.state.sale["yours"]) == ("Our fee, 20 %", "$19.20")
    assert (studio.state.fee_percent, studio.state.fee_example_yours) == ("5", "$19.00")
    async with db.transaction() as session:
        for rule in (mine, all_):
            await fees.end(session, admin, rule.id)
    for page in (wizard, home):
        await page.call("on_load")
    assert (wizard.state.earnings, home.state.sale["yours"]) == ("$18.00", "$21.60")
