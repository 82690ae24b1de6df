"""What partners and owners of shared products are told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.partners import service as partners
from marketplace.domain.partners.models import Partnership
from marketplace.jobs import people
from marketplace.state.partners import PartnersState
from marketplace.state.studio import StudioState
from tests.domain.test_leaving import sold
from tests.domain.world import World
from tests.state.pages import Open

ROLES = [("co_creator", "of every sale of"), ("affiliate", "that comes through their link")]


async def offer(
    world: World, owner: Account, partner: Account, role: str = "co_creator", product: Product | None = None
) -> Partnership:
    shared = product or await world.lesson(owner, title="Know your clay")
    async with db.transaction() as session:
        return await partners.invite(
            session, Actor(owner.id, "member", True), product_id=shared.id, owner_id=owner.id, email=partner.email, role=role,
            percent=Decimal(20),
        )  # fmt: skip


async def letter(world: World, key: str) -> tuple[str, str]:
    """To whom, and about what."""
    await world.drain_jobs()
    ((to, subject),) = await world.rows("SELECT recipient, subject FROM outgoing_mail WHERE key = :k", k=key)
    return to, subject


async def answer(row: Partnership, partner: Account, accept: bool) -> None:
    async with db.transaction() as session:
        await partners.answer(session, Actor(partner.id), row.id, accept=accept)


@pytest.mark.parametrize(("role", "words"), ROLES)
async def test_the_owner_learns_the_answer_once(world: World, role: str, words: str) -> None:
    owner, partner = await world.creator(), await world.person()
    row = await offer(world, owner, partner, role)
    for _twice in range(2):
        await answer(row, partner, accept=True)
    await people.answered(str(row.id))
    key = f"partner-answer-{row.id}"
    text = await world.one("SELECT text FROM outgoing_mail WHERE key = :k", k=key)
    assert "20\N{NO-BREAK SPACE}%" in text
    assert words in text
    assert await letter(world, key) == (owner.email, f"{partner.name} accepted a share of Know your clay")


async def test_the_owner_learns_that_it_was_declined(world: World) -> None:
    owner, partner = await world.creator(), await world.person()
    row = await offer(world, owner, partner)
    await answer(row, partner, accept=False)
    expected = (owner.email, f"{partner.name} declined a share of Know your clay")
    assert await letter(world, f"partner-answer-{row.id}") == expected


@pytest.mark.parametrize(
    ("by_owner", "accepted", "subject"),
    [
        (True, True, "{owner} ended your share of"), (True, False, "{owner} took back the offer of a share of"),
        (False, True, "{partner} no longer shares in"),
    ],
)  # fmt: skip
async def test_the_other_side_learns_that_a_share_ended(
    world: World, by_owner: bool, accepted: bool, subject: str
) -> None:
    owner, partner = await world.creator(), await world.person()
    row = await offer(world, owner, partner)
    if accepted:
        await answer(row, partner, accept=True)
    async with db.transaction() as session:
        await partners.end(session, Actor(owner.id if by_owner else partner.id), row.id)
    expected = subject.format(owner=owner.name, partner=partner.name) + " Know your clay"
    assert await letter(world, f"partner-end-{row.id}") == ((partner if by_owner else owner).email, expected)


async def test_who_has_a_share_and_no_account_is_shown_the_way_to_their_money(world: World) -> None:
    owner, partner = await world.creator(), await world.person()
    product = await world.lesson(owner)
    row = await offer(world, owner, partner, product=product)
    page = Open(PartnersState, Actor(partner.id))
    await page.call("on_load")
    assert page.state.unpaid == ""
    await page.call("be_paid")
    assert not await world.one("SELECT is_creator FROM account WHERE id = :a", a=partner.id)
    await page.call("answer", str(row.id), True)
    assert page.state.unpaid.startswith("Say where your shares should go")
    await sold(world, product, await world.person())
    await page.call("on_load")
    assert "waits for you" in page.state.unpaid
    await page.call("end", str(row.id))
    studio = Open(StudioState, Actor(partner.id))
    await studio.call("on_load")
    assert "waits for you" in page.state.unpaid
    assert studio.state.shares == page.state.unpaid, "though nobody shares with them any more"
    await page.call("be_paid")
    assert await world.one("SELECT is_creator FROM account WHERE id = :a", a=partner.id)
