"""Putting oneself on a list by a plain form, confirming the address, and leaving with one press (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from marketplace import lists
from marketplace.api.http import came_from_here, client_ip, redirect, small_form
from marketplace.api.paint.plain import HEADERS, plain_page
from marketplace.clock import now
from marketplace.cookies import SESSION
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.rules import Person
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.rules import announced
from marketplace.domain.mailing import service as mailing
from marketplace.domain.mailing.service import List, Subscriber
from marketplace.domain.notifications.ports import Mail
from marketplace.errors import Invalid, Limited
from marketplace.i18n import DEFAULT_LOCALE, _, in_language, use_locale
from marketplace.present import product_path
from marketplace.settings import get_settings

Ask = Callable[[Subscriber, str], Mail]


async def waitlist(request: Request) -> Response:
    """On or off the waitlist of a product that isn't out yet."""
    slug = request.path_params["slug"][:200]

    async def found(session: AsyncSession) -> tuple[List, str, Ask] | None:
        listing = await browse.found(session, slug)
        if listing is None or listing.product.state != "published":
            return None
        product = listing.product
        if product.before != "waitlist" or not announced(product.before, product.opens_at, now()):
            return None
        ask: Ask = lambda row, key: lists.confirm_mail(row, key, product.title, waitlist=True)  # noqa: E731
        return List(product.creator_id, product.id), product_path(product), ask

    return await _form(request, found, f"/lessons/{quote(slug, safe='')}", "waitlist")


async def letters(request: Request) -> Response:
    """On or off the list of a creator's letters."""
    handle = request.path_params["handle"][:200]

    async def found(session: AsyncSession) -> tuple[List, str, Ask] | None:
        account = await accounts.by_handle(session, handle) if handle.isprintable() else None
        if account is None or not account.is_creator:
            return None
        ask: Ask = lambda row, key: lists.confirm_mail(row, key, account.name, waitlist=False)  # noqa: E731
        return List(account.id), f"/creators/{account.handle}", ask

    return await _form(request, found, f"/creators/{quote(handle, safe='')}", "letters")


async def _form(request: Request, find: Callable[[AsyncSession], object], back: str, name: str) -> Response:
    """What was asked for is said by the address that it leads to; never whether somebody else is on a list."""
    if not came_from_here(request):
        return redirect(in_language(back))
    form = await small_form(request)
    locale = str(form.get("in", ""))
    with use_locale(locale if locale in get_settings().page_languages else DEFAULT_LOCALE):
        try:
            async with transaction() as session:
                known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
                who = str(known[1].id) if known else client_ip(request)
                await accounts.limit(session, f"{name}:{who}", most=10, seconds=600)
            async with transaction() as session:
                found = await find(session)  # type: ignore[misc]
                if found is None:
                    return _back(back, name, "gone")
                list_, back, ask = found
                said = await _put(session, list_, known[1] if known else None, form, ask)
        except Limited:
            said = "often"
        except Invalid:
            said = "wrong"
        return _back(back, name, said)


def _back(path: str, name: str, said: str) -> Response:
    return redirect(f"{in_language(path)}?{name}={said}")


async def _put(session: AsyncSession, list_: List, person: Person | None, form: object, ask: Ask) -> str:
    value = form.get  # type: ignore[attr-defined]
    if person is not None:
        if value("leave"):
            await mailing.leave_list(session, list_, person.email)
            return "left"
        await mailing.join(session, list_, person.email)
        return "joined"
    typed = mailing.address(str(value("email", "")))
    await accounts.limit(session, f"mailing:{typed}", most=5, seconds=3600)  # nobody fills another's mailbox
    await mailing.ask(session, list_, typed, ask)
    return "asked"


async def confirm(request: Request) -> Response:
    """Looking changes nothing (scanners of mail look, too); the button does."""
    id_ = lists.read_confirm(request.path_params["token"])
    if id_ is None or not await _calm(request):
        return _broken()
    if request.method == "GET":
        return _page(
            _("Shall we send you mail?"), _("One press confirms your address."), _("Yes, send it to me"), request
        )
    async with transaction() as session:
        row = await mailing.confirm(session, id_)
    if row is None:
        return _page(_("This link is too old"), _("Ask for the mail once more on the page where you did."))
    return _page(_("You are on the list."), _("Each mail has a link that ends it."))


async def leave(request: Request) -> Response:
    """A POST is enough, without a cookie: mail programs send it when somebody presses their own button."""
    id_ = lists.read_leave(request.path_params["token"])
    if id_ is None or not await _calm(request):
        return _broken()
    if request.method == "GET":
        return _page(_("No more of these mails?"), _("Your address is forgotten."), _("No more mails"), request)
    async with transaction() as session:
        await mailing.leave(session, id_)
    return _page(_("You are off the list."), _("Your address is forgotten."))


async def _calm(request: Request) -> bool:
    try:
        async with transaction() as session:
            await accounts.limit(session, f"mail-link:{client_ip(request)}", most=60, seconds=60)
    except Limited:
        return False
    return True


def _broken() -> Response:
    return HTMLResponse(plain_page(_("This link is not complete. Open it from the mail again.")), 404, HEADERS)


def _page(title: str, text: str, button: str = "", request: Request | None = None) -> Response:
    action = request.url.path if request is not None else ""
    return HTMLResponse(plain_page(title, text, button=button, action=action), headers=HEADERS)


routes = [
    Route("/waitlist/{slug}", waitlist, methods=["POST"]),
    Route("/letters/{handle}", letters, methods=["POST"]),
    Route("/mail/confirm/{token}", confirm, methods=["GET", "POST"]),
    Route("/mail/leave/{token}", leave, methods=["GET", "POST"]),
]
