"""Billing details, and an invoice as a browser shows and prints it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from product import Product
from pypdf import PdfReader

from browser.conftest import Person, query

pytestmark = pytest.mark.browser

_LINE = {
    "ref": "a", "title": "A jug, from wedging to glaze 🏺", "quantity": 2, "list_minor": 5000, "discount_minor": 500,
    "net_minor": 4500, "tax_rate": "19", "tax_minor": 855, "total_minor": 5355, "tax_name": "VAT",
}  # fmt: skip
_INSERT = """
INSERT INTO document (id, kind, seller_key, number, order_id, order_number, buyer_id, currency, seller, buyer, lines, net_minor,
    tax_minor, total_minor, tax_included, reverse_charge, paid_at, issued_at)
SELECT gen_random_uuid(), 'invoice', 'browser test', '2026-000042', o.id, o.number, o.buyer_id, 'usd', %s, %s, %s, 4500, 855, 5355,
    false, false, now(), now()
FROM "order" o JOIN account a ON a.id = o.buyer_id WHERE a.email = 'learner@example.com' AND o.state = 'paid'
ORDER BY o.created_at LIMIT 1 ON CONFLICT DO NOTHING RETURNING 1
"""


@pytest.fixture
def invoice(product: Product) -> str:
    """The address of one of the demo learner's."""
    seller = {"name": "Clay GmbH", "address": ["Weg 1", "10119 Berlin"], "country": "DE", "tax_id": "DE123456789"}
    query(
        product, _INSERT, json.dumps(seller), json.dumps({"name": "Sam Rivera", "company": "מוסך"}), json.dumps([_LINE])
    )
    return f"/documents/{query(product, 'SELECT id FROM document WHERE seller_key = %s', 'browser test')[0][0]}"


def test_billing_details_are_kept(person: Callable[..., Person]) -> None:
    page = person("learner@example.com").page
    page.goto("/settings")
    details = page.get_by_role("region", name="Billing details")
    save = details.get_by_role("button", name="Save billing details")
    expect(save).to_be_enabled()
    details.get_by_label("Name on the invoice").fill("  Sam   Rivera-Jones ")
    details.get_by_label("Street and number").fill("1 Clay Lane")
    details.get_by_label("Postal code").fill("10119")
    details.get_by_label("Town").fill("Berlin")
    details.get_by_label("Country").select_option("DE")
    details.get_by_label("Tax number").fill("?!")
    save.click()
    expect(details.get_by_text("A tax number has 3 to 40 letters and digits")).to_be_visible()
    expect(details.get_by_label("Street and number")).to_have_value("1 Clay Lane")
    details.get_by_label("Tax number").fill("de 123 456 789")
    save.click()
    expect(page.get_by_text("Billing details saved")).to_be_visible()
    expect(details.get_by_label("Tax number")).to_have_value("DE 123 456 789")
    page.reload()
    expect(details.get_by_label("Name on the invoice")).to_have_value("Sam Rivera-Jones")
    expect(details.get_by_label("Country")).to_have_value("DE")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_an_invoice_in_a_browser(person: Callable[..., Person], invoice: str, width: int, scheme: str) -> None:
    someone = person("learner@example.com", viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = someone.page
    page.goto(invoice)
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice 2026-000042")
    expect(page.get_by_text("Paid", exact=True).first).to_be_visible()
    assert page.evaluate("document.fonts.check('16px \"Instrument Sans\"') && document.fonts.size > 0")
    assert (
        page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 239, 232)"
    )  # light in every theme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    serious = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    text = printed.pages[0].extract_text()
    assert "$53.55" in text
    assert "Download PDF" not in text
    file = page.request.get(page.get_by_role("link", name="Download PDF").get_attribute("href") or "")
    assert "$53.55" in PdfReader(io.BytesIO(file.body())).pages[0].extract_text()
    page.get_by_role("link", name=re.compile("Order #")).click()
    page.wait_for_url("**/orders/*")


def test_a_stranger_sees_the_page_for_nothing_and_who_is_signed_out_signs_in(
    person: Callable[..., Person], invoice: str
) -> None:
    stranger = person("moderator@example.com").page
    stranger.goto(invoice)
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("nothing", ignore_case=True)
    someone = person()
    someone.page.goto(invoice)
    someone.page.wait_for_url("**/login?next=**")
    expect(someone.page.locator("main button[type=submit]").first).to_be_enabled()
    someone.page.get_by_label("Email").fill("learner@example.com")
    someone.page.get_by_label("Password", exact=True).fill("demo-password-1")
    someone.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(someone.page.get_by_role("heading", level=1)).to_have_text("Invoice 2026-000042")
