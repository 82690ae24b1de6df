"""Why a balance is what it is, that it can be proven, and what an administrator sees when it can't."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, query
from browser.test_buying import wait_for

pytestmark = pytest.mark.browser

MARA = "creator@example.com"


@pytest.fixture
def tampered(product: Product) -> Iterator[tuple[str, int]]:
    """One of Mara's transfers, a day old, is ten dollars larger at the partner. Put right afterwards."""
    found = query(
        product,
        "SELECT t.provider_id, t.amount_minor FROM transfer t JOIN account a ON a.id = t.creator_id"
        " WHERE a.email = %s AND t.currency = 'usd' ORDER BY t.id LIMIT 1",
        MARA,
    )
    id, amount = str(found[0][0]), int(str(found[0][1]))
    age_everything(product)
    change(product, id, amount + 1000)
    yield id, amount
    change(product, id, amount)


def age_everything(product: Product) -> None:
    """What the partner has is from yesterday: nothing of it is under way any more."""
    for field in ("created", "_created"):
        query(
            product,
            f"UPDATE sandbox.objects SET data = jsonb_set(data, '{{{field}}}', to_jsonb((data->>'{field}')::bigint - 86400))"
            f" WHERE vendor = 'stripe' AND kind IN ('transfer', 'transfer_reversal', 'payout') AND data ? '{field}'"
            " RETURNING 1",
        )


def change(product: Product, id: str, amount: int) -> None:
    query(
        product, "UPDATE sandbox.objects SET data = data || %s WHERE id = %s RETURNING 1",
        json.dumps({"amount": amount}), id,
    )  # fmt: skip


def shown(page: Page, label: str) -> int:
    """An amount in minor units, by the name in front of it."""
    text = page.locator("main dl div", has=page.locator("dt", has_text=re.compile(f"^{label}$"))).locator("dd").first
    return int(re.sub(r"[^\d-]", "", text.inner_text().replace("−", "-")))


def test_the_balance_is_explained_to_the_cent(person: Callable[..., Person], product: Product) -> None:
    page = person(MARA).page
    page.goto("/studio/earnings")
    page.get_by_role("link", name="Why is my balance this?").click()
    page.wait_for_url("**/studio/balance")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why is my balance this?")
    expect(page.get_by_role("heading", name="Every line")).to_be_visible()
    booked = query(
        product,
        "SELECT p.account, -sum(p.amount_minor) FROM ledger_posting p JOIN account a ON a.id = p.owner_id"
        " WHERE a.email = %s AND p.currency = 'usd' GROUP BY 1",
        MARA,
    )
    balances = {str(account): int(str(total)) for account, total in booked}
    assert shown(page, "Available") == balances["available"]
    assert shown(page, "On hold") == balances["held"]
    parts = [
        shown(page, label)
        for label in ("Sales", "Platform fees", "Refunds to buyers", "Disputed with buyers' banks")
        if has(page, label)
    ]
    assert sum(parts) == shown(page, "Earned so far") == shown(page, "The same sum")
    page.get_by_role("link", name="Sale", exact=True).first.click()
    page.wait_for_url("**/studio/earnings/*")


def has(page: Page, label: str) -> bool:
    return page.locator("main dt", has_text=re.compile(f"^{label}$")).count() > 0


_DEBTS = """
WITH e AS (
    INSERT INTO ledger_entry (id, key, kind, memo, created_at)
    SELECT (lpad(to_hex(1704067200000 + n), 12, '0') || '7000' || '8' || substr(md5(random()::text), 1, 15))::uuid,
           'debt:' || gen_random_uuid(), CASE WHEN mod(n, 2) = 0 THEN 'debt' ELSE 'debt_paid' END, 'Line ' || n, now()
    FROM generate_series(0, 59) n RETURNING id, kind
)
INSERT INTO ledger_posting (entry_id, account, owner_id, currency, amount_minor)
SELECT e.id, p.account, a.id, 'chf', CASE WHEN e.kind = 'debt' THEN p.amount ELSE -p.amount END
FROM e, account a, (VALUES ('debt', 500), ('held', -500)) AS p (account, amount) WHERE a.email = %s RETURNING 1
"""


def test_a_long_statement_goes_on_page_by_page(person: Callable[..., Person], product: Product) -> None:
    email = "juno@example.com"
    if not query(product, "SELECT 1 FROM ledger_posting WHERE currency = 'chf' LIMIT 1"):
        query(product, _DEBTS, email)
    page = person(email).page
    page.goto("/studio/balance?currency=chf")
    rows = page.get_by_role("table").locator("tbody tr")
    for shown_now in (25, 50):
        expect(rows).to_have_count(shown_now)
        page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(60)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    texts = rows.all_inner_texts()
    assert [int(re.findall(r"Line (\d+)", text)[0]) for text in texts] == list(range(59, -1, -1))
    expect(rows.last).to_contain_text("+CHF 5.00")
    expect(rows.nth(58)).to_contain_text("CHF 0.00")


def test_a_creator_checks_it_against_the_partner(person: Callable[..., Person], product: Product) -> None:
    page = person(MARA).page
    page.goto("/studio/balance")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("It agrees to the cent")).to_be_visible(timeout=40_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Plain-text ledger").click()
    assert re.fullmatch(r"statement-mara-\d{4}-\d\d-\d\d\.ledger", download.value.suggested_filename)
    text = download.value.path().read_text()
    assert "Liabilities:Creators:mara:Available" in text
    assert text.rstrip().endswith("nothing is missing.")


def test_others_statements_are_not_there(person: Callable[..., Person], product: Product) -> None:
    mara = query(product, "SELECT id FROM account WHERE email = %s", MARA)[0][0]
    page = person("learner@example.com").page
    page.goto(f"/studio/balance?creator={mara}")
    expect(page.get_by_text("There is no statement at this address.")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)


def test_an_administrator_sees_both_sides_and_releases_with_a_note(
    person: Callable[..., Person], product: Product, tampered: tuple[str, int]
) -> None:
    id, amount = tampered
    creator = person(MARA).page
    creator.goto("/studio/balance")
    creator.get_by_role("button", name="Check now").click()
    expect(creator.get_by_text("Transfers and payouts in this currency are paused")).to_be_visible(timeout=40_000)
    page = person("admin@example.com").page
    page.goto("/admin")
    alert = page.get_by_role("listitem").filter(has_text="(@mara)")
    expect(alert.get_by_text(id)).to_be_visible()
    for side in (amount, amount + 1000):
        expect(alert.get_by_role("cell", name=f"${side / 100:.2f}", exact=True)).to_be_visible()
    alert.get_by_text("Release it all the same").click()
    alert.get_by_label("Why may it move?").fill("The partner confirmed it by mail")
    alert.get_by_role("button", name="Release with a note").click()
    expect(alert.get_by_text("The partner confirmed it by mail")).to_be_visible()
    assert query(
        product,
        "SELECT detail->>'note' FROM audit_event WHERE action = 'proof.release' ORDER BY created_at DESC LIMIT 1",
    ) == [("The partner confirmed it by mail",)]
    change(product, id, amount)
    alert.get_by_role("button", name="Check again").click()
    expect(alert).to_have_count(0, timeout=40_000)
    wait_for(
        lambda: query(product, "SELECT 1 FROM proof_alert WHERE closed_at IS NULL AND creator_id IS NOT NULL") == []
    )
