"""``/course-mail/<course>/<token>``: the link in a mail about a course that ends such mails, without signing in."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from marketplace.api.http import client_ip
from marketplace.api.paint.plain import HEADERS, plain_page
from marketplace.crypto import read_id, sign_id
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.courses import telling
from marketplace.errors import MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.settings import get_settings


def off_url(product_id: UUID, account_id: UUID) -> str:
    return f"{get_settings().api_url}/course-mail/{product_id}/{sign_id(_purpose(product_id), account_id)}"


def _purpose(product_id: UUID) -> str:
    return f"course-mail:{product_id.hex}"


async def choose(request: Request) -> Response:
    """Looking changes nothing (scanners of mail look, too): the button, or a mail program's own one, does."""
    try:
        product_id, account_id = _asked(request)
        async with transaction() as session:
            await accounts.limit(session, f"course-mail:{client_ip(request)}", most=60, seconds=60)
            title = (await browse.titles(session, [product_id])).get(product_id, "")
            off = None
            if request.method == "POST":
                off = request.query_params.get("again") != "1"
                await telling.mail_off(session, account_id, product_id, off)
    except MarketplaceError as error:
        return HTMLResponse(_page(_("This link is not complete. Open it from the mail again.")), error.status, HEADERS)
    return HTMLResponse(_page(*_words(title, off), path=request.url.path, off=off), headers=HEADERS)


def _asked(request: Request) -> tuple[UUID, UUID]:
    product_id = parse_id(request.path_params["product_id"])
    account_id = read_id(_purpose(product_id), str(request.path_params["token"])) if product_id else None
    if product_id is None or account_id is None:
        raise Missing
    return product_id, account_id


def _words(title: str, off: bool | None) -> tuple[str, str]:
    if off is None:
        return _("No more mails about “{title}”?").format(title=title), _("You keep the course.")
    if off:
        return _("You get no more mails about “{title}”.").format(title=title), _("News still stand in the course.")
    return _("You get mails about “{title}” again.").format(title=title), ""


def _page(title: str, text: str = "", *, path: str = "", off: bool | None = None) -> str:
    label = _("Get them again") if off else _("No more mails")
    return plain_page(title, text, button=label if path else "", action=f"{path}?again=1" if off else path)


routes = [Route("/course-mail/{product_id}/{token}", choose, methods=["GET", "POST"])]
