"""Leaving a page: what was typed a moment before is kept, and whoever stays goes on as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person
from browser.test_selling import copy_of, saved

pytestmark = pytest.mark.browser
MARA = "creator@example.com"
WORDS = "Half a sentence, and then"


def _draft(someone: Person, product: Product) -> str:
    """The address of a draft of their own, open in the wizard."""
    made, _slug = copy_of(product, MARA)
    address = f"/studio/new?id={made}&step=details"
    someone.page.goto(address)
    return address


def _type(page: Page) -> None:
    title = page.get_by_label("Title", exact=True)
    expect(title).not_to_have_value("")
    title.press("ControlOrMeta+a")
    title.press_sequentially(WORDS)


def _connections(someone: Person) -> list[str]:
    return [row.rpartition(" ")[2] for row in someone.traffic if row.endswith((" opened", " closed"))]


def test_it_is_kept_also_where_one_came_by_a_link(person: Callable[..., Person], product: Product) -> None:
    someone = person(MARA)
    page = someone.page
    made, _slug = copy_of(product, MARA)
    page.goto("/studio/products/nothing/curriculum")  # no document of its own was built for this address
    expect(page.locator("main[data-live='true']")).to_be_attached()
    page.get_by_role("link", name="Products").first.click()
    page.wait_for_url("**/studio/products")
    page.locator(f"a[href*='{made}']").locator("visible=true").first.click()
    page.wait_for_url(f"**{made}**")
    _type(page)
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value(WORDS)


@pytest.mark.parametrize("how", ["reloads", "closes"])
def test_what_was_typed_a_moment_before_is_kept(person: Callable[..., Person], product: Product, how: str) -> None:
    someone = person(MARA)
    address = _draft(someone, product)
    _type(someone.page)
    if how == "reloads":
        someone.page.reload()
        page = someone.page
    else:
        someone.page.close(run_before_unload=True)
        page = someone.open()
        page.goto(address)
    expect(page.get_by_label("Title", exact=True)).to_have_value(WORDS)


def test_whoever_is_asked_and_stays_keeps_working(person: Callable[..., Person], product: Product) -> None:
    someone = person(MARA)
    _draft(someone, product)
    page, asked = someone.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    _type(page)
    before = _connections(someone)
    page.evaluate("() => { location.href = '/library' }")
    saved(page)
    assert asked == ["beforeunload"]
    assert before == ["opened"] == _connections(someone)


def test_a_download_leaves_the_page_connected(person: Callable[..., Person]) -> None:
    someone = person(MARA)
    page = someone.page
    page.goto("/studio/balance")
    link = page.get_by_role("link", name="Plain-text ledger")
    expect(page.get_by_role("button", name="Check now")).to_be_enabled()
    before = _connections(someone)
    with page.expect_download():
        link.click()
    assert before == ["opened"] == _connections(someone)
