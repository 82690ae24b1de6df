"""Reviews, replies and reports by plain forms: they work before a page is live, and without scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.api.http import came_from_here, redirect, small_form
from marketplace.cookies import SESSION
from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.models import Product
from marketplace.domain.reviews import service as reviews
from marketplace.errors import Denied, Invalid, Limited, Missing
from marketplace.i18n import DEFAULT_LOCALE, in_language, use_locale
from marketplace.ids import parse_id
from marketplace.present import product_path
from marketplace.settings import get_settings

Form = Mapping[str, str]
Work = Callable[[AsyncSession, Actor, Product, Form], Awaitable[str]]
_SECONDS = 600
_LARGEST = 32 * 1024  # bytes: the longest review, each sign of it as the longest that a form writes


async def write(request: Request) -> Response:
    """One's own review of a product: written, changed or taken back."""

    async def work(session: AsyncSession, actor: Actor, product: Product, form: Form) -> str:
        if form.get("remove"):
            await reviews.remove(session, actor, product.id)
            return "removed"
        stars = form.get("stars", "")
        chosen = int(stars) if stars.isascii() and stars.isdecimal() and len(stars) == 1 else 0
        await reviews.write(session, actor, product, stars=chosen, words=form.get("words", ""))
        return "written"

    return await _form(request, work, "review", 10)


async def reply(request: Request) -> Response:
    """The creator's answer; an empty one takes it back."""

    async def work(session: AsyncSession, actor: Actor, product: Product, form: Form) -> str:
        await reviews.reply(session, actor, _review(request), form.get("words", ""))
        return "replied"

    return await _form(request, work, "review-answer", 60)


async def report(request: Request) -> Response:
    async def work(session: AsyncSession, actor: Actor, product: Product, form: Form) -> str:
        await reviews.report(session, actor, _review(request), form.get("reason", ""))
        return "reported"

    return await _form(request, work, "review-answer", 60)


def _review(request: Request) -> UUID:
    found = parse_id(request.path_params["review_id"])
    if found is None:
        raise Missing
    return found


async def _form(request: Request, work: Work, what: str, most: int) -> Response:
    """Back to the product's page, whose address says what became of it. ``most``: in ten minutes."""
    slug = request.path_params["slug"][:200]
    back = f"/lessons/{quote(slug, safe='')}"
    if not came_from_here(request):
        return redirect(in_language(back))
    form = await small_form(request, _LARGEST)
    locale = form.get("in", "")
    with use_locale(locale if locale in get_settings().page_languages else DEFAULT_LOCALE):
        async with transaction() as session:
            known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
            listing = await browse.found(session, slug)
        back = product_path(listing.product) if listing else back
        if known is None:
            return redirect(f"{in_language('/login')}?next={quote(back)}")
        bucket = f"{what}:{known[0].account_id}"
        try:
            async with transaction() as session:
                await accounts.limit(session, bucket, most=most, seconds=_SECONDS)
            said = await _done(known[0], listing.product, form, work) if listing else "gone"
        except Limited:
            said = "often"
        except Invalid:
            said = "wrong" if what == "review" else "words"
        return redirect(f"{in_language(back)}?review={said}#reviews")


async def _done(actor: Actor, product: Product, form: Form, work: Work) -> str:
    try:
        async with transaction() as session:
            return await work(session, actor, product, form)
    except Denied:
        return "not"
    except Missing:
        return "gone"


routes = [
    Route("/reviews/{slug}", write, methods=["POST"]),
    Route("/reviews/{slug}/{review_id}/reply", reply, methods=["POST"]),
    Route("/reviews/{slug}/{review_id}/report", report, methods=["POST"]),
]
