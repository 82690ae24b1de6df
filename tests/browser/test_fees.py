"""Fee rules: an administrator sees what wins before saving, and what was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, query

pytestmark = pytest.mark.browser


def test_an_administrator_sets_a_fee_and_ends_it(person: Callable[..., Person], product: Product) -> None:
    handle = str(query(product, "SELECT handle FROM account WHERE email = 'creator@example.com'")[0][0])
    page = person("admin@example.com").page
    page.goto("/admin")
    page.get_by_role("link", name="Fees").click()
    creator, percent = page.get_by_label("Creator"), page.get_by_label("Fee in percent")
    creator.fill("@nobody-at-all")
    percent.fill("7.5")
    expect(page.get_by_text("There is nobody called @nobody-at-all.")).to_be_visible()
    creator.fill(f"@{handle}")
    percent.focus()
    before = f"From a $20.00 lesson by @{handle} the platform keeps $2.00 (10 %), by the default fee."
    expect(page.get_by_text(before)).to_be_visible()
    expect(page.get_by_text("With the new rule: $1.50 (7.5 %). The creator gets $18.50.")).to_be_visible()
    page.get_by_role("button", name="Save rule").click()
    row = page.get_by_role("table", name="Fee rules in force").get_by_role("row").filter(has_text=f"@{handle}")
    expect(row).to_contain_text("7.5 %")
    expect(creator).to_have_value("")
    row.get_by_role("button", name="End…").click()
    page.get_by_role("button", name="End rule").click()
    expect(row).to_have_count(0)
    page.get_by_text("Rules that ended", exact=True).click()
    expect(page.get_by_role("table", name="Fee rules that ended").get_by_role("row").nth(1)).to_contain_text("7.5 %")
