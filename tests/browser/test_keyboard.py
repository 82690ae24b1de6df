"""Every flow from its beginning to its end without a mouse."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, connected, link_in, mails_to, make_clip, make_cover, query
from browser.keys import Keys
from browser.test_buying import money, wait_for
from browser.test_selling import SRT, newcomer

pytestmark = pytest.mark.browser
WATCHED = "keep-a-sourdough-starter"


def test_a_visitor_finds_signs_up_buys_and_watches(person: Callable[..., Person], product: Product) -> None:
    someone = person()
    page, keys, email = someone.page, Keys(someone.page), f"keys-{secrets.token_hex(4)}@example.com"
    page.goto("/")
    keys.live().forward()
    keys.press("Enter")
    keys.arrives()
    keys.press("/")
    assert keys.on(page.get_by_role("combobox", name="Search"))
    keys.type("dovetails")
    keys.press("Enter")
    page.wait_for_url("**/search?q=dovetails")
    keys.follow(page.locator("main[data-live='true'] a[href='/lessons/hand-cut-dovetails']:visible"))
    page.wait_for_url("**/lessons/hand-cut-dovetails")
    keys.arrives()
    keys.follow(page.get_by_role("button", name="Buy now"))
    page.wait_for_url("**/login?next=**")
    keys.arrives()
    keys.follow(page.get_by_role("link", name="Create an account"))
    page.wait_for_url("**/signup?next=**")
    keys.arrives()
    connected(page)
    keys.fill("Your name", "Kim Keys")
    keys.fill("Email", email)
    keys.fill("Password", "a fairly long one 7")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    keys.arrives()
    page.goto(link_in(mails_to(product, email)[0]))
    page.wait_for_url(re.compile("notice=confirmed"))
    connected(page)
    keys.fill("Email", email)
    keys.fill("Password", "a fairly long one 7")
    keys.press("Enter")
    page.wait_for_url("**/lessons/hand-cut-dovetails")
    expect(page.get_by_role("button", name="Your account")).to_be_visible()
    keys.follow(page.get_by_role("button", name="Buy now"), "Space")
    page.wait_for_url("**/sandbox/stripe/pages/checkout/**")
    keys.fill("Card number", "4242 4242 4242 4242")
    keys.follow(page.get_by_role("button", name=re.compile("^Pay ")))
    page.wait_for_url("**/orders/**")
    expect(page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 1)
    keys.follow(page.get_by_role("link", name="Start now"))
    page.wait_for_url("**/watch/hand-cut-dovetails")
    keys.arrives()
    steer_the_player(keys)


def steer_the_player(keys: Keys) -> None:
    """Its keys work, and Tab leads through it and on."""
    page = keys.page
    wait_for(lambda: page.evaluate("document.querySelector('video')?.readyState >= 2"))
    film = lambda what: page.evaluate(f"document.querySelector('video').{what}")  # noqa: E731
    keys.to(page.get_by_role("region", name="Hand-cut dovetails that close"))
    keys.press("m", "k")
    wait_for(lambda: film("muted") and not film("paused") and film("currentTime") > 0.2)
    keys.press(" ")
    wait_for(lambda: film("paused"))
    before = film("currentTime")
    keys.press("ArrowRight", "l", "j")
    wait_for(lambda: abs(film("currentTime") - before - 5) < 0.5)
    keys.press("ArrowLeft")
    wait_for(lambda: abs(film("currentTime") - before) < 0.5)
    keys.press(">")
    wait_for(lambda: film("playbackRate") == 1.25)
    keys.press("c")
    wait_for(lambda: film("textTracks[0]?.mode") == "showing")
    keys.follow(page.get_by_role("button", name="Keys for the player"))
    expect(page.locator("dialog[open] kbd").first).to_be_visible()
    keys.press("Escape")
    keys.to(page.get_by_role("link", name="Your library"))


def test_a_creator_starts_selling_and_publishes(
    person: Callable[..., Person], product: Product, tmp_path: Path
) -> None:
    someone, _email = newcomer(person, product)
    page, keys, title = someone.page, Keys(someone.page), f"Whittle a fork {secrets.token_hex(2)}"
    keys.live().follow(page.get_by_role("navigation", name="Main").get_by_role("link", name="Sell"))
    page.wait_for_url("**/studio")
    keys.arrives()
    connected(page)
    keys.fill("Handle", f"keys-{secrets.token_hex(3)}")
    keys.fill("About you", "I carve without ever touching a mouse.")
    keys.follow(page.get_by_role("button", name="Start selling"), "Space")
    expect(page.get_by_role("link", name="New lesson").first).to_be_visible()
    keys.follow(page.get_by_role("main").get_by_role("button", name="Set up payments"))
    page.wait_for_url("**/sandbox/stripe/pages/onboarding/**")
    keys.to(page.get_by_role("radio"))
    while not page.get_by_label("Everything verified").is_checked():
        keys.press("ArrowDown")
    keys.follow(page.get_by_role("button", name="Submit"))
    page.wait_for_url("**/studio?setup=back")
    expect(page.get_by_text("Payments are ready")).to_be_visible()
    keys.follow(page.get_by_role("link", name="New lesson"))
    page.wait_for_url("**/studio/new?id=*")
    expect(page.get_by_label("Title")).to_be_visible()
    keys.arrives()
    write_the_lesson(keys, title, tmp_path)
    keys.follow(page.get_by_role("button", name="Publish", exact=True))
    expect(page.get_by_role("link", name="View in shop")).to_be_visible()
    keys.arrives()
    keys.follow(page.get_by_role("link", name="View in shop"))
    page.wait_for_url("**/lessons/whittle-a-fork-*")
    assert query(product, "SELECT price_minor FROM product WHERE title = %s", title) == [(950,)]


def write_the_lesson(keys: Keys, title: str, folder: Path) -> None:
    page = keys.page
    keys.fill("Title", title)
    keys.fill("Summary", "A fork, from a branch to the table.")
    choose = page.locator("#step-details input[type=file]")
    keys.to(choose)
    choose.set_input_files(make_cover(folder))
    expect(page.get_by_text("Replace the cover")).to_be_visible()
    keys.fill("Description", "Sit down and **carve**.")
    expect(page.get_by_text("As learners see it")).to_be_visible()
    keys.to(page.get_by_label("Topic")).press("W", "Tab")
    expect(page.get_by_label("Topic")).to_have_value(re.compile("woodwork|watercolour"))
    keys.follow(page.get_by_role("link", name="Continue to video"))
    page.wait_for_url("**step=video")
    keys.arrives()
    choose = page.locator("#step-video input[type=file]").first
    keys.to(choose)
    choose.set_input_files(make_clip(folder))
    expect(page.get_by_text("Ready", exact=True).first).to_be_visible(timeout=60_000)
    captions = folder / "words.srt"
    captions.write_text(SRT)
    keys.to(page.locator("#step-video input[accept*='vtt']"))
    page.locator("input[accept*='vtt']").set_input_files(captions)
    keys.to(page.get_by_role("button", name="Remove captions: English"))
    keys.follow(page.get_by_role("link", name="Continue to price"))
    page.wait_for_url("**step=price")
    keys.arrives()
    keys.to(page.locator("input[name=price_kind]:checked"))
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="One price")).to_be_checked()
    keys.fill("Price", "9.50")
    expect(page.get_by_text("$8.55")).to_be_visible()
    keys.follow(page.get_by_role("link", name="Continue to publish"))
    page.wait_for_url("**step=publish")
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()


def test_a_refund_by_the_seller(person: Callable[..., Person], product: Product) -> None:
    page = person("creator@example.com").page
    page.goto("/library")
    keys = Keys(page).live()
    keys.follow(page.get_by_role("link", name="Studio").first)
    page.wait_for_url("**/studio")
    keys.follow(page.get_by_role("navigation").get_by_role("link", name="Earnings"))
    page.wait_for_url("**/studio/earnings")
    keys.arrives()
    keys.follow(page.get_by_role("table", name="Your sales").get_by_role("link", name="Centre, open and pull").first)
    page.wait_for_url("**/studio/earnings/*")
    keys.arrives()
    opener = page.get_by_role("button", name="Give a refund")
    keys.follow(opener)
    asked = page.get_by_role("dialog")
    assert page.evaluate("!!document.activeElement.closest('dialog')")
    expect(page.get_by_role("button", name="Refund now")).to_be_enabled()
    assert keys.around() == {"Close", "Amount", "End access", "Note", "Refund now"}
    keys.press("Escape")
    expect(asked).to_have_count(0)
    expect(opener).to_be_focused()
    keys.press("Enter")
    keys.fill("Amount", "1")
    keys.to(page.get_by_role("radio", checked=True)).press("ArrowDown")
    keys.follow(page.get_by_role("button", name="Refund now"))
    expect(page.get_by_text("Given back").first).to_be_visible()
    expect(opener).to_be_focused()


def test_a_refund_by_an_admin(person: Callable[..., Person], product: Product) -> None:
    page = person("admin@example.com").page
    page.goto("/library")
    keys = Keys(page).live()
    keys.follow(page.get_by_role("button", name="Your account"))
    keys.follow(page.get_by_role("link", name="Administration"))
    page.wait_for_url("**/admin")
    keys.arrives()
    connected(page)
    keys.fill("Order number or the buyer's email", "learner@example.com")
    keys.press("Enter")
    expect(page.get_by_role("table", name="Orders found")).to_be_visible()
    opener = page.get_by_role("row", name=re.compile("Keep a starter")).get_by_role("button", name="Refund…")
    keys.follow(opener)
    expect(page.get_by_role("dialog").get_by_label("Amount")).to_be_visible()
    keys.fill("Amount", "100000")
    keys.follow(page.get_by_role("button", name="Refund now"))
    expect(page.get_by_role("dialog").get_by_text("At most")).to_be_visible()
    expect(page.get_by_role("button", name="Refund now")).to_be_focused()
    keys.fill("Amount", "1")
    keys.to(page.get_by_role("radio", name="End access")).press("ArrowDown")
    keys.follow(page.get_by_role("button", name="Refund now"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_sessions_and_signing_out(person: Callable[..., Person]) -> None:
    other, page = person("moderator@example.com"), person("moderator@example.com").page
    page.goto("/library")
    keys = Keys(page).live()
    account = page.get_by_role("button", name="Your account")
    keys.follow(account)
    keys.press("Tab", "Escape")
    expect(account).to_be_focused()
    keys.press("Space")
    keys.follow(page.get_by_role("link", name="Settings"))
    page.wait_for_url("**/settings")
    keys.arrives()
    others = page.get_by_role("button", name="Sign out all other browsers")
    keys.follow(others)
    expect(others).to_have_count(0)
    other.page.goto("/settings")
    other.page.wait_for_url("**/login?next=/settings")
    assert keys.around() >= {"Name", "Your picture", "Present password", "As the system", "Delete account…"}
    keys.follow(page.get_by_role("button", name="Delete account…"))
    keys.follow(page.get_by_role("button", name="Keep my account"))
    expect(page.get_by_role("button", name="Delete account…")).to_be_focused()
    keys.to(account, "Shift+Tab").press("Enter")
    keys.follow(page.get_by_role("button", name="Sign out", exact=True).first)
    page.wait_for_url("**/")
    assert not [c for c in page.context.cookies() if c["name"] == "market_session"]
