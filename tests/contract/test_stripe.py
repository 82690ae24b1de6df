"""The gateway against the stand-in, with every request and answer held against the SDK's own annotations."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import stripe
from stripe_help import Receiver, World, request_for, unique
from stripe_schema import ContractWatcher, check_request, check_response, operations

from marketplace.domain.disputes.ports import EVIDENCE_FILES, EVIDENCE_TEXTS
from marketplace.domain.inbox.errors import BadSignature
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.errors import Unavailable
from marketplace.gateways.stripe import StripeGateway
from marketplace.gateways.stripe_events import CONNECT_EVENTS, PLATFORM_EVENTS
from marketplace.settings import Settings
from marketplace.state.payment_account import COMPONENTS

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def watcher() -> ContractWatcher:
    return ContractWatcher()


@pytest.fixture
async def world(sandbox_server: Any, watcher: ContractWatcher) -> AsyncIterator[World]:
    receiver = Receiver()
    sandbox_server.wrap(lambda app: watcher(receiver(app)))
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()
    sandbox_server.wrap(lambda app: app)


@pytest.fixture
def client(sandbox_server: Any) -> stripe.StripeClient:
    base = sandbox_server.settings.sandbox_internal_url + "/stripe"
    addresses: Any = dict.fromkeys(("api", "files", "connect", "meter_events"), base)
    return stripe.StripeClient("sk_test_x", http_client=stripe.HTTPXClient(), base_addresses=addresses)


async def test_buying_paying_out_and_refunding(world: World, watcher: ContractWatcher) -> None:
    gateway = world.gateway
    account = await world.creator()
    state = await world.bought(10_000)
    assert (state.status, state.payment_status, state.amount_minor) == ("complete", "paid", 10_000)
    assert state.fee_minor == 320
    transfer = await world.transferred(state, account, 9_000)
    refund = await gateway.create_refund(
        payment_intent_id=state.payment_intent_id or "", amount_minor=4_000, refund_id="r-1", key=unique("refund")
    )
    back = await gateway.reverse_transfer(transfer, amount_minor=3_600, key=unique("reversal"))
    assert (refund.status, refund.refund_id, back.reversed_minor) == ("succeeded", "r-1", 3_600)
    assert await gateway.refund(refund.id) == refund
    assert await gateway.refunds_of(state.payment_intent_id or "") == [refund]
    charge = await gateway.charge(state.charge_id or "")
    assert (charge.refunded_minor, charge.disputed, charge.paid) == (4_000, False, True)
    balance = await gateway.balance(account)
    assert (balance.available, balance.pending) == ({"usd": 0}, {"usd": 5_400})
    watcher.assert_clean()


async def test_a_large_order_with_tax(world: World, watcher: ContractWatcher) -> None:
    page = await world.open_page(*range(1_000, 1_012), currency="eur", tax="exclusive")
    await world.gateway.checkout(page.id)
    await world.pay(page, country="DE", postal_code="10115", tax_id="DE123456789")
    state = await world.gateway.checkout(page.id)
    assert (len(state.lines), state.tax_minor, state.buyer_tax_id) == (12, 0, "DE123456789")
    assert sum(line.amount_minor for line in state.lines) == state.amount_minor
    page = await world.open_page(currency="jpy", tax="inclusive")
    await world.pay(page, country="JP")
    assert (await world.gateway.checkout(page.id)).tax_minor == 227
    assert "get /v1/checkout/sessions/{session}/line_items" in watcher.seen
    watcher.assert_clean()


async def test_answering_disputes(world: World, watcher: ContractWatcher) -> None:
    gateway, since = world.gateway, int(time.time()) - 1
    states = [await world.bought(5_000) for _ in range(3)]
    for state, more in zip(states, ({}, {"amount": "2000"}, {"inquiry": "yes"}), strict=True):
        await world.act("dispute", state.charge_id or "", reason="product_not_received", **more)
    found = [d for d in await gateway.disputes_since(since) if d.charge_id in {state.charge_id for state in states}]
    assert [(d.status, d.amount_minor) for d in found] == [
        ("needs_response", 5_000), ("needs_response", 2_000), ("warning_needs_response", 5_000),
    ]  # fmt: skip
    file = await gateway.upload_evidence_file("log of access.pdf", b"%PDF-1.4 \r\n--x", key=unique("file"))
    texts = dict.fromkeys(EVIDENCE_TEXTS, "It was watched to its end.") | {"service_date": ""}
    files = dict.fromkeys(EVIDENCE_FILES, file)
    staged = await gateway.submit_evidence(found[0].id, texts | files, submit=False, key=unique("stage"))
    assert (staged.status, staged.submitted, staged.evidence["receipt"]) == ("needs_response", False, file)
    sent = await gateway.submit_evidence(found[0].id, {}, submit=True, key=unique("send"))
    assert (sent.status, sent.submitted) == ("under_review", True)
    assert (await gateway.accept(found[1].id, key=unique("accept"))).status == "lost"
    assert await gateway.dispute(found[0].id) == sent
    with pytest.raises(PaymentRefused, match="is closed"):
        await gateway.accept(found[1].id, key=unique("accept"))
    with pytest.raises(PaymentRefused):
        await gateway.upload_evidence_file("notes.txt", b"plain", key=unique("file"))
    assert {"post /v1/files", "post /v1/disputes/{dispute}/close"} <= watcher.seen
    watcher.assert_clean()


async def test_accounts_and_payouts(world: World, watcher: ContractWatcher) -> None:
    gateway = world.gateway
    account = await world.creator("restricted")
    state = await gateway.account(account)
    assert (state.transfers, state.country, state.closed) == ("restricted", "US", False)
    assert state.status_reasons == ("requirements_past_due",)
    assert [need.deadline for need in state.requirements] == ["past_due"]
    assert "sharper" in state.requirements[0].reason
    await world.act("account", account, status="active")
    assert (await gateway.account(account)).transfers == "active"
    await world.transferred(await world.bought(), account, 2_000)
    await world.act("release", account)
    url = world.here(await gateway.dashboard_url(account))
    assert "20.00 USD" in (await world.browser.get(url)).text
    assert (await world.browser.post(url)).status_code == 303
    (payout,) = await gateway.payouts(account)
    assert (payout.amount_minor, payout.status) == (2_000, "pending")
    assert await gateway.payout(account, payout.id) == payout
    assert (await gateway.balance(account)).available == {"usd": 0}
    await gateway.balance(None)
    watcher.assert_clean()


async def test_schedules_payouts_and_what_moved(world: World, watcher: ContractWatcher) -> None:
    gateway, account, since = world.gateway, await world.creator(), int(time.time()) - 1
    state = await world.bought(10_000)
    transfer = await world.transferred(state, account, 9_000)
    for _ in range(12):
        await gateway.reverse_transfer(transfer, amount_minor=10, key=unique("back"))
    daily = await gateway.payout_settings(account)
    assert (daily.interval, daily.minimum, daily.enabled, daily.delay_days) == ("daily", {}, True, 2)
    weekly = await gateway.set_payout_settings(
        account, interval="weekly", weekly_days=("tuesday", "friday"), minimum={"usd": 500, "jpy": 90}, key=unique("s")
    )
    assert (weekly.weekly_days, weekly.monthly_days) == (("tuesday", "friday"), ())
    monthly = await gateway.set_payout_settings(
        account, interval="monthly", monthly_days=(1, 31), minimum={"jpy": 0}, key=unique("s")
    )
    assert (monthly.weekly_days, monthly.monthly_days, monthly.minimum) == ((), (1, 31), {"usd": 500})
    manual = await gateway.set_payout_settings(account, interval="manual", minimum={}, key=unique("s"))
    assert (manual.interval, manual.monthly_days, manual.minimum) == ("manual", (), {})
    assert await gateway.payout_settings(account) == manual
    await world.act("release", account)
    key = unique("payout")
    payout = await gateway.create_payout(account, amount_minor=1_000, currency="usd", key=key)
    assert await gateway.create_payout(account, amount_minor=1_000, currency="usd", key=key) == payout
    assert (payout.automatic, payout.method, payout.trace_id) == (False, "standard", None)
    assert await gateway.payouts(account, since=since) == [payout]
    assert await gateway.payouts(account, since=payout.created + 1) == []
    entries = await gateway.balance_entries(account, since=since)
    assert [entry.type for entry in entries] == ["payment", *["payment_refund"] * 12, "payout"]
    assert (entries[-1].source_id, entries[-1].net_minor) == (payout.id, -1_000)
    (charge,) = [e for e in await gateway.balance_entries(None, since=since) if e.source_id == state.charge_id]
    assert (charge.type, charge.amount_minor, charge.fee_minor, charge.net_minor) == ("charge", 10_000, 320, 9_680)
    (sent,) = await gateway.transfers_of(account, since=since)
    assert (sent.id, sent.charge_id, sent.group, sent.reversed_minor) == (
        transfer,
        state.charge_id,
        state.order_id,
        120,
    )
    assert [made.amount_minor for made in sent.reversals] == [10] * 12
    assert sent in await gateway.transfers_of(None, since=since)
    assert (await gateway.account_session(account, ("payouts", "balances"))).startswith("accs_secret_")
    first = await gateway.account_session(account, COMPONENTS)
    assert first != await gateway.account_session(account, COMPONENTS), "each opens one view"
    assert "post /v1/account_sessions" in watcher.seen
    with pytest.raises(PaymentRefused):
        await gateway.account_session("acct_nobody", COMPONENTS)
    watcher.assert_clean()


async def test_a_rejected_account_reads_as_restricted_with_its_reason(world: World) -> None:
    state = await world.gateway.account(await world.creator("rejected"))
    assert (state.transfers, state.status_reasons) == ("restricted", ("rejected_other",))


async def test_pages_are_closed_when_asked_and_again(world: World, watcher: ContractWatcher) -> None:
    page = await world.open_page()
    await world.gateway.expire_checkout(page.id)
    await world.gateway.expire_checkout(page.id)
    state = await world.gateway.checkout(page.id)
    assert (state.status, state.url, state.charge_id, state.fee_minor) == ("expired", None, None, None)
    watcher.assert_clean()


async def test_events_are_listed_oldest_first_with_ids_only(world: World, watcher: ContractWatcher) -> None:
    since = int(time.time()) - 1
    account = await world.creator()
    state = await world.bought()
    await world.transferred(state, account, 1_000)
    events = await world.gateway.events_since(since, limit=5_000)
    assert [event.created for event in events] == sorted(event.created for event in events)
    completed = next(e for e in events if e.object_id == state.id and e.type == "checkout.session.completed")
    assert completed.payload["metadata"] == {"order_id": state.order_id}
    assert "buyer@example.com" not in repr(completed)
    assert {e.source for e in events} == {"stripe", "stripe-thin"}
    capability = "v2.core.account[configuration.recipient].capability_status_updated"
    assert any(e.type == capability and e.object_id == account for e in events)
    (update,) = await world.gateway.events_since(since, account_id=account)
    assert (update.source, update.type, update.account_id) == ("stripe-connect", "account.updated", account)
    watcher.assert_clean()


async def test_lists_page_through_everything(
    world: World, client: stripe.StripeClient, watcher: ContractWatcher
) -> None:
    made = [(await world.open_page()).id for _ in range(5)]
    newest = await client.v1.checkout.sessions.list_async({"limit": 2})
    assert [session.id for session in newest.data] == [made[4], made[3]]
    assert newest.has_more
    older = await client.v1.checkout.sessions.list_async({"limit": 3, "starting_after": made[3]})
    assert [session.id for session in older.data] == made[2::-1]
    newer = await client.v1.checkout.sessions.list_async({"limit": 2, "ending_before": made[2]})
    assert [session.id for session in newer.data] == [made[4], made[3]]
    thin = await client.v2.core.events.list_async({"limit": 1})
    assert (await client.v2.core.events.retrieve_async(thin.data[0].id)).id == thin.data[0].id
    watcher.assert_clean()


async def test_the_rest_of_the_api(world: World, client: stripe.StripeClient, watcher: ContractWatcher) -> None:
    account = await world.creator()
    state = await world.bought(card="4000 0000 0000 0259")
    transfer = await world.transferred(state, account, 500)
    v1, own = client.v1, {"stripe_account": account}
    await v1.customers.create_async({"email": "a@example.com"})
    product = await v1.products.create_async({"name": "Kiln"})
    price = await v1.prices.create_async({"currency": "usd", "unit_amount": 500, "product": product.id})
    await v1.prices.retrieve_async(price.id, {"expand": ["product"]})
    await v1.account_sessions.create_async({"account": account, "components": {"payouts": {"enabled": True}}})
    schedule: Any = {"payments": {"payouts": {"schedule": {"interval": "manual"}}}}
    settings = await v1.balance_settings.update_async(schedule, own)
    assert settings.payments.payouts.schedule.interval == "manual"
    await v1.balance_settings.retrieve_async({}, own)
    await world.act("release", account)
    payout = await v1.payouts.create_async({"amount": 200, "currency": "usd"}, own)
    await v1.payouts.cancel_async(payout.id, {}, own)
    await v1.balance_transactions.list_async({"limit": 5}, own)
    lines = await v1.checkout.sessions.retrieve_async(state.id, {"expand": ["line_items"]})
    assert lines.line_items.data[0].description == "Fire & glaze"
    await v1.checkout.sessions.line_items.list_async(state.id)
    await v1.payment_intents.list_async({"limit": 1})
    await v1.charges.list_async({"limit": 1})
    (dispute,) = (await v1.disputes.list_async({"charge": state.charge_id})).data
    evidence: Any = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    assert (await v1.disputes.update_async(dispute.id, evidence)).status == "won"
    refund = await v1.refunds.create_async({"charge": state.charge_id, "amount": 100})
    assert (await v1.refunds.update_async(refund.id, {"metadata": {"a": "b"}})).metadata["a"] == "b"
    reversal = await v1.transfers.reversals.create_async(transfer, {"amount": 100})
    await v1.transfers.reversals.retrieve_async(transfer, reversal.id, {"expand": ["balance_transaction"]})
    assert (await v1.transfers.retrieve_async(transfer)).amount_reversed == 100
    await v1.transfers.list_async({"transfer_group": state.order_id})
    await client.v2.core.accounts.update_async(account, {"display_name": "New", "include": ["identity"]})
    bare = await client.v2.core.accounts.retrieve_async(account)
    assert (bare.configuration, bare.requirements, bare.identity) == (None, None, None)
    event = (await v1.events.list_async({"limit": 1})).data[0]
    await v1.events.retrieve_async(event.id)
    await client.v2.core.accounts.close_async(account, {"applied_configurations": ["recipient"]})
    watcher.assert_clean()
    assert len(watcher.seen) > 25


GOOD: dict[str, Any] = {
    "mode": "payment",
    "ui_mode": "hosted_page",
    "success_url": "https://example.com",
    "line_items[0][quantity]": 1,
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": 500,
    "line_items[0][price_data][product_data][name]": "A",
}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sucess_url": "https://example.com"}, "sucess_url"),
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"line_items[0][price_data][product_data][nmae]": "A"}, "nmae"),
        ({"line_items[0][price_data][unit_amount]": "five"}, "five"),
        ({"idempotency_key": "k"}, "idempotency_key"),
    ],
)
def test_the_contract_notices(change: dict[str, Any], word: str) -> None:
    assert check_request("POST", SESSIONS, "", urlencode(GOOD).encode()) == []
    (violation,) = check_request("POST", SESSIONS, "", urlencode(GOOD | change).encode())
    assert word in violation


def test_the_contract_notices_in_bodies_of_parts() -> None:
    def body(**fields: str) -> bytes:
        parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF\xff\r\n--b--\r\n'
        return "".join([*parts, file]).encode()

    assert check_request("POST", "/v1/files", "", body(purpose="dispute_evidence")) == []
    for wrong in ({"purpose": "fun"}, {"porpoise": "dispute_evidence", "purpose": "dispute_evidence"}, {}):
        assert len(check_request("POST", "/v1/files", "", body(**wrong))) == 1


def test_the_contract_notices_in_v2_bodies_and_answers() -> None:
    body = {"include": ["configuration.recipient"], "dashboard": "express", "contact_emial": "a@example.com"}
    (violation,) = check_request("POST", "/v2/core/accounts", "", json.dumps(body).encode())
    assert "contact_emial" in violation
    assert check_request("GET", "/v2/core/accounts/acct_1", "include[0]=requirement", b"")
    login = {"object": "login_link", "created": "today", "url": "https://example.com"}
    (wrong,) = check_response("POST", "/v1/accounts/acct_1/login_links", 200, json.dumps(login).encode())
    assert "created" in wrong
    assert check_request("GET", "/v1/nothing", "", b"")


def test_the_sdk_has_the_operations_and_events_we_rely_on() -> None:
    known = {(op.verb, op.path) for op in operations()}
    assert ("post", "/v1/transfers/{id}/reversals") in known
    assert ("get", "/v2/core/events") in known
    from stripe.params._webhook_endpoint_create_params import WebhookEndpointCreateParams

    text = str(WebhookEndpointCreateParams.__annotations__["enabled_events"])
    assert [name for name in (*PLATFORM_EVENTS, *CONNECT_EVENTS) if f"'{name}'" not in text] == []


async def test_a_misspelt_parameter_is_refused_by_the_stand_in_too(client: stripe.StripeClient, world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.refunds.create_async({"charge": "ch_1", "ammount": 5})  # type: ignore[typeddict-unknown-key]
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "ammount")


@pytest.mark.parametrize("knobs", [{"fail_next": 3}, {"limit_next": 3}])
async def test_an_absent_provider_is_unavailable(world: World, knobs: dict[str, int]) -> None:
    await world.knobs(**knobs)
    with pytest.raises(Unavailable):
        await world.gateway.balance(None)


async def test_a_short_absence_is_bridged_by_retries_without_a_second_effect(world: World) -> None:
    await world.knobs(fail_next=1)
    page = await world.gateway.create_checkout(request_for(), key=(key := unique("k")))
    assert page.url
    with pytest.raises(PaymentRefused):
        await world.gateway.create_checkout(request_for(9_999), key=key)


async def test_nobody_listening_is_unavailable() -> None:
    settings = Settings(_env_file=None, marketplace_env="test", port=9)
    with pytest.raises(Unavailable):
        await StripeGateway(settings).balance(None)


async def test_a_refusal_has_words_for_people(world: World) -> None:
    page = request_for(10)
    with pytest.raises(PaymentRefused, match="below the minimum"):
        await world.gateway.create_checkout(page, key=unique("k"))
    with pytest.raises(PaymentRefused) as caught:
        await world.gateway.charge("ch_nothing")
    assert "ch_nothing" not in caught.value.text


def test_signatures(sandbox_server: Any) -> None:
    settings: Settings = sandbox_server.settings
    gateway = StripeGateway(settings)
    about = {"id": "cs_1", "object": "checkout.session", "metadata": {"order_id": "o", "card": "x"}}
    event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": 1, "livemode": False}
    body = json.dumps(event | {"data": {"object": about}}).encode()
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), settings.stripe_webhook_secret)
    found = gateway.verify("stripe", body, {"Stripe-Signature": header})
    assert (found.id, found.object_id, found.payload["metadata"]) == ("evt_1", "cs_1", {"order_id": "o"})
    old = stripe.WebhookSignature.generate_signature_header(body.decode(), settings.stripe_webhook_secret, 1_000)
    for source, sent, signature in (
        ("stripe-connect", body, header),
        ("stripe", body + b" ", header),
        ("stripe", body, old),
        ("stripe", body, ""),
        ("vimeo", body, header),
    ):
        with pytest.raises(BadSignature):
            gateway.verify(source, sent, {"stripe-signature": signature})


def test_signed_nonsense_is_a_bad_signature(sandbox_server: Any) -> None:
    settings: Settings = sandbox_server.settings
    secrets = {"stripe": settings.stripe_webhook_secret, "stripe-thin": settings.stripe_thin_webhook_secret}
    for source, secret in secrets.items():
        for body in (b"[]", b"nonsense", b"{}", b'{"id": "evt_1", "object": "event"}', b"\xff"):
            text = body.decode(errors="replace")
            header = stripe.WebhookSignature.generate_signature_header(text, secret)
            with pytest.raises(BadSignature):
                StripeGateway(settings).verify(source, body, {"Stripe-Signature": header})


def test_an_endpoint_without_secret_is_disabled() -> None:
    gateway = StripeGateway(Settings(_env_file=None, stripe_secret_key="sk_test_x", stripe_webhook_secret="whsec_x"))
    assert [gateway.enabled(source) for source in ("stripe", "stripe-connect", "vimeo")] == [True, False, False]


async def test_an_unknown_key_is_turned_away(world: World) -> None:
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(f"{world.base}/stripe/v1/balance", headers={"authorization": "Bearer pk_test"})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
