"""A discount code where one buys: what is shown, first painted and then charged is one and the same."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from marketplace import db
from marketplace.api.paint.views import Asked, lesson_page
from marketplace.checkout import check_out_cart, put_into_cart, start_purchase
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.coupons import service as coupons
from marketplace.state.cart import BasketButtons, CartState
from marketplace.state.coupons import CouponsState
from marketplace.state.lesson import LessonState
from marketplace.state.orders import OrderState
from tests.domain.world import GOOD, World
from tests.state.pages import Open

pytestmark = pytest.mark.usefixtures("common_ground")


@pytest.fixture
async def shop(world: World) -> tuple[Account, Product]:
    creator = await world.creator("Coder")
    return creator, await world.lesson(creator, title="Coded", price_minor=2000)


async def made(owner: Account, **fields: Any) -> str:
    code = f"C{uuid4().hex[:10].upper()}"
    async with db.transaction() as session:
        await coupons.create(session, Actor(owner.id, "member", True), coupons.Draft(code, **fields))
    return code


async def opened(who: Actor, product: Product, **query: str) -> Open:
    page = Open(LessonState, who, lesson_slug=product.slug, **query)
    await page.call("on_load")
    return page


async def painted(who: Actor, product: Product, **query: str) -> str:
    async with db.transaction() as session:
        return (await lesson_page(session, Asked(f"/lessons/{product.slug}", product.slug, query, who))).main


async def test_a_link_applies_its_code_before_and_after_the_page_is_live(
    world: World, shop: tuple[Account, Product]
) -> None:
    owner, product = shop
    code, buyer = await made(owner, percent=Decimal(25)), Actor((await world.person()).id)
    for who in (ANONYMOUS, buyer):
        first = await painted(who, product, code=code.lower())
        assert "$15.00" in first
        assert f'name="code" value="{code}"' in first
        page = await opened(who, product, code=code.lower())
        assert (page.state.offer["price"], page.state.offer["before"], page.state.errors) == ("$15.00", "$20.00", {})
    await page.call("buy", {})
    order = await world.rows('SELECT total_minor, coupon_code FROM "order" WHERE buyer_id = :b', b=buyer.account_id)
    assert [tuple(row) for row in order] == [(1500, code)]
    page = await opened(buyer, product, code=code, cancelled="1")
    assert page.state.offer["price"] == "$15.00", "the use that one's own open order holds doesn't stand in the way"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"percent": Decimal(10), "max_per_person": 1}, "as often as it can be used"),
        ({"percent": Decimal(10), "first_purchase_only": True}, "first purchase only"),
        ({"percent": Decimal(10), "max_uses": 1}, "used up"),
        ({"percent": Decimal(10), "min_minor": 2001, "currency": "usd"}, "from $20.01"),
        ({"amount_minor": 100, "currency": "eur"}, "prices in EUR"),
    ],
)
async def test_why_a_code_takes_nothing_off(
    world: World, shop: tuple[Account, Product], fields: dict[str, Any], says: str
) -> None:
    owner, product = shop
    code, buyer = await made(owner, **fields), Actor((await world.person()).id)
    if "percent" in fields and "min_minor" not in fields:
        other = await world.lesson(owner, price_minor=1000)
        await world.pay(await start_purchase(buyer, other.slug, code=code))
        await world.drain()
    page = await opened(buyer, product, code=code)
    assert says in page.state.errors["code"]
    first = await painted(buyer, product, code=code)
    assert says in first
    assert "$20.00" in first
    assert 'type="hidden" name="code"' not in first
    await page.call("use_code", {"code": code})
    assert says in page.state.errors["code"]
    assert not page.state.offer["price"]
    await page.call("buy", {})
    row = await world.rows(
        "SELECT total_minor, coupon_code FROM \"order\" WHERE buyer_id = :b AND state = 'pending'", b=buyer.account_id
    )
    assert [tuple(one) for one in row] == [(2000, "")], "what is bought is what the page said"


async def test_a_code_that_ends_between_looking_and_buying_is_never_silently_left_out(
    world: World, shop: tuple[Account, Product]
) -> None:
    owner, product = shop
    code, buyer = await made(owner, percent=Decimal(25)), Actor((await world.person()).id)
    page = await opened(buyer, product)
    await page.call("use_code", {"code": f" {code.lower()} "})
    assert page.state.offer["price"] == "$15.00"
    await world.rows("UPDATE coupon SET active = false WHERE code = :c RETURNING 1", c=code)
    await page.call("buy", {})
    assert "isn't in use any more" in page.state.errors["code"]
    assert not page.state.offer.get("price")
    assert await world.one('SELECT count(*) FROM "order" WHERE buyer_id = :b', b=buyer.account_id) == 0
    await page.call("buy", {})
    assert await world.one('SELECT total_minor FROM "order" WHERE buyer_id = :b', b=buyer.account_id) == 2000


async def test_a_free_choice_of_the_price_and_a_code(world: World, shop: tuple[Account, Product]) -> None:
    owner, _product = shop
    product = await world.lesson(owner, price_kind="pwyw", price_minor=1000, min_minor=500)
    code, buyer = await made(owner, percent=Decimal(50)), Actor((await world.person()).id)
    page = await opened(buyer, product, code=code)
    assert page.state.offer["price"] == "$5.00"
    await page.call("note_amount", "30")
    assert (page.state.offer["price"], page.state.offer["before"]) == ("$15.00", "$30.00")
    await page.call("note_amount", "-1")
    assert not page.state.offer["price"]
    assert page.state.errors["code"]
    await page.call("note_amount", "30")
    await page.call("buy", {"amount": "30"})
    assert await world.one('SELECT total_minor FROM "order" WHERE buyer_id = :b', b=buyer.account_id) == 1500


async def test_the_code_comes_along_into_the_cart(world: World, shop: tuple[Account, Product]) -> None:
    owner, product = shop
    code, other = await made(owner, percent=Decimal(25)), await made(owner, percent=Decimal(10))
    buyer = Actor((await world.person()).id)
    for used in (code, other):
        await Open(BasketButtons, buyer).call("add", {"slug": product.slug, "code": used})
    cart = Open(CartState, buyer)
    await cart.call("on_load")
    assert (cart.state.code, cart.state.groups[0]["total"]) == (code, "$15.00"), "one code; the first stays"
    asked = await Open(BasketButtons, ANONYMOUS).call("add", {"slug": product.slug, "code": code})
    assert f"next=/lessons/{product.slug}%3Fcode%3D{code}" in str(asked)


async def test_taking_a_code_away_and_nonsense(world: World, shop: tuple[Account, Product]) -> None:
    owner, product = shop
    code = await made(owner, percent=Decimal(25))
    page = await opened(ANONYMOUS, product, code=code)
    await page.call("drop_code")
    assert not page.state.offer
    for typed in ("", "' OR 1=1 --", "x" * 5000, "\x00"):
        await page.call("use_code", {"code": typed})
        assert page.state.errors["code"]
        assert not page.state.offer.get("price")
    assert "<script>" not in await painted(ANONYMOUS, product, code="<script>")


async def test_links_to_copy_lead_to_what_the_code_covers(world: World, shop: tuple[Account, Product]) -> None:
    owner, product = shop
    second = await world.lesson(owner, title="Second", price_minor=900)
    code, every = await made(owner, percent=Decimal(25), products=(second.id,)), await made(owner, percent=Decimal(5))
    page = Open(CouponsState, Actor(owner.id, "member", True))
    await page.call("on_load")
    ids = {row["code"]: row["id"] for row in page.state.rows}
    await page.call("choose_code", ids[code])
    assert page.state.link.endswith(f"/lessons/{second.slug}?code={code}")
    await page.call("choose_product", f"/lessons/{product.slug}")
    assert page.state.link == "", "not covered"
    await page.call("choose_code", ids[every])
    await page.call("choose_product", f"/lessons/{product.slug}")
    assert page.state.link.endswith(f"/lessons/{product.slug}?code={every}")


async def test_a_price_that_changed_since_it_was_shown_is_shown_before_it_is_charged(
    world: World, shop: tuple[Account, Product]
) -> None:
    owner, product = shop
    code, buyer = await made(owner, percent=Decimal(50)), Actor((await world.person()).id)
    page = await opened(buyer, product, code=code)
    await world.rows("UPDATE product SET price_minor = 3000 WHERE id = :p RETURNING 1", p=product.id)
    told = await page.call("buy", {})
    assert "The price is $30.00 now." in str(told)
    assert (page.state.view["price"], page.state.offer["price"]) == ("$30.00", "$15.00")
    assert await world.one('SELECT count(*) FROM "order" WHERE buyer_id = :b', b=buyer.account_id) == 0
    await page.call("buy", {})
    assert await world.one('SELECT total_minor FROM "order" WHERE buyer_id = :b', b=buyer.account_id) == 1500


async def test_what_was_given_back_is_not_said_to_be_in_the_library(
    world: World, shop: tuple[Account, Product]
) -> None:
    owner, product = shop
    other, buyer = await world.lesson(owner, title="Kept", price_minor=900), Actor((await world.person()).id)
    for slug in (product.slug, other.slug):
        await Open(BasketButtons, buyer).call("add", {"slug": slug})
    await world.pay(await check_out_cart(buyer, "usd"))
    await world.drain()
    rows = await world.rows("SELECT id, order_id, title FROM order_line WHERE buyer_id = :b", b=buyer.account_id)
    page = Open(OrderState, buyer, order_id=str(rows[0].order_id))
    for title, left in (("Coded", "Kept"), ("Kept", "")):
        await page.call("on_load")
        assert title in page.state.order["mine"]
        await page.call("ask_refund", str(next(row.id for row in rows if row.title == title)))
        await world.drain()
        await page.call("on_load")
        assert (page.state.order["mine"], page.state.refunded_all) == (left, not left)


@pytest.mark.parametrize(("tax", "says"), [("exclusive", "plus tax"), ("inclusive", "tax included"), ("off", "")])
async def test_a_price_says_whether_tax_comes_on_top(
    world: World, shop: tuple[Account, Product], monkeypatch: pytest.MonkeyPatch, tax: str, says: str
) -> None:
    monkeypatch.setattr("marketplace.present.get_settings", lambda: SimpleNamespace(stripe_tax=tax))
    page, first = await opened(ANONYMOUS, shop[1]), await painted(ANONYMOUS, shop[1])
    assert page.state.view["tax"] == says
    assert (">plus tax<" in first, ">tax included<" in first) == (tax == "exclusive", tax == "inclusive")


async def test_prices_with_tax_are_told_as_they_were_paid(
    world: World, shop: tuple[Account, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.settings.model_copy(update={"stripe_tax": "inclusive"})
    monkeypatch.setattr("marketplace.checkout.get_settings", lambda: settings)
    code, buyer = await made(shop[0], percent=Decimal(25)), Actor((await world.person()).id)
    page = await start_purchase(buyer, shop[1].slug, code=code)
    form = {"email": "b@example.com", "card": GOOD, "expiry": "12 / 34", "cvc": "123", "country": "DE"}
    await world.browser.post(page, data={**form, "line1": "Weg 1", "city": "Berlin", "postal_code": "10119"})
    await world.drain()
    order = await world.one('SELECT id FROM "order" WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1])
    shown = Open(OrderState, buyer, order_id=str(order))
    await shown.call("on_load")
    one, all_of_it = shown.state.lines[0], shown.state.order
    assert (one["amount"], one["tax_within"]) == ("$20.00", "includes $2.39 tax")
    assert (all_of_it["discount"], all_of_it["tax"], all_of_it["total"]) == ("−$5.00", "", "$15.00")
    assert all_of_it["tax_within"] == "includes $2.39 tax"
    rows = await world.rows(
        "SELECT lines, net_minor, tax_minor, total_minor FROM document WHERE order_id = :o", o=order
    )
    assert (rows[0].net_minor, rows[0].tax_minor, rows[0].total_minor) == (1261, 239, 1500)
    assert (rows[0].lines[0]["list_minor"], rows[0].lines[0]["discount_minor"]) == (2000, 500)
    await shown.call("ask_refund", one["id"])
    await world.drain()
    credit = await world.rows(
        "SELECT tax_minor, total_minor FROM document WHERE order_id = :o AND kind <> 'invoice'", o=order
    )
    assert [tuple(row) for row in credit] == [(239, 1500)]


@pytest.mark.parametrize(
    ("place", "rates", "reverse"),
    [
        ({"country": "CH"}, {8.1}, False),
        ({"country": "DE", "tax_id": "DE123456789"}, {0}, True),
    ],
)
async def test_an_invoice_has_the_rate_that_was_charged(
    world: World, place: dict[str, str], rates: set[float], reverse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of small amounts it can't be told from the tax: 8.1 % of 5.00 is 0.41, and so is 8.25 %."""
    settings = world.settings.model_copy(update={"stripe_tax": "exclusive"})
    monkeypatch.setattr("marketplace.checkout.get_settings", lambda: settings)
    owner, buyer = await world.creator(), Actor((await world.person()).id)
    for price in (500, 2400):
        await put_into_cart(buyer, (await world.lesson(owner, price_minor=price)).slug)
    page = await check_out_cart(buyer, "usd")
    form = {"email": "b@example.com", "card": GOOD, "expiry": "12 / 34", "cvc": "123", **place}
    await world.browser.post(page, data={**form, "line1": "Weg 1", "city": "Zug", "postal_code": "6300"})
    await world.drain()
    order = await world.one('SELECT id FROM "order" WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1])
    (paper,) = await world.rows("SELECT id, lines, reverse_charge FROM document WHERE order_id = :o", o=order)
    assert ({float(line["tax_rate"]) for line in paper.lines}, paper.reverse_charge) == (rates, reverse)
    shown = Open(OrderState, buyer, order_id=str(order))
    await shown.call("on_load")
    assert bool(shown.state.order["reverse_charge"]) == reverse


async def test_the_platform_makes_a_link_to_anything_for_sale(world: World, shop: tuple[Account, Product]) -> None:
    owner, product = shop
    code, admin = f"P{uuid4().hex[:10].upper()}", Actor(owner.id, "admin")
    async with db.transaction() as session:
        await coupons.create(session, admin, coupons.Draft(code, percent=Decimal(5), platform=True))
    page = Open(CouponsState, admin)
    await page.call("on_load_platform")
    await page.call("choose_code", next(row["id"] for row in page.state.rows if row["code"] == code))
    await page.call("link_to", {"page": f"https://elsewhere.example/lessons/{product.slug}/?via=x#top"})
    assert page.state.link.endswith(f"/lessons/{product.slug}?code={code}")
    assert "elsewhere" not in page.state.link
    await page.call("link_to", {"page": "http://[broken"})
    assert (page.state.link, "for sale" in page.state.errors["page"]) == ("", True)
