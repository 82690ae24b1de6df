"""Buying by a plain form, without scripts: a link's code is in the price that is shown and in the one that is paid."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from visitor import ELSEWHERE, HERE, add, all_of, somebody, visitor

from marketplace.clock import now
from marketplace.domain.accounts.models import Account, Session
from marketplace.domain.catalog.models import Product
from marketplace.domain.coupons.models import Coupon
from marketplace.domain.orders.models import Order
from marketplace.ids import digest, new_token
from marketplace.money import format_minor

LESSON = "aperture-before-everything"


@pytest.fixture(scope="module")
def code(product: Any) -> str:
    """A quarter off, by the lesson's creator."""
    (creator,) = all_of(product, Account, Account.email == "nadia@example.com")
    made = f"HTTP-{secrets.token_hex(4).upper()}"
    add(product, Coupon(owner_id=creator.id, code=made, percent=Decimal(25)))
    return made


def browser(product: Any) -> tuple[httpx.Client, UUID]:
    client, account_id, token = visitor(product), somebody(product), new_token()
    add(product, Session(account_id=account_id, token_digest=digest(token), expires_at=now() + timedelta(hours=1)))
    client.cookies.set("market_session", token)
    return client, account_id


def prices(product: Any) -> tuple[str, str]:
    (lesson,) = all_of(product, Product, Product.slug == LESSON)
    return format_minor(lesson.price_minor * 3 // 4, "usd"), format_minor(lesson.price_minor, "usd")


def test_the_painted_page_has_the_price_that_the_form_buys_at(product: Any, code: str) -> None:
    client, buyer = browser(product)
    less, whole = prices(product)
    page = client.get(f"/lessons/{LESSON}", params={"code": code.lower()}).text
    assert less in page
    assert f'name="code" value="{code}"' in page
    sent = client.post(f"/buy/{LESSON}", data={"code": code}, headers=HERE)
    assert sent.status_code == 303
    assert "/sandbox/stripe/pages/checkout/" in sent.headers["location"]
    (order,) = all_of(product, Order, Order.buyer_id == buyer)
    assert (format_minor(order.total_minor, "usd"), order.coupon_code) == (less, code)
    assert whole in client.get(f"/lessons/{LESSON}").text


def test_a_code_that_is_refused_is_explained_and_nothing_is_bought(product: Any) -> None:
    client, buyer = browser(product)
    sent = client.post(f"/buy/{LESSON}", data={"code": "no-such"}, headers=HERE)
    assert sent.headers["location"].endswith(f"/lessons/{LESSON}?code=NO-SUCH")
    page = client.get(sent.headers["location"]).text
    assert "This code doesn&#x27;t exist" in page or "This code doesn't exist" in page
    assert prices(product)[1] in page
    assert not re.search(r'type="hidden" name="code"', page)
    assert all_of(product, Order, Order.buyer_id == buyer) == []
    client.post(f"/cart/add/{LESSON}", data={"code": "x" * 5000}, headers=HERE)
    assert client.post(f"/buy/{LESSON}", data={"code": "X"}, headers=ELSEWHERE).headers["location"].endswith(LESSON)


def test_a_provider_that_is_down_is_named_and_nothing_is_bought(product: Any, code: str) -> None:
    client, buyer = browser(product)
    client.post("/sandbox/knobs/stripe", json={"down": True})
    try:
        sent = client.post(f"/buy/{LESSON}", data={"code": code}, headers=HERE)
    finally:
        client.post("/sandbox/knobs/stripe", json={"down": False})
    assert sent.headers["location"].endswith(f"/lessons/{LESSON}?code={code}&refused=unavailable")
    page = client.get(sent.headers["location"]).text
    assert "answering. Nothing was lost; please try again in a minute." in page
    assert all_of(product, Order, Order.buyer_id == buyer, Order.state == "paid") == []


def test_signing_in_leads_back_with_the_code(product: Any, code: str) -> None:
    sent = visitor(product).post(f"/buy/{LESSON}", data={"code": code}, headers=HERE)
    assert sent.headers["location"].endswith(f"/login?next=/lessons/{LESSON}%3Fcode%3D{code}")
