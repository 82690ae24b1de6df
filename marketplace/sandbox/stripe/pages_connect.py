"""Connect onboarding and the Express-like dashboard of a connected account."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import accounts, due, ledger, payouts
from marketplace.sandbox.stripe.currencies import money
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.objects import load

_OUTCOMES = {"active": "Everything verified", "restricted": "More information needed", "rejected": "Rejected"}
_LOGIN_SECONDS = 3600


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    pages = ConnectPages(sandbox)
    return [
        Route("/onboarding/{id}", pages.onboarding, methods=["GET"]),
        Route("/onboarding/{id}", pages.onboarded, methods=["POST"]),
        Route("/dashboard/{token}", pages.dashboard, methods=["GET"]),
        Route("/dashboard/{token}", pages.pay_out, methods=["POST"]),
    ]


class ConnectPages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def onboarding(self, request: Request) -> Response:
        async with self._sandbox.store.tx() as tx:
            link = await accounts.link_if_valid(tx, request.path_params["id"])
            if link is None:
                return await _refresh(tx, request.path_params["id"])
            account = await load(tx, "account", link["account"])
        return _onboarding_page(account)

    async def onboarded(self, request: Request) -> Response:
        outcome = str((await request.form()).get("outcome", ""))
        id = request.path_params["id"]
        if outcome not in _OUTCOMES:
            return RedirectResponse(local(self._sandbox.url(f"/stripe/pages/onboarding/{id}")), 303)
        async with self._sandbox.store.tx() as tx:
            try:
                return RedirectResponse(await accounts.finish_link(tx, id, outcome), 303)
            except ApiError:
                return await _refresh(tx, id)

    async def dashboard(self, request: Request) -> Response:
        await due.settle(self._sandbox.store)
        async with self._sandbox.store.tx() as tx:
            login = await _login(tx, request)
            return await _dashboard_page(tx, login["account"]) if login else _expired()

    async def pay_out(self, request: Request) -> Response:
        async with self._sandbox.store.tx() as tx:
            login = await _login(tx, request)
            if login is None:
                return _expired()
            await payouts.pay_out_everything(tx, login["account"])
        return RedirectResponse(request.url.path, 303)


async def _refresh(tx: Tx, id: str) -> Response:
    """A used or expired link sends the person back to ask for a new one."""
    row = await tx.get("stripe", "account_link", id)
    if row is None:
        return page("Not found", "<h1>This link doesn't exist</h1>", narrow=True, status=404)
    return RedirectResponse(row["_urls"]["refresh_url"], 303)


async def _login(tx: Tx, request: Request) -> Row | None:
    row = await tx.get("stripe", "login_link", request.path_params["token"])
    return row if row and row["at"] + _LOGIN_SECONDS > tx.timestamp() else None


def _expired() -> Response:
    body = "<h1>This login link has expired</h1><p>Open the dashboard again from the shop.</p>"
    return page("Expired", body, narrow=True, status=410)


def _onboarding_page(account: Row) -> Response:
    name = account.get("display_name") or "Alex Sample"
    body = (
        '<h1>Get paid</h1><p class="lede">Tell us who you are and where to send your money.</p>'
        f'<form method="post" class="card">{_business()}'
        f'<label for="name">Legal name</label><input id="name" name="name" value="{e(name)}" required>'
        '<label for="dob">Date of birth</label><input id="dob" name="dob" type="date" value="1990-01-01" required>'
        '<label for="bank">Bank account</label><input id="bank" name="bank" value="000123456789" required>'
        f"{_outcome_field()}<p><button>Submit</button></p></form>"
    )
    return page("Onboarding", body, narrow=True)


def _business() -> str:
    return (
        '<label for="type">Business type</label><select id="type" name="type">'
        '<option value="individual">Individual</option><option value="company">Company</option></select>'
    )


def _outcome_field() -> str:
    options = "".join(
        f'<label for="outcome-{value}"><input type="radio" id="outcome-{value}" name="outcome" value="{value}"'
        f"{' checked' if value == 'active' else ''}>{e(label)}</label>"
        for value, label in _OUTCOMES.items()
    )
    return f'<fieldset class="card"><legend>Outcome of the review (sandbox)</legend>{options}</fieldset>'


async def _dashboard_page(tx: Tx, id: str) -> Response:
    account = await load(tx, "account", id)
    sums = await ledger.balances(tx, id)
    made = await tx.find("stripe", "payout", {"_account": id}, limit=20)
    got = await tx.find("stripe", "transfer", {"destination": id}, limit=20)
    body = (
        f"<h1>{e(account.get('display_name') or id)}</h1>"
        f'<p class="lede">Transfers: {e(accounts.transfers_status(account))}</p>{_balance_card(sums)}'
        f"<h2>Payouts</h2>{_table(made, 'arrival_date')}<h2>Transfers</h2>{_table(got, 'created')}"
    )
    return page("Dashboard", body)


def _balance_card(sums: dict[str, tuple[int, int]]) -> str:
    rows = "".join(
        f"<p><span class='amount'>{e(money(available, currency))}</span> available"
        f'<br><span class="muted">{e(money(pending, currency))} on the way</span></p>'
        for currency, (available, pending) in sums.items()
    )
    ready = any(available > 0 for available, _ in sums.values())
    button = '<form method="post"><button>Pay out now</button></form>' if ready else ""
    return f'<div class="card">{rows or "<p>Nothing earned yet.</p>"}{button}</div>'


def _table(rows: list[Row], when: str) -> str:
    if not rows:
        return '<p class="muted">None yet.</p>'
    lines = "".join(
        f"<tr><td><code>{e(row['id'])}</code></td><td>{e(money(row['amount'], row['currency']))}</td>"
        f"<td>{e(_state(row))}</td><td>{datetime.fromtimestamp(row[when], UTC):%Y-%m-%d %H:%M}</td></tr>"
        for row in rows
    )
    head = "<tr><th>Id</th><th>Amount</th><th>Status</th><th>Date</th></tr>"
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{lines}</tbody></table></div>'


def _state(row: Row) -> str:
    """Transfers have no status of their own."""
    return str(row.get("status") or ("reversed" if row.get("reversed") else "received"))
