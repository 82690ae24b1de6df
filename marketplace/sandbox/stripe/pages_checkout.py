"""Hosted Checkout: what a buyer sees. No JavaScript; a session row's lock makes a double submit harmless."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import checkout, due, payments
from marketplace.sandbox.stripe.amounts import money
from marketplace.sandbox.stripe.checkout import KIND
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.objects import load, save


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    pages = CheckoutPages(sandbox)
    return [
        Route("/checkout/{id}", pages.show, methods=["GET"]),
        Route("/checkout/{id}", pages.pay, methods=["POST"]),
        Route("/checkout/{id}/authenticate", pages.ask, methods=["GET"]),
        Route("/checkout/{id}/authenticate", pages.authenticate, methods=["POST"]),
        Route("/checkout/{id}/bank", pages.bank, methods=["GET"]),
        Route("/checkout/{id}/bank", pages.bank_answers, methods=["POST"]),
    ]


class CheckoutPages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def show(self, request: Request) -> Response:
        await due.settle(self._sandbox.store)
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request)
        return _closed(session) or _form(session, {"email": session.get("customer_email") or ""}, "")

    async def pay(self, request: Request) -> Response:
        await due.settle(self._sandbox.store)
        form = {key: str(value) for key, value in (await request.form()).items()}
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request, lock=True)
            if closed := _closed(session):
                return _success(session) if session and session["status"] == "complete" else closed
            if problem := _problem(form):
                return _form(session, form, problem, status=402)
            if form.get("method") == "bank":
                return await self._debit(tx, session, form)
            return await self._card(tx, session, form)

    async def _debit(self, tx: Tx, session: Row, form: dict[str, str]) -> Response:
        intent = await payments.start(tx, session, "us_bank_account")
        await payments.begin_debit(tx, intent, form["email"])
        await checkout.complete(tx, session, paid=False, email=form["email"], name=form["name"])
        await checkout.delay(tx, session)
        return RedirectResponse(self._url(session, "/bank"), 303)

    async def _card(self, tx: Tx, session: Row, form: dict[str, str]) -> Response:
        card = payments.CARDS[_digits(form["card"])]
        intent = await payments.start(tx, session, "card")
        session["_payer"] = {"email": form["email"], "name": form["name"]}
        await save(tx, KIND, session)
        if card.outcome == "declined":
            await payments.decline(tx, intent, card, form["email"])
            return _form(session, form, card.message, status=402)
        if card.outcome == "challenge":
            url = self._url(session, "/authenticate")
            await payments.challenge(tx, intent, url)
            return RedirectResponse(url, 303)
        return await self._succeed(tx, session, intent, disputed=card.outcome == "disputed")

    async def _succeed(self, tx: Tx, session: Row, intent: Row, *, disputed: bool = False) -> Response:
        payer = session["_payer"]
        await payments.succeed(tx, intent, payer["email"], disputed=disputed)
        await checkout.complete(tx, session, paid=True, **payer)
        return _success(session)

    async def ask(self, request: Request) -> Response:
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request)
            waiting = session is not None and await _waits(tx, session)
        if session is None or session["status"] != "open":
            return _closed(session) or _not_found()
        return _challenge_page(session) if waiting else RedirectResponse(self._url(session), 303)

    async def authenticate(self, request: Request) -> Response:
        passed = (await request.form()).get("result") == "complete"
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request, lock=True)
            if closed := _closed(session):
                return _success(session) if session and session["status"] == "complete" else closed
            if not await _waits(tx, session):
                return RedirectResponse(self._url(session), 303)
            intent = await load(tx, "payment_intent", session["payment_intent"], lock=True)
            if passed:
                return await self._succeed(tx, session, intent)
            await payments.decline(tx, intent, payments.AUTHENTICATION_FAILED, None)
            return _form(session, session["_payer"], payments.AUTHENTICATION_FAILED.message, status=402)

    async def bank(self, request: Request) -> Response:
        await due.settle(self._sandbox.store)
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request)
            intent = await _intent(tx, session)
        return _bank_page(session, intent) if session and intent else _not_found()

    async def bank_answers(self, request: Request) -> Response:
        paid = (await request.form()).get("result") == "paid"
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request, lock=True)
            if session is None:
                return _not_found()
            await checkout.bank_answers(tx, session["id"], paid=paid)
        return RedirectResponse(self._url(session, "/bank"), 303)

    def _url(self, session: Row, tail: str = "") -> str:
        return local(self._sandbox.url(f"/stripe/pages/checkout/{session['id']}{tail}"))


async def _session(tx: Tx, request: Request, *, lock: bool = False) -> Any:
    try:
        return await load(tx, KIND, request.path_params["id"], lock=lock)
    except ApiError:
        return None


async def _intent(tx: Tx, session: Row | None) -> Row | None:
    id = session and session.get("payment_intent")
    return await load(tx, "payment_intent", id) if id else None


async def _waits(tx: Tx, session: Row) -> bool:
    intent = await _intent(tx, session)
    return intent is not None and intent["status"] == "requires_action"


def _digits(card: str) -> str:
    return "".join(letter for letter in card if letter.isdigit())


def _problem(form: dict[str, str]) -> str:
    """What is wrong with the form, in the buyer's words; empty when it can be sent."""
    if "@" not in form.get("email", ""):
        return "Type an e-mail address."
    form.setdefault("name", "")
    if form.get("method") == "bank":
        return ""
    if _digits(form.get("card", "")) not in payments.CARDS:
        return "Your card number is invalid. Use one of the test cards below."
    if not _in_future(form.get("expiry", "")):
        return "Your card's expiry date is invalid or in the past."
    return "" if _digits(form.get("cvc", "")).__len__() in (3, 4) else "Your card's security code is incomplete."


def _in_future(expiry: str) -> bool:
    month, _, year = expiry.replace(" ", "").partition("/")
    if not (month.isdigit() and year.isdigit() and 1 <= int(month) <= 12):
        return False
    now = datetime.now(UTC)
    return (int(year) % 100 + 2000, int(month)) >= (now.year, now.month)


def _success(session: Row) -> Response:
    url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return RedirectResponse(url.replace("%7BCHECKOUT_SESSION_ID%7D", session["id"]), 303)


def _not_found() -> Response:
    return page(
        "Not found", "<h1>This page doesn't exist</h1><p>The link may be incomplete.</p>", narrow=True, status=404
    )


def _closed(session: Row | None) -> Response | None:
    """The page of a session that can't be paid any more; ``None`` while it is open."""
    if session is None:
        return _not_found()
    if session["status"] == "open":
        return None
    if session["status"] == "complete":
        link = _success(session).headers["location"]
        go = f'<p><a class="button" href="{e(link)}">Continue</a></p>'
        body = f'<h1>This order is complete</h1><p class="lede">You were charged once.</p>{go}'
        return page("Complete", body, narrow=True)
    back = _back(session, "Return to the shop")
    return page(
        "Expired",
        f'<h1>This page has expired</h1><p class="lede">Nothing was charged.</p>{back}',
        narrow=True,
        status=410,
    )


def _back(session: Row, words: str) -> str:
    url = session.get("cancel_url")
    return f'<p><a href="{e(url)}">{e(words)}</a></p>' if url else ""


def _form(session: Row, form: dict[str, str], problem: str, *, status: int = 200) -> Response:
    total = money(session["amount_total"], session["currency"])
    alert = f'<p class="error" role="alert" id="problem">{e(problem)}</p>' if problem else ""
    body = (
        f"{_back(session, '← Back')}<h1>Pay {e(total)}</h1>{_lines(session)}{alert}"
        f'<form method="post" class="card">{_fields(form)}'
        f'<p><button type="submit">Pay {e(total)}</button></p></form>{_hints()}'
    )
    return page("Checkout", body, narrow=True, status=status)


def _lines(session: Row) -> str:
    rows = "".join(
        f"<tr><td>{e(line['description'])}{_times(line)}</td>"
        f'<td style="text-align:right">{e(money(line["amount_total"], line["currency"]))}</td></tr>'
        for line in session["_lines"]
    )
    total = e(money(session["amount_total"], session["currency"]))
    head = '<caption class="muted" style="text-align:left">Your order</caption>'
    sum_ = f'<td style="text-align:right"><strong>{total}</strong></td>'
    foot = f'<tfoot><tr><th scope="row">Total</th>{sum_}</tr></tfoot>'
    return f'<div class="scroll"><table>{head}<tbody>{rows}</tbody>{foot}</table></div>'


def _times(line: Row) -> str:
    return f" × {line['quantity']}" if line["quantity"] != 1 else ""


def _fields(form: dict[str, str]) -> str:
    bank = form.get("method") == "bank"
    return (
        _field("email", "E-mail", form.get("email", ""), 'type="email" autocomplete="email" required')
        + '<fieldset class="card"><legend>Payment method</legend>'
        + _radio("card", "Card", not bank)
        + _radio("bank", "Bank debit (delayed)", bank)
        + "</fieldset>"
        + _field(
            "card", "Card number", form.get("card", "4242 4242 4242 4242"), 'inputmode="numeric" autocomplete="off"'
        )
        + _field("expiry", "Expiry (MM / YY)", form.get("expiry", "12 / 34"), 'inputmode="numeric" autocomplete="off"')
        + _field("cvc", "CVC", form.get("cvc", "123"), 'inputmode="numeric" autocomplete="off"')
        + _field("name", "Name on card", form.get("name", ""), 'autocomplete="name"')
    )


def _field(name: str, label: str, value: str, attributes: str) -> str:
    return f'<label for="{name}">{e(label)}</label><input id="{name}" name="{name}" value="{e(value)}" {attributes}>'


def _radio(value: str, label: str, checked: bool) -> str:
    mark = " checked" if checked else ""
    field = f'<input type="radio" id="method-{value}" name="method" value="{value}"{mark}>'
    return f'<label for="method-{value}">{field}{e(label)}</label>'


def _hints() -> str:
    rows = "".join(
        f'<tr><td style="white-space:nowrap"><code>{_spaced(number)}</code></td><td>{e(card.hint)}</td></tr>'
        for number, card in payments.CARDS.items()
    )
    table = f'<div class="scroll"><table><tbody>{rows}</tbody></table></div>'
    note = '<p class="muted">Any future date, any CVC.</p>'
    return f'<section class="card"><h2>Test cards</h2>{table}{note}</section>'


def _spaced(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _challenge_page(session: Row) -> Response:
    total = e(money(session["amount_total"], session["currency"]))
    body = (
        f'<h1>Confirm it\'s you</h1><p class="lede">The bank asks you to confirm the payment of {total}.</p>'
        '<form method="post" class="card row"><button name="result" value="complete">Complete authentication</button>'
        '<button class="quiet" name="result" value="fail">Fail authentication</button></form>'
    )
    return page("3-D Secure", body, narrow=True)


def _bank_page(session: Row, intent: Row) -> Response:
    link = e(_success(session).headers["location"])
    go = f'<p><a class="button" href="{link}">Continue to the shop</a></p>'
    if intent["status"] == "processing":
        body = (
            f'<h1>Your bank is on it</h1><p class="lede">The order is placed, the money is not here yet.</p>{go}'
            '<form method="post" class="card"><p class="muted">In the sandbox you decide:</p><p class="row">'
            '<button class="quiet" name="result" value="paid">Let the bank pay now</button>'
            '<button class="danger" name="result" value="failed">Let it fail</button></p></form>'
        )
    else:
        paid = intent["status"] == "succeeded"
        body = f"<h1>{'The bank has paid' if paid else 'The bank refused'}</h1>{go}"
    return page("Bank debit", body, narrow=True)
