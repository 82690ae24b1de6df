"""``/studio/products/<id>/…``: a creator's course as a zip or SCORM package, and who learns in it as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace import lesson_texts, sheets
from marketplace.api.export import creator, file
from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.catalog import service as catalog
from marketplace.domain.courses import exchange, item_analysis, learners, scorm
from marketplace.errors import MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.markdown import to_text

_ROWS = 1000


async def course_zip(request: Request) -> Response:
    return await _packed(request, exchange.pack, "")


async def scorm_zip(request: Request) -> Response:
    return await _packed(request, scorm.pack, "-scorm")


async def _packed(request: Request, pack: Callable[[exchange.Archive], bytes], ending: str) -> Response:
    """The draft of the creator's own course."""
    who = await creator(request, "/studio/products")
    if isinstance(who, Response):
        return who
    try:
        async with transaction() as session:
            archive = await exchange.pack_up(session, who, _asked(request))
            images = await lesson_texts.own(session, who.account_id, archive.texts) if who.account_id else {}
        archive = await lesson_texts.packed(archive, images)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status)
    body = await asyncio.to_thread(pack, archive)
    name = f"{catalog.rules.slug(str(archive.sale['title'])) or 'course'}{ending}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return Response(body, media_type="application/zip", headers=headers)


async def learners_csv(request: Request) -> Response:
    who = await creator(request, "/studio/products")
    if isinstance(who, Response):
        return who
    try:
        product_id = _asked(request)
        async with transaction() as session:
            await learners.own(session, who, product_id)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status)
    return file(_lines(who, product_id), f"learners-{datetime.now(UTC):%Y-%m-%d}.csv")


async def questions_csv(request: Request) -> Response:
    """Every question of the course's quizzes, over all attempts."""
    who = await creator(request, "/studio/products")
    if isinstance(who, Response):
        return who
    try:
        async with transaction() as session:
            found = await item_analysis.asked(session, who, _asked(request))
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status)
    return file(_questions(found), f"questions-{datetime.now(UTC):%Y-%m-%d}.csv")


async def _questions(found: list[item_analysis.Asked]) -> AsyncIterator[str]:
    yield sheets.BOM + sheets.line(
        [
            _("Lesson"), _("Question"), _("Prompt"), _("Kind"), _("Attempts"), _("Answered"), _("Percent right"),
            _("Average points"), _("Points"), _("Discrimination"), _("Wrong options chosen most"),
        ]
    )  # fmt: skip
    for one in found:
        tells = one.sums.discrimination
        yield sheets.line(
            [
                one.lesson, one.number, to_text(one.question.prompt), one.question.kind, one.sums.asked, one.sums.answered,
                one.sums.right_percent, Decimal(f"{one.sums.average:.2f}"), one.question.points,
                None if tells is None else Decimal(f"{tells:.3f}"), "; ".join(f"{w} ({n})" for w, n in one.wrong),
            ]
        )  # fmt: skip


def _asked(request: Request) -> UUID:
    found = parse_id(request.path_params["product_id"])
    if found is None:
        raise Missing
    return found


async def _lines(who: Actor, product_id: UUID) -> AsyncIterator[str]:
    """A line for each learner; the address only of those who got something from this creator themselves."""
    yield sheets.BOM + sheets.line(
        [
            _("Learner"), _("Email"), _("Enrolled"), _("Last here"), _("Lessons completed"), _("Lessons"), _("Percent"),
            _("Finished"), _("Overdue lessons"),
        ]
    )  # fmt: skip
    after: UUID | None = None
    while True:
        async with transaction() as session:
            page = await learners.page(session, who, product_id, after=after, limit=_ROWS)
        yield "".join(sheets.line(_cells(row)) for row in page)
        if len(page) < _ROWS:
            return
        after = page[-1].account_id


def _cells(row: learners.Learner) -> list[sheets.Cell]:
    person = (_("Deleted account"), "") if row.gone else (row.name, row.email)
    return [
        *person, _day(row.started_at), _day(row.opened_at), row.done, row.lessons, row.percent, _day(row.completed_at),
        "; ".join(row.overdue),
    ]  # fmt: skip


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}" if at else ""


routes = [
    Route("/studio/products/{product_id}/course.zip", course_zip, methods=["GET"]),
    Route("/studio/products/{product_id}/scorm.zip", scorm_zip, methods=["GET"]),
    Route("/studio/products/{product_id}/learners.csv", learners_csv, methods=["GET"]),
    Route("/studio/products/{product_id}/questions.csv", questions_csv, methods=["GET"]),
]
