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
from marketplace.sandbox.stripe import checkout, due, payments, tax
from marketplace.sandbox.stripe.checkout import KIND
from marketplace.sandbox.stripe.currencies import MAXIMUM_CHARGE, money
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.objects import load, save
from marketplace.sandbox.stripe.pages_checkout_parts import address, fields, hints, lines


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
        return _closed(session) or _form(session, {"email": session["customer_email"] or "", **_known(session)}, "")

    async def pay(self, request: Request) -> Response:
        await due.settle(self._sandbox.store)
        form = {key: str(value) for key, value in (await request.form()).items()}
        async with self._sandbox.store.tx() as tx:
            session = await _session(tx, request, lock=True)
            if closed := _closed(session):
                return _success(session) if session and session["status"] == "complete" else closed
            if answer := await _locate(tx, session, form):
                return answer
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
            return _form(
                session, session["_payer"] | _known(session), payments.AUTHENTICATION_FAILED.message, status=402
            )

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


async def _locate(tx: Tx, session: Row, form: dict[str, str]) -> Response | None:
    """Computes tax for where the buyer says to be. Nobody pays a total that the page didn't show: when it has
    changed, the page comes again. ``None``: go on and pay."""
    if not session["automatic_tax"]["enabled"]:
        return None
    place = tax.Place.of(form)
    if problem := tax.problem(place):
        return _form(session, form, problem, status=402)
    tax.apply(session, place)
    await save(tx, KIND, session)
    if session["amount_total"] > MAXIMUM_CHARGE:
        return _form(session, form, "With tax, this is more than can be paid at once.", status=402)
    if form.get("action") == "update":
        return _form(session, form, "", notice="The total is up to date.")
    if form.get("total", str(session["amount_total"])) != str(session["amount_total"]):
        return _form(session, form, "", notice="The total changed with your country's tax. Check it, then pay.")
    return None


def _known(session: Row) -> dict[str, str]:
    """The address that was typed before."""
    return dict(session.get("_place") or {})


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


def _form(session: Row, form: dict[str, str], problem: str, *, notice: str = "", status: int = 200) -> Response:
    total = money(session["amount_total"], session["currency"])
    alert = f'<p class="error" role="alert" id="problem">{e(problem)}</p>' if problem else ""
    alert += f'<p role="status">{e(notice)}</p>' if notice else ""
    body = (
        f"{_back(session, '← Back')}<h1>Pay {e(total)}</h1>{lines(session)}{alert}"
        f'<form method="post" class="card">{address(session, form)}{fields(form)}'
        f'<p><button type="submit">Pay {e(total)}</button></p></form>{hints()}'
    )
    return page("Checkout", body, narrow=True, status=status)


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
