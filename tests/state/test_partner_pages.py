"""Sales that somebody has a share in, on the pages of their money."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.ledger import service as ledger
from marketplace.state.analytics import AnalyticsState
from marketplace.state.balance import BalanceState
from marketplace.state.earnings import EarningsState, SaleState
from tests.domain.test_partner_figures import Shop, as_creator, shop
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module")
async def of(world: World) -> Shop:
    made = await shop(world)
    await made.refund(await made.buy(made.products[0]), 501)
    return made


async def test_a_partner_finds_the_sale_with_their_share(of: Shop) -> None:
    owner, cora, _kim, alf = of.people
    for person, role, yours in (
        (owner, "", "$1.54"), (cora, "Your share as co-creator, 33.3 %", "$1.50"), (alf, "Your share as affiliate, 20 %", "$0.90"),
    ):  # fmt: skip
        page = Open(EarningsState, as_creator(person))
        await page.call("on_load")
        (row,) = page.state.sales
        assert (row["role"], row["yours"], row["amount"]) == (role, yours, "$10.01")
    figures = Open(AnalyticsState, as_creator(alf), by="product")
    await figures.call("on_load")
    (line,) = figures.state.rows
    assert (line["name"], line["shares"], line["yours"]) == (f"{of.products[0].title} (your share)", "$0.90", "$0.90")
    assert (line["sales"], line["revenue"], figures.state.has_shares) == ("0", "$0.00", True)


async def test_the_sale_adds_up_for_a_partner_and_tells_nothing_of_others(of: Shop) -> None:
    _owner, cora, _kim, _alf = of.people
    page = Open(SaleState, as_creator(cora), line_id=str(of.lines[0]))
    await page.call("on_load")
    sale = page.state.sale
    assert (sale["yours"], sale["buyer"], sale["can_refund"]) == ("$1.50", "", "")
    assert [(row["label"], row["amount"]) for row in page.state.sum_lines] == [
        ("Price", "$10.01"), ("Platform fee", "−$1.00"), ("Shares of others", "−$6.01"), ("Taken back, your part", "−$1.50"),
    ]  # fmt: skip
    assert page.state.entries[0]["detail"] == "On hold for you: +$3.00 · Platform fee: −$0.33"
    told = str([sale, page.state.sum_lines, page.state.entries, page.state.refunds])
    assert not [word for word in ("Bea", "Kim", "Alf", "Ola") if word in told]


async def test_the_owner_sees_the_whole_fee_and_only_their_own_money(of: Shop) -> None:
    owner = of.people[0]
    page = Open(SaleState, as_creator(owner), line_id=str(of.lines[0]))
    await page.call("on_load")
    assert page.state.entries[0]["detail"] == "On hold for you: +$3.09 · Platform fee: −$1.00"
    transfers = [row for row in page.state.entries if row["what"] == "Transferred to your payments account"]
    assert len(transfers) == 1, "not those of the partners"
    assert page.state.sale["buyer"] == "Bea Buyer"


async def test_for_everybody_else_there_is_no_such_sale(world: World, of: Shop) -> None:
    stranger = await world.creator("Sam Stranger", outcome="")
    for who in (as_creator(stranger), Actor((await world.person()).id)):
        page = Open(SaleState, who, line_id=str(of.lines[0]))
        await page.call("on_load")
        assert (page.state.sale, page.state.failure) == ({}, "There is no sale at this address.")


async def test_a_partners_balance_leads_back_to_the_sale(of: Shop) -> None:
    owner, cora, _kim, _alf = of.people
    for person, told in ((cora, "Your part of the price $3.33, fee −$0.33"), (owner, "Your part of the price $3.43, fee −$0.34")):  # fmt: skip
        page = Open(BalanceState, as_creator(person))
        await page.call("on_load")
        row = next(row for row in page.state.rows if row["what"] == "Sale")
        assert told in row["detail"]
        assert UUID(row["href"].rsplit("/", 1)[-1]) == of.lines[0]
        async with db.transaction() as session:
            why = (await ledger.explanation(session, person.id))["usd"]
        assert {step.what for step in why.earned} == {"sale", "fees", "refund"}
