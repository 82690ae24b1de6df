"""What search engines ask for: the sitemap and the rules for robots."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.settings import get_settings

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


async def sitemap(_request: Request) -> Response:
    """Home, topics, published lessons and the creators who have one: well under the 50,000 a file may hold."""
    async with transaction() as session:
        lessons, handles = await browse.sitemap(session)
        topics = await browse.topics(session)
    entries = [_entry("/"), _entry("/search"), *[_entry(f"/search?topic={topic}") for topic in topics]]
    entries += [
        _entry(f"/{'courses' if kind == 'course' else 'lessons'}/{quote(slug)}", changed)
        for kind, slug, changed in lessons
    ]
    entries += [_entry(f"/creators/{quote(handle)}") for handle in handles]
    body = "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *entries[:50_000],
            "</urlset>\n",
        ]
    )
    return Response(body, media_type="application/xml", headers={"cache-control": "public, max-age=600"})


def _entry(path: str, changed: datetime | None = None) -> str:
    address = escape(f"{get_settings().public_url}{path}")
    modified = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
    return f"<url><loc>{address}</loc>{modified}</url>"


async def robots(_request: Request) -> Response:
    lines = ["User-agent: *", "Allow: /", *[f"Disallow: {path}" for path in _PRIVATE]]
    text = "\n".join([*lines, "", f"Sitemap: {get_settings().public_url}/sitemap.xml", ""])
    return PlainTextResponse(text, headers={"cache-control": "public, max-age=3600"})


routes = [Route("/sitemap.xml", sitemap), Route("/robots.txt", robots)]
