"""Small helpers of the HTTP routes."""

from __future__ import annotations

from posixpath import normpath
from urllib.parse import parse_qsl, unquote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.cookies import SESSION as COOKIE
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.settings import get_settings


def client_ip(request: Request) -> str:
    """The visitor's address: the socket's, or behind ``TRUSTED_PROXY_HOPS`` proxies what the outermost wrote."""
    hops = get_settings().trusted_proxy_hops
    chain = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if hops and len(chain) >= hops:
        return chain[-hops]
    return request.client.host if request.client else ""


def came_from_here(request: Request) -> bool:
    """Was this navigation or form started by one of our own pages? (Fetch metadata, else Origin and Referer.)

    Another host of the same site is believed only when it is one of our origins.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-site":
        return site == "same-origin"
    origin = request.headers.get("origin") or request.headers.get("referer", "")
    return any(origin == allowed or origin.startswith(f"{allowed}/") for allowed in get_settings().origins)


MAX_FORM = 16 * 1024


async def small_form(request: Request, most: int = MAX_FORM) -> dict[str, str]:
    """The fields of a plain form. Of anything else, and of what is longer, nothing is read to its end."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def onward(path: str) -> str:
    """Where to go after signing in. Never back into ``/auth/``: a second person's ticket could wait there."""
    resolved = normpath(unquote(path.partition("?")[0].partition("#")[0]))
    return "/" if resolved.lstrip("/").split("/")[0] == "auth" else path


async def member(request: Request) -> UUID | None:
    """Who asks, by the session cookie alone."""
    async with transaction() as session:
        known = await accounts.who(session, request.cookies.get(COOKIE, "")[:200])
    return known[0].account_id if known else None


def redirect(path: str) -> RedirectResponse:
    """To a path of this site or a provider's page, never cached."""
    settings = get_settings()
    ours = path.startswith(
        ("/documents/", "/certificates/")
    )  # served by this host, also where the pages are on another
    target = f"{settings.public_url}{path}" if path.startswith("/") and settings.backend and not ours else path
    return RedirectResponse(target, status_code=303, headers={"cache-control": "no-store"})


def set_session(response: Response, token: str) -> None:
    settings = get_settings()
    response.set_cookie(
        COOKIE, token, max_age=settings.session_days * 86400, httponly=True, samesite="lax",
        secure=settings.secure_cookies, path="/",
    )  # fmt: skip


def drop_session(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=get_settings().secure_cookies)
