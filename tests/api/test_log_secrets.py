"""No secret reaches a log: not by its name, not inside a text, not from a real sign-in that failed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import structlog
from socket_client import ROOT, Socket
from visitor import HERE, visitor

from marketplace import logs

SIGN_IN = f"{ROOT}.marketplace___state___auth____auth_state"


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "Secret", "access_token", "cookie", "set_cookie", "Authorization", "api_key", "apikey",
     "code", "auth_code", "ticket", "verifier", "client_secret", "passwd"],
)  # fmt: skip
def test_telling_names_are_hidden(name: str) -> None:
    assert logs.redact(None, "info", {"event": "x", name: "hunter2"}) == {"event": "x", name: "[redacted]"}


def test_other_names_are_kept() -> None:
    event = {
        "event": "x",
        "status": 500,
        "status_code": 404,
        "type": "card_error",
        "country_code": "DE",
        "ids": [1, "a"],
    }
    assert logs.redact(None, "info", dict(event)) == event


@pytest.mark.parametrize(
    "value",
    [
        {"a": [{"password": "hunter2"}]}, [{"token": "hunter2"}], ({"token": "hunter2"},),
        "GET /auth/session?ticket=hunter2&x=1", "/auth/callback?flow=1&code=hunter2", "/?code=hunter2",
        "Authorization: Bearer hunter2", '{"password": "hunter2"}', "{'token': 'hunter2'}", "market_session=hunter2; a=b",
        "[parameters: {'password': 'hunter2'}]", "password=hunter2", "password: hunter2",
    ],
)  # fmt: skip
def test_secrets_inside_values_are_hidden(value: Any) -> None:
    assert "hunter2" not in repr(logs.redact(None, "info", {"event": "x", "detail": value}))
    assert "hunter2" not in repr(logs.redact(None, "info", {"event": str(value)}))


def test_headers_under_their_names_are_hidden() -> None:
    assert "hunter2" not in repr(logs.redact(None, "info", {"event": "x", "headers": {"cookie": "hunter2"}}))


@pytest.mark.parametrize(
    "text",
    [
        "Error processing event queue entry for Event(name='a.b', router_data={'headers': {'cookie': 'hunter2'}})",
        "Failed to deserialize event data: {'name': 1, 'payload': {'anything': 'hunter2'}}.",
        "(psycopg.DataError) x\n[SQL: INSERT]\n[parameters: {'email': 'hunter2'}]\n(Background)",
    ],
)
def test_what_libraries_log_is_cleaned(caplog: pytest.LogCaptureFixture, text: str) -> None:
    import logging

    before = logging.getLogRecordFactory()
    try:
        logs._clean_records()
        logging.getLogger("reflex.any").error(text)
        logging.getLogger("reflex.any").error("%s happened", text)
        try:
            raise RuntimeError(text)
        except RuntimeError:
            logging.getLogger("reflex.any").exception("it broke")
        logging.getLogger("reflex.any").error("%d of %s", 5, "them")
    finally:
        logging.setLogRecordFactory(before)
    assert "hunter2" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert "5 of them" in caplog.text


def test_plain_words_are_not_hidden() -> None:
    text = "the token was refused, status code 404: see the secret garden"
    assert logs.redact(None, "info", {"event": text}) == {"event": text}


def test_exceptions_are_cleaned_too(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.configure(json=True)
        try:
            raise ValueError("failed with password=hunter2")
        except ValueError:
            structlog.get_logger().exception("it.broke", token="hunter2")
    finally:
        structlog.configure(**before)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "hunter2" not in json.dumps(line)
    assert "ValueError" in line["exception"]


def written_by(product: Any) -> str:
    """The log without white space: long lines are wrapped, also in the middle of a secret."""
    return "".join(product.log.read_text(errors="replace").split())


async def test_a_failed_sign_in_leaves_no_password(product: Any) -> None:
    form = {"email": "learner@example.com", "password": "wrong-canary-password-77"}
    async with await Socket.open(product.url, cookie="canary-cookie-77") as tab:
        await tab.hydrate(path="/login")
        for handler in ("sign_in", "forgot", "sign_up", "choose_password", "nonsense"):
            await tab.send(f"{SIGN_IN}.{handler}", {"form": form})
        await tab.send(f"{SIGN_IN}.sign_in", {"form": form, "password": "extra-canary-77"})
        await tab.emit("event", {"nothing": form})
        await tab.emit("event", [form])
        await tab.settle()
        await tab.quiet()
        assert "errors_rx_state_" in tab.text
    written = written_by(product)
    assert [s for s in (form["password"], "canary-cookie-77", "extra-canary-77") if s in written] == []


def test_links_with_secrets_are_not_logged(product: Any) -> None:
    with visitor(product) as client:
        client.get("/auth/session", params={"ticket": "canary-ticket-77"}, headers=HERE)
        client.get("/auth/callback", params={"code": "canary-code-77", "flow": "canary-flow-77"})
        client.get("/reset", params={"token": "canary-reset-77"})
        client.get("/healthz", headers={"Cookie": "market_session=canary-session-77"})
    written = written_by(product)
    assert [s for s in ("ticket", "code", "flow", "reset", "session") if f"canary-{s}-77" in written] == []
