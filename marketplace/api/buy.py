"""Buying by a plain form: for pages that have no live connection yet, or never will (JavaScript is off)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.api.arrivals import remember
from marketplace.api.http import came_from_here, redirect, small_form
from marketplace.checkout import put_into_cart, start_purchase
from marketplace.cookies import ORIGIN, SESSION, VIA, via_code
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.orders.errors import AlreadyOwned
from marketplace.domain.orders.origin import arrived, unpack
from marketplace.errors import MarketplaceError
from marketplace.present import open_path
from marketplace.quotes import PASSING, product_link, typed_code
from marketplace.waiting import wants_letters


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form says; ``lesson`` is where it stood, with the code that was applied."""

    slug: str
    lesson: str
    amount: str | None
    code: str
    letters: bool


async def _filled(request: Request) -> Filled:
    form, slug = await small_form(request), request.path_params["slug"]
    code = typed_code(str(form.get("code", "")))
    return Filled(
        slug,
        product_link(quote(slug, safe=""), code),
        str(form["amount"])[:40] if "amount" in form else None,
        code,
        form.get("letters") == "1",
    )


async def buy(request: Request) -> Response:
    """To the payment page, the library, or signing in; with a problem back to the lesson, which explains it."""
    if not came_from_here(request):
        return redirect(product_link(quote(request.path_params["slug"], safe="")))
    form = await _filled(request)
    async with transaction() as session:
        known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
    origin = unpack(request.cookies.get(ORIGIN, "")) or arrived(request.query_params, "", ())
    if known is None:
        answer = redirect(f"/login?next={quote(form.lesson)}")
        if origin:  # a card on another site: they come back from signing in without its address
            remember(answer, origin)
        return answer
    try:
        async with transaction() as session:
            await accounts.limit(session, f"buy:{known[0].account_id}", most=20, seconds=60)
        via = via_code(request.cookies.get(VIA, ""))
        target = await start_purchase(known[0], form.slug, form.amount, code=form.code, via=via, origin=origin)
        if form.letters:
            await wants_letters(known[0], form.slug)
        return redirect(target)
    except AlreadyOwned:
        async with transaction() as session:
            listing = await browse.found(session, form.slug)
        return redirect(open_path(listing.product) if listing else form.lesson)
    except MarketplaceError as error:
        return redirect(_refused(form, error))


def _refused(form: Filled, error: MarketplaceError) -> str:
    """The address of the product, whose page explains it."""
    passing = error.kind if isinstance(error, PASSING) else ""
    return product_link(quote(form.slug, safe=""), form.code, passing)


async def add_to_cart(request: Request) -> Response:
    """Into the basket, at the price as it is now; with a problem back to the lesson."""
    if not came_from_here(request):
        return redirect(product_link(quote(request.path_params["slug"], safe="")))
    form = await _filled(request)
    async with transaction() as session:
        known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
    if known is None:
        return redirect(f"/login?next={quote(form.lesson)}")
    try:
        async with transaction() as session:
            await accounts.limit(session, f"cart:{known[0].account_id}", most=30, seconds=60)
        via = via_code(request.cookies.get(VIA, ""))
        await put_into_cart(known[0], form.slug, form.amount, code=form.code, via=via)
    except MarketplaceError as error:
        return redirect(_refused(form, error))
    return redirect("/cart")


routes = [
    Route("/buy/{slug}", buy, methods=["POST"]),
    Route("/cart/add/{slug}", add_to_cart, methods=["POST"]),
]
