"""A vendor doesn't answer in the middle of something: a plain sentence, nothing lost, and on it goes afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, connected, knob, link_in, mails_to, make_clip, make_cover, query
from browser.test_buying import money, paid_lesson, pay, to_checkout, wait_for
from browser.test_selling import newcomer, start_selling

pytestmark = pytest.mark.browser

CALM = re.compile("isn't answering.*(again in a minute|try again)", re.S)


@contextmanager
def down(product: Product, vendor: str) -> Iterator[None]:
    knob(product, vendor, down=True)
    try:
        yield
    finally:
        knob(product, vendor, down=False)


def told(page: Page) -> None:
    expect(page.get_by_text(CALM).first).to_be_visible()


def test_signing_in_and_changing_the_password(person: Callable[..., Person], product: Product) -> None:
    someone, email = newcomer(person, product)
    page = someone.page
    page.goto("/settings")
    connected(page)
    page.get_by_label("Present password").fill("a fairly long one 7")
    page.get_by_label("New password").fill("a fairly long one 8")
    with down(product, "supabase"):
        page.get_by_role("button", name="Change password").click()
        told(page)
    expect(page.get_by_text("isn't your present password")).to_have_count(0)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed")).to_be_visible()
    someone.context.clear_cookies()
    page.goto("/login")
    connected(page)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("a fairly long one 8")
    sign_in = page.get_by_role("button", name="Sign in", exact=True)
    with down(product, "supabase"):
        sign_in.click()
        told(page)
    sign_in.click()
    expect(page.get_by_role("button", name="Your account")).to_be_visible()
    choose_another_password(page, product, email)


def choose_another_password(page: Page, product: Product, email: str) -> None:
    """The link of the mail isn't used up by an attempt that couldn't succeed."""
    page.goto("/forgot")
    connected(page)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("a link is on its way")).to_be_visible()
    page.goto(link_in(mails_to(product, email)[0]))
    page.wait_for_url("**/reset?token=*")
    connected(page)
    page.get_by_label("New password").fill("another quite long one")
    with down(product, "supabase"):
        page.get_by_role("button", name="Change password").click()
        told(page)
    page.get_by_role("button", name="Change password").click()
    page.wait_for_url(re.compile("notice=password"))


def test_buying_paying_and_watching(person: Callable[..., Person], product: Product) -> None:
    someone, email = newcomer(person, product)
    page, slug = someone.page, paid_lesson(product)
    page.goto(f"/lessons/{slug}")
    with down(product, "stripe"):
        page.get_by_role("button", name="Buy now").first.click()
        told(page)
    to_checkout(page, slug)
    with down(product, "stripe"):
        pay(page)
        page.wait_for_url("**/orders/**")
        expect(page.get_by_text("We can't reach the payment service right now")).to_be_visible()
        expect(page.get_by_text("Nothing was charged")).to_have_count(0)
    expect(page.get_by_text("It's yours")).to_be_visible()
    assert money(product, email) == (1, 1, 1)
    with down(product, "vimeo"):
        page.get_by_role("link", name="Start now").first.click()
        told(page)
    page.get_by_role("button", name="Try again").click()
    wait_for(lambda: page.evaluate("document.querySelector('video')?.readyState >= 2"))


def test_setting_up_payments_and_a_lesson(person: Callable[..., Person], product: Product, tmp_path: Path) -> None:
    someone, _email = newcomer(person, product)
    page = someone.page
    start_selling(page)
    page.goto("/studio/payouts")
    begin = page.get_by_role("main").get_by_role("button", name="Set up payments")
    with down(product, "stripe"):
        begin.click()
        told(page)
    begin.click()
    page.wait_for_url("**/sandbox/stripe/pages/onboarding/**")
    page.get_by_label("Everything verified").check()
    with down(product, "stripe"):
        page.get_by_role("button", name="Submit").click()
        page.wait_for_url("**/studio?setup=back")
        told(page)
    page.reload()
    expect(page.get_by_text("Payments are ready")).to_be_visible()
    page.goto("/studio/new")
    page.wait_for_url("**/studio/new?id=*")
    cover = page.locator("#step-details input[type=file]")
    with down(product, "supabase"):
        cover.set_input_files(make_cover(tmp_path))
        told(page)
    cover.set_input_files(make_cover(tmp_path))
    expect(page.get_by_text("Replace the cover")).to_be_visible()
    page.get_by_role("link", name="Continue to video").click()
    film = page.locator("#step-video input[type=file]").first
    with down(product, "vimeo"):
        film.set_input_files(make_clip(tmp_path, seconds=1))
        told(page)
    film.set_input_files(make_clip(tmp_path, seconds=1))
    expect(page.get_by_role("button", name="Remove or replace")).to_be_visible()


def test_a_refund_waits_for_the_provider(person: Callable[..., Person], product: Product) -> None:
    page = person("creator@example.com").page
    page.goto("/studio/earnings")
    sales = page.get_by_role("table", name="Your sales")
    sales.get_by_role("link", name="Dip glaze without drips").first.click()
    page.get_by_role("button", name="Give a refund").click()
    page.get_by_label("Amount").fill("1")
    page.get_by_text("A goodwill refund.").click()
    with down(product, "stripe"):
        page.get_by_role("button", name="Refund now").click()
        expect(page.get_by_text("On its way").first).to_be_visible()
    page.reload()
    wait_for(lambda: page.reload() and page.get_by_text("Given back").count(), 60)


def test_the_database_drops_every_connection(person: Callable[..., Person], product: Product) -> None:
    """As in a restart of the server. What was typed is saved with the first or second press."""
    page = person("ravi@example.com").page
    page.goto("/settings")
    connected(page)
    page.get_by_label("Name", exact=True).fill("Ravi Menon")
    query(
        product,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    page.get_by_role("button", name="Save profile").click()
    answer = page.get_by_text("Profile saved").or_(page.get_by_text("Nothing was lost; try again"))
    expect(answer.first).to_be_visible()
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Profile saved").first).to_be_visible()
