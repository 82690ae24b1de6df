"""The basket, from the first thing in it to what becomes of it: a changed price, a present, a second tab, a refund."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, link_in, mails_to, query
from browser.test_buying import money, pay, wait_for
from browser.test_signing_in import sign_up

pytestmark = pytest.mark.browser

MENDING, DOVETAILS = "mend-a-knee-with-sashiko", "hand-cut-dovetails"
PASSWORD = "a fairly long one 7"


@pytest.fixture
def reprice(product: Product) -> Iterator[Callable[[str, int], None]]:
    """What a creator does in another window; undone afterwards."""
    before = query(product, "SELECT price_minor, slug FROM product WHERE slug IN (%s, %s)", MENDING, DOVETAILS)

    def change(slug: str, minor: int) -> None:
        query(product, "UPDATE product SET price_minor = %s WHERE slug = %s RETURNING 1", minor, slug)

    yield change
    for minor, slug in before:
        change(str(slug), int(str(minor)))


def newcomer(person: Callable[..., Person], product: Product) -> tuple[Person, str]:
    """With a confirmed address, and not signed in yet."""
    someone = person()
    email = sign_up(someone)
    someone.page.goto(link_in(mails_to(product, email)[0]))
    return someone, email


def put(page: Page, slug: str) -> None:
    page.goto(f"/lessons/{slug}")
    expect(page.locator("main[data-live='true']")).to_be_attached()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_text("It's in your cart.")).to_be_visible()


def give(page: Page, slug: str, email: str, note: str) -> None:
    page.goto(f"/lessons/{slug}")
    expect(page.locator("main[data-live='true']")).to_be_attached()
    page.get_by_role("button", name="Give as a present").click()
    box = page.get_by_role("dialog", name="Give as a present")
    box.get_by_label("Their email address").fill(email)
    box.get_by_label(re.compile("^Their name")).fill("Fin")
    box.get_by_label(re.compile("^A few words")).fill(note)
    box.get_by_label(re.compile("^Send on")).fill("2020-01-01")
    box.get_by_role("button", name="Add present to cart").click()
    expect(box.get_by_text("That day is over already.")).to_be_visible()
    box.get_by_label(re.compile("^Send on")).fill("")
    box.get_by_role("button", name="Add present to cart").click()
    page.wait_for_url("**/cart")


def test_two_creators_a_new_price_and_a_present(
    person: Callable[..., Person], product: Product, reprice: Callable[[str, int], None]
) -> None:
    buyer, email = newcomer(person, product)
    friend, address = newcomer(person, product)
    page = buyer.sign_in(email, PASSWORD).page
    put(page, MENDING)
    give(page, DOVETAILS, address, "Happy birthday!\nMind your thumbs.")
    check_out = page.get_by_role("button", name="Check out")
    expect(page.get_by_text("$50.00")).to_be_visible()

    reprice(MENDING, 1950)
    check_out.click()
    expect(page.get_by_text("Look at your cart again")).to_be_visible()
    expect(page.get_by_text("The price is now $19.50.")).to_be_visible()
    expect(check_out).to_be_disabled()
    page.get_by_role("button", name="Accept new price").click()
    expect(page.get_by_text("$51.50")).to_be_visible()
    expect(page.get_by_text("Look at your cart again")).to_have_count(0)

    page.get_by_label("Discount code").fill("no-such-code")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("This code doesn't exist.")).to_be_visible()
    put(page, "country-loaf")
    page.goto("/cart")
    expect(page.get_by_role("heading", name="Pay in EUR")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove A country loaf")).click()
    expect(page.get_by_role("heading", name="Pay in EUR")).to_have_count(0)
    expect(page.get_by_role("banner").get_by_role("link", name="Cart")).to_have_text("2")

    second = buyer.open()
    second.goto("/cart")
    expect(second.get_by_text("$51.50")).to_be_visible()
    check_out.click()
    page.wait_for_url("**/sandbox/stripe/pages/checkout/**")
    pay(page)
    page.wait_for_url("**/orders/**")
    expect(page.get_by_text("It's yours")).to_be_visible()
    expect(page.locator("main [role=status] strong")).to_have_text("Mend a worn knee with sashiko")
    assert money(product, email) == (1, 1, 1), "the present isn't the buyer's"
    order = page.url
    second.get_by_role("button", name="Check out").click()
    expect(second.get_by_text("Your cart is empty")).to_be_visible()
    second.close()
    page.go_back()
    page.go_back()
    page.wait_for_url("**/cart")
    expect(page.get_by_text("Your cart is empty")).to_be_visible()
    assert money(product, email) == (1, 1, 1)

    wait_for(lambda: [m for m in mails_to(product, address) if "has a present for you" in m["subject"]])
    link = link_in(mails_to(product, address)[0])
    page.goto(link)
    expect(page.get_by_role("heading", name="Your present for Fin")).to_be_visible()
    expect(page.get_by_text("Nobody has opened it yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Put it into my library")).to_have_count(0)
    claim(friend, link, address)
    page.reload()
    expect(page.get_by_text("Your present was opened.")).to_be_visible()
    give_back(page, order)
    wait_for(lambda: money(product, email)[2] == 0)


def claim(friend: Person, link: str, address: str) -> None:
    """Signed out at first: signing in leads back to the present. It can be opened once."""
    page = friend.page
    page.goto(link)
    expect(page.get_by_text("Mind your thumbs.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/gifts/**")
    page.get_by_role("button", name="Put it into my library").click()
    expect(page.get_by_text("It is in your library")).to_be_visible()
    page.get_by_role("link", name="Start now").click()
    page.wait_for_url(f"**/watch/{DOVETAILS}")
    expect(page.locator("video")).to_be_attached()
    page.close()


def give_back(page: Page, order: str) -> None:
    """The policy decides at once, after one question; the present that was opened stays."""
    page.goto(order)
    mending = page.get_by_role("listitem").filter(has_text="Mend a worn knee")
    mending.get_by_role("button", name="Refund $19.50").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You asked for a refund and got it.")).to_have_count(0)
    mending.get_by_role("button", name="Refund $19.50").click()
    page.get_by_role("dialog").get_by_role("button", name="Refund $19.50").click()
    expect(mending.get_by_text("You asked for a refund and got it.")).to_be_visible()
    expect(page.get_by_text("The present has been opened")).to_be_visible()


def test_a_double_click_takes_out_one_thing(person: Callable[..., Person], product: Product) -> None:
    """The next thing comes under the pointer: the second half of the click isn't meant for it."""
    buyer, email = newcomer(person, product)
    page = buyer.sign_in(email, PASSWORD).page
    for slug in (MENDING, DOVETAILS, "name-things-well"):
        put(page, slug)
    page.goto("/cart")
    rows = page.get_by_role("list", name="In your cart").get_by_role("listitem")
    expect(rows).to_have_count(3)
    box = rows.nth(0).get_by_role("button", name="Remove").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(rows).to_have_count(2)
    under = "(at) => document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2).closest('button')?.ariaLabel ?? ''"
    assert "Remove" in page.evaluate(under, box), "the next one's button is there now"
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.get_by_label("Discount code").fill("NOSUCHCODE")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#code-error")).not_to_be_empty()  # whatever was asked before has been done
    expect(rows).to_have_count(2)
