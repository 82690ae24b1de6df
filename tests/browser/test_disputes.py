"""Answering a bank: files go into the answer, and out of it, until it is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, query
from browser.test_buying import wait_for

pytestmark = pytest.mark.browser

CHAT = {"name": "our chat.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(4_000)}
LIE = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"<html>not a letter</html>"}


def test_files_go_into_the_answer_until_it_is_sent(person: Callable[..., Person], product: Product) -> None:
    """The demo's disputed sale is Nadia's."""
    wait_for(lambda: bool(query(product, "SELECT 1 FROM dispute_file WHERE field = 'receipt'")))
    ((dispute,),) = query(product, "SELECT dispute_id FROM dispute_file WHERE field = 'receipt' LIMIT 1")
    page = person("nadia@example.com").page
    page.goto(f"/studio/disputes/{dispute}")
    files = page.locator("section.panel", has=page.get_by_role("heading", name="Files"))
    expect(files.get_by_text("Added by us")).to_be_visible()
    files.get_by_label("What it shows").select_option("Messages with the buyer")
    chooser = files.locator("input[type=file]")
    chooser.set_input_files(CHAT)
    expect(files.get_by_role("listitem").filter(has_text="our chat.png")).to_contain_text("Messages with the buyer")
    expect(files.get_by_text("Replace this file")).to_be_visible()
    files.get_by_label("What it shows").select_option("Anything else")
    chooser.set_input_files(LIE)
    expect(files.get_by_text("Banks take PDF, JPEG and PNG files only")).to_be_visible()
    files.get_by_role("button", name="Remove our chat.png").click()
    expect(files.get_by_role("listitem").filter(has_text="our chat.png")).to_have_count(0)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Send to the bank").click()
    expect(files.get_by_role("button", name="Remove")).to_have_count(0)
    expect(files.locator("input[type=file]")).to_have_count(0)
    wait_for(lambda: query(product, "SELECT submitted_at IS NOT NULL FROM dispute WHERE id = %s", dispute) == [(True,)])
