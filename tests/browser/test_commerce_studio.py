"""What creators do to sell more, seen from both sides: bundles, codes, partners, requests, and the way to their bank."""

from __future__ import annotations

import re
import secrets
import urllib.parse
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, link_in, mails_to, query
from browser.test_buying import money, pay, wait_for
from browser.test_signing_in import sign_up

pytestmark = pytest.mark.browser

NADIA, AIKO, CALLUM = "nadia@example.com", "aiko@example.com", "callum@example.com"
LESSONS = ("Aperture before everything", "From seed to salad on a shady balcony")


def live(page: Page) -> Page:
    expect(page.locator("main[data-live='true']")).to_be_attached()
    return page


def make_bundle(page: Page, title: str) -> str:
    """Two lessons for thirty dollars, without refunds on request. Returns where it is sold."""
    page.goto("/studio/bundles/new")
    live(page).get_by_label("Title").fill(title)
    for lesson in LESSONS:
        page.get_by_label(re.compile(f"^{lesson}")).check()
    expect(page.get_by_text("Bought one by one they cost $34.00.")).to_be_visible()
    page.get_by_label("Price", exact=True).fill("30")
    page.get_by_text("By weight").click()
    page.get_by_label(f"Weight of {LESSONS[0]}").fill("2")
    page.get_by_label(f"Weight of {LESSONS[0]}").press("Tab")
    page.get_by_label("Refunds on request within").select_option("0")
    parts = page.get_by_role("group", name="How the price is spread").get_by_role("listitem")
    expect(parts.first).to_contain_text("$20.00")
    page.get_by_role("button", name="Save and put into the shop").click()
    page.wait_for_url(re.compile("/studio/bundles/[0-9a-f-]{36}"))
    page.reload()
    expect(live(page).get_by_label("By weight")).to_be_checked()
    address = page.get_by_role("link", name="View in shop").get_attribute("href")
    page.goto("/studio/products")
    row = live(page).get_by_role("row").filter(has_text=title)
    expect(row.get_by_text("$30.00")).to_be_visible()
    expect(row.get_by_text("Unpublished changes")).to_have_count(0)
    assert address
    return address


def make_code(page: Page, code: str) -> None:
    """Ten percent, once."""
    page.goto("/studio/coupons")
    live(page).get_by_role("button", name="New code").click()
    box = page.get_by_role("dialog", name="New code")
    box.get_by_label("Code", exact=True).fill(code.lower())
    box.get_by_label("Percent off").fill("10")
    box.get_by_label(re.compile("^Uses in all")).fill("1")
    box.get_by_label(re.compile("^Until")).fill("2020-01-01")
    expect(box.get_by_label(LESSONS[0])).to_be_hidden()
    box.get_by_role("button", name="Create code").click()
    expect(box.get_by_text("That day is over already.")).to_be_visible()
    box.get_by_label(re.compile("^Until")).fill("")
    box.get_by_role("button", name="Create code").click()
    expect(box).to_be_hidden()
    expect(page.get_by_role("row").filter(has_text=code)).to_contain_text("0 / 1")


def invite(page: Page, title: str, email: str) -> None:
    page.goto("/studio/partners")
    live(page).get_by_label("Product", exact=True).select_option(title)
    page.get_by_label("Their email address").fill(email)
    page.get_by_text("Affiliate", exact=True).click()
    page.get_by_label("Their share in percent").fill("20,5")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("row").filter(has_text=title)).to_contain_text("Invited")


def accept(page: Page, title: str) -> str:
    """Returns the link to spread."""
    page.goto("/studio/partners")
    row = live(page).get_by_role("listitem").filter(has_text=title)
    row.get_by_role("button", name="Accept").click()
    expect(row.get_by_text("Shares in sales")).to_be_visible()
    return row.locator("code").inner_text()


def test_a_bundle_a_code_and_a_partner_make_a_sale(person: Callable[..., Person], product: Product) -> None:
    nadia, aiko, buyer = person(NADIA), person(AIKO), person()
    email, mark = sign_up(buyer), secrets.token_hex(3).upper()
    title, code = f"Light and leaves {mark}", f"LEAF-{mark}"
    buyer.page.goto(link_in(mails_to(product, email)[0]))
    page = buyer.sign_in(email, "a fairly long one 7").page

    address = make_bundle(nadia.page, title)
    make_code(nadia.page, code)
    invite(nadia.page, title, AIKO)
    wait_for(lambda: [m for m in mails_to(product, AIKO) if title in m["subject"]])
    link = accept(aiko.page, title)
    assert urllib.parse.urlsplit(link).path == address

    page.goto(link)
    live(page).get_by_role("button", name="Add to cart").click()
    expect(page.get_by_text("It's in your cart.")).to_be_visible()
    page.goto("/cart")
    page.get_by_label("Discount code").fill(code.lower())
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("$27.00")).to_be_visible()
    page.get_by_role("link", name=title).click()
    page.wait_for_url(f"**{address}")
    page.go_back()
    page.get_by_role("button", name="Check out").click()
    page.wait_for_url("**/sandbox/stripe/pages/checkout/**")
    pay(page)
    expect(page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 2)
    order = page.url.split("?")[0]
    page.goto(address)
    expect(live(page).get_by_role("link", name="Open your library").first).to_be_visible()
    expect(page.get_by_role("button", name="Add to cart")).to_have_count(0)

    shares = "SELECT a.email, sum(s.amount_minor) FROM share s JOIN account a ON a.id = s.payee_id WHERE s.order_id = %s GROUP BY 1"
    got = dict(query(product, shares, order.rsplit("/", 1)[-1]))
    assert (got[AIKO], got[NADIA]) == (498, 1932), "20.5 % of $24.30, rounded down line by line, and the exact rest"
    nadia.page.goto("/studio/coupons")
    expect(live(nadia.page).get_by_role("row").filter(has_text=code)).to_contain_text("Used up")
    nadia.page.goto("/studio/partners")
    mine = live(nadia.page).get_by_role("row").filter(has_text=title)
    mine.get_by_role("button", name="End").click()
    nadia.page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(mine.get_by_text("Ended")).to_be_visible()

    asked_and_granted(page, nadia.page, order)
    wait_for(lambda: [m for m in mails_to(product, email) if m["subject"].startswith("About your refund")])
    wait_for(lambda: money(product, email)[2] == 1)
    nadia.page.goto("/studio/products")
    live(nadia.page).get_by_role("row").filter(has_text=title).get_by_role("link", name=title).click()
    nadia.page.get_by_role("button", name="Take off the shop").click()
    expect(nadia.page.get_by_text("Not on offer")).to_be_visible()
    buyer.page.goto(address)
    expect(live(buyer.page).get_by_text("There is no lesson at this address")).to_be_visible()


def test_an_administrator_makes_a_code_of_the_platform(person: Callable[..., Person]) -> None:
    """Who runs the place needn't sell here."""
    page, code = person("admin@example.com").page, f"HOUSE-{secrets.token_hex(3).upper()}"
    page.goto("/admin/coupons")
    page.get_by_role("button", name="New code").click()
    box = page.get_by_role("dialog", name="New code")
    box.get_by_label("Code", exact=True).fill(code)
    box.get_by_label("Percent off").fill("10")
    box.get_by_role("button", name="Create code").click()
    row = page.get_by_role("row").filter(has_text=code)
    row.get_by_role("button", name="Stop").click()
    expect(row.get_by_text("Stopped")).to_be_visible()


def asked_and_granted(buyer: Page, creator: Page, order: str) -> None:
    """The policy says no; the buyer asks the creator, who says yes."""
    buyer.goto(order)
    line = live(buyer).get_by_role("listitem").filter(has_text=LESSONS[1])
    line.get_by_role("button", name="Ask for a refund").click()
    expect(line.get_by_text("This was sold without refunds on request.")).to_be_visible()
    line.get_by_role("button", name="Ask the creator").click()
    expect(line.get_by_text("Say in a sentence why.")).to_be_visible()
    line.get_by_label("Why should the creator look at it?").fill("My balcony has no shade.")
    line.get_by_role("button", name="Ask the creator").click()
    expect(line.get_by_text("The creator has been asked.")).to_be_visible()
    creator.goto("/studio/requests")
    ask = live(creator).get_by_role("listitem").filter(has_text="My balcony has no shade.")
    ask.get_by_text("Grant it").click()
    ask.get_by_label("Your words to them").first.fill("Of course.")
    ask.get_by_role("button", name="Refund $9.00").click()
    expect(creator.get_by_text("Nobody is waiting for an answer.")).to_be_visible()
    buyer.reload()
    expect(live(buyer).get_by_text("The creator granted the refund. Of course.")).to_be_visible()


def sandbox(product: Product, action: str, **values: str) -> None:
    """What the payment partner's staff, or the bank, does."""
    address = f"{product.url}/sandbox/stripe/pages/actions/{action}"
    urllib.request.urlopen(address, urllib.parse.urlencode(values).encode(), timeout=10).close()


def test_a_payout_is_ordered_once_though_clicked_twice_and_comes_back(
    person: Callable[..., Person], product: Product
) -> None:
    page = person(CALLUM).page
    page.goto("/studio/payouts")
    live(page).get_by_role("button", name="Change schedule").click()
    page.get_by_text("By hand", exact=True).click()
    page.get_by_role("button", name="Save schedule").click()
    expect(page.get_by_text("Only when you ask for it", exact=True).first).to_be_visible()
    mine = "FROM merchant m JOIN account a ON a.id = m.creator_id WHERE a.email = %s"
    account = str(query(product, f"SELECT m.account_id {mine}", CALLUM)[0][0])
    sandbox(product, "release", id=account)

    there = (
        "SELECT id FROM sandbox.objects WHERE vendor = 'stripe' AND kind = 'payout' AND data->>'_account' = %s"
        " AND data->>'currency' = 'usd'"
    )
    orders = f"SELECT o.id FROM payout_order o WHERE o.creator_id = (SELECT m.creator_id {mine})"
    before, asked = query(product, there, account), query(product, orders, CALLUM)
    page.reload()
    button = live(page).get_by_role("button", name=re.compile(r"^Pay out \$"))
    expect(button).to_be_visible()
    amount = button.inner_text().removeprefix("Pay out ").removesuffix(" now")
    button.dblclick()
    sent = page.get_by_role("row").filter(has_text=amount).first
    expect(sent).to_contain_text("On its way")
    expect(sent).to_contain_text("On request")
    expect(button).to_have_count(0)
    ((payout,),) = set(query(product, there, account)) - set(before)
    assert len(query(product, orders, CALLUM)) == len(asked) + 1

    sandbox(product, "payout", id=str(payout), result="failed", code="account_closed")

    def back() -> bool:
        page.reload()
        live(page)
        return sent.get_by_text("Came back").count() > 0

    wait_for(back)
    expect(sent).to_contain_text("Enter another one in the payout dashboard.")
    sandbox(product, "bank-account", id=account)
