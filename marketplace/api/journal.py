"""The journal as a file: a creator's own, anybody's and the platform's for admins. Streamed, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from marketplace.api.http import redirect
from marketplace.clock import now
from marketplace.cookies import SESSION
from marketplace.db import transaction
from marketplace.domain.access.service import Actor, require_admin, require_creator
from marketplace.domain.accounts import service as accounts
from marketplace.domain.ledger import service as ledger
from marketplace.errors import MarketplaceError, Missing
from marketplace.ids import new_id, parse_id
from marketplace.settings import get_settings

_PAGE = 500
_START = UUID(int=0)
Fetch = Callable[[AsyncSession, UUID], Awaitable[list[ledger.ExportEntry]]]


@dataclass(frozen=True, slots=True)
class Export:
    """Whose: ``owner_id`` is empty for the platform's whole journal."""

    owner_id: UUID | None
    name: str
    currencies: list[str]


async def export(request: Request) -> Response:
    """``/studio/export/ledger.csv``, ``.txt`` and ``.ledger``; admins say ``?creator=<id>`` or ``?whose=platform``."""
    form = request.path_params["form"]
    if form not in ("csv", "txt", "ledger"):
        return PlainTextResponse("No such file", 404)
    try:
        async with transaction() as session:
            known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
            if known is None:
                return redirect("/login?next=/studio/balance")
            await accounts.limit(session, f"export:{known[0].account_id}", most=20, seconds=600)
        async with transaction() as session:
            wanted = await _wanted(session, known[0], request)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status, {"cache-control": "no-store"})
    file = f"{wanted.name}-{now():%Y-%m-%d}.{form}"
    headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
    if form == "csv":
        return StreamingResponse(_csv(wanted), media_type="text/csv; charset=utf-8", headers=headers)
    return StreamingResponse(_ledger(wanted), media_type="text/plain; charset=utf-8", headers=headers)


async def _wanted(session: AsyncSession, who: Actor, request: Request) -> Export:
    if request.query_params.get("whose") == "platform":
        require_admin(who)
        used = sorted({currency for _account, currency in await ledger.totals(session)})
        return Export(None, "journal", used)
    asked = request.query_params.get("creator", "")
    if asked:
        require_admin(who)
    owner_id = parse_id(asked) if asked else require_creator(who)
    if owner_id is None:
        raise Missing
    owner = await accounts.account(session, owner_id)
    return Export(owner_id, f"statement-{owner.handle or owner_id}", await ledger.currencies(session, owner_id))


async def _entries(wanted: Export) -> AsyncIterator[ledger.ExportEntry]:
    """Everything that was booked until now. Each page is read for itself, so no transaction waits for the reader."""
    until = new_id()
    for fetch in _fetches(wanted, until):
        after = _START
        while True:
            async with transaction() as session:
                page = await fetch(session, after)
            for entry in page:
                yield entry
            if len(page) < _PAGE:
                break
            after = page[-1].id


def _fetches(wanted: Export, until: UUID) -> list[Fetch]:
    owner_id = wanted.owner_id
    if owner_id is None:
        return [lambda session, after: ledger.export_all(session, after, until, _PAGE)]
    return [
        lambda session, after, currency=currency: ledger.export_of(session, owner_id, currency, after, until, _PAGE)
        for currency in wanted.currencies
    ]


async def _csv(wanted: Export) -> AsyncIterator[str]:
    yield ledger.formats.csv_head()
    async for entry in _entries(wanted):
        yield ledger.formats.csv_entry(entry)


async def _ledger(wanted: Export) -> AsyncIterator[str]:
    title = f"{get_settings().site_name}: {wanted.name}, {now():%Y-%m-%d %H:%M} UTC"
    yield ledger.formats.ledger_head(title, wanted.currencies)
    async for entry in _entries(wanted):
        yield ledger.formats.ledger_entry(entry)
    yield ledger.formats.LEDGER_TAIL


routes = [Route("/studio/export/ledger.{form}", export)]
