"""``/studio/export/waitlists/…`` and ``letters.csv``: the people on a creator's lists, as files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace import sheets
from marketplace.api.export import creator, file
from marketplace.db import transaction
from marketplace.domain.access.service import require_creator
from marketplace.domain.catalog import service as catalog
from marketplace.domain.mailing import service as mailing
from marketplace.domain.mailing.service import List
from marketplace.errors import MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id

_ROWS = 1000


async def waitlist(request: Request) -> Response:
    """Of one of the creator's own products."""
    who = await creator(request, "/studio/products")
    if isinstance(who, Response):
        return who
    try:
        product_id = parse_id(request.path_params["product_id"])
        if product_id is None:
            raise Missing
        async with transaction() as session:
            product, _draft = await catalog.load(session, who, product_id)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status)
    return file(_people(List(product.creator_id, product.id)), f"waitlist-{product.slug}.csv")


async def letters(request: Request) -> Response:
    who = await creator(request, "/studio/letters")
    if isinstance(who, Response):
        return who
    return file(_people(List(require_creator(who))), f"subscribers-{datetime.now(UTC):%Y-%m-%d}.csv")


async def _people(list_: List) -> AsyncIterator[str]:
    yield sheets.BOM + sheets.line([_("Email"), _("On the list since (UTC)")])
    after: UUID | None = None
    while True:
        async with transaction() as session:
            page = await mailing.page(session, list_, after, _ROWS)
        yield "".join(
            sheets.line([row.email, f"{row.confirmed_at.astimezone(UTC):%Y-%m-%d %H:%M}" if row.confirmed_at else ""])
            for row in page
        )
        if len(page) < _ROWS:
            return
        after = page[-1].id


routes = [
    Route("/studio/export/waitlists/{product_id}.csv", waitlist, methods=["GET"]),
    Route("/studio/export/letters.csv", letters, methods=["GET"]),
]
