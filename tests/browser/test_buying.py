"""From "Buy now" to watching, and what can go wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, knob, link_in, mails_to, query
from browser.test_signing_in import sign_up

pytestmark = pytest.mark.browser


@pytest.fixture
def buyer(person: Callable[..., Person], product: Product) -> tuple[Person, str]:
    """Someone new, signed in."""
    someone = person()
    email = sign_up(someone)
    someone.page.goto(link_in(mails_to(product, email)[0]))
    return someone.sign_in(email, "a fairly long one 7"), email


def paid_lesson(product: Product, position: int = 0) -> str:
    """A fixed-price lesson in dollars."""
    rows = query(
        product,
        "SELECT slug FROM product WHERE kind = 'lesson' AND price_kind = 'fixed' AND currency = 'usd' ORDER BY slug",
    )
    return str(rows[position][0])


def to_checkout(page: Page, slug: str) -> None:
    page.goto(f"/lessons/{slug}")
    page.get_by_role("button", name="Buy now").first.click()
    page.wait_for_url("**/sandbox/stripe/pages/checkout/**")


def pay(page: Page, card: str = "4242 4242 4242 4242") -> None:
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile("^Pay ")).click()


def money(product: Product, email: str) -> tuple[int, int, int]:
    """(paid orders, charges, live grants) of a buyer."""
    orders = query(
        product,
        "SELECT o.id FROM \"order\" o JOIN account a ON a.id = o.buyer_id WHERE a.email = %s AND state = 'paid'",
        email,
    )
    charges = query(
        product,
        "SELECT 1 FROM sandbox.objects WHERE vendor = 'stripe' AND kind = 'charge' AND data->>'status' = 'succeeded'"
        " AND data->'billing_details'->>'email' = %s", email,
    )  # fmt: skip
    grants = query(
        product,
        'SELECT 1 FROM "grant" g JOIN account a ON a.id = g.account_id WHERE a.email = %s AND revoked_at IS NULL',
        email,
    )
    return len(orders), len(charges), len(grants)


def test_buy_watch_and_come_back(buyer: tuple[Person, str], product: Product) -> None:
    someone, email = buyer
    page, slug = someone.page, paid_lesson(product)
    to_checkout(page, slug)
    pay(page)
    page.wait_for_url("**/orders/**")
    expect(page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 1)
    page.get_by_role("link", name="Start now").first.click()
    page.wait_for_url(f"**/watch/{slug}")
    video = page.locator("video")
    expect(video).to_be_attached()
    wait_for(lambda: page.evaluate("document.querySelector('video').readyState >= 2"))
    page.evaluate("const v = document.querySelector('video'); v.muted = true; v.currentTime = 8; v.play()")
    wait_for(lambda: page.evaluate("document.querySelector('video').currentTime > 9"))
    page.evaluate("document.querySelector('video').pause()")
    wait_for(
        lambda: query(
            product,
            "SELECT 1 FROM progress p JOIN account a ON a.id = p.account_id WHERE a.email = %s AND furthest_s >= 8",
            email,
        )
    )
    page.reload()
    wait_for(lambda: page.evaluate("document.querySelector('video')?.currentTime >= 7"))
    page.goto(f"/lessons/{slug}")
    expect(page.get_by_role("link", name="Continue watching").first).to_be_visible()
    wait_for(lambda: [m for m in mails_to(product, email) if "receipt" in m["subject"].lower()])


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Until it is true; a condition, not a pause."""
    import time

    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_declined_then_paid(buyer: tuple[Person, str], product: Product) -> None:
    someone, email = buyer
    to_checkout(someone.page, paid_lesson(product))
    pay(someone.page, "4000 0000 0000 0002")
    expect(someone.page.get_by_text(re.compile("declined", re.I)).first).to_be_visible()
    assert money(product, email) == (0, 0, 0)
    pay(someone.page, "4000 0025 0000 3155")
    someone.page.get_by_role("button", name="Complete authentication").click()
    expect(someone.page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 1)


def test_leaving_the_payment_page_charges_nothing_and_comes_back_to_the_same(
    buyer: tuple[Person, str], product: Product
) -> None:
    someone, email = buyer
    slug = paid_lesson(product)
    to_checkout(someone.page, slug)
    first = someone.page.url
    someone.page.get_by_role("link", name=re.compile("back|cancel", re.I)).first.click()
    someone.page.wait_for_url(f"**/lessons/{slug}?cancelled=1")
    expect(someone.page.get_by_text("Nothing was charged").first).to_be_visible()
    to_checkout(someone.page, slug)
    assert someone.page.url == first
    assert money(product, email) == (0, 0, 0)


def test_two_tabs_and_the_back_button_charge_once(buyer: tuple[Person, str], product: Product) -> None:
    someone, email = buyer
    slug = paid_lesson(product)
    second = someone.open()
    to_checkout(someone.page, slug)
    to_checkout(second, slug)
    assert second.url == someone.page.url
    pay(someone.page)
    expect(someone.page.get_by_text("It's yours")).to_be_visible()
    pay(second)
    someone.page.go_back()
    assert money(product, email) == (1, 1, 1)
    second.goto(f"/lessons/{slug}")
    expect(second.get_by_role("button", name="Buy now")).to_have_count(0)


def test_the_return_page_is_right_without_any_webhook(buyer: tuple[Person, str], product: Product) -> None:
    someone, email = buyer
    knob(product, "stripe", drop=100)
    try:
        to_checkout(someone.page, paid_lesson(product))
        pay(someone.page)
        expect(someone.page.get_by_text("It's yours")).to_be_visible()
    finally:
        knob(product, "stripe", drop=0)
    assert money(product, email) == (1, 1, 1)


def test_a_slow_payment_method_is_waited_for(buyer: tuple[Person, str], product: Product) -> None:
    someone, email = buyer
    page = someone.page
    to_checkout(page, paid_lesson(product))
    checkout = page.url
    page.get_by_label("Bank debit", exact=False).check()
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url("**/bank")
    mine = 'SELECT o.id FROM "order" o JOIN account a ON a.id = o.buyer_id WHERE a.email = %s'
    order = f"/orders/{query(product, mine, email)[0][0]}"
    page.goto(order)
    expect(page.get_by_text("Your payment is on its way")).to_be_visible()
    assert money(product, email)[2] == 0
    page.goto(checkout.split("?")[0] + "/bank")
    page.get_by_role("button", name="Let the bank pay now").click()
    page.goto(order)
    expect(page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 1)


def test_a_free_lesson_needs_no_payment(buyer: tuple[Person, str], product: Product) -> None:
    someone, email = buyer
    someone.page.goto("/lessons/wedge-clay-like-a-shell")
    someone.page.get_by_role("button", name="Get it free").first.click()
    someone.page.wait_for_url("**/watch/wedge-clay-like-a-shell")
    assert money(product, email) == (0, 0, 1)


def test_buying_signed_out_comes_back_after_signing_in(person: Callable[..., Person], product: Product) -> None:
    page = person().page
    slug = paid_lesson(product)
    page.goto(f"/lessons/{slug}")
    page.get_by_role("button", name="Buy now").first.click()
    page.wait_for_url(re.compile(f"/login\\?next=.*{slug}"))


def test_who_has_no_grant_gets_no_video(person: Callable[..., Person], product: Product) -> None:
    slug = paid_lesson(product)
    for someone in (person(), person("ravi@example.com")):
        someone.page.goto(f"/watch/{slug}")
        expect(someone.page.get_by_role("link", name=re.compile("Sign in|See the lesson")).first).to_be_visible()
        uri = str(
            query(product, "SELECT v.uri FROM video v JOIN product p ON p.video_id = v.id WHERE p.slug = %s", slug)[0][
                0
            ]
        )
        heard = "".join(someone.frames) + someone.page.content()
        assert uri.rsplit("/", 1)[-1] not in heard
        assert "/vimeo/play/" not in heard
