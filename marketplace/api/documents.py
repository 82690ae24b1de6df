"""Invoices and credit notes over HTTP: a page to read and print, and a PDF to keep. For nobody else's eyes or caches."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from marketplace.api.http import redirect
from marketplace.cookies import session_cookie
from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.documents import service as documents
from marketplace.domain.documents.models import Document
from marketplace.errors import Limited, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.paper import html
from marketplace.paper.sheet import Link, Sheet, href_of, sheet
from marketplace.settings import get_settings

_PRIVATE = {
    "cache-control": "private, no-store",
    "vary": "Cookie",
    "x-robots-tag": "noindex",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
_A_MINUTE = 60  # documents for one person


async def page(request: Request) -> Response:
    """The document as a web page."""
    found = await _find(request)
    if isinstance(found, Response):
        return found
    document, drawn, who = found
    back = None
    if who.account_id == document.buyer_id:
        site = get_settings().public_url if get_settings().backend else ""
        label = _("← Order #{number}").format(number=document.order_number)
        back = Link(label, f"{site}/orders/{document.order_id}")
    text = html.page(drawn, pdf=f"{href_of(document)}.pdf", back=back)
    return HTMLResponse(text, headers={**_PRIVATE, "content-security-policy": html.POLICY})


async def pdf(request: Request) -> Response:
    """The same as a file."""
    found = await _find(request)
    if isinstance(found, Response):
        return found
    document, drawn, _who = found
    from marketplace.paper.pdf import render  # the library takes a while to load, and most processes never need it

    settings = get_settings()
    body = await asyncio.to_thread(
        render, drawn, issued_at=document.issued_at, url=f"{settings.api_url}{href_of(document)}", fonts=settings.font_files
    )  # fmt: skip
    headers = {**_PRIVATE, "content-disposition": f'inline; filename="{drawn.filename}"'}
    return Response(body, media_type="application/pdf", headers=headers)


async def _find(request: Request) -> tuple[Document, Sheet, Actor] | Response:
    """Whoever isn't signed in may do so first, whether or not there is anything at this address."""
    document_id = parse_id(request.path_params["document_id"])
    try:
        async with transaction() as session:
            known = await accounts.who(session, session_cookie(request.headers.get("cookie", "")))
            if known is None:
                return redirect(f"/login?next=/documents/{document_id}" if document_id else "/login")
            await accounts.limit(session, f"documents:{known[0].account_id}", most=_A_MINUTE, seconds=60)
        if document_id is None:
            raise Missing
        async with transaction() as session:
            document = await documents.document(session, known[0], document_id)
            related = await documents.related(session, document)
    except Limited as error:
        return PlainTextResponse(error.text, error.status, headers=_PRIVATE)
    except Missing:
        return HTMLResponse(_("There is nothing at this address"), 404, headers=_PRIVATE)
    return document, sheet(document, related, brand=get_settings().site_name), known[0]


routes = [
    Route("/documents/{document_id}.pdf", pdf),
    Route("/documents/{document_id}", page),
]
