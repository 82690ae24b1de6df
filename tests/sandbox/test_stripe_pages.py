"""Hosted Checkout, onboarding and the dashboard, as people use them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from stripe_help import World

THANKS = "http://localhost/thanks?session="


@pytest.fixture
async def world(sandbox_server: Any) -> AsyncIterator[World]:
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()


async def charges_of(world: World, session_id: str) -> list[dict[str, Any]]:
    session = (await world.api("GET", f"/v1/checkout/sessions/{session_id}")).json()
    found = await world.api("GET", "/v1/charges", params={"payment_intent": session["payment_intent"]})
    return list(found.json()["data"])


async def test_the_page_shows_lines_total_and_labels(world: World) -> None:
    page = await world.open_page(1_250)
    answer = await world.browser.get(world.here(page.url))
    assert answer.status_code == 200
    assert answer.text.count("<h1>") == 1
    for text in (
        "Fire &amp; glaze",
        "12.50 USD",
        "buyer@example.com",
        'href="http://localhost/cart"',
        "4000 0000 0000",
    ):
        assert text in answer.text
    for field in ("email", "card", "expiry", "cvc", "name"):
        assert f'<label for="{field}">' in answer.text
    assert "<script" not in answer.text


async def test_a_double_submit_charges_once(world: World) -> None:
    page = await world.open_page()
    answers = await asyncio.gather(*(world.pay(page) for _ in range(5)))
    assert {answer.headers["location"] for answer in answers} == {THANKS + page.id}
    assert [charge["paid"] for charge in await charges_of(world, page.id)] == [True]
    late = await world.browser.get(world.here(page.url))
    assert "This order is complete" in late.text
    assert THANKS + page.id in late.text


@pytest.mark.parametrize(
    ("card", "words", "code"),
    [
        ("4000000000000002", "Your card was declined.", "generic_decline"),
        ("4000 0000 0000 9995", "insufficient funds", "insufficient_funds"),
    ],
)
async def test_a_declined_card_can_be_replaced(world: World, card: str, words: str, code: str) -> None:
    page = await world.open_page()
    answer = await world.pay(page, card)
    assert (answer.status_code, words in answer.text) == (402, True)
    assert 'role="alert"' in answer.text
    session = (await world.api("GET", f"/v1/checkout/sessions/{page.id}?expand[]=payment_intent")).json()
    assert session["status"] == "open"
    assert session["payment_intent"]["last_payment_error"]["decline_code"] == code
    assert (await world.pay(page)).status_code == 303
    assert [charge["paid"] for charge in await charges_of(world, page.id)] == [True, False]


@pytest.mark.parametrize(
    "wrong", [{"card": "4111111111111111"}, {"expiry": "01/20"}, {"expiry": "x"}, {"cvc": "1"}, {"email": "nobody"}]
)
async def test_a_wrong_field_is_named_and_charges_nothing(world: World, wrong: dict[str, str]) -> None:
    page = await world.open_page()
    answer = await world.pay(page, **wrong)
    assert (answer.status_code, 'role="alert"' in answer.text) == (402, True)
    assert (await world.gateway.checkout(page.id)).payment_intent_id is None


async def test_three_d_secure_passed_and_failed(world: World) -> None:
    page = await world.open_page()
    challenge = await world.pay(page, "4000002500003155")
    url = world.base.removesuffix("/sandbox") + challenge.headers["location"]
    assert "Complete authentication" in (await world.browser.get(url)).text
    failed = await world.browser.post(url, data={"result": "fail"})
    assert (failed.status_code, "unable to authenticate" in failed.text) == (402, True)
    assert (await world.gateway.checkout(page.id)).status == "open"
    await world.pay(page, "4000002500003155")
    passed = await asyncio.gather(*(world.browser.post(url, data={"result": "complete"}) for _ in range(3)))
    assert {answer.headers["location"] for answer in passed} == {THANKS + page.id}
    assert (await world.gateway.checkout(page.id)).payment_status == "paid"
    assert len(await charges_of(world, page.id)) == 1


async def debited(world: World) -> tuple[str, str]:
    page = await world.open_page()
    answer = await world.pay(page, method="bank")
    state = await world.gateway.checkout(page.id)
    assert (state.status, state.payment_status, state.fee_minor) == ("complete", "unpaid", None)
    return page.id, world.base.removesuffix("/sandbox") + answer.headers["location"]


@pytest.mark.parametrize(("result", "status"), [("paid", "paid"), ("failed", "unpaid")])
async def test_a_bank_debit_is_settled_by_a_button_once(world: World, result: str, status: str) -> None:
    session_id, url = await debited(world)
    assert "Let the bank pay now" in (await world.browser.get(url)).text
    await asyncio.gather(*(world.browser.post(url, data={"result": result}) for _ in range(3)))
    await world.browser.post(url, data={"result": "paid" if result == "failed" else "failed"})
    assert (await world.gateway.checkout(session_id)).payment_status == status
    types = [e.type for e in await world.gateway.events_since(0, limit=10**6) if e.object_id == session_id]
    ending = "succeeded" if result == "paid" else "failed"
    assert types == ["checkout.session.completed", f"checkout.session.async_payment_{ending}"]


async def test_a_bank_debit_is_settled_by_the_clock(world: World) -> None:
    session_id, _ = await debited(world)
    await world.advance(3_500)
    assert (await world.gateway.checkout(session_id)).payment_status == "unpaid"
    await world.advance(200)
    state = await world.gateway.checkout(session_id)
    assert (state.payment_status, state.fee_minor) == ("paid", 103)


async def test_an_open_page_expires_with_the_clock(world: World) -> None:
    page = await world.open_page()
    await world.advance(3_700)
    assert (await world.gateway.checkout(page.id)).status == "expired"
    late = await world.pay(page)
    assert (late.status_code, "expired" in late.text) == (410, True)
    fresh = await world.open_page()
    assert (await world.gateway.checkout(fresh.id)).status == "open"


async def test_an_onboarding_link_works_once(world: World) -> None:
    account = await world.creator()
    url = world.here(
        await world.gateway.onboarding_url(account, refresh_url="http://localhost/re", return_url="http://localhost/ok")
    )
    assert '<label for="dob">' in (await world.browser.get(url)).text
    answers = await asyncio.gather(*(world.browser.post(url, data={"outcome": "restricted"}) for _ in range(2)))
    assert {a.headers["location"] for a in answers} == {"http://localhost/ok", "http://localhost/re"}
    assert (await world.browser.get(url)).headers["location"] == "http://localhost/re"


async def test_an_onboarding_link_expires(world: World) -> None:
    account = await world.creator()
    url = await world.gateway.onboarding_url(
        account, refresh_url="http://localhost/re", return_url="http://localhost/ok"
    )
    await world.advance(700)
    assert (await world.browser.get(world.here(url))).headers["location"] == "http://localhost/re"


async def test_what_does_not_exist_says_so(world: World) -> None:
    for path in ("checkout/cs_no", "checkout/cs_no/authenticate", "checkout/cs_no/bank", "onboarding/no"):
        assert (await world.browser.get(f"{world.base}/stripe/pages/{path}")).status_code == 404
    assert (await world.browser.get(f"{world.base}/stripe/pages/dashboard/no")).status_code == 410
    assert (await world.act("dispute", "ch_no")).status_code == 404
    assert (await world.act("nonsense", "x")).status_code == 404


async def test_another_site_can_not_press_the_buttons(world: World) -> None:
    url = f"{world.base}/stripe/pages/actions/release"
    answer = await world.browser.post(url, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_the_index_shows_objects_and_escapes_them(sandbox_server: Any, world: World) -> None:
    from marketplace.sandbox.stripe import index_html

    state = await world.bought()
    html = (await world.browser.get(f"{world.base}/")).text
    assert callable(index_html)
    for text in (state.id, state.charge_id or "", "Release pending funds", f"Dispute {state.charge_id}"):
        assert text in html
    assert "Fire & glaze" not in html
