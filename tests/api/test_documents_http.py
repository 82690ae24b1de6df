"""Documents over HTTP: for the buyer, the seller and admins; as if they didn't exist for everybody else."""

from __future__ import annotations

import io
import re
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pypdf import PdfReader
from visitor import ELSEWHERE, add, all_of, somebody, visitor

from marketplace.api import http
from marketplace.clock import now
from marketplace.domain.accounts.models import Account, Session
from marketplace.domain.documents.models import Document
from marketplace.domain.orders.models import Order
from marketplace.ids import digest, new_token
from marketplace.settings import Settings

LINE = {
    "ref": "a", "title": "<b>Bowls</b> & jugs", "quantity": 1, "list_minor": 2000, "discount_minor": 0, "net_minor": 2000,
    "tax_rate": "19", "tax_minor": 380, "total_minor": 2380, "tax_name": "VAT",
}  # fmt: skip


def person(product: Any, email: str) -> UUID:
    return all_of(product, Account, Account.email == email)[0].id


@pytest.fixture(scope="module")
def invoice(product: Any) -> Document:
    """Of a demo order, sold by the demo's creator."""
    buyer, creator = person(product, "learner@example.com"), person(product, "creator@example.com")
    order = all_of(product, Order, Order.buyer_id == buyer)[0]
    made = Document(
        kind="invoice", seller_key=str(creator), number=f"HTTP-{secrets.token_hex(4)}", order_id=order.id,
        order_number=order.number, buyer_id=buyer, currency="eur", seller={"name": "Mara <Kiln>"}, buyer={"name": "Sam"},
        lines=[LINE], net_minor=2000, tax_minor=380, total_minor=2380, paid_at=now(),
    )  # fmt: skip
    known = all_of(product, Document, Document.order_id == order.id, Document.seller_key == str(creator))
    if known:
        return known[0]
    add(product, made)
    return all_of(product, Document, Document.order_id == order.id, Document.seller_key == str(creator))[0]


def browser(product: Any, account_id: UUID | None, **changes: Any) -> httpx.Client:
    """Signed in as this person."""
    client = visitor(product)
    if account_id is not None:
        token = new_token()
        row = {"account_id": account_id, "token_digest": digest(token), "expires_at": now() + timedelta(hours=1)}
        add(product, Session(**{**row, **changes}))
        client.cookies.set("market_session", token)
    return client


ALLOWED = ("learner@example.com", "creator@example.com", "admin@example.com")


@pytest.mark.parametrize("email", ALLOWED)
def test_those_whom_it_concerns_get_the_page_and_the_file(product: Any, invoice: Document, email: str) -> None:
    with browser(product, person(product, email)) as client:
        page = client.get(f"/documents/{invoice.id}")
        file = client.get(f"/documents/{invoice.id}.pdf")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "€23.80" in page.text
    assert "&lt;b&gt;Bowls&lt;/b&gt; &amp; jugs" in page.text
    assert "<b>" not in page.text
    assert f'href="/documents/{invoice.id}.pdf"' in page.text
    assert (f"/orders/{invoice.order_id}" in page.text) is (email == "learner@example.com")
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert file.headers["content-disposition"] == f'inline; filename="invoice-{invoice.number}.pdf"'
    assert "€23.80" in PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    for answer in (page, file):
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_no_script_runs_on_the_page(product: Any, invoice: Document) -> None:
    with browser(product, invoice.buyer_id) as client:
        policy = client.get(f"/documents/{invoice.id}").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_for_others_it_does_not_exist(product: Any, invoice: Document, suffix: str) -> None:
    strangers = [somebody(product), person(product, "moderator@example.com")]
    for stranger in strangers:
        with browser(product, stranger) as client:
            refused = client.get(f"/documents/{invoice.id}{suffix}")
            unknown = client.get(f"/documents/{uuid4()}{suffix}")
        assert refused.status_code == unknown.status_code == 404
        for secret in ("23.80", "Bowls", "Kiln", invoice.number):
            assert secret not in refused.text
        assert _same(refused.text, invoice.id) == _same(unknown.text, None)
        assert {*refused.headers} == {*unknown.headers}


def _same(text: str, known: UUID | None) -> str:
    """Without the ids that were asked for, and hashes made of them."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", text)


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_whoever_is_signed_out_may_sign_in_first(product: Any, invoice: Document, suffix: str) -> None:
    past = now() - timedelta(minutes=1)
    ended = [browser(product, invoice.buyer_id, **one) for one in ({"expires_at": past}, {"revoked_at": past})]
    made_up = visitor(product)
    made_up.cookies.set("market_session", new_token())
    for client in (visitor(product), made_up, *ended):
        with client:
            known, unknown = client.get(f"/documents/{invoice.id}{suffix}"), client.get(f"/documents/{uuid4()}{suffix}")
        assert known.status_code == unknown.status_code == 303
        assert known.headers["location"] == f"/login?next=/documents/{invoice.id}"
        assert known.headers["cache-control"] == "no-store"
        assert "23.80" not in known.text


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "x.pdf",
        "00000000-0000-0000-0000-000000000000.pdf",
        "%00",
        "..%2f..%2fetc",
        "1' OR 1=1 --",
        ".pdf",
        "é" * 300,
    ],
)
def test_made_up_addresses_lead_nowhere(product: Any, path: str) -> None:
    with browser(product, person(product, "admin@example.com")) as client:
        assert client.get(f"/documents/{path}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_documents_are_only_read(product: Any, invoice: Document, method: str) -> None:
    with browser(product, invoice.buyer_id) as client:
        assert client.request(method, f"/documents/{invoice.id}", headers=ELSEWHERE).status_code in (404, 405)


def test_nobody_can_keep_the_machine_busy_with_files(product: Any, invoice: Document) -> None:
    admin = person(product, "admin@example.com")
    with browser(product, admin) as client:
        answers = [client.get(f"/documents/{invoice.id}", headers={"accept": "*/*"}) for _ in range(130)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.status_code for answer in answers} == {200, 429}
    assert "23.80" not in refused[0].text


def test_signing_in_leads_back_to_a_document_also_where_the_pages_are_on_another_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(
        _env_file=None, marketplace_env="test", public_url="https://shop.example", api_url="https://api.shop.example"
    )
    monkeypatch.setattr(http, "get_settings", lambda: settings)
    assert http.redirect("/orders/1").headers["location"] == "https://shop.example/orders/1"
    assert http.redirect("/documents/1").headers["location"] == "/documents/1"


def test_search_engines_are_told_to_stay_away(product: Any) -> None:
    with visitor(product) as client:
        assert "Disallow: /documents" in client.get("/robots.txt").text
