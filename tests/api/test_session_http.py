"""The session cookie: how it is set, with what it is bought, and from where."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from starlette.responses import Response
from visitor import ELSEWHERE, HERE, add, all_of, somebody, visitor

from marketplace.api import http
from marketplace.api.http import onward
from marketplace.clock import now
from marketplace.domain.accounts.models import Session, Ticket
from marketplace.domain.accounts.rules import safe_next
from marketplace.ids import digest, new_token

COOKIE = "market_session"


def ticket(product: Any, account_id: UUID, *, next_path: str = "/library", seconds: int = 60) -> str:
    token = new_token()
    expires = now() + timedelta(seconds=seconds)
    add(product, Ticket(digest=digest(token), account_id=account_id, next_path=next_path, expires_at=expires))
    return token


def sign_in(product: Any, client: httpx.Client, account_id: UUID) -> str:
    """Signs this browser in and returns the cookie's value."""
    answer = client.get("/auth/session", params={"ticket": ticket(product, account_id)}, headers=HERE)
    assert answer.headers["location"] == "/library"
    return client.cookies[COOKIE]


@pytest.mark.parametrize(("address", "secure"), [("https://market.example", True), ("http://localhost:1", False)])
def test_cookie_attributes(monkeypatch: pytest.MonkeyPatch, address: str, secure: bool) -> None:
    from marketplace.settings import Settings

    settings = Settings(_env_file=None, marketplace_env="test", public_url=address)
    monkeypatch.setattr(http, "get_settings", lambda: settings)
    for change in (lambda r: http.set_session(r, "value"), http.drop_session):
        answer = Response()
        change(answer)
        parts = {p.strip().lower() for p in answer.headers["set-cookie"].split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert ("secure" in parts) is secure
        assert not any(p.startswith("domain") for p in parts)


def test_a_ticket_buys_one_session(product: Any) -> None:
    account_id = somebody(product)
    token = ticket(product, account_id)
    with visitor(product) as first, visitor(product) as second:
        answer = first.get("/auth/session", params={"ticket": token}, headers=HERE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/library")
        assert answer.headers["cache-control"] == "no-store"
        again = second.get("/auth/session", params={"ticket": token}, headers=HERE)
        assert again.headers["location"] == "/login?notice=expired"
        assert "set-cookie" not in again.headers
        value = first.cookies[COOKIE]
    rows = all_of(product, Session, Session.account_id == account_id)
    assert [row.token_digest for row in rows] == [digest(value)]


@pytest.mark.parametrize("given", ["", "x", "x" * 5000, "%00", "\u00e9", "' OR 1=1 --"])
def test_made_up_tickets_buy_nothing(product: Any, given: str) -> None:
    with visitor(product) as client:
        answer = client.get("/auth/session", params={"ticket": given}, headers=HERE)
    assert answer.headers["location"] == "/login?notice=expired"
    assert "set-cookie" not in answer.headers


def test_an_expired_ticket_buys_nothing(product: Any) -> None:
    token = ticket(product, somebody(product), seconds=-1)
    with visitor(product) as client:
        answer = client.get("/auth/session", params={"ticket": token}, headers=HERE)
    assert answer.headers["location"] == "/login?notice=expired"


@pytest.mark.parametrize(
    "headers",
    [ELSEWHERE, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-site"}, {}, {"Referer": "https://evil.example/"},
     {"Sec-Fetch-Site": "same-site", "Referer": "https://other.localhost/"}, {"Origin": "null"},
     {"Referer": "http://localhost.evil.example/"}],
)  # fmt: skip
def test_another_site_cannot_sign_a_visitor_in(product: Any, headers: dict[str, str]) -> None:
    """Else it could sign people in as somebody of its choice. The ticket stays good for its owner."""
    account_id = somebody(product)
    token = ticket(product, account_id)
    with visitor(product) as client:
        refused = client.get("/auth/session", params={"ticket": token}, headers=headers)
        assert refused.headers["location"] == "/login?notice=expired"
        assert "set-cookie" not in refused.headers
        assert all_of(product, Session, Session.account_id == account_id) == []
        assert client.get("/auth/session", params={"ticket": token}, headers=HERE).headers["location"] == "/library"


def test_a_browser_without_fetch_metadata_is_known_by_its_referer(product: Any) -> None:
    token = ticket(product, somebody(product))
    with visitor(product) as client:
        answer = client.get("/auth/session", params={"ticket": token}, headers={"Referer": f"{product.url}/login"})
    assert answer.headers["location"] == "/library"


def test_signing_in_again_ends_the_session_before(product: Any) -> None:
    account_id = somebody(product)
    with visitor(product) as client:
        before = sign_in(product, client, account_id)
        after = sign_in(product, client, account_id)
    assert before != after
    live = [s for s in all_of(product, Session, Session.account_id == account_id) if s.revoked_at is None]
    assert [s.token_digest for s in live] == [digest(after)]


def test_signing_out_needs_a_form_of_ours(product: Any) -> None:
    with visitor(product) as client:
        value = sign_in(product, client, somebody(product))
        assert client.get("/auth/signout", headers=HERE).status_code in (404, 405)
        for headers in (ELSEWHERE, {}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
            assert "set-cookie" not in client.post("/auth/signout", headers=headers).headers
        assert _live(product, value)
        answer = client.post("/auth/signout", headers=HERE)
        assert answer.headers["clear-site-data"] == '"storage"'
        assert COOKIE not in client.cookies
    assert not _live(product, value)


def _live(product: Any, value: str) -> bool:
    return [s.revoked_at for s in all_of(product, Session, Session.token_digest == digest(value))] == [None]


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil.example", "javascript:alert(1)", "",
     "/a\r\nSet-Cookie: x=1", "/\t/evil.example", "evil.example", "///evil.example", "/" + "a" * 600, "/\u2028x"],
)  # fmt: skip
def test_going_on_stays_on_this_site(path: str) -> None:
    assert safe_next(path) == "/"


@pytest.mark.parametrize(
    "path",
    ["/auth/session?ticket=t", "/auth/session", "/%61uth/session?ticket=t", "/x/../auth/session", "/./auth/callback",
     "//auth/x", "/x/%2e%2e/auth/session?ticket=t", "/auth"],
)  # fmt: skip
def test_going_on_never_leads_into_another_sign_in(path: str) -> None:
    assert onward(path) == "/"


@pytest.mark.parametrize("path", ["/", "/library", "/lessons/a?x=/auth/", "/authors", "/search?q=a#auth"])
def test_going_on_leads_where_one_was(path: str) -> None:
    assert onward(safe_next(path)) == path


@pytest.mark.parametrize("next_path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nX: y"])
def test_oauth_keeps_no_foreign_address(product: Any, next_path: str) -> None:
    with visitor(product) as client:
        callback = _consent(client, next_path=next_path)
        answer = client.get(callback, headers=HERE)
    assert answer.headers["location"] == "/"
    assert "x" not in answer.headers


def _consent(client: httpx.Client, *, next_path: str = "/library") -> str:
    """Through the provider's page; returns the address that it sends the browser back to."""
    start = client.get("/auth/oauth/google", params={"next": next_path}, headers=HERE)
    cookie = start.headers["set-cookie"].lower()
    assert cookie.startswith("market_flow=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = client.get(start.headers["location"])
    consent = page.headers["location"]
    flow = parse_qs(urlsplit(consent).query)["flow"][0]
    back = client.post(consent, data={"flow": flow, "person": "0", "decision": "continue"})
    return back.headers["location"]


def test_oauth_belongs_to_the_browser_that_began_it(product: Any) -> None:
    """Else an attacker could hand his own half-finished sign-in to somebody else."""
    with visitor(product) as attacker, visitor(product) as victim:
        callback = _consent(attacker)
        answer = victim.get(callback, headers=ELSEWHERE)
        assert answer.headers["location"] == "/login?notice=expired"
        assert COOKIE not in victim.cookies
        victim.get("/auth/oauth/google", headers=HERE)
        assert victim.get(callback).headers["location"] == "/login?notice=expired"
        assert attacker.get(callback).headers["location"] == "/library"
        assert attacker.cookies[COOKIE]
        assert attacker.get(callback).headers["location"] == "/login?notice=expired"


@pytest.mark.parametrize("provider", ["google", "evil", "%2e%2e", "GOOGLE", "google%00"])
def test_oauth_starts_only_here_and_only_with_known_providers(product: Any, provider: str) -> None:
    with visitor(product) as client:
        elsewhere = client.get(f"/auth/oauth/{provider}", headers=ELSEWHERE)
        assert "set-cookie" not in elsewhere.headers
        if provider != "google":
            here = client.get(f"/auth/oauth/{provider}", headers=HERE)
            assert here.status_code in (303, 404)
            assert "set-cookie" not in here.headers


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ({}, "expired"), ({"code": "x"}, "expired"), ({"code": "x", "flow": "y"}, "expired"), ({"flow": "y"}, "expired"),
        ({"error": "access_denied"}, "denied"), ({"error": "https://evil.example"}, "expired"),
        ({"code": "\x00", "flow": "\x00"}, "expired"), ({"code": "x" * 6000, "flow": "y" * 6000}, "expired"),
        ({"error": "access_denied", "error_description": "<script>"}, "denied"),
    ],
)  # fmt: skip
def test_junk_at_the_callback(product: Any, query: dict[str, str], notice: str) -> None:
    with visitor(product) as client:
        answer = client.get("/auth/callback", params=query)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?notice={notice}")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "9.9.9.9"), (0, "", "9.9.9.9"), (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"), (1, "", "9.9.9.9"),
        (2, "6.6.6.6, 1.2.3.4, 5.6.7.8", "1.2.3.4"), (2, "1.2.3.4", "9.9.9.9"),
    ],
)  # fmt: skip
def test_an_address_is_taken_from_trusted_proxies_only(
    monkeypatch: pytest.MonkeyPatch, hops: int, forwarded: str, expected: str
) -> None:
    from starlette.requests import Request

    monkeypatch.setattr(http, "get_settings", lambda: SimpleNamespace(trusted_proxy_hops=hops))
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert http.client_ip(Request({"type": "http", "headers": headers, "client": ("9.9.9.9", 1)})) == expected


def test_a_forged_address_does_not_reach_the_session(product: Any) -> None:
    account_id = somebody(product)
    with visitor(product) as client:
        client.headers["X-Forwarded-For"] = "6.6.6.6"
        sign_in(product, client, account_id)
    assert [s.ip for s in all_of(product, Session, Session.account_id == account_id)] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("asked", "there", "language"),
    [
        ("/lessons/hand-cut-dovetails?choose=en", "/lessons/hand-cut-dovetails", "en"),
        ("/ar/search?q=bread%20%26%20salt&choose=ar", "/ar/search?q=bread+%26+salt", "ar"),
        ("/?choose=ar", "/ar", "ar"),
        ("/ar?choose=en", "/", "en"),
        ("/ar/login?choose=en&next=//evil.example/", "/login?next=%2F%2Fevil.example%2F", "en"),
        ("/login?choose=xx", "", ""),
        ("/login?choose=en%0d%0aset-cookie:a=b", "", ""),
        ("//evil.example/?choose=ar", "", ""),
    ],
)
def test_a_chosen_language_is_remembered_and_leads_to_this_site(
    product: Any, asked: str, there: str, language: str
) -> None:
    with visitor(product) as client:
        client.cookies.set("market_language", "ar" if language == "en" else "")
        answer = client.get(product.url + asked, follow_redirects=False)
    assert answer.headers.get("location", "") == there
    assert [cookie.split(";")[0] for cookie in answer.headers.get_list("set-cookie") if "language" in cookie] == (
        [f"market_language={language}"] if language else []
    )
