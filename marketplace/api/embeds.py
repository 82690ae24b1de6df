"""``/embed/…``: a page with nothing but one frame of a place on the list.

Pages of ours may frame only ourselves. They frame this one, and only this one's policy names the other host: so no page
with an account in it lets others in, however it was reached.
"""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.i18n import _
from marketplace.markdown.embeds import PLACES
from marketplace.settings import get_settings

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<style>html,body,iframe{{margin:0;width:100%;height:100%;border:0;display:block;overflow:hidden}}</style>
<iframe src="{src}" title="{name}" allow="fullscreen; encrypted-media; picture-in-picture"></iframe>
"""


async def framed(request: Request) -> Response:
    place, id_ = PLACES.get(request.path_params["place"]), request.path_params["id"]
    if place is None or not place.id_.fullmatch(id_):
        return PlainTextResponse(_("There is nothing at this address"), 404)
    settings = get_settings()
    around = f"'self' {settings.public_url}" if settings.backend else "'self'"
    headers = {
        "content-security-policy": (
            f"default-src 'none'; style-src 'unsafe-inline'; frame-src {place.host}; base-uri 'none';"
            f" form-action 'none'; frame-ancestors {around}"
        ),
        "cache-control": "public, max-age=86400",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    }
    page = _PAGE.format(name=escape(place.name), src=escape(place.src(id_)))
    return Response(page, 200, headers, "text/html")


routes = [Route("/embed/{place}/{id}", framed, methods=["GET"])]
