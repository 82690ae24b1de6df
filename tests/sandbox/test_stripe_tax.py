"""Several lines, tax by the buyer's country, and amounts that a currency can't have, on the hosted page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe_help import Tax, World, request_for, unique

from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.orders.ports import CheckoutStateLine
from marketplace.sandbox.stripe import currencies, tax
from marketplace.sandbox.stripe.tax import Place


@pytest.fixture
async def world(sandbox_server: Any) -> AsyncIterator[World]:
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()


def rows(html: str) -> dict[str, str]:
    """What the order's table says, by its first column."""
    found = re.findall(r"<tr><t[dh][^>]*>([^<]*)</t[dh]><td[^>]*>(?:<strong>)?([^<]*)<", html)
    return dict(found)


async def test_every_line_is_shown_and_comes_back(world: World) -> None:
    page = await world.open_page(1_000, 250, 99)
    html = (await world.browser.get(world.here(page.url))).text
    assert html.count("Fire &amp; glaze") == 3
    assert rows(html)["Total"] == "13.49 USD"
    assert "Country" not in html
    await world.pay(page)
    state = await world.gateway.checkout(page.id)
    assert state.amount_minor == 1_349
    assert [(line.reference, line.amount_minor) for line in state.lines] == [
        ("line-0", 1_000), ("line-1", 250), ("line-2", 99),
    ]  # fmt: skip
    assert (state.tax_minor, state.buyer_name, state.buyer_country) == (0, "Bea Buyer", "")


async def test_the_longest_order_comes_back_whole(world: World) -> None:
    page = await world.open_page(*range(100, 200))
    lines = (await world.gateway.checkout(page.id)).lines
    assert [line.reference for line in lines] == [f"line-{n}" for n in range(100)]
    assert [line.subtotal_minor for line in lines] == list(range(100, 200))
    with pytest.raises(PaymentRefused):
        await world.open_page(*range(100, 201))


CASES: list[tuple[Tax, str, int, str, str, int, int]] = [
    ("exclusive", "eur", 999, "DE", "", 190, 1_189),
    ("inclusive", "eur", 999, "DE", "", 160, 999),
    ("exclusive", "jpy", 999, "JP", "", 100, 1_099),
    ("exclusive", "isk", 50_500, "IS", "", 12_100, 62_600),
    ("inclusive", "isk", 50_500, "IS", "", 9_800, 50_500),
    ("exclusive", "huf", 123_456, "HU", "", 33_333, 156_789),
    ("exclusive", "kwd", 1_250, "KW", "", 0, 1_250),
    ("exclusive", "bhd", 1_250, "BH", "", 130, 1_380),
    ("exclusive", "usd", 1_000, "US", "10001", 0, 1_000),
    ("exclusive", "usd", 1_000, "US", "75001", 83, 1_083),
    ("exclusive", "gbp", 1_000, "FI", "", 255, 1_255),
]


@pytest.mark.parametrize(("behavior", "currency", "price", "country", "postcode", "taxed", "total"), CASES)
async def test_tax_is_added_or_found_within(
    world: World, behavior: Tax, currency: str, price: int, country: str, postcode: str, taxed: int, total: int
) -> None:
    page = await world.open_page(price, currency=currency, tax=behavior)
    before = await world.gateway.checkout(page.id)
    assert (before.amount_minor, before.tax_minor, before.buyer_country) == (price, 0, "")
    answer = await world.pay(page, country=country, postal_code=postcode)
    assert answer.status_code == 303, answer.text
    state = await world.gateway.checkout(page.id)
    assert (state.amount_minor, state.tax_minor, state.buyer_country) == (total, taxed, country)
    rate = Place(country, postcode).percent
    assert state.lines == (CheckoutStateLine("line-0", total, total - taxed, taxed, rate if taxed else None),)
    assert (await world.gateway.charge(state.charge_id or "")).amount_minor == total


async def test_nobody_pays_a_total_that_was_not_shown(world: World) -> None:
    page = await world.open_page(1_000, 500, currency="eur", tax="exclusive")
    url = world.here(page.url)
    html = (await world.browser.get(url)).text
    assert (rows(html)["Tax"], rows(html)["Total"]) == ("Choose your country", "15.00 EUR")
    for field in ("country", "line1", "city", "postal_code", "tax_id"):
        assert f'<label for="{field}">' in html
    shown = re.search(r'name="total" value="(\d+)"', html)
    assert shown
    first = await world.pay(page, country="FR", total=shown[1])
    assert (first.status_code, "The total changed" in first.text) == (200, True)
    assert (rows(first.text)["Tax, France 20 %"], rows(first.text)["Total"]) == ("3.00 EUR", "18.00 EUR")
    assert "Pay 18.00 EUR" in first.text
    assert (await world.gateway.checkout(page.id)).payment_intent_id is None
    updated = await world.browser.post(url, data={"action": "update", "country": "DE", "total": "1800"})
    assert rows(updated.text)["Tax, Germany 19 %"] == "2.85 EUR"
    assert (await world.pay(page, country="DE", total="1785")).status_code == 303
    assert (await world.gateway.checkout(page.id)).amount_minor == 1_785


async def test_a_business_accounts_for_the_tax_itself(world: World) -> None:
    page = await world.open_page(10_000, currency="eur", tax="exclusive")
    wrong = await world.pay(page, country="DE", tax_id="FR12345678901")
    assert (wrong.status_code, "tax number is invalid" in wrong.text) == (402, True)
    await world.pay(page, country="DE", tax_id="de 123.456.789", line1="Am Ofen 1", city="Höhr", postal_code="56203")
    state = await world.gateway.checkout(page.id)
    assert (state.amount_minor, state.tax_minor, state.buyer_tax_id) == (10_000, 0, "DE123456789")
    assert [line.reverse_charge for line in state.lines] == [True]
    assert state.buyer_address == {"line1": "Am Ofen 1", "city": "Höhr", "postal_code": "56203", "country": "DE"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Choose your country."),
        ({"country": "XX"}, "Choose your country."),
        ({"country": "US"}, "ZIP code"),
        ({"country": "US", "postal_code": "7500"}, "ZIP code"),
        ({"country": "KW", "tax_id": "12345678"}, "Leave the field empty"),
        ({"country": "GR", "tax_id": "GR123456789"}, "tax number is invalid"),
    ],
)
async def test_an_incomplete_address_is_named(world: World, wrong: dict[str, str], words: str) -> None:
    page = await world.open_page(tax="exclusive")
    answer = await world.pay(page, **wrong)
    assert (answer.status_code, words in answer.text) == (402, True)


async def test_the_address_outlives_a_declined_card_and_a_failed_challenge(world: World) -> None:
    page = await world.open_page(1_000, currency="eur", tax="exclusive")
    declined = await world.pay(page, "4000000000000002", country="FR", city="Lyon")
    assert (declined.status_code, 'value="Lyon"' in declined.text) == (402, True)
    assert '<option value="FR" selected>' in declined.text
    assert '<option value="FR" selected>' in (await world.browser.get(world.here(page.url))).text
    challenge = await world.pay(page, "4000002500003155", country="DE")
    url = world.base.removesuffix("/sandbox") + challenge.headers["location"]
    assert "11.90 EUR" in (await world.browser.get(url)).text
    failed = await world.browser.post(url, data={"result": "fail"})
    assert '<option value="DE" selected>' in failed.text
    await world.pay(page, "4000002500003155", country="DE")
    await world.browser.post(url, data={"result": "complete"})
    state = await world.gateway.checkout(page.id)
    assert (state.payment_status, state.amount_minor, state.buyer_country) == ("paid", 1_190, "DE")
    assert (await world.gateway.charge(state.charge_id or "")).amount_minor == 1_190


async def test_tax_may_not_lift_a_total_beyond_the_highest(world: World) -> None:
    page = await world.open_page(99_999_999, currency="eur", tax="exclusive")
    answer = await world.pay(page, country="DE")
    assert (answer.status_code, "more than can be paid" in answer.text) == (402, True)


@pytest.mark.parametrize(("currency", "amount"), [("kwd", 1_255), ("isk", 50_050), ("ugx", 250_001), ("tnd", 5_001)])
async def test_fractions_that_a_currency_has_not_are_refused(world: World, currency: str, amount: int) -> None:
    with pytest.raises(PaymentRefused):
        await world.gateway.create_checkout(request_for(amount, currency=currency), key=unique("k"))
    step = currencies.step(currency)
    state = await world.bought(amount // step * step + step, currency=currency)
    over = await world.api("POST", "/v1/refunds", data={"charge": state.charge_id, "amount": step + 1})
    assert over.json()["error"]["param"] == "amount"
    right = await world.api("POST", "/v1/refunds", data={"charge": state.charge_id, "amount": step})
    assert right.json()["status"] == "succeeded"


async def test_transfers_may_be_any_amount(world: World) -> None:
    account = await world.creator()
    state = await world.bought(50_500, currency="isk")
    transfer = await world.transferred(state, account, 45_450)
    back = await world.gateway.reverse_transfer(transfer, amount_minor=1_001, key=unique("r"))
    assert back.reversed_minor == 1_001


@given(
    st.integers(0, 99_999_999), st.sampled_from(sorted(currencies.MINIMUM_CHARGE)), st.sampled_from(sorted(tax.COUNTRIES))
)  # fmt: skip
def test_tax_within_is_the_tax_on_what_is_left(some: int, currency: str, country: str) -> None:
    step, percent = currencies.step(currency), tax.Place(country).percent
    price = some // step * step
    within = tax.amount(price, percent, "inclusive", currency)
    on_top = tax.amount(price - within, percent, "exclusive", currency)
    assert within % step == 0
    assert 0 <= within <= price
    assert abs(within - on_top) <= step
    assert tax.amount(price, Decimal(0), "exclusive", currency) == 0
