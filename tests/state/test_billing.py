"""The forms behind what stands on invoices, as the pages' handlers take them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketplace import db
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.documents import service as documents
from marketplace.settings import Settings
from marketplace.state import action as actions
from marketplace.state import billing as billing_module
from marketplace.state.billing import BillingState, InvoicingState
from tests.domain.world import World

ADDRESS = {
    "line1": "Weg 1", "line2": "", "postal_code": "10119", "city": "Berlin", "region": "", "country": "DE", "tax_id": "de 1234",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_after() -> Iterator[None]:
    yield
    actions.enter(ANONYMOUS, "")


async def test_a_buyers_form_is_saved_tidied_and_shown_again(world: World) -> None:
    buyer = await world.person()
    actions.enter(Actor(buyer.id), "")
    state = BillingState()
    await BillingState.on_load.fn(state)
    assert state.billing == {"billing_name": "", "company": "", **dict.fromkeys(ADDRESS, "")}
    await BillingState.save.fn(state, {"billing_name": "  Bea   B ", "company": "", **ADDRESS, "account_id": "x"})
    assert (state.errors, state.saves) == ({}, 1)
    assert (state.billing["billing_name"], state.billing["tax_id"]) == ("Bea B", "DE 1234")
    await BillingState.save.fn(state, {**ADDRESS, "tax_id": "?"})
    assert (list(state.errors), state.saves) == (["tax_id"], 1)
    async with db.transaction() as session:
        assert (await documents.buyer_of(session, buyer.id)).address == ("Weg 1", "10119 Berlin")


@pytest.mark.parametrize(("seller", "own"), [("platform", ""), ("creator", "yes")])
async def test_creators_fill_in_their_details_where_they_sell_in_their_own_name(
    world: World, monkeypatch: pytest.MonkeyPatch, seller: str, own: str
) -> None:
    settings = Settings(_env_file=None, marketplace_env="test", seller_of_record=seller)  # type: ignore[arg-type]
    monkeypatch.setattr(billing_module, "get_settings", lambda: settings)
    creator = await world.creator(outcome="")
    actions.enter(Actor(creator.id, "member", True), "")
    state = InvoicingState()
    await InvoicingState.on_load.fn(state)
    assert state.own == own
    await InvoicingState.save.fn(state, {"business_name": "", **ADDRESS})
    assert list(state.errors) == ["business_name"]
    await InvoicingState.save.fn(state, {"business_name": "Kiln", **ADDRESS})
    assert state.details["business_name"] == "Kiln"
    async with db.transaction() as session:
        assert (await documents.creator_seller(session, creator.id, prefix="")).party.name == "Kiln"


async def test_who_is_no_creator_is_sent_to_the_studio(world: World) -> None:
    actions.enter(Actor((await world.person()).id), "")
    state = InvoicingState()
    assert await InvoicingState.on_load.fn(state) is not None
    assert not state.loaded
