"""axe finds nothing serious, in light and dark; one h1 each; nothing wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import Person

pytestmark = pytest.mark.browser

PUBLIC = [
    "/",
    "/search?q=bread",
    "/search?q=zzzz",
    "/lessons/hand-cut-dovetails",
    "/creators/mara",
    "/login",
    "/signup",
    "/forgot",
    "/reset",
    "/nowhere",
]
MEMBER = ["/library", "/watch/keep-a-sourdough-starter", "/orders", "/settings", "/studio"]
CREATOR = [
    "/studio", "/studio/products", "/studio/new", "/studio/earnings", "/studio/earnings?period=90d&by=product",
    "/studio/customers", "/studio/payouts", "/studio/coupons", "/studio/partners", "/studio/requests",
    "/studio/bundles/new", "/studio/balance", "/studio/settings", "/settings", "/cart",
]  # fmt: skip
ADMIN = ["/admin", "/admin/fees"]


DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# And two frames more: colours that change are the old ones until the next.
_DARK = """() => new Promise((done) => {
  document.documentElement.classList.add("dark");
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""


def check(page: Page, path: str) -> list[str]:
    """In light on a desk, then in dark on a phone."""
    page.set_viewport_size(DESK)
    page.goto(path)
    expect(page.locator("main[data-live='true']")).to_be_attached()
    expect(page.locator("h1:visible")).to_have_count(1)
    problems = look(page, path)
    page.set_viewport_size(PHONE)
    page.evaluate(_DARK)
    expect(page.locator("h1:visible")).to_have_count(1)
    return problems + look(page, f"{path} (dark, phone)")


def look(page: Page, where: str) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    problems = [
        f"{where}: {v['id']} {v['nodes'][0]['html'][:160]} {v['nodes'][0].get('failureSummary', '')[:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    return problems + ([f"{where}: wider than the window"] if wide else [])


@pytest.mark.parametrize(
    ("email", "paths"),
    [("", PUBLIC), ("learner@example.com", MEMBER), ("creator@example.com", CREATOR), ("admin@example.com", ADMIN)],
    ids=["public", "member", "creator", "admin"],
)
def test_pages_are_accessible(person: Callable[..., Person], email: str, paths: list[str]) -> None:
    someone = person(email, color_scheme="light", reduced_motion="reduce")
    assert [problem for path in paths for problem in check(someone.page, path)] == []
