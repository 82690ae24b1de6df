"""Buying by a plain form: for pages that have no live connection yet, or never will (JavaScript is off)."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.api.http import came_from_here, redirect
from marketplace.checkout import put_into_cart, start_purchase
from marketplace.cookies import SESSION, VIA, via_code
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.orders.errors import AlreadyOwned
from marketplace.errors import MarketplaceError
from marketplace.present import open_path


async def buy(request: Request) -> Response:
    """To the payment page, the library, or signing in; with a problem back to the lesson, which explains it."""
    slug = quote(request.path_params["slug"], safe="")
    lesson = f"/lessons/{slug}"
    if not came_from_here(request):
        return redirect(lesson)
    async with transaction() as session:
        known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
    if known is None:
        return redirect(f"/login?next={quote(lesson)}")
    try:
        async with transaction() as session:
            await accounts.limit(session, f"buy:{known[0].account_id}", most=20, seconds=60)
        amount = str((await request.form(max_fields=10)).get("amount", ""))[:40]
        via = via_code(request.cookies.get(VIA, ""))
        return redirect(await start_purchase(known[0], request.path_params["slug"], amount, via=via))
    except AlreadyOwned:
        async with transaction() as session:
            listing = await browse.found(session, request.path_params["slug"])
        return redirect(open_path(listing.product) if listing else lesson)
    except MarketplaceError:
        return redirect(lesson)


async def add_to_cart(request: Request) -> Response:
    """Into the basket, at the price as it is now; with a problem back to the lesson."""
    slug = quote(request.path_params["slug"], safe="")
    lesson = f"/lessons/{slug}"
    if not came_from_here(request):
        return redirect(lesson)
    async with transaction() as session:
        known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
    if known is None:
        return redirect(f"/login?next={quote(lesson)}")
    try:
        async with transaction() as session:
            await accounts.limit(session, f"cart:{known[0].account_id}", most=30, seconds=60)
        amount = str((await request.form(max_fields=10)).get("amount", ""))[:40]
        via = via_code(request.cookies.get(VIA, ""))
        await put_into_cart(known[0], request.path_params["slug"], amount, via=via)
    except MarketplaceError:
        return redirect(lesson)
    return redirect("/cart")


routes = [
    Route("/buy/{slug}", buy, methods=["POST"]),
    Route("/cart/add/{slug}", add_to_cart, methods=["POST"]),
]
