"""Buying, selling and settling by keyboard alone: nothing is out of reach, and the place is never lost."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, query
from browser.keys import Keys
from browser.test_buying import money, wait_for
from browser.test_cart import PASSWORD, newcomer
from browser.test_commerce_studio import sandbox

pytestmark = pytest.mark.browser

NADIA, AIKO = "nadia@example.com", "aiko@example.com"
LESSON, TITLE = "aperture-before-everything", "Aperture before everything"


def kept(keys: Keys) -> Keys:
    """After something went away: the focus isn't back at the very beginning of the page."""
    expect(keys.page.locator("#content:focus, #content :focus")).to_have_count(1)
    return keys


def make_a_code(keys: Keys, code: str) -> str:
    """Once per person, for a first purchase of ten dollars or more. Returns the link to spread."""
    page = keys.page
    page.goto("/studio/coupons")
    keys.live().follow(page.get_by_role("button", name="New code"))
    keys.fill("Code", code)
    keys.fill("Percent off", "200")
    for label, text in (("Per person", "1"), ("Smallest purchase", "10")):
        keys.to(page.get_by_role("dialog").get_by_label(re.compile(f"^{label}"))).type(text)
    keys.to(page.get_by_label(re.compile("^First purchase only"))).press("Space")
    keys.follow(page.get_by_role("button", name="Create code"))
    expect(page.get_by_text("The percentage is above 0 and at most 100.")).to_be_visible()
    keys.to(page.get_by_label("Percent off", exact=True), "Shift+Tab").type("25")
    keys.press("Enter")
    row = page.get_by_role("row").filter(has_text=code)
    expect(row).to_contain_text("from $10.00, 1 per person, first purchase only")
    expect(page.get_by_role("button", name="New code")).to_be_focused()
    keys.follow(row.get_by_role("button", name="Copy link"))
    box = page.get_by_role("dialog", name=f"Link with {code}")
    keys.to(box.get_by_label("Leads to")).press(*TITLE[:9])
    expect(box.locator("code")).to_have_text(re.compile(f"/lessons/{LESSON}\\?code={code}$"))
    keys.follow(box.get_by_role("button", name="Copy link"))
    link = box.locator("code").inner_text()
    keys.press("Escape")
    expect(box).to_be_hidden()
    assert keys.on(row.get_by_role("button", name="Copy link"))
    return link


def test_a_code_is_made_and_used(person: Callable[..., Person], product: Product) -> None:
    code = f"KEYS-{secrets.token_hex(3).upper()}"
    link = make_a_code(Keys(person(NADIA).page), code)
    buyer, email = newcomer(person, product)
    page, keys = buyer.sign_in(email, PASSWORD).page, Keys(buyer.page)
    ((minor,),) = query(product, "SELECT price_minor FROM product WHERE slug = %s", LESSON)
    less = f"${int(str(minor)) * 0.75 / 100:.2f}"
    page.goto(f"/lessons/{LESSON}")
    keys.live().follow(page.locator("summary", has_text="Have a code?"))
    keys.to(page.get_by_label("Discount code")).type("no-such-code")
    keys.press("Enter")
    expect(page.get_by_text("This code doesn't exist.")).to_be_visible()
    kept(keys).to(page.get_by_label("Discount code"), "Shift+Tab").type(code.lower())
    keys.press("Enter")
    box = page.get_by_role("complementary", name="Buy")
    expect(box.get_by_text(less)).to_be_visible()
    kept(keys).follow(page.get_by_role("button", name="Remove code"))
    expect(box.get_by_text(less)).to_have_count(0)
    kept(keys)
    page.goto(link)
    keys.live()
    expect(box.get_by_text(less)).to_be_visible()
    keys.follow(page.get_by_role("button", name="Add to cart"))
    expect(page.get_by_text("It's in your cart.")).to_be_visible()
    page.goto("/cart")
    expect(page.get_by_text(less)).to_be_visible()
    keys.follow(page.get_by_role("button", name="Remove code"))
    kept(keys).to(page.get_by_label("Discount code")).type(code)
    keys.press("Enter")
    expect(page.get_by_text(less)).to_be_visible()
    kept(keys).to(page.get_by_role("button", name="Check out"), "Shift+Tab").press("Enter")
    page.wait_for_url("**/sandbox/stripe/pages/checkout/**")
    keys.fill("Card number", "4242 4242 4242 4242")
    keys.follow(page.get_by_role("button", name=re.compile("^Pay ")))
    page.wait_for_url("**/orders/**")
    expect(page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 1)
    keys.follow(page.get_by_role("button", name=f"Refund {less}"))
    keys.to(page.get_by_role("dialog").get_by_role("button", name=f"Refund {less}")).press("Enter")
    expect(page.get_by_text("You asked for a refund and got it.")).to_be_visible()
    kept(keys)


def test_an_invitation_is_declined(person: Callable[..., Person], product: Product) -> None:
    nadia, aiko = person(NADIA), person(AIKO)
    keys = Keys(nadia.page)
    nadia.page.goto("/studio/partners")
    keys.live().to(nadia.page.get_by_label("Product", exact=True)).press(*TITLE[:9])
    keys.fill("Their email address", AIKO)
    keys.to(nadia.page.get_by_role("radio", name="Co-creator")).press("ArrowDown")
    keys.fill("Their share in percent", "15")
    keys.press("Enter")
    expect(nadia.page.get_by_role("row").filter(has_text="Invited")).to_be_visible()
    kept(keys)
    page, keys = aiko.page, Keys(aiko.page)
    page.goto("/studio/partners")
    offer = page.get_by_role("listitem").filter(has_text=TITLE)
    keys.live().follow(offer.get_by_role("button", name="Decline"))
    expect(offer.get_by_role("button", name="Decline")).to_have_count(0)
    kept(keys)
    wait_for(lambda: query(product, "SELECT 1 FROM partnership WHERE state = 'declined'"))


def test_money_goes_to_the_bank(person: Callable[..., Person], product: Product) -> None:
    page = person(AIKO).page
    keys = Keys(page)
    page.goto("/studio/payouts")
    keys.live().follow(page.get_by_role("button", name="Change schedule"))
    by_hand = page.get_by_role("radio", name="By hand")
    keys.to(page.get_by_role("dialog").get_by_role("radio", checked=True))
    wait_for(lambda: by_hand.is_checked() or (keys.press("ArrowDown") and False))
    keys.follow(page.get_by_role("button", name="Save schedule"))
    expect(page.get_by_text("Only when you ask for it", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Change schedule")).to_be_focused()
    mine = "FROM merchant m JOIN account a ON a.id = m.creator_id WHERE a.email = %s"
    sandbox(product, "release", id=str(query(product, f"SELECT m.account_id {mine}", AIKO)[0][0]))
    page.reload()
    orders = f"SELECT 1 FROM payout_order o WHERE o.creator_id = (SELECT m.creator_id {mine})"
    before = len(query(product, orders, AIKO))
    button = page.get_by_role("button", name=re.compile(r"^Pay out \$"))
    expect(button).to_be_visible()
    amount = button.inner_text().removeprefix("Pay out ").removesuffix(" now")
    keys.live().follow(button)
    sent = page.get_by_role("row").filter(has_text=amount).first
    expect(sent).to_contain_text("On its way")
    expect(button).to_have_count(0)
    kept(keys)
    assert len(query(product, orders, AIKO)) == before + 1
