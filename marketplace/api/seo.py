"""What search engines ask for: the sitemap and the rules for robots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace import page_tags
from marketplace.api.page_cache import NAME
from marketplace.api.paint.head import absolute, alternates
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.rules import TOPICS
from marketplace.i18n import _
from marketplace.present import topic_path
from marketplace.settings import get_settings

_MOST, _PART = 50_000, 40_000  # entries that a file may hold; that one is planned with, so that there is room to grow
_ONE_FILE = _MOST - 100
_PRIVATE = (
    "/studio",
    "/settings",
    "/orders",
    "/documents",
    "/library",
    "/watch",
    "/learn",
    "/admin",
    "/auth",
    "/sandbox",
)


async def sitemap(request: Request) -> Response:
    """Everything in one file, or an index of files when that would be more than one may hold."""
    async with transaction() as session:
        lessons, handles = await browse.sitemap(session, limit=_ONE_FILE + 1)
        topics = await browse.topics(session)
        if len(lessons) + len(handles) > _ONE_FILE:
            return _xml(request, _index(await browse.sitemap_parts(session, _PART)), "sitemap")
    return _xml(request, _urls([*_fixed(topics), *_products(lessons), *_people(handles)]), page_tags.SHOP)


async def part(request: Request) -> Response:
    """One of those files, by its number in the index: only so many addresses cost the database anything."""
    number = int(request.path_params["number"])
    async with transaction() as session:
        known = await browse.sitemap_parts(session, _PART)
        if number == 0:
            entries = _fixed(await browse.topics(session))
        elif number > len(known):
            return PlainTextResponse(_("There is nothing at this address"), 404)
        elif known[number - 1][0] == "products":
            entries = _products(await browse.sitemap_products(session, known[number - 1][1], _MOST))
        else:
            entries = _people(await browse.sitemap_creators(session, known[number - 1][1], _MOST))
    return _xml(request, _urls(entries), "sitemap")


def _fixed(topics: Sequence[str]) -> list[str]:
    return [_entry("/"), _entry("/search"), *[_entry(topic_path(topic)) for topic in topics if topic in TOPICS]]


def _products(rows: Sequence[tuple[str, str, datetime]]) -> list[str]:
    return [
        _entry(f"/{'courses' if kind == 'course' else 'lessons'}/{quote(slug)}", changed)
        for kind, slug, changed in rows
    ]


def _people(handles: Sequence[str]) -> list[str]:
    return [_entry(f"/creators/{quote(handle)}") for handle in handles]


def _index(parts: Sequence[tuple[str, UUID]]) -> str:
    files = [f"{get_settings().public_url}/sitemaps/{number}.xml" for number in range(len(parts) + 1)]
    return _document("sitemapindex", [f"<sitemap><loc>{escape(file)}</loc></sitemap>" for file in files])


def _urls(entries: Sequence[str]) -> str:
    return _document("urlset", entries[:_MOST])


def _document(root: str, entries: Sequence[str]) -> str:
    opened = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opened, *entries, f"</{root}>\n"])


def _xml(request: Request, body: str, tag: str) -> Response:
    """Kept by the cache in front: until something in the shop changes, or for the time that it keeps it anyway."""
    if (making := request.scope.get(NAME)) is not None:
        making.tags = frozenset({tag})
    headers = {"cache-control": "public, max-age=600", "vary": "Accept-Encoding"}
    return Response(body, media_type="application/xml", headers=headers)


def _entry(path: str, changed: datetime | None = None) -> str:
    address = escape(f"{get_settings().public_url}{path}")
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(absolute(other))}/>'
        for language, other in alternates(path)
    )
    modified = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
    return f"<url><loc>{address}</loc>{modified}{others}</url>"


async def robots(_request: Request) -> Response:
    lines = ["User-agent: *", "Allow: /", *[f"Disallow: {path}" for path in _PRIVATE]]
    text = "\n".join([*lines, "", f"Sitemap: {get_settings().public_url}/sitemap.xml", ""])
    return PlainTextResponse(text, headers={"cache-control": "public, max-age=3600"})


async def indexnow_key(_request: Request) -> Response:
    """Proves to those who are told of changes that it is us who tell them."""
    key = get_settings().indexnow_key
    return PlainTextResponse(key or _("There is nothing at this address"), 200 if key else 404)


routes = [
    Route("/indexnow.txt", indexnow_key),
    Route("/sitemap.xml", sitemap),
    Route("/sitemaps/{number:int}.xml", part),
    Route("/robots.txt", robots),
]
