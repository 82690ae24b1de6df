"""The sandbox's index page: every vendor on it, working knobs and clock, closed to other sites."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest
from vimeo_help import calm, set_knobs

from marketplace.sandbox.knobs import ANSWERS, Knob, merge, turned

TOKEN = {"Authorization": "Bearer sandbox-vimeo-token"}


@pytest.fixture
def base(sandbox_server) -> Iterator[str]:
    base = sandbox_server.settings.sandbox_internal_url
    calm(base)
    yield base
    calm(base)


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, trust_env=False) as client:
        yield client


async def queue(sandbox_server, event_id: str) -> int:
    """A webhook that nobody takes."""
    import psycopg

    async with await psycopg.AsyncConnection.connect(sandbox_server.sandbox.store._pool.conninfo) as connection:
        cursor = await connection.execute(
            "INSERT INTO sandbox.deliveries (vendor, endpoint, event_id, event_type, body, due_at)"
            " VALUES ('vimeo', 'vimeo', %s, 'video.<b>test</b>', %s, now() + interval '1 hour') RETURNING id",
            (event_id, b'{"id": "1"}'),
        )
        return (await cursor.fetchone())[0]


def event(client: httpx.Client, delivery: int) -> dict:
    return client.get("/events.json", params={"after": delivery - 1, "before": delivery + 1}).json()["events"][0]


def test_the_page_shows_every_vendor(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["x-robots-tag"] == "noindex"
    for anchor in ("stripe", "supabase", "vimeo", "mail", "events", "chaos", "clock"):
        assert answer.text.count(f'id="{anchor}"') == 1
    assert "This overview failed" not in answer.text
    assert "<script" not in answer.text
    assert answer.text.count("<h1") == 1


def test_every_field_has_a_label(client: httpx.Client) -> None:
    html = client.get("/").text.partition('id="chaos"')[2]
    for part in html.split(' id="')[1:]:
        name = part.partition('"')[0]
        if "-" in name or name in ("amount", "unit"):
            assert f'for="{name}"' in html


def test_one_broken_overview_leaves_the_rest(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_sandbox: object) -> str:
        raise RuntimeError

    monkeypatch.setattr("marketplace.sandbox.vimeo.index_html", broken)
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.text.count("This overview failed") == 1


def test_down_limited_and_slow(client: httpx.Client, base: str) -> None:
    set_knobs(base, down=True)
    assert client.get("/vimeo/me", headers=TOKEN).status_code == 500
    set_knobs(base, down=False, limit_next=2)
    assert [client.get("/vimeo/me", headers=TOKEN).status_code for _ in range(3)] == [429, 429, 200]
    set_knobs(base, slow_ms=300)
    started = time.monotonic()
    assert client.get("/vimeo/me", headers=TOKEN).status_code == 200
    assert time.monotonic() - started >= 0.3


def test_the_form_sets_and_clears(client: httpx.Client) -> None:
    form = {"slow_ms": "5", "down": "true", "transcode_seconds": "2.5", "fail_next": ""}
    answer = client.post("/knobs/vimeo", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sandbox/#chaos")
    stored = client.get("/knobs/vimeo").json()
    assert (stored["slow_ms"], stored["down"], stored["transcode_seconds"]) == (5, True, 2.5)
    client.post("/knobs/vimeo", data={"slow_ms": "5"})
    assert client.get("/knobs/vimeo").json()["down"] is False


def test_calm_everything(client: httpx.Client, base: str) -> None:
    set_knobs(base, "stripe", slow_ms=1)
    set_knobs(base, "vimeo", slow_ms=1)
    assert client.post("/calm").status_code == 303
    assert client.get("/knobs/stripe").json() == client.get("/knobs/vimeo").json() == {}


@pytest.mark.parametrize("value", [-1, 101, "much", [1], float("inf")])
def test_knobs_have_limits(client: httpx.Client, value: object) -> None:
    import json

    body = json.dumps({"drop": value})
    answer = client.post("/knobs/vimeo", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "drop" in answer.json()["message"]
    assert client.get("/knobs/vimeo").json() == {}


def test_unknown_vendors_and_nonsense(client: httpx.Client) -> None:
    assert client.post("/knobs/nobody", json={}).status_code == 404
    assert client.post("/knobs/vimeo", json={"DROP TABLE": 1}).status_code == 422
    assert client.post("/knobs/vimeo", json=[1]).status_code == 400
    assert client.post("/knobs/vimeo", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert client.get("/", params={"before": "x"}).status_code == 400


def test_merging_knobs() -> None:
    known = (*ANSWERS, Knob("seconds", "Seconds", 10, default=1.5))
    assert merge(known, {"slow_ms": 5}, {"slow_ms": None, "seconds": "2"}) == {"seconds": 2.0}
    assert merge(known, {}, {"private_one": "x"}) == {"private_one": "x"}
    assert turned(known, {"seconds": 1.5, "down": False, "slow_ms": 3}) == ["slow_ms 3"]


def test_the_clock_moves_forward_and_back(client: httpx.Client) -> None:
    assert client.post("/clock", json={"advance": 3600}).json() == {"offset": 3600}
    assert client.post("/clock", data={"amount": "2", "unit": "days"}).status_code == 303
    assert client.post("/clock", json={"advance": 1}).json()["offset"] == 3600 + 2 * 86_400 + 1
    assert "days ahead" in client.get("/").text
    assert client.post("/clock", json={"reset": True}).json() == {"offset": 0}


@pytest.mark.parametrize(
    "body", [{}, {"advance": -5}, {"advance": "x"}, {"amount": 1, "unit": "years"}, {"advance": 1e12}]
)
def test_the_clock_refuses_nonsense(client: httpx.Client, body: dict) -> None:
    assert client.post("/clock", json=body).status_code == 422


async def test_the_event_log(client: httpx.Client, sandbox_server) -> None:
    delivery = await queue(sandbox_server, "evt_log")
    shown = event(client, delivery)
    assert (shown["event_id"], shown["state"], shown["body"]) == ("evt_log", "pending", {"id": "1"})
    assert datetime.fromisoformat(shown["due_at"]).tzinfo is not None
    html = client.get("/").text
    assert "evt_log" in html
    assert "<b>test</b>" not in html


async def test_events_are_lost_copied_and_sent_again(client: httpx.Client, sandbox_server) -> None:
    delivery = await queue(sandbox_server, "evt_again")
    assert client.post(f"/events/{delivery}/drop").status_code == 303
    assert event(client, delivery)["state"] == "dropped"
    assert client.post(f"/events/{delivery}/duplicate", headers={"Accept": "application/json"}).json() == {"ok": True}
    newest = client.get("/events.json", params={"limit": 1}).json()["events"][0]
    assert (newest["event_id"], newest["id"] > delivery) == ("evt_again", True)
    client.post(f"/events/{delivery}/again")
    end = time.monotonic() + 5
    while not event(client, delivery)["attempts"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert client.post(f"/events/{delivery}/explode").status_code == 404
    assert client.post("/events/999999999/again").status_code == 404


@pytest.mark.parametrize("path", ["/calm", "/knobs/vimeo", "/clock", "/events/1/drop"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://rebound.example"},
    ],
)
def test_other_sites_are_refused(client: httpx.Client, path: str, headers: dict[str, str]) -> None:
    assert client.post(path, headers=headers).status_code == 403


def test_our_own_forms_are_let_in(client: httpx.Client, sandbox_server) -> None:
    headers = {"Origin": sandbox_server.settings.public_url, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/calm", headers=headers).status_code == 303
