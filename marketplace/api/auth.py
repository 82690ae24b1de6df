"""Signing in over HTTP: what a websocket can't do (set a cookie) and what browsers navigate to (OAuth, mail links)."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.api.http import came_from_here, client_ip, drop_session, onward, redirect, set_session
from marketplace.cookies import FLOW as FLOW_COOKIE
from marketplace.cookies import SESSION as COOKIE
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.errors import LinkExpired
from marketplace.errors import MarketplaceError
from marketplace.ids import new_token
from marketplace.settings import get_settings
from marketplace.vendors import vendors

log = structlog.get_logger()


async def session(request: Request) -> Response:
    """Redeem a ticket for the session cookie. Links from other sites can't sign anyone in."""
    if not came_from_here(request):
        return redirect("/login?notice=expired")
    settings = get_settings()
    try:
        async with transaction() as db:
            await accounts.limit(db, f"ticket:{client_ip(request)}", most=60, seconds=60)
            old = request.cookies.get(COOKIE, "")
            token, path = await accounts.redeem_ticket(
                db, request.query_params.get("ticket", "")[:200], user_agent=request.headers.get("user-agent", ""),
                ip=client_ip(request), days=settings.session_days,
            )  # fmt: skip
            if old:
                await accounts.sign_out_token(db, old)
    except MarketplaceError:
        return redirect("/login?notice=expired")
    answer = redirect(onward(path))
    set_session(answer, token)
    return answer


async def sign_out(request: Request) -> Response:
    """End this browser's session."""
    if not came_from_here(request):
        return redirect("/")
    token = request.cookies.get(COOKIE, "")
    if token:
        async with transaction() as db:
            await accounts.sign_out_token(db, token)
    answer = redirect("/")
    drop_session(answer)
    answer.headers["clear-site-data"] = '"storage"'
    return answer


async def oauth(request: Request) -> Response:
    """Start signing in with another provider: the flow is bound to this browser by a cookie."""
    provider = request.path_params["provider"]
    if provider not in get_settings().sign_in_providers or not came_from_here(request):
        return redirect("/login")
    gateway, browser = vendors().identity, new_token()
    pkce = gateway.new_verifier()
    try:
        async with transaction() as db:
            await accounts.limit(db, f"oauth:{client_ip(request)}", most=30, seconds=60)
            flow = await accounts.start_flow(
                db, purpose="oauth", pkce=pkce, next_path=_wanted_next(request), browser=browser
            )
        back = f"{get_settings().api_url}/auth/callback?flow={flow}"
        target = gateway.oauth_url(provider=provider, redirect_to=back, pkce=pkce)
    except MarketplaceError:
        return redirect("/login?notice=unavailable")
    answer = redirect(target)
    answer.set_cookie(
        FLOW_COOKIE,
        browser,
        max_age=1800,
        httponly=True,
        samesite="lax",
        secure=get_settings().secure_cookies,
        path="/auth",
    )
    return answer


def _wanted_next(request: Request) -> str:
    """Where to go on. A link that was clicked before its page was live doesn't say it yet; the page's address does."""
    page = urlsplit(request.headers.get("referer", ""))
    return request.query_params.get("next") or parse_qs(page.query).get("next", ["/"])[0]


async def callback(request: Request) -> Response:
    """Back from the provider or from a mailed link: ``flow`` is ours, ``code`` the provider's."""
    query = request.query_params
    if query.get("error") or not query.get("code"):
        said_no = query.get("error") == "access_denied" and query.get("error_code") in (None, "access_denied")
        return redirect("/login?notice=" + ("denied" if said_no else "expired"))
    try:
        async with transaction() as db:
            flow, verifier = await accounts.take_flow(
                db, query.get("flow", "")[:200], browser=request.cookies.get(FLOW_COOKIE, "")
            )
        identity = await vendors().identity.exchange(code=query["code"][:500], verifier=verifier)
        return await _arrive(request, flow.purpose, flow.next_path, identity)
    except LinkExpired:
        return redirect("/login?notice=expired")
    except MarketplaceError:
        return redirect("/login?notice=unavailable")


async def _arrive(request: Request, purpose: str, next_path: str, identity) -> Response:  # type: ignore[no-untyped-def]
    async with transaction() as db:
        if purpose == "recover":
            reset = await accounts.allow_reset(db, identity)
            return redirect(f"/reset?token={quote(reset)}")
        account = await accounts.arrive(db, identity)
        if purpose == "signup":
            return redirect("/login?notice=confirmed&next=" + quote(next_path))
        token = await accounts.open_session(
            db, account.id, user_agent=request.headers.get("user-agent", ""), ip=client_ip(request),
            days=get_settings().session_days,
        )  # fmt: skip
    answer = redirect(onward(next_path))
    set_session(answer, token)
    answer.delete_cookie(FLOW_COOKIE, path="/auth")
    return answer


routes = [
    Route("/auth/session", session),
    Route("/auth/signout", sign_out, methods=["POST"]),
    Route("/auth/oauth/{provider}", oauth),
    Route("/auth/callback", callback),
]
