"""``/search/suggest?q=…``: what may be meant by what stands in the search box so far. Nothing of it is kept."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.db import direct
from marketplace.domain.catalog.rules import TOPICS
from marketplace.domain.search.rules import MAX_TYPED
from marketplace.domain.search.suggesting import Suggestions
from marketplace.domain.search.suggesting import suggest as suggested
from marketplace.i18n import _
from marketplace.settings import get_settings

_room = asyncio.Semaphore(2)  # of the few direct connections: what people do is worth more than what they may mean
_SECONDS = 60  # for which a browser may show the same again


async def suggest(request: Request) -> Response:
    async with _room, direct() as connection:
        found = await suggested(connection, request.query_params.get("q", "")[:MAX_TYPED], TOPICS)
    headers = {"cache-control": f"public, max-age={_SECONDS}", "x-robots-tag": "noindex"}
    if get_settings().backend:  # the pages are on another host
        headers["access-control-allow-origin"] = get_settings().public_url
    return JSONResponse({"items": _items(found)}, headers=headers)


def _items(found: Suggestions) -> list[dict[str, str]]:
    return [
        *[_item("query", query, f"/search?{urlencode({'q': query})}") for query in found.queries],
        *[_item("topic", _(TOPICS[topic]), f"/search?{urlencode({'topic': topic})}") for topic in found.topics],
        *[_item("person", name, f"/creators/{quote(handle)}") for name, handle in found.people],
        *[
            _item(
                "title",
                one.title,
                f"/{'courses' if one.kind == 'course' else 'lessons'}/{quote(one.slug)}",
                one.creator,
            )
            for one in found.titles
        ],
    ]


def _item(kind: str, label: str, href: str, note: str = "") -> dict[str, str]:
    return {"kind": kind, "label": label, "href": href, "note": note}


routes = [Route("/search/suggest", suggest)]
