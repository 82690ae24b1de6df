"""The webhook endpoints as strangers find them: nothing unsigned, old or oversized leaves a trace."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visitor import all_of, visitor

from marketplace.domain.inbox.models import WebhookEvent
from marketplace.settings import Settings

SOURCES = ("stripe", "stripe-connect", "stripe-thin", "vimeo")


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """The sandbox's secrets, which the product under test uses."""
    settings = Settings(_env_file=None, marketplace_env="test")
    return {
        "stripe": settings.stripe_webhook_secret, "stripe-connect": settings.stripe_connect_webhook_secret,
        "stripe-thin": settings.stripe_thin_webhook_secret, "vimeo": settings.vimeo_webhook_secret,
    }  # fmt: skip


def body_of(source: str, event_id: str, *, created: int = 0) -> bytes:
    at = created or int(time.time())
    if source == "vimeo":
        return json.dumps({"id": event_id, "event": "x.y", "video_uri": "/videos/1", "created": at}).encode()
    if source == "stripe-thin":
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))
        return json.dumps(
            {"id": event_id, "object": "v2.core.event", "type": "v2.core.nothing", "livemode": False, "created": stamp,
             "context": None, "related_object": None}
        ).encode()  # fmt: skip
    return json.dumps(
        {"id": event_id, "object": "event", "type": "nothing.happened", "livemode": False, "created": at,
         "api_version": "x", "data": {"object": {"id": "nothing_1", "object": "nothing"}}}
    ).encode()  # fmt: skip


def signed(source: str, body: bytes, secret: str, *, at: int = 0) -> dict[str, str]:
    if source == "vimeo":
        return {"x-vimeo-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
    stamp = at or int(time.time())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={stamp},v1={mac}"}


def stored(product: Any, event_id: str) -> int:
    return len(all_of(product, WebhookEvent, WebhookEvent.event_id == event_id))


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_event_is_stored_once(product: Any, known: dict[str, str], source: str) -> None:
    event_id = f"evt_{secrets.token_hex(8)}"
    body = body_of(source, event_id)
    with visitor(product) as client:
        answers = [
            client.post(f"/webhooks/{source}", content=body, headers=signed(source, body, known[source])) for _ in "123"
        ]
    assert [(a.status_code, a.text) for a in answers] == [(200, "Stored"), (200, "Known"), (200, "Known")]
    assert stored(product, event_id) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_a_wrong_signature_leaves_nothing(product: Any, known: dict[str, str], source: str) -> None:
    event_id = f"evt_{secrets.token_hex(8)}"
    body = body_of(source, event_id)
    good = signed(source, body, known[source])
    name = next(iter(good))
    others = [secret for other, secret in known.items() if other != source]
    forged = [{}, {name: ""}, {name: "x"}, {name: "t=,v1="}, {name: good[name][:-1] + "_"}, signed(source, body, "")]
    forged += [signed(source, body, secret) for secret in others]
    with visitor(product) as client:
        answers = [client.post(f"/webhooks/{source}", content=body, headers=headers) for headers in forged]
        answers.append(client.post(f"/webhooks/{source}", content=body + b" ", headers=good))
    assert {a.status_code for a in answers} == {400}
    assert stored(product, event_id) == 0


@pytest.mark.parametrize("source", SOURCES)
def test_an_old_event_is_refused(product: Any, known: dict[str, str], source: str) -> None:
    event_id, old = f"evt_{secrets.token_hex(8)}", int(time.time()) - 4 * 86400
    body = body_of(source, event_id, created=old)
    with visitor(product) as client:
        answer = client.post(f"/webhooks/{source}", content=body, headers=signed(source, body, known[source], at=old))
    assert answer.status_code == 400
    assert stored(product, event_id) == 0


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"id": 5}', b'"text"', b"[" * 5000])
def test_signed_nonsense_is_refused(product: Any, known: dict[str, str], source: str, body: bytes) -> None:
    with visitor(product) as client:
        answer = client.post(f"/webhooks/{source}", content=body, headers=signed(source, body, known[source]))
    assert answer.status_code == 400


@pytest.mark.parametrize("announced", [True, False])
def test_too_much_is_refused_before_it_is_read(product: Any, known: dict[str, str], announced: bool) -> None:
    """Also when the sender doesn't say how much is coming."""
    piece = b"x" * 65536
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(16):
            sent += len(piece)
            yield piece

    content = piece * 16 if announced else parts()
    with visitor(product) as client:
        answer = client.post("/webhooks/stripe", content=content, headers=signed("stripe", b"", known["stripe"]))
    assert answer.status_code == 413


@pytest.mark.parametrize("source", ["paypal", "Stripe", "stripe%00", "..", "stripe-", ""])
def test_unknown_sources_do_not_exist(product: Any, source: str) -> None:
    with visitor(product) as client:
        assert client.post(f"/webhooks/{source}", content=b"{}").status_code in (404, 405)
        assert client.get("/webhooks/stripe").status_code != 200


def test_without_a_secret_an_endpoint_does_not_exist() -> None:
    """Keys but no webhook secrets: 404, not "any signature will do"."""
    program = (
        "from starlette.applications import Starlette\n"
        "from starlette.testclient import TestClient\n"
        "from marketplace.api import webhooks\n"
        "client = TestClient(Starlette(routes=webhooks.routes))\n"
        "print([client.post(f'/webhooks/{s}', content=b'{}').status_code for s in"
        " ('stripe', 'stripe-connect', 'stripe-thin', 'vimeo')])\n"
    )
    keys = {
        "STRIPE_SECRET_KEY": "sk_test_x", "VIMEO_ACCESS_TOKEN": "x", "DATABASE_URL": "postgresql://nowhere/x",
        "MARKETPLACE_ENV": "test", "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env=keys, capture_output=True, text=True, timeout=60,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.stdout.strip() == "[404, 404, 404, 404]", done.stderr[-2000:]
