"""Disputes and inquiries: what money moves when, evidence once and in time, files that can be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from stripe_help import World, unique

from marketplace.domain.disputes.ports import DisputeState
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.orders.ports import CheckoutState

DAY = 86_400
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
async def world(sandbox_server: Any) -> AsyncIterator[World]:
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()


async def total(world: World) -> int:
    balance = await world.gateway.balance(None)
    return balance.available.get("usd", 0) + balance.pending.get("usd", 0)


async def disputed(world: World, **how: str) -> tuple[CheckoutState, DisputeState]:
    state = await world.bought(5_000)
    assert (await world.act("dispute", state.charge_id or "", **how)).status_code == 303
    return state, await of(world, state)


async def of(world: World, state: CheckoutState) -> DisputeState:
    found = (await world.api("GET", "/v1/disputes", params={"charge": state.charge_id})).json()["data"]
    return await world.gateway.dispute(found[0]["id"])


def moved(dispute: DisputeState) -> list[tuple[int, int]]:
    return [(movement.amount_minor, movement.fee_minor) for movement in dispute.movements]


async def refund(world: World, state: CheckoutState, amount: int) -> None:
    await world.gateway.create_refund(
        payment_intent_id=state.payment_intent_id or "", amount_minor=amount, refund_id="r", key=unique("r")
    )


async def test_a_part_is_disputed_and_only_that_moves(world: World) -> None:
    before = await total(world)
    state, dispute = await disputed(world, amount="2000", reason="product_unacceptable")
    assert (dispute.amount_minor, dispute.reason, dispute.refundable) == (2_000, "product_unacceptable", False)
    assert (dispute.charge_id, dispute.payment_intent_id) == (state.charge_id, state.payment_intent_id)
    assert moved(dispute) == [(-2_000, 1_500)]
    assert await total(world) == before + 5_000 - 175 - 3_500
    with pytest.raises(PaymentRefused, match="disputed"):
        await refund(world, state, 100)
    await world.act("decide", dispute.id, result="won")
    assert moved(await world.gateway.dispute(dispute.id)) == [(-2_000, 1_500), (2_000, -1_500)]
    await refund(world, state, 100)


@pytest.mark.parametrize("amount", ["0", "5001", "-1"])
async def test_no_more_is_disputed_than_was_paid(world: World, amount: str) -> None:
    state = await world.bought(5_000)
    assert (await world.act("dispute", state.charge_id or "", amount=amount)).status_code == 400


async def test_the_fee_may_be_kept(world: World) -> None:
    await world.knobs(dispute_fee_kept=True)
    before = await total(world)
    _, dispute = await disputed(world)
    await world.gateway.submit_evidence(
        dispute.id, {"uncategorized_text": "winning_evidence"}, submit=True, key=unique("k")
    )
    won = await world.gateway.dispute(dispute.id)
    assert (won.status, moved(won)) == ("won", [(-5_000, 1_500), (5_000, 0)])
    assert await total(world) == before + 5_000 - 175 - 1_500


async def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(world: World) -> None:
    before = await total(world)
    state, inquiry = await disputed(world, inquiry="yes", reason="unrecognized")
    assert (inquiry.status, inquiry.movements, inquiry.refundable) == ("warning_needs_response", (), True)
    assert await total(world) == before + 5_000 - 175
    await refund(world, state, 1_000)
    answered = await world.gateway.submit_evidence(
        inquiry.id, {"product_description": "A lesson"}, submit=True, key=unique("k")
    )
    assert answered.status == "warning_under_review"
    await world.act("escalate", inquiry.id)
    dispute = await world.gateway.dispute(inquiry.id)
    assert (dispute.status, dispute.submitted, moved(dispute)) == ("needs_response", False, [(-4_000, 1_500)])
    with pytest.raises(PaymentRefused):
        await refund(world, state, 100)
    assert (await world.act("escalate", inquiry.id)).status_code == 400
    types = [e.type for e in await world.gateway.events_since(0, limit=10**6) if e.object_id == inquiry.id]
    assert types == [
        "charge.dispute.created", "charge.dispute.updated", "charge.dispute.updated", "charge.dispute.funds_withdrawn",
    ]  # fmt: skip


async def test_a_full_refund_ends_an_inquiry(world: World) -> None:
    state, inquiry = await disputed(world, inquiry="yes")
    await refund(world, state, 4_999)
    assert (await world.gateway.dispute(inquiry.id)).status == "warning_needs_response"
    await refund(world, state, 1)
    assert (await world.gateway.dispute(inquiry.id)).status == "warning_closed"


@pytest.mark.parametrize(("how", "ends"), [({}, "lost"), ({"inquiry": "yes"}, "warning_closed")])
async def test_who_does_not_answer_in_time_has_answered(world: World, how: dict[str, str], ends: str) -> None:
    _, silent = await disputed(world, **how)
    _, answered = await disputed(world, **how)
    await world.gateway.submit_evidence(answered.id, {"customer_name": "Bea"}, submit=True, key=unique("k"))
    assert silent.due_by
    await world.advance(8 * DAY)
    assert (await world.gateway.dispute(silent.id)).status == ends
    assert (await world.gateway.dispute(answered.id)).status.endswith("under_review")


async def test_evidence_is_submitted_once(world: World) -> None:
    _, dispute = await disputed(world)
    staged = await world.gateway.submit_evidence(dispute.id, {"customer_name": "Bea"}, submit=False, key=unique("k"))
    assert (staged.submitted, staged.evidence) == (False, {"customer_name": "Bea"})
    key, more = unique("k"), {"receipt": await upload(world)}
    sent = await world.gateway.submit_evidence(dispute.id, more, submit=True, key=key)
    assert (sent.submitted, sent.evidence) == (True, staged.evidence | more)
    assert await world.gateway.submit_evidence(dispute.id, more, submit=True, key=key) == sent
    for submit in (True, False):
        with pytest.raises(PaymentRefused):
            await world.gateway.submit_evidence(dispute.id, {"customer_name": "B"}, submit=submit, key=unique("k"))


async def upload(world: World, content: bytes = PDF, name: str = "a.pdf", key: str = "") -> str:
    return await world.gateway.upload_evidence_file(name, content, key=key or unique("file"))


async def test_files_are_kept_and_shown_to_be_saved(world: World) -> None:
    content = PDF + bytes(range(256)) * 9
    key = unique("file")
    file = await upload(world, content, 'the "log".pdf', key)
    assert await upload(world, content, 'the "log".pdf', key) == file
    with pytest.raises(PaymentRefused):
        await upload(world, content + b"x", 'the "log".pdf', key)
    stored = (await world.api("GET", f"/v1/files/{file}")).json()
    assert (stored["size"], stored["type"], stored["purpose"]) == (len(content), "pdf", "dispute_evidence")
    shown = await world.browser.get(world.here(stored["url"]))
    assert shown.content == content
    assert shown.headers["content-disposition"].startswith("attachment")
    assert (await world.browser.get(f"{world.base}/stripe/pages/files/file_no")).status_code == 404


@pytest.mark.parametrize("content", [b"", b"<html>", b"GIF89a", PDF + b"x" * 5 * 1024 * 1024])
async def test_what_is_no_evidence_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(PaymentRefused):
        await upload(world, content)


async def test_evidence_that_is_too_long_or_names_no_file_is_refused(world: World) -> None:
    _, dispute = await disputed(world)
    for evidence in ({"access_activity_log": "x" * 150_001}, {"receipt": "file_nothing"}, {"receit": "file_1"}):
        with pytest.raises(PaymentRefused):
            await world.gateway.submit_evidence(dispute.id, evidence, submit=False, key=unique("k"))
    assert (await world.gateway.dispute(dispute.id)).evidence == {}
