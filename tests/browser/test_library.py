"""A library, empty and full."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import expect
from product import Product
from shelves import statements

from browser.conftest import Person, link_in, mails_to, query
from browser.test_signing_in import sign_up

pytestmark = pytest.mark.browser


def plant(product: Product, email: str, size: int) -> None:
    """Lessons that are off the shop by now: who has them keeps them, and other tests' visitors don't meet them."""
    mark = f"shelf{secrets.token_hex(4)}"
    reader = query(product, "SELECT id FROM account WHERE email = %s", email)[0][0]
    creator = query(product, "SELECT id FROM account WHERE email = 'creator@example.com'")[0][0]
    with psycopg.connect(product.dsn) as connection:
        for sql in statements(mark, str(creator), [reader], size):  # type: ignore[list-item]
            connection.execute(sql)
        connection.execute("UPDATE product SET state = 'unpublished' WHERE slug LIKE %s", (f"{mark}-%",))


def test_nothing_yet_then_sixty_lessons_page_by_page(person: Callable[..., Person], product: Product) -> None:
    someone = person()
    email = sign_up(someone)
    someone.page.goto(link_in(mails_to(product, email)[0]))
    page = someone.sign_in(email, "a fairly long one 7").page
    page.goto("/library")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    plant(product, email, 60)
    page.reload()
    lessons = page.locator("section", has=page.get_by_role("heading", name="All lessons")).get_by_role("listitem")
    expect(lessons).to_have_count(24)
    expect(page.get_by_role("heading", level=2).first).to_have_text("Continue")
    expect(page.get_by_role("link", name="Continue watching").first).to_contain_text("5 min left")
    for shown in (48, 60):
        page.get_by_role("button", name="Show more").click()
        expect(lessons).to_have_count(shown)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    page.get_by_role("link", name="Finished", exact=True).click()
    expect(lessons).to_have_count(20)
    expect(page.get_by_role("heading", name="Continue")).to_have_count(0)
