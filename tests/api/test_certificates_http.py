"""Certificates over HTTP: anybody with the address checks one, its files, and what its holder and its maker may do."""

from __future__ import annotations

import io
import json
import re
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from PIL import Image
from pypdf import PdfReader
from test_documents_http import browser, person
from visitor import ELSEWHERE, HERE, add, all_of, somebody, visitor

from marketplace.clock import now
from marketplace.domain.access.models import Grant
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.certificates.models import Certificate
from marketplace.ids import new_short_token


def course(product: Any) -> Product:
    return all_of(product, Product, Product.kind == "course", Product.state == "published")[0]


def earned(product: Any, holder: UUID | None = None, *, granted: bool = True, **changes: Any) -> Certificate:
    """A certificate of somebody for the demo's course."""
    taught, holder = course(product), holder or somebody(product)
    source = secrets.token_hex(8)
    gone = {} if granted else {"revoked_at": now(), "revoked_reason": "it was refunded"}
    add(product, Grant(account_id=holder, product_id=taught.id, source="free", source_id=source, **gone))
    token = new_short_token()
    fields = {
        "token": token, "account_id": holder, "product_id": taught.id, "creator_id": taught.creator_id,
        "name": "Vera <Wheel>", "title": "Pots & pans", "creator_name": "Mara Kiln", "version": 1, "lessons": 12,
        "completed_at": now() - timedelta(days=2),
    }  # fmt: skip
    add(product, Certificate(**{**fields, **changes}))
    return all_of(product, Certificate, Certificate.token == token)[0]


def state(product: Any, row: Certificate) -> Certificate:
    return all_of(product, Certificate, Certificate.id == row.id)[0]


@pytest.fixture(scope="module")
def row(product: Any) -> Certificate:
    return earned(product)


def shown(page: httpx.Response) -> str:
    """The words of a page."""
    return re.sub(r"<[^>]+>", " ", page.text.split("<body", 1)[-1])


def test_anybody_with_the_address_reads_what_was_signed(product: Any, row: Certificate) -> None:
    with visitor(product) as client:
        page = client.get(f"/certificates/{row.token}")
        token = client.get(f"/certificates/{row.token}.jwt").text
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    words = shown(page)
    for part in ("Vera &lt;Wheel&gt;", "Pots &amp; pans", "Mara Kiln", "12 lessons", "Valid."):
        assert part in words
    signed = jwt.decode(token, options={"verify_signature": False})
    for value in _leaves({k: v for k, v in signed.items() if k not in ("iss", "sub", "jti", "nbf")}):
        assert (
            json.dumps(value, ensure_ascii=False)
            .strip('"')
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            in words
        )
    assert "<Wheel>" not in page.text
    assert "Revoke" not in words
    assert "LinkedIn" not in words
    assert str(row.account_id) not in page.text


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    return [leaf for one in value for leaf in _leaves(one)] if isinstance(value, list) else [value]


def test_it_is_not_listed_and_runs_no_script(product: Any, row: Certificate) -> None:
    with visitor(product) as client:
        page = client.get(f"/certificates/{row.token}")
    assert page.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    policy = page.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert f'property="og:image" content="{product.url}/certificates/{row.token}.png"' in page.text


def test_its_files_are_what_they_say(product: Any, row: Certificate) -> None:
    with visitor(product) as client:
        page = client.get(f"/certificates/{row.token}").text
        files = {kind: client.get(f"/certificates/{row.token}.{kind}") for kind in ("pdf", "png", "jwt")}
    for kind in files:
        assert f'href="/certificates/{row.token}.{kind}"' in page
    types = {kind: answer.headers["content-type"] for kind, answer in files.items()}
    assert types == {"pdf": "application/pdf", "png": "image/png", "jwt": "application/vc+jwt"}
    [sheet] = PdfReader(io.BytesIO(files["pdf"].content)).pages
    assert sheet.mediabox.width > sheet.mediabox.height
    text = sheet.extract_text()
    for part in ("Vera <Wheel>", "Pots & pans", "Mara Kiln", "12 lessons", row.token):
        assert part in text.replace("\n", "")
    assert Image.open(io.BytesIO(files["png"].content)).size == (1200, 630)


def test_a_verifier_finds_its_way_from_the_credential_alone(product: Any, row: Certificate) -> None:
    """As another program would: the key by ``kid``, the issuer by ``iss``, the status by ``credentialStatus``."""
    with visitor(product) as client:
        token = client.get(f"/certificates/{row.token}.jwt").text
        header = jwt.get_unverified_header(token)
        key = client.get(header["kid"])
        assert key.headers["content-type"] == "application/jwk+json"
        said = jwt.decode(token, jwt.PyJWK(key.json()), algorithms=["RS256"])
        issuer = client.get(said["iss"]).json()
        status = client.get(said["credentialStatus"]["id"]).json()
        assert key.json() in client.get("/certificates/keys").json()["keys"]
    assert set(key.json()) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (issuer["id"], issuer["type"], issuer["name"]) == (said["issuer"]["id"], ["Profile"], said["issuer"]["name"])
    assert said["id"] == f"{product.url}/certificates/{row.token}"
    assert (status["id"], status["issuer"], status["revokedCredentials"]) == (
        said["credentialStatus"]["id"], said["iss"], [],
    )  # fmt: skip
    head, body, signature = token.split(".")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{head}.{body}.{signature[:-9]}AAAA{signature[-5:]}", jwt.PyJWK(key.json()), algorithms=["RS256"])


def test_its_maker_revokes_it_and_everything_says_so(product: Any) -> None:
    row = earned(product)
    with browser(product, row.creator_id) as client:
        assert "Revoke it" in client.get(f"/certificates/{row.token}").text
        empty = client.post(f"/certificates/{row.token}/revoke", data={"reason": " "}, headers=HERE)
        assert (empty.status_code, "can&#x27;t be empty" in empty.text or "can't be empty" in empty.text) == (422, True)
        done = client.post(f"/certificates/{row.token}/revoke", data={"reason": "It was <copied>"}, headers=HERE)
        assert (done.status_code, done.headers["location"]) == (303, f"/certificates/{row.token}")
        page = client.get(f"/certificates/{row.token}")
        assert "Revoke it" not in page.text
    with visitor(product) as client:
        page = client.get(f"/certificates/{row.token}")
        assert page.status_code == 200
        assert "Not valid since" in shown(page)
        assert "It was &lt;copied&gt;" in page.text
        for kind in ("pdf", "jwt"):
            assert f".{kind}" not in page.text.split("<main")[1].split("<pre")[0]
            gone = client.get(f"/certificates/{row.token}.{kind}")
            assert (gone.status_code, "It was <copied>" in gone.text) == (410, True)
        assert client.get(f"/certificates/{row.token}.png").status_code == 200
        [listed] = client.get(f"/certificates/{row.token}/status").json()["revokedCredentials"]
    assert (listed["revoked"], listed["revocationReason"]) == (True, "It was <copied>")


def test_after_a_refund_it_says_so_and_not_more(product: Any) -> None:
    row = earned(product, granted=False)
    with visitor(product) as client:
        words = shown(client.get(f"/certificates/{row.token}"))
        status = client.get(f"/certificates/{row.token}/status").json()
    assert "Not valid since" in words
    assert "refunded, or its payment taken back" in words
    assert len(status["revokedCredentials"]) == 1


def test_its_holder_issues_it_again_with_a_new_name(product: Any) -> None:
    holder = somebody(product)  # called Vera
    row = earned(product, holder)
    with browser(product, holder) as client:
        page = client.get(f"/certificates/{row.token}")
        assert "Issue it again" in page.text
        assert "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&amp;name=Pots+%26+pans" in page.text
        done = client.post(f"/certificates/{row.token}/again", headers=HERE)
        assert done.status_code == 303
        fresh = client.get(done.headers["location"])
        assert "Issue it again" not in fresh.text
    assert done.headers["location"] != f"/certificates/{row.token}"
    assert "Wheel" not in fresh.text
    assert all_of(product, Account, Account.id == holder)[0].name in shown(fresh)
    with visitor(product) as client:
        old = client.get(f"/certificates/{row.token}")
        assert (old.status_code, old.headers["location"]) == (303, done.headers["location"])
        assert client.get(f"/certificates/{row.token}.jwt").status_code == 410
        assert client.get(f"/certificates/{row.token}/status").json()["revokedCredentials"]


@pytest.mark.parametrize("what", ["again", "revoke"])
def test_nobody_else_changes_anything(product: Any, what: str) -> None:
    holder = somebody(product)
    row = earned(product, holder)
    form = {"reason": "Because"}
    others = [
        None,
        somebody(product),
        person(product, "moderator@example.com"),
        holder if what == "revoke" else row.creator_id,
    ]
    for other in others:
        with browser(product, other) as client:
            words = shown(client.get(f"/certificates/{row.token}"))
            assert ("Issue it again" if what == "again" else "Revoke it") not in words
            assert client.post(f"/certificates/{row.token}/{what}", data=form, headers=HERE).status_code == 404
    may = holder if what == "again" else row.creator_id
    with browser(product, may) as client:  # but not out of another site's page
        answer = client.post(f"/certificates/{row.token}/{what}", data=form, headers=ELSEWHERE)
    assert answer.status_code == 303
    after = state(product, row)
    assert (after.replaced_at, after.revoked_at) == (None, None)


@pytest.mark.parametrize("suffix", ["", ".pdf", ".png", ".jwt", "/status"])
def test_there_is_nothing_at_a_made_up_address(product: Any, suffix: str) -> None:
    with visitor(product) as client:
        for token in (new_short_token(), "x", "%00", "..%2f..%2fetc", "1' OR 1=1 --", "é" * 300, "a" * 3000):
            answer = client.get(f"/certificates/{token}{suffix}")
            assert answer.status_code == 404, (token, answer.status_code)
        assert client.get(f"/certificates/keys/{new_short_token()}").status_code == 404


def test_files_are_made_only_so_often(product: Any, row: Certificate) -> None:
    """The last test: the visitor's address has to rest for a minute after it."""
    with visitor(product) as client:
        answers = [client.get(f"/certificates/{row.token}/status").status_code for _ in range(70)]
        assert set(answers) == {200}  # what verifiers ask costs nothing to make
        codes = [client.get(f"/certificates/{row.token}.png").status_code for _ in range(130)]
    assert 429 in codes
