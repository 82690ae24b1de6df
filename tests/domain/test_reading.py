"""What language somebody reads: kept from the pages they are on, spoken by their mails."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.accounts.ports import Identity
from marketplace.domain.orders import refunds
from marketplace.domain.partners import service as partners
from marketplace.i18n import _, percent_words, plain_text, use_locale
from marketplace.jobs.orders import ask_mail
from marketplace.jobs.people import invitation
from tests.domain.test_leaving import leave, sold
from tests.domain.world import World


@pytest.fixture
async def owner(world: World) -> Account:
    return await world.creator("Olu Owner")


async def known(account: Account) -> str:
    """What the door learns of them."""
    async with db.transaction() as session:
        token = await accounts.open_session(session, account.id, user_agent="", ip="", days=1)
    async with db.direct() as connection:
        found = await accounts.who(connection, token)
    assert found is not None
    return found[1].language


async def reads(account: Account, language: str) -> None:
    async with db.direct() as connection:
        await accounts.reads(connection, account.id, language)


async def test_the_language_of_the_last_page_is_kept(world: World) -> None:
    person = await world.person()
    await reads(person, "de")
    assert await known(person) == "de"
    await reads(person, "ar")
    assert await known(person) == "ar"
    await leave(person)
    assert await world.one("SELECT language FROM account WHERE id = :a", a=person.id) == ""


async def test_nobody_elses_language_changes(world: World) -> None:
    person, other = await world.person(), await world.person()
    await reads(person, "de")
    assert (await known(person), await known(other)) == ("de", "en")


async def test_who_signs_up_reads_what_they_signed_up_in(world: World) -> None:
    identity = Identity(str(uuid4()), f"{uuid4().hex}@example.com", True, "Lin", "")
    with plain_text("ar"):
        async with db.transaction() as session:
            account = await accounts.arrive(session, identity)
    assert await known(account) == "ar"


@pytest.mark.parametrize("language", ["de", "ar", "en", "xx"])
async def test_a_receipt_speaks_the_buyers_language(world: World, owner: Account, language: str) -> None:
    product, buyer = await world.lesson(owner), await world.person()
    await reads(buyer, language)
    order, _line = await sold(world, product, buyer)
    with plain_text(language if language != "xx" else "en"):
        expected = _("Your receipt for {title}").format(title=product.title)
    assert await world.one("SELECT subject FROM outgoing_mail WHERE key = :k", k=f"receipt-{order}") == expected


async def test_an_invitation_speaks_its_readers_language_or_else_its_senders(world: World, owner: Account) -> None:
    product, friend = await world.lesson(owner), await world.person()
    await reads(friend, "de")
    await reads(owner, "ar")
    for email, language in ((friend.email.upper(), "de"), (f"{uuid4().hex}@example.com", "ar")):
        async with db.transaction() as session:
            row = await partners.invite(
                session, Actor(owner.id, "member", True), product_id=product.id, owner_id=owner.id, email=email, role="affiliate",
                percent=Decimal("7.25"),
            )  # fmt: skip
        await invitation(str(row.id))
        with plain_text(language):
            expected = _("{owner} shares the sales of {title} with you").format(owner=owner.name, title=product.title)
            share = percent_words(Decimal("7.25"))
        assert share == {"de": "7,25\N{NO-BREAK SPACE}%", "ar": "7.25%"}[language]
        key = f"partner-{row.id}"
        assert await world.one("SELECT subject FROM outgoing_mail WHERE key = :k", k=key) == expected
        assert share in await world.one("SELECT text FROM outgoing_mail WHERE key = :k", k=key)


async def test_a_creator_reads_in_their_language_why_the_policy_said_no(world: World, owner: Account) -> None:
    product, buyer = await world.lesson(owner), await world.person()
    await reads(owner, "de")
    _order, line = await sold(world, product, buyer)
    await world.rows("UPDATE order_line SET refund_days = 0 WHERE id = :l", l=line)
    async with db.transaction() as session:
        await refunds.ask(session, Actor(buyer.id), line, "")
    async with db.transaction() as session:
        ask = await refunds.appeal(session, Actor(buyer.id), line, "Es passt nicht.")
    await ask_mail(str(ask.id))
    with use_locale("de"):
        reason = _("This was sold without refunds on request.")
    assert reason != ask.reason, "which is kept for banks, in English"
    assert reason in await world.one("SELECT text FROM outgoing_mail WHERE key = :k", k=f"ask-{ask.id}")
