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


def check(page: Page, path: str) -> list[str]:
    page.goto(path)
    expect(page.locator("main[data-live='true']")).to_be_attached()
    expect(page.locator("h1:visible")).to_have_count(1)
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    problems = [
        f"{path}: {v['id']} {v['nodes'][0]['html'][:160]} {v['nodes'][0].get('failureSummary', '')[:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    return problems + ([f"{path}: wider than the window"] if wide else [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("email", "paths"),
    [("", PUBLIC), ("learner@example.com", MEMBER), ("creator@example.com", CREATOR), ("admin@example.com", ADMIN)],
    ids=["public", "member", "creator", "admin"],
)
def test_pages_are_accessible(person: Callable[..., Person], scheme: str, email: str, paths: list[str]) -> None:
    size = {"width": 390, "height": 844} if scheme == "dark" else {"width": 1280, "height": 900}
    someone = person(email, color_scheme=scheme, viewport=size, reduced_motion="reduce")
    assert [problem for path in paths for problem in check(someone.page, path)] == []
