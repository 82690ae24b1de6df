"""What the sandbox's index shows of Stripe, and the buttons that play bank, buyer and Stripe's reviewers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.origin import from_elsewhere
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import accounts, checkout, disputes, due, ledger, payouts, refunds
from marketplace.sandbox.stripe.currencies import money, step
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.objects import PLATFORM, load, render

_SHOWN = {
    "checkout.session": "Checkout Sessions", "charge": "Charges", "refund": "Refunds", "dispute": "Disputes", "file": "Files",
    "transfer": "Transfers", "account": "Connected accounts", "payout": "Payouts", "event": "Events",
    "v2.core.event": "Thin events",
}  # fmt: skip

Action = Callable[[Tx, str, dict[str, str]], Awaitable[object]]


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    async def act(request: Request) -> Response:
        return await _act(sandbox, request)

    return [Route("/actions/{name}", act, methods=["POST"])]


async def _act(sandbox: Sandbox, request: Request) -> Response:
    """Runs one action, then goes back to the index. What can't be done is said on a page of its own."""
    action = _ACTIONS.get(request.path_params["name"])
    form = {key: str(value) for key, value in (await request.form()).items()}
    try:
        if from_elsewhere(request, sandbox.settings):
            raise ApiError("Another site tried to change this sandbox.", status=403)
        if action is None:
            raise ApiError("There is no such action.", status=404)
        async with sandbox.store.tx() as tx:
            await action(tx, form.get("id", ""), form)
    except (ApiError, ValueError) as problem:
        back = f'<p><a class="button" href="{e(local(sandbox.url("/")))}">Back to the sandbox</a></p>'
        body = f'<h1>That can\'t be done</h1><p class="error" role="alert">{e(problem)}</p>{back}'
        return page("Not possible", body, narrow=True, status=getattr(problem, "status", 400))
    return RedirectResponse(f"{local(sandbox.url('/'))}#stripe", 303)


async def _open_dispute(tx: Tx, id: str, form: dict[str, str]) -> None:
    amount = int(form["amount"]) if form.get("amount") else None
    charge = await load(tx, "charge", id, lock=True)
    reason, inquiry = form.get("reason", "fraudulent"), bool(form.get("inquiry"))
    await disputes.open_dispute(tx, charge, reason, amount=amount, inquiry=inquiry)


async def _escalate(tx: Tx, id: str, _form: dict[str, str]) -> None:
    await disputes.escalate(tx, id)


async def _decide_dispute(tx: Tx, id: str, form: dict[str, str]) -> None:
    await disputes.decide(tx, id, won=form.get("result") == "won")


async def _refund(tx: Tx, id: str, form: dict[str, str]) -> None:
    charge = await load(tx, "charge", id, lock=True)
    await refunds.refund(tx, charge, int(form["amount"]) if form.get("amount") else None)


async def _fail_refund(tx: Tx, id: str, _form: dict[str, str]) -> None:
    await refunds.fail(tx, id)


async def _bank(tx: Tx, id: str, form: dict[str, str]) -> None:
    await checkout.bank_answers(tx, id, paid=form.get("result") == "paid")


async def _expire(tx: Tx, id: str, _form: dict[str, str]) -> None:
    session = await load(tx, checkout.KIND, id, lock=True)
    if session["status"] == "open":
        await checkout.close(tx, session)


async def _release(tx: Tx, id: str, _form: dict[str, str]) -> None:
    await ledger.release(tx, id or None)


async def _payout(tx: Tx, id: str, form: dict[str, str]) -> None:
    await payouts.finish(tx, id, "paid" if form.get("result") == "paid" else "failed")


async def _account(tx: Tx, id: str, form: dict[str, str]) -> None:
    await accounts.set_status(tx, id, form.get("status", ""))


_ACTIONS: dict[str, Action] = {
    "dispute": _open_dispute,
    "escalate": _escalate,
    "decide": _decide_dispute,
    "refund": _refund,
    "fail-refund": _fail_refund,
    "bank": _bank,
    "expire": _expire,
    "release": _release,
    "payout": _payout,
    "account": _account,
}


async def index_html(sandbox: Sandbox) -> str:
    """The fragment for the sandbox's index page."""
    await due.settle(sandbox.store)
    async with sandbox.store.tx() as tx:
        found = {kind: await tx.find("stripe", kind, limit=10) for kind in _SHOWN}
        shown = {kind: [render(row, tx) for row in rows] for kind, rows in found.items()}
        sums = await ledger.balances(tx, PLATFORM)
    tables = "".join(_section(sandbox, kind, rows) for kind, rows in shown.items())
    return f'<section id="stripe"><h2>Stripe</h2>{_balance(sandbox, sums)}{tables}</section>'


def _balance(sandbox: Sandbox, sums: dict[str, tuple[int, int]]) -> str:
    rows = "".join(
        f"<p><strong>{e(money(available, currency))}</strong> available, {e(money(pending, currency))} pending</p>"
        for currency, (available, pending) in sums.items()
    )
    button = _button(sandbox, "release", "Release pending funds", "")
    return f'<div class="card"><h3>Platform balance</h3>{rows or "<p>Empty.</p>"}{button}</div>'


def _section(sandbox: Sandbox, kind: str, rows: list[Row]) -> str:
    body = "".join(_line(sandbox, kind, row) for row in rows)
    head = "<tr><th>Object</th><th>Amount</th><th>State</th><th>Do</th></tr>"
    table = f'<div class="scroll"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'
    return f"<h3>{e(_SHOWN[kind])}</h3>{table if rows else '<p class=muted>None yet.</p>'}"


def _line(sandbox: Sandbox, kind: str, row: Row) -> str:
    amount = row.get("amount", row.get("amount_total"))
    shown = money(amount, row["currency"]) if amount is not None else ""
    whole = e(json.dumps(row, indent=2, sort_keys=True))
    return (
        f"<tr><td><details><summary><code>{e(row['id'])}</code></summary><pre>{whole}</pre></details></td>"
        f"<td>{e(shown)}</td><td>{e(_state(kind, row))}</td>"
        f'<td><div class="row">{_buttons(sandbox, kind, row)}</div></td></tr>'
    )


def _state(kind: str, row: Row) -> str:
    if kind in ("event", "v2.core.event"):
        return str(row["type"])
    if kind == "account":
        return accounts.transfers_status(row)
    if kind == "checkout.session":
        return f"{row['status']}, {row['payment_status']}"
    return str(row.get("status", "reversed" if row.get("reversed") else ""))


def _buttons(sandbox: Sandbox, kind: str, row: Row) -> str:
    return "".join(_button(sandbox, action, label, row["id"], **values) for action, label, values in _offers(kind, row))


def _offers(kind: str, row: Row) -> list[tuple[str, str, dict[str, str]]]:
    """Which actions make sense for an object in this state."""
    match kind, row:
        case "checkout.session", {"status": "open"}:
            return [("expire", "Expire", {})]
        case "checkout.session", {"status": "complete", "payment_status": "unpaid"}:
            return [("bank", "Let the bank pay", {"result": "paid"}), ("bank", "Let it fail", {"result": "failed"})]
        case "charge", {"paid": True, "refunded": False, "disputed": False, "amount": amount, "currency": currency}:
            half = amount // 2 // step(currency) * step(currency) or amount
            return [
                ("refund", "Refund", {}),
                ("dispute", "Dispute", {"reason": "fraudulent"}),
                ("dispute", "Dispute half", {"reason": "product_unacceptable", "amount": str(half)}),
                ("dispute", "Inquire", {"reason": "unrecognized", "inquiry": "yes"}),
            ]
        case "refund", {"status": "succeeded"}:
            return [("fail-refund", "Let it fail", {})]
        case "dispute", {"status": "needs_response" | "under_review"}:
            return [("decide", "Won", {"result": "won"}), ("decide", "Lost", {"result": "lost"})]
        case "dispute", {"status": "warning_needs_response" | "warning_under_review"}:
            return [("escalate", "Escalate", {}), ("decide", "Close", {"result": "lost"})]
        case "payout", {"status": "pending"}:
            return [("payout", "Paid", {"result": "paid"}), ("payout", "Failed", {"result": "failed"})]
        case "account", {"closed": False}:
            return [("account", name.capitalize(), {"status": name}) for name in ("active", "restricted", "rejected")]
    return []


def _button(sandbox: Sandbox, action: str, label: str, id: str, **values: str) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{e(name)}" value="{e(value)}">' for name, value in {"id": id, **values}.items()
    )
    url = e(local(sandbox.url(f"/stripe/pages/actions/{action}")))
    name = f"{label} {id}".strip()
    button = f'<button class="quiet" aria-label="{e(name)}">{e(label)}</button>'
    return f'<form method="post" action="{url}">{hidden}{button}</form>'
