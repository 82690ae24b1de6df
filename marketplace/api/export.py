"""``/studio/export/…``: a creator's own figures, sales and customers as files, however many there are.

Read page by page, each in a transaction of its own: a slow reader holds nothing, and nothing is gathered in memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from marketplace import sheets
from marketplace.api.http import redirect
from marketplace.cookies import SESSION
from marketplace.db import transaction
from marketplace.domain.access.service import Actor, require_creator
from marketplace.domain.accounts import service as accounts
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import EventRow
from marketplace.domain.analytics.sources import Source, sources
from marketplace.errors import MarketplaceError
from marketplace.figures import Report, asked, product_name, report, sheet_head, sheet_row, titles
from marketplace.i18n import _

_ROWS = 1000
_MOST_SOURCES = 5000


async def earnings(request: Request) -> Response:
    """By day, week, month or product, or every sale and refund by itself."""
    who = await creator(request, "/studio/earnings")
    if isinstance(who, Response):
        return who
    async with transaction() as session:
        wanted = await report(session, who, asked(request.query_params))
    if wanted.problem:
        return PlainTextResponse(wanted.problem, 422)
    rows = _sales(wanted) if wanted.by == "sale" else _sums(wanted)
    span, currency = wanted.span, wanted.scope.currency
    return file(rows, f"earnings-{span.start}-{span.last}-{currency}-by-{wanted.by}.csv")


async def origins(request: Request) -> Response:
    """Where sales came from, in the days that the address names."""
    who = await creator(request, "/studio/earnings")
    if isinstance(who, Response):
        return who
    async with transaction() as session:
        wanted = await report(session, who, asked(request.query_params))
        found = [] if wanted.problem else await sources(session, wanted.scope, wanted.span, _MOST_SOURCES)
    if wanted.problem:
        return PlainTextResponse(wanted.problem, 422)
    span, currency = wanted.span, wanted.scope.currency
    return file(_sources(found, currency), f"sources-{span.start}-{span.last}-{currency}.csv")


async def _sources(found: list[Source], currency: str) -> AsyncIterator[str]:
    yield sheets.BOM + sheets.line(
        [_("Source"), _("Medium"), _("Campaign"), _("Sales"), _("Currency"), _("Revenue"), _("Yours")]
    )
    for one in found:
        money = [sheets.amount(minor, currency) for minor in (one.revenue_minor, one.kept_minor)]
        yield sheets.line([one.source, one.medium, one.campaign, one.sales, currency.upper(), *money])


async def customers(request: Request) -> Response:
    who = await creator(request, "/studio/customers")
    if isinstance(who, Response):
        return who
    search = request.query_params.get("q", "")[:100]
    return file(_customers(who, search), f"customers-{datetime.now(UTC):%Y-%m-%d}.csv")


async def creator(request: Request, page: str) -> Actor | Response:
    """Who asks, by the session cookie alone; or the answer for somebody who may not."""
    try:
        async with transaction() as session:
            known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
        if known is None:
            return redirect(f"/login?next={page}")
        require_creator(known[0])
        async with transaction() as session:
            await accounts.limit(session, f"export:{known[0].account_id}", most=20, seconds=60)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status)
    return known[0]


def file(rows: AsyncIterator[str], name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


async def _sums(wanted: Report) -> AsyncIterator[str]:
    yield sheets.BOM + sheets.line(sheet_head(wanted.by))
    currency = wanted.scope.currency
    if wanted.by != "product":
        async with transaction() as session:
            found = await analytics.by_time(session, wanted.scope, wanted.span, wanted.grain)
        yield "".join(sheets.line(sheet_row(at.isoformat(), totals, currency)) for at, totals in found)
        return
    after: tuple[int, UUID] | None = None
    while True:
        async with transaction() as session:
            page = await analytics.by_product(session, wanted.scope, wanted.span, after=after, limit=_ROWS)
            named = await titles(session, [product_id for product_id, _totals in page])
        yield "".join(
            sheets.line(sheet_row(product_name(named[product_id], totals), totals, currency))
            for product_id, totals in page
        )
        if len(page) < _ROWS:
            return
        after = (page[-1][1].kept_minor, page[-1][0])


async def _sales(wanted: Report) -> AsyncIterator[str]:
    """Each sale and refund, and each share of others' sales; a refund takes away."""
    yield sheets.BOM + sheets.line(
        [
            _("Time (UTC)"), _("What"), _("Product"), _("Customer"), _("Email"), _("Units"), _("Currency"), _("Amount"),
            _("Discount"), _("Yours"), _("Sale"),
        ]
    )  # fmt: skip
    after: tuple[datetime, UUID] | None = None
    while True:
        async with transaction() as session:
            page = await analytics.events(session, wanted.scope, wanted.span, after=after, limit=_ROWS)
            named = await titles(session, list({event.product_id for event in page}))
        yield "".join(sheets.line(_sale(event, named)) for event in page)
        if len(page) < _ROWS:
            return
        after = (page[-1].at, page[-1].id)


def _sale(event: EventRow, named: dict[UUID, str]) -> list[sheets.Cell]:
    paid = None if event.partner else sheets.amount(event.gross_minor - event.refunded_minor, event.currency)
    money = lambda minor: sheets.amount(minor, event.currency)  # noqa: E731
    return [
        f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", _what(event), named[event.product_id], *_person(event), event.units,
        event.currency.upper(), paid, money(event.discount_minor), money(event.kept_minor), str(event.line_id or ""),
    ]  # fmt: skip


def _what(event: EventRow) -> str:
    if event.partner:
        back = _("Share taken back") if event.shared_back_minor >= 0 else _("Share came back")
        return _("Share of a sale") if event.shares else back
    return _("Sale") if event.sales else _("Refund") if event.refunded_minor >= 0 else _("Refund came back")


def _person(event: EventRow) -> tuple[str, str]:
    return (_("Deleted account"), "") if event.buyer_gone else (event.buyer_name, event.buyer_email)


async def _customers(who: Actor, search: str) -> AsyncIterator[str]:
    """A line for each customer and currency, who bought last first."""
    yield sheets.BOM + sheets.line(
        [
            _("Customer"), _("Email"), _("Purchases"), _("First purchase"), _("Last purchase"), _("Currency"), _("Spent"),
            _("Refunded"),
        ]
    )  # fmt: skip
    after: tuple[datetime, UUID] | None = None
    while True:
        async with transaction() as session:
            page = await analytics.customers(session, who, search=search, after=after, limit=_ROWS)
        lines = []
        for row in page.rows:
            person = (_("Deleted account"), "") if row.gone else (row.name, row.email)
            when = [f"{at.astimezone(UTC):%Y-%m-%d}" for at in (row.first_at, row.last_at)]
            for currency, (spent, back) in page.spends.get(row.buyer_id, {}).items():
                money = (sheets.amount(spent, currency), sheets.amount(back, currency))
                lines.append(sheets.line([*person, row.purchases, *when, currency.upper(), *money]))
        yield "".join(lines)
        if len(page.rows) < _ROWS:
            return
        after = (page.rows[-1].last_at, page.rows[-1].buyer_id)


routes = [
    Route("/studio/export/earnings.csv", earnings, methods=["GET"]),
    Route("/studio/export/sources.csv", origins, methods=["GET"]),
    Route("/studio/export/customers.csv", customers, methods=["GET"]),
]
