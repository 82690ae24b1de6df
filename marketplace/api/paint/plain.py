"""A page that says one thing and has at most one button: what links in mails lead to. No script, its own styles."""

from __future__ import annotations

from marketplace.api.paint.html import Html, h
from marketplace.i18n import current_locale, direction
from marketplace.paper.award_html import POLICY, STYLE
from marketplace.settings import get_settings

HEADERS = {
    "cache-control": "no-store", "x-robots-tag": "noindex", "referrer-policy": "no-referrer",
    "content-security-policy": POLICY,
}  # fmt: skip


def plain_page(title: str, text: str = "", *, button: str = "", action: str = "") -> str:
    """``action`` is where the ``button`` posts to."""
    form = h("form", h("button", button, type="submit", class_="button main"), method="post", action=action)
    main = h("main", h("h1", title), h("p", text) if text else None, form if button else None)
    home = h("header", h("a", get_settings().site_name, href=get_settings().public_url + "/"), class_="top")
    head = h(
        "head", h("meta", charset="utf-8"), h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("title", title), h("link", rel="stylesheet", href="/fonts/fonts.css"), h("style", Html(STYLE)),
    )  # fmt: skip
    locale = current_locale.get()
    body = h("body", h("div", home, main, class_="wrap"))
    return f"<!doctype html>{h('html', head, body, lang=locale, dir=direction(locale))}"
