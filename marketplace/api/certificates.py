"""Certificates over HTTP: a page on which anybody with the address can check one, its files, and what verifiers ask for."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from marketplace import badges
from marketplace.api.http import came_from_here, client_ip, redirect, small_form
from marketplace.cookies import session_cookie
from marketplace.db import transaction
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.certificates import rules
from marketplace.domain.certificates import service as certificates
from marketplace.domain.certificates.service import Certificate, Found
from marketplace.errors import Limited, MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.paper import award_html as html
from marketplace.paper.award import Award, award
from marketplace.present import day
from marketplace.settings import get_settings

_HEADERS = {
    "cache-control": "private, no-store",
    "vary": "Cookie",
    "x-robots-tag": "noindex",
    "referrer-policy": "same-origin",  # an address is all that it takes to see one
}
_OPEN = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}  # for verifiers in browsers
_A_MINUTE = 60  # files made for one address, all certificates together
_VC = "application/vc+jwt"


async def page(request: Request) -> Response:
    """Whether it is valid, and everything that is signed."""
    return await _page(request)


async def _page(request: Request, problem: str = "", status: int = 200) -> Response:
    try:
        found, actor = await _find(request)
    except Missing as error:
        return _nothing(error)
    row = found.row
    if found.token_now != row.token:  # an address in a CV stays good
        return redirect(f"/certificates/{found.token_now}")
    mine = actor.account_id == row.account_id
    name = await _name_now(actor) if mine and found.standing.valid else ""
    settings = get_settings()
    ways = html.Ways(
        path=f"/certificates/{row.token}", home=settings.public_url + "/",
        linkedin=_linkedin(row) if mine else "", new_name=name if name != row.name else "",
        may_revoke=row.revoked_at is None and certificates.is_reviewer(actor, row), problem=problem,
    )  # fmt: skip
    credential = rules.credential(row, badges.issuer())
    async with transaction() as session:
        keys = [badges.key_address(key.id) for key in await certificates.keys(session)]
    text = html.page(_award(found), stands=_stands(found), credential=credential, keys=keys[:1], ways=ways)
    return HTMLResponse(text, status, headers={**_HEADERS, "content-security-policy": html.POLICY})


async def pdf(request: Request) -> Response:
    try:
        found = await _file(request)
    except MarketplaceError as error:
        return _nothing(error)
    if not found.standing.valid:
        return _void(found)
    name = f"certificate-{found.row.token}.pdf"
    body = await asyncio.to_thread(_pdf, _award(found), found.row)
    headers = {**_HEADERS, "content-disposition": f'inline; filename="{name}"'}
    return Response(body, media_type="application/pdf", headers=headers)


def _pdf(shown: Award, row: Certificate) -> bytes:
    from marketplace.paper import award_pdf  # the library takes a while to load, and most processes never need it

    return award_pdf.render(shown, issued_at=row.issued_at, fonts=get_settings().font_files)


async def picture(request: Request) -> Response:
    """For who shares the address; also of one that isn't valid any more, which it says."""
    try:
        found = await _file(request)
    except MarketplaceError as error:
        return _nothing(error)
    body = await asyncio.to_thread(_png, _award(found))
    return Response(body, media_type="image/png", headers={**_HEADERS, **_OPEN, "cache-control": "no-cache"})


@lru_cache(maxsize=64)
def _png(shown: Award) -> bytes:
    from marketplace.paper import award_png

    return award_png.render(shown, tuple(get_settings().font_files))


async def credential(request: Request) -> Response:
    """The signed Open Badge."""
    try:
        found = await _file(request)
    except MarketplaceError as error:
        return _nothing(error)
    if not found.standing.valid:
        return _void(found)
    headers = {**_HEADERS, **_OPEN, "content-disposition": f'attachment; filename="certificate-{found.row.token}.jwt"'}
    return Response(await badges.signed(found.row), media_type=_VC, headers=headers)


async def status(request: Request) -> Response:
    """What a verifier asks whether a credential was revoked."""
    try:
        found, _actor = await _find(request)
    except Missing as error:
        return _nothing(error)
    told = rules.status(found.row, badges.issuer(), found.standing)
    return JSONResponse(told, headers={**_HEADERS, **_OPEN, "cache-control": "no-cache"})


async def issuer(_request: Request) -> Response:
    """The issuer's profile."""
    profile = {"@context": list(rules.CONTEXT), **rules.profile(badges.issuer())}
    return JSONResponse(
        profile, headers={**_OPEN, "cache-control": "public, max-age=3600"}, media_type="application/ld+json"
    )


async def keys(_request: Request) -> Response:
    """All public keys, as a JSON Web Key Set."""
    async with transaction() as session:
        found = [badges.public(key) for key in await certificates.keys(session)]
    return JSONResponse({"keys": found}, headers={**_OPEN, "cache-control": "no-cache"})


async def key(request: Request) -> Response:
    """One public key: what ``kid`` in a credential leads to."""
    key_id = parse_id(request.path_params["key_id"])
    async with transaction() as session:
        found = await certificates.key(session, key_id) if key_id else None
    if found is None:
        return _nothing(Missing())
    headers = {**_OPEN, "cache-control": "public, max-age=86400"}
    return JSONResponse(badges.public(found), headers=headers, media_type="application/jwk+json")


async def again(request: Request) -> Response:
    """The holder has another name now."""
    token = str(request.path_params["token"])
    if not came_from_here(request):
        return redirect(f"/certificates/{token}" if rules.is_token(token) else "/")
    try:
        actor = await _signed_in(request)
        async with transaction() as session:
            made = await certificates.issue_again(session, actor, token)
    except MarketplaceError as error:
        return await _refused(request, error)
    return redirect(f"/certificates/{made.token}")


async def revoke(request: Request) -> Response:
    """By the course's maker or an admin, with a reason."""
    token = str(request.path_params["token"])
    if not came_from_here(request):
        return redirect(f"/certificates/{token}" if rules.is_token(token) else "/")
    try:
        actor = await _signed_in(request)
        reason = str((await small_form(request)).get("reason", ""))[:2000]
        async with transaction() as session:
            await certificates.revoke(session, actor, token, reason)
    except MarketplaceError as error:
        return await _refused(request, error)
    return redirect(f"/certificates/{token}")


async def _refused(request: Request, error: MarketplaceError) -> Response:
    return _nothing(error) if error.kind == "missing" else await _page(request, error.text, error.status)


async def _actor(request: Request) -> Actor:
    async with transaction() as session:
        known = await accounts.who(session, session_cookie(request.headers.get("cookie", "")))
    return known[0] if known else ANONYMOUS


async def _signed_in(request: Request) -> Actor:
    actor = await _actor(request)
    if actor.account_id is None:
        raise Missing
    async with transaction() as session:
        await accounts.limit(session, f"certificates:{actor.account_id}", most=20, seconds=60)
    return actor


async def _find(request: Request) -> tuple[Found, Actor]:
    actor = await _actor(request)
    async with transaction() as session:
        return await certificates.find(session, str(request.path_params["token"])), actor


async def _file(request: Request) -> Found:
    """Files cost something to make: only so many a minute for one visitor."""
    async with transaction() as session:
        await accounts.limit(session, f"certificates:{client_ip(request)}", most=_A_MINUTE, seconds=60)
    async with transaction() as session:
        return await certificates.find(session, str(request.path_params["token"]))


async def _name_now(actor: Actor) -> str:
    assert actor.account_id is not None
    async with transaction() as session:
        return (await accounts.account(session, actor.account_id)).name


def _award(found: Found) -> Award:
    url = rules.address(found.row, badges.issuer())
    return award(found.row, found.standing, brand=get_settings().site_name, url=url)


def _stands(found: Found) -> tuple[str, str]:
    standing = found.standing
    if standing.valid:
        words = _("Issued by {brand} on {day}. Only who has its address finds this page.")
        return _("Valid."), words.format(brand=get_settings().site_name, day=day(found.row.issued_at))
    return _("Not valid since {day}.").format(day=day(standing.at)), standing.reason


def _void(found: Found) -> Response:
    words = " ".join(_stands(found))
    return PlainTextResponse(words, 410, headers=_HEADERS)


def _nothing(error: MarketplaceError) -> Response:
    if isinstance(error, Limited):
        return PlainTextResponse(error.text, error.status, headers={**_HEADERS, "retry-after": "60"})
    return HTMLResponse(_("There is nothing at this address"), 404, headers=_HEADERS)


def _linkedin(row: Certificate) -> str:
    """LinkedIn's form for a certificate, filled in."""
    issuer = badges.issuer()
    query = {
        "startTask": "CERTIFICATION_NAME", "name": row.title, "organizationName": issuer.name,
        "issueYear": row.completed_at.year, "issueMonth": row.completed_at.month, "certUrl": rules.address(row, issuer),
        "certId": row.token,
    }  # fmt: skip
    return f"https://www.linkedin.com/profile/add?{urlencode(query)}"


routes = [
    Route("/certificates/issuer", issuer),
    Route("/certificates/keys", keys),
    Route("/certificates/keys/{key_id}", key),
    Route("/certificates/{token}.pdf", pdf),
    Route("/certificates/{token}.png", picture),
    Route("/certificates/{token}.jwt", credential),
    Route("/certificates/{token}/status", status),
    Route("/certificates/{token}/again", again, methods=["POST"]),
    Route("/certificates/{token}/revoke", revoke, methods=["POST"]),
    Route("/certificates/{token}", page),
]
