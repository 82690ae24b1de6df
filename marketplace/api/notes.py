"""``/notes/<course>.md``: a learner's own notes of a course as Markdown."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.api.http import member, redirect
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.courses import taking
from marketplace.domain.courses.outline import Outline
from marketplace.domain.notes import service as notes
from marketplace.errors import MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.present import note_path
from marketplace.settings import get_settings


async def markdown(request: Request) -> Response:
    slug = request.path_params["slug"]
    account_id = await member(request)
    if account_id is None:
        return redirect(f"/login?next=/learn/{slug}/notes")
    try:
        async with transaction() as session:
            await accounts.limit(session, f"notes.md:{account_id}", most=20, seconds=60)
        async with transaction() as session:
            listing = await browse.found(session, slug)
            if listing is None:
                raise Missing
            taught = await taking.course(session, listing.product.id)
            found = await notes.everything(session, account_id, listing.product.id)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status)
    told = _told(listing.product.slug, taught.outline if taught else Outline(), found)
    headers = {
        "content-disposition": f'attachment; filename="notes-{listing.product.slug}.md"',
        "cache-control": "private, no-store",
    }
    body = notes.rules.markdown(listing.product.title, told)
    return Response(body, media_type="text/markdown; charset=utf-8", headers=headers)


def _told(slug: str, outline: Outline, found: list[notes.Note]) -> list[notes.rules.Told]:
    """In the order of the course, and within a lesson in that of the video."""
    lessons = {lesson.id: (n, lesson.title) for n, lesson in enumerate(outline.lessons)}
    gone = (len(lessons), _("A lesson that isn't taught any more"))
    row = sorted(found, key=lambda n: (lessons.get(n.lesson_id, gone)[0], n.at_s is None, n.at_s or 0, n.id))
    base = get_settings().public_url
    return [
        notes.rules.Told(lessons.get(n.lesson_id, gone)[1], n.at_s, n.bookmark, n.words, base + note_path(slug, n))
        for n in row
    ]


routes = [Route("/notes/{slug}.md", markdown, methods=["GET"])]
