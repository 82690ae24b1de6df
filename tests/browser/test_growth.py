"""A product's card on another site, and its creator's letters, without an account and without JavaScript of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect
from product import Product, free_port

from browser.conftest import Person

pytestmark = pytest.mark.browser

SLUG = "center-and-open-a-bowl"


@pytest.fixture
def blog(product: Product) -> Iterator[str]:
    """Another site, with the card in it."""
    page = f'<h1>My blog</h1><iframe src="{product.url}/embed/product/{SLUG}" width="360" height="430"></iframe>'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", free_port()), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/post"
    server.shutdown()


def test_a_card_on_another_site_buys_in_the_whole_window(
    person: Callable[..., Person], blog: str, product: Product
) -> None:
    somebody = person()
    page = somebody.page
    page.goto(blog)
    card = page.frame_locator("iframe")
    expect(card.get_by_role("heading", name=re.compile("Centre, open"))).to_be_visible()
    card.get_by_role("button", name="Buy now").click()
    page.wait_for_url(f"**/login?next=/lessons/{SLUG}")
    origin = next(c for c in somebody.context.cookies() if c["name"] == "market_origin")
    assert origin["value"] == "127.0.0.1|embed|"
    assert origin["httpOnly"]


def test_letters_are_asked_for_without_javascript(person: Callable[..., Person]) -> None:
    page = person(java_script_enabled=False).page
    page.goto("/creators/mara")
    page.get_by_label("Your email address").locator("visible=true").fill("nobody-here@example.org")
    page.get_by_role("button", name="Send me the letters").locator("visible=true").click()
    expect(page.get_by_text("Look into your mail").locator("visible=true")).to_be_visible()
