"""Idempotency, errors, pagination and events, as Stripe's API does them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from stripe_help import Receiver, World, unique

from marketplace.sandbox.stripe import forms


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def world(sandbox_server: Any, receiver: Receiver) -> AsyncIterator[World]:
    sandbox_server.wrap(receiver)
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()
    sandbox_server.wrap(lambda app: app)


async def create_customer(world: World, key: str, **form: str) -> Any:
    return await world.api("POST", "/v1/customers", data=form, headers={"idempotency-key": key})


async def test_the_same_key_and_parameters_replay_the_answer(world: World) -> None:
    key = unique("key")
    first = await create_customer(world, key, email="a@example.com")
    again = await create_customer(world, key, email="a@example.com")
    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


async def test_the_same_key_with_other_parameters_is_an_error(world: World) -> None:
    key = unique("key")
    await create_customer(world, key, email="a@example.com")
    other = await create_customer(world, key, email="b@example.com")
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


async def test_concurrent_requests_of_one_key_have_one_effect(world: World) -> None:
    key = unique("key")
    answers = await asyncio.gather(*(create_customer(world, key, email="a@example.com") for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1


async def test_refusals_are_remembered_and_typing_errors_are_not(world: World) -> None:
    state = await world.bought(2_000)
    key = unique("key")
    form = {"charge": state.charge_id, "amount": "9000"}
    for replayed in (None, "true"):
        answer = await world.api("POST", "/v1/refunds", data=form, headers={"idempotency-key": key})
        assert (answer.status_code, answer.headers.get("idempotent-replayed")) == (400, replayed)
    key = unique("key")
    assert (await create_customer(world, key, emial="a@example.com")).status_code == 400
    assert (await create_customer(world, key, email="a@example.com")).status_code == 200


async def test_a_server_error_is_not_remembered(world: World) -> None:
    key = unique("key")
    await world.knobs(fail_next=1)
    assert (await create_customer(world, key, email="a@example.com")).status_code == 500
    answer = await create_customer(world, key, email="a@example.com")
    assert (answer.status_code, "idempotent-replayed" in answer.headers) == (200, False)


async def test_failing_after_the_effect_is_bridged_by_the_key(world: World) -> None:
    key = unique("key")
    await world.knobs(fail_after=100)
    assert (await create_customer(world, key, email="a@example.com")).status_code == 500
    await world.knobs(fail_after=0)
    assert (await create_customer(world, key, email="a@example.com")).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("/v1/customers", {"nmae": "A"}, "parameter_unknown", "nmae"),
        ("/v1/products", {}, "parameter_missing", "name"),
        ("/v1/products", {"name": ""}, "parameter_missing", "name"),
        ("/v1/customers", {"email": ""}, "parameter_invalid_empty", "email"),
        ("/v1/refunds", {"charge": "ch_1", "amount": "ten"}, "parameter_invalid_integer", "amount"),
        ("/v1/refunds", {"charge": "ch_1", "amount": "5"}, "resource_missing", "charge"),
        ("/v1/refunds", {"charge": "ch_1", "reason": "whim"}, None, "reason"),
        (
            "/v1/checkout/sessions",
            {"mode": "payment", "line_items[0][prize]": "x"},
            "parameter_unknown",
            "line_items[0][prize]",
        ),
    ],
)
async def test_validation(world: World, path: str, form: dict[str, str], code: str | None, param: str | None) -> None:
    answer = await world.api("POST", path, data=form)
    error = answer.json().get("error", {})
    assert (error.get("code"), error.get("param")) == (code, param)


async def test_unknown_things_are_404(world: World) -> None:
    for path in ("/v1/charges/ch_no", "/v1/refunds/re_no", "/v2/core/accounts/acct_no", "/v1/wishes"):
        assert (await world.api("GET", path)).status_code == 404
    missing = (await world.api("GET", "/v1/charges/ch_no")).json()["error"]
    assert (missing["code"], missing["type"]) == ("resource_missing", "invalid_request_error")


async def test_expansion(world: World) -> None:
    state = await world.bought()
    path = f"/v1/checkout/sessions/{state.id}"
    deep = await world.api("GET", path, params={"expand[]": "payment_intent.latest_charge.balance_transaction"})
    assert deep.json()["payment_intent"]["latest_charge"]["balance_transaction"]["fee"] == 103
    wrong = await world.api("GET", path, params={"expand[]": "wishes"})
    assert wrong.status_code == 400


async def test_events_filter_by_type_and_time(world: World) -> None:
    state = await world.bought()
    (event, *_) = (await world.api("GET", "/v1/events", params={"type": "checkout.*", "limit": "1"})).json()["data"]
    assert (event["type"], event["data"]["object"]["id"]) == ("checkout.session.completed", state.id)
    later = {"created[gt]": "4000000000"}
    assert (await world.api("GET", "/v1/events", params=later)).json()["data"] == []
    assert (await world.api("GET", "/v1/events", params={"limit": "0"})).status_code == 400


async def test_events_arrive_signed_at_their_endpoints(world: World, receiver: Receiver) -> None:
    account = await world.creator()
    state = await world.bought()
    expected = [
        ("stripe", state.id, "checkout.session.completed"),
        ("stripe-connect", account, "account.updated"),
        ("stripe-thin", account, "v2.core.account[requirements].updated"),
    ]
    for source, object_id, type_ in expected:
        ((endpoint, body, headers),) = await receiver.wait(object_id, type_)
        event = world.gateway.verify(source, body, headers)
        assert (endpoint, event.source, event.type, event.object_id) == (source, source, type_, object_id)
        assert not any(key.startswith("_") for key in json.loads(body).get("data", {}).get("object", {}))


async def test_a_refused_delivery_comes_again(world: World, receiver: Receiver) -> None:
    receiver.refuse = 10_000
    state = await world.bought()
    await receiver.wait(state.id, "checkout.session.completed")
    receiver.refuse = 0
    found = await receiver.wait(state.id, "checkout.session.completed", count=2)
    assert found[0][1] == found[1][1]


async def test_duplicates_share_their_id_and_dropped_events_stay_listed(world: World, receiver: Receiver) -> None:
    await world.knobs(duplicate=100)
    twice = await world.bought()
    copies = await receiver.wait(twice.id, "checkout.session.completed", count=2)
    assert len({json.loads(body)["id"] for _, body, _ in copies}) == 1
    await world.knobs(duplicate=0, drop=100)
    never = await world.bought()
    await world.knobs(drop=0)
    after = await world.bought()
    await receiver.wait(after.id, "checkout.session.completed")
    assert receiver.of(never.id, "checkout.session.completed") == []
    listed = await world.gateway.events_since(0, limit=10**6)
    assert any(e.object_id == never.id and e.type == "checkout.session.completed" for e in listed)


def test_forms() -> None:
    pairs = [("a", "1"), ("b[c]", "2"), ("d[0][e]", "3"), ("d[1][e]", "4"), ("f[]", "5"), ("f[]", "6")]
    assert forms.decode(pairs) == {"a": "1", "b": {"c": "2"}, "d": [{"e": "3"}, {"e": "4"}], "f": ["5", "6"]}
    assert forms.decode([(f"x[{n}]", str(n)) for n in range(12)])["x"] == [str(n) for n in range(12)]
    assert forms.decode([("a", "1"), ("a[b]", "2")])
    assert forms.decode([("[x]", "1"), ("", "2"), ("a[b", "3")])
