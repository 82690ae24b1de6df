"""A creator looks at how it goes: other days, one product, customers, files; and visits count."""

from __future__ import annotations

import csv
import re
import secrets
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, query

pytestmark = pytest.mark.browser
CREATOR = "creator@example.com"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def ready(page: Page) -> None:
    expect(page.locator("main[data-live='true']")).to_be_attached()


def figure(page: Page, label: str) -> str:
    """The value of one of the figures on top."""
    return page.get_by_label("In this period").locator("dl", has_text=label).locator("dd").first.inner_text()


def booked(product: Product, days: int) -> tuple[int, int]:
    """(sales, what is the creator's in cents) straight from the order lines."""
    ((sales, cents),) = query(
        product,
        "SELECT count(*), coalesce(sum(s.amount_minor - s.taken_minor), 0)::bigint FROM order_line l"
        " JOIN share s ON s.line_id = l.id AND s.payee_id = l.creator_id"
        ' JOIN "order" o ON o.id = l.order_id JOIN account a ON a.id = l.creator_id'
        " WHERE a.email = %s AND o.state = 'paid' AND l.currency = 'usd'"
        " AND (o.paid_at AT TIME ZONE 'UTC')::date > (now() AT TIME ZONE 'UTC')::date - %s",
        CREATOR, days,
    )  # fmt: skip
    return int(str(sales)), int(str(cents))


def dollars(cents: int) -> str:
    return f"${cents / 100:,.2f}"


def test_other_days_are_a_click_and_an_address_away(person: Callable[..., Person], product: Product) -> None:
    page = person(CREATOR).page
    page.goto("/studio/earnings")
    ready(page)
    for label, days, address in (("7 days", 7, "period=7d"), ("90 days", 90, "period=90d"), ("30 days", 30, None)):
        page.get_by_label("Period").get_by_role("link", name=label).click()
        expect(page.get_by_label("Period").get_by_role("link", name=label)).to_have_attribute("aria-current", "true")
        assert address in page.url if address else "period" not in page.url
        sales, cents = booked(product, days)
        assert (figure(page, "Sales"), figure(page, "Yours")) == (str(sales), dollars(cents))
    page.go_back()
    expect(page.get_by_label("Period").get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")
    page.get_by_label("Cut by").get_by_role("link", name="Month").click()
    expect(page.get_by_label("Cut by").get_by_role("link", name="Month")).to_have_attribute("aria-current", "true")
    total = sum(
        int(cell.replace(",", ""))
        for cell in page.locator("#earnings-breakdown tbody td:nth-child(2)").all_inner_texts()
    )
    assert total == booked(product, 90)[0]
    page.reload()
    ready(page)
    expect(page.locator("#earnings-breakdown th[scope=col]").first).to_have_text("Month")


def test_days_of_ones_own_and_days_that_make_no_sense(person: Callable[..., Person]) -> None:
    page = person(CREATOR).page
    page.goto("/studio/earnings")
    ready(page)
    page.get_by_text("Other days").click()
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2020-01-31")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**period=custom**")
    ready(page)
    expect(page.get_by_text("1 Jan – 31 Jan 2020")).to_be_visible()
    expect(page.get_by_text("Nothing was sold or looked at in these days.")).to_be_visible()
    assert figure(page, "Sales") == "0"
    page.goto("/studio/earnings?period=custom&from=2020-02-01&to=2020-01-01")
    ready(page)
    expect(page.get_by_text("The first day comes after the last one.")).to_be_visible()


def test_the_chart_can_be_read_with_the_keyboard(person: Callable[..., Person]) -> None:
    page = person(CREATOR).page
    page.goto("/studio/earnings?period=7d")
    ready(page)
    points = page.get_by_role("radiogroup", name="Yours, day by day").get_by_role("radio")
    expect(points).to_have_count(7)
    page.get_by_role("link", name="All", exact=True).focus()
    points.first.focus()
    page.keyboard.press("ArrowRight")
    expect(points.nth(1)).to_be_focused()
    tips = page.locator("figure label span[aria-hidden=true]:visible")
    expect(tips).to_have_count(1)
    expect(tips).to_contain_text(re.compile(r"\d sold"))


def test_one_product_by_itself(person: Callable[..., Person]) -> None:
    page = person(CREATOR).page
    page.goto("/studio/earnings?period=all&by=product")
    ready(page)
    row = page.locator("#earnings-breakdown tbody tr").first
    title, sales, yours = (row.get_by_role("link").inner_text(), row.locator("td").nth(0), row.locator("td").nth(4))
    wanted = (sales.inner_text(), yours.inner_text())
    row.get_by_role("link").click()
    page.wait_for_url("**product=**")
    expect(page.get_by_text(f"Only {title}")).to_be_visible()
    assert (figure(page, "Sales"), figure(page, "Yours")) == wanted
    page.get_by_role("link", name="All products").click()
    expect(page.get_by_text(f"Only {title}")).to_have_count(0)


def test_files(person: Callable[..., Person], product: Product, tmp_path: Path) -> None:
    page = person(CREATOR).page
    page.goto("/studio/earnings?period=90d")
    ready(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download sales of this period").click()
    download.value.save_as(tmp_path / "sales.csv")
    rows = list(csv.DictReader((tmp_path / "sales.csv").open(encoding="utf-8-sig", newline="")))
    sales, cents = booked(product, 90)
    assert sum(row["What"] == "Sale" for row in rows) == sales
    assert sum(Decimal(row["Yours"]) for row in rows) * 100 == cents
    assert download.value.suggested_filename.endswith("-usd-by-sale.csv")


def test_customers(person: Callable[..., Person]) -> None:
    page = person(CREATOR).page
    page.goto("/studio")
    page.get_by_role("link", name="Customers").first.click()
    page.wait_for_url("**/studio/customers")
    ready(page)
    expect(page.locator("tbody tr").nth(1)).to_be_visible()
    page.get_by_label("Search by name or email").fill("priya")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**q=priya**")
    ready(page)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Priya Nair").click()
    page.wait_for_url("**/studio/customers/*")
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Priya Nair")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_text("Finished").first).to_be_visible()
    page.locator("tbody tr").first.get_by_role("link").click()
    page.wait_for_url("**/studio/earnings/*")
    expect(page.get_by_text("Bought by Priya Nair")).to_be_visible()


def test_another_creators_customer_is_nobody(person: Callable[..., Person], product: Product) -> None:
    ((buyer,),) = query(product, "SELECT id FROM account WHERE email = 'priya.nair@example.org'")
    page = person("juno@example.com").page
    page.goto(f"/studio/customers/{buyer}")
    expect(page.get_by_text("There is no customer at this address.")).to_be_visible()
    assert "Priya" not in page.content()


def test_a_learner_has_no_studio_figures(person: Callable[..., Person]) -> None:
    someone = person("learner@example.com")
    for path in ("/studio/earnings", "/studio/customers"):
        someone.page.goto(path)
        someone.page.wait_for_url("**/studio")
    assert someone.context.request.get("/studio/export/earnings.csv").status == 403


def test_a_visit_counts_once_however_one_comes(person: Callable[..., Person], product: Product) -> None:
    """By address and by a click inside the site; a robot's doesn't."""

    def visitors() -> int:
        sql = "SELECT coalesce(sum(visitors), 0)::bigint FROM stats_product_day s JOIN product p ON p.id = s.product_id WHERE p.slug = %s"
        ((found,),) = query(product, sql, "country-loaf")
        return int(str(found))

    before = visitors()
    robot = person("", user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)").page
    robot.goto("/lessons/country-loaf")
    ready(robot)
    agents = [f"{BROWSER} test/{secrets.token_hex(4)}" for _ in range(2)]
    page = person("", user_agent=agents[0]).page
    page.goto("/search?q=loaf")
    page.locator("a[href='/lessons/country-loaf']:visible").first.click()
    page.wait_for_url("**/lessons/country-loaf")
    ready(page)
    _wait(page, visitors, before + 1)
    page.goto("/lessons/country-loaf")
    ready(page)
    another = person("", user_agent=agents[1]).page  # once this later visit is counted, all before it are
    another.goto("/lessons/country-loaf")
    ready(another)
    _wait(page, visitors, before + 2)


def _wait(page: Page, look: Callable[[], int], wanted: int) -> None:
    for _ in range(100):
        if look() == wanted:
            return
        page.wait_for_timeout(100)
    assert look() == wanted
