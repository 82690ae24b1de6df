"""``/embed/product/<name>``: a product's card, or its button, for pages of other sites; and oEmbed, which hands it out.

The only pages that others may frame. They run no script, know nobody and change nothing by themselves: what is pressed
opens here, in the whole window.
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from marketplace import embedding, sharing
from marketplace.api.paint.html import Html, h, join
from marketplace.clock import now
from marketplace.db import reading
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.rules import announced
from marketplace.i18n import _, current_locale, direction, in_language, use_locale
from marketplace.present import card, cover, product_path
from marketplace.settings import get_settings

_STYLE = """
:root { color-scheme: light dark; --paper: #faf8f4; --surface: #fff; --ink: #1d1b18; --muted: #6d675e; --line: #e6e0d6;
  --accent: #0f6b4f; --hover: #0c5a43; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --paper: #141310; --surface: #1c1a17; --ink: #f2eee6; --muted: #aaa297;
  --line: #302c26; --accent: #62c49f; --hover: #7fd4b3; --on: #08201a; } }
* { box-sizing: border-box; margin: 0; }
html, body { height: 100%; background: transparent; }
body { color: var(--ink); font: 16px/1.5 "Instrument Sans", "Instrument Fallback", system-ui, sans-serif;
  overflow-wrap: anywhere; }
a { color: inherit; text-decoration: none; }
a:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 8px; }
.card { display: flex; flex-direction: column; height: 100%; overflow: hidden; border: 1px solid var(--line); border-radius: 12px;
  background: var(--surface); }
.cover { display: block; aspect-ratio: 16 / 9; width: 100%; height: auto; object-fit: cover; background: var(--line); }
.text { display: flex; flex: 1; flex-direction: column; gap: 4px; min-height: 0; padding: 16px 20px 0; }
h1 { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
  font: 600 18px/1.3 "Bricolage Grotesque", "Bricolage Fallback", system-ui, sans-serif; }
.text a:hover h1 { text-decoration: underline; text-underline-offset: 4px; }
.by { overflow: hidden; color: var(--muted); font-size: 14px; text-overflow: ellipsis; white-space: nowrap; }
.foot { display: flex; gap: 12px; align-items: center; justify-content: space-between; padding: 12px 20px 18px; }
.bar { display: flex; gap: 16px; align-items: center; justify-content: space-between; height: 100%; padding: 0 16px;
  border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
.bar .text { padding: 0; gap: 0; } .bar h1 { -webkit-line-clamp: 1; font-size: 16px; }
.price { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.buy { display: inline-flex; align-items: center; min-height: 44px; padding: 0 18px; border: 0; border-radius: 8px;
  background: var(--accent); color: var(--on); font: inherit; font-weight: 600; white-space: nowrap; cursor: pointer; }
.buy:hover { background: var(--hover); }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}


async def framed(request: Request) -> Response:
    with use_locale(embedding.language_of(str(request.url))):
        listing = await _published(request.path_params["slug"])
        if listing is None:
            return PlainTextResponse(_("There is nothing at this address"), 404)
        came = _campaign(request.headers.get("referer", ""))
        inside = _bar(listing, came) if request.query_params.get("as") == "button" else _card(listing, came)
        return HTMLResponse(_page(listing, inside), headers=_headers())


async def _published(slug: str) -> Listing | None:
    async with reading() as session:
        listing = await browse.found(session, slug[:200])
    return listing if listing is not None and listing.product.state == "published" else None


def _headers() -> dict[str, str]:
    settings = get_settings()
    files = "" if settings.supabase_sandboxed else f" {settings.supabase_url}"
    pay = "" if settings.stripe_sandboxed else " https://checkout.stripe.com"  # forms are followed through redirects
    around = f" {settings.public_url}" if settings.backend else ""
    return {
        "content-security-policy": (
            f"default-src 'none'; style-src 'self' 'sha256-{_HASH}'; font-src 'self'; img-src 'self'{around}{files};"
            f" base-uri 'none'; form-action 'self'{around}{pay}; frame-ancestors *"
        ),
        "cache-control": "private, max-age=300", "vary": "Referer",
    }  # fmt: skip


def _campaign(referrer: str) -> str:
    """So that the creator learns which site's card it was."""
    try:
        site = (urlsplit(referrer[:2000]).hostname or "").removeprefix("www.")
    except ValueError:
        site = ""
    return urlencode({"utm_source": site or "embed", "utm_medium": "embed"})


def _page(listing: Listing, inside: Html) -> str:
    locale = current_locale.get()
    head = h(
        "head", h("meta", charset="utf-8"), h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="robots", content="noindex"), h("title", listing.product.title),
        h("link", rel="stylesheet", href="/fonts/fonts.css"), h("style", Html(_STYLE)),
    )  # fmt: skip
    return f"<!doctype html>{h('html', head, h('body', inside), lang=locale, dir=direction(locale))}"


def _address(listing: Listing, came: str) -> str:
    return f"{get_settings().public_url}{in_language(product_path(listing.product))}?{came}"


def _title(listing: Listing, came: str) -> Html:
    by = h("p", _("by {name}").format(name=listing.creator.name), class_="by")
    return join(h("a", h("h1", listing.product.title), href=_address(listing, came), target="_top"), by)


def _card(listing: Listing, came: str) -> Html:
    picture = cover(listing.image, 640)
    shown = h("img", src=picture, alt="", width="640", height="360", class_="cover") if picture else None
    price = h("p", card(listing)["price"], class_="price")
    return h(
        "article",
        h("a", shown, href=_address(listing, came), target="_top", tabindex="-1", aria_hidden="true")
        if shown
        else None,
        h("div", _title(listing, came), class_="text"),
        h("div", price, _action(listing, came), class_="foot"),
        class_="card",
    )


def _bar(listing: Listing, came: str) -> Html:
    price = h("p", card(listing)["price"], class_="price")
    title = h("a", h("h1", listing.product.title), href=_address(listing, came), target="_top")
    return h("article", h("div", title, price, class_="text"), _action(listing, came), class_="bar")


def _action(listing: Listing, came: str) -> Html:
    """To the payment page; where a price has to be chosen first, or nothing is paid, to the product's page."""
    product = listing.product
    ahead = product.before if announced(product.before, product.opens_at, now()) else ""
    if product.price_kind != "fixed" or ahead == "waitlist":
        label = _("Get it free") if product.price_kind == "free" else _("Choose an amount")
        label = {"waitlist": _("Join the waitlist"), "preorder": _("Pre-order")}.get(ahead, label)
        return h("a", label, href=_address(listing, came), target="_top", class_="buy")
    target = f"{get_settings().backend}/buy/{quote(product.slug, safe='')}?{came}"
    button = h("button", _("Pre-order") if ahead else _("Buy now"), type="submit", class_="buy")
    return h("form", button, method="post", action=target, target="_top")


async def oembed(request: Request) -> Response:
    """https://oembed.com: what others show in place of a link to a product."""
    address = request.query_params.get("url", "")
    if request.query_params.get("format", "json") != "json":
        return PlainTextResponse("Only format=json is offered.", 501)
    try:
        most = (int(request.query_params.get("maxwidth", "10000")), int(request.query_params.get("maxheight", "10000")))
    except ValueError:
        return PlainTextResponse("maxwidth and maxheight are whole numbers.", 400)
    slug = embedding.slug_of(address)
    listing = await _published(slug) if slug else None
    if listing is None:
        return PlainTextResponse(_("There is nothing at this address"), 404)
    with use_locale(embedding.language_of(address)):
        headers = {**_OPEN, "cache-control": "public, max-age=3600"}
        return JSONResponse(_told(listing, (max(most[0], 1), max(most[1], 1))), headers=headers)


def _told(listing: Listing, most: tuple[int, int]) -> dict[str, object]:
    settings, product = get_settings(), listing.product
    small = most[1] < embedding.CARD[1]
    size = embedding.BUTTON if small else embedding.CARD
    return {
        "version": "1.0", "type": "rich", "title": product.title, "cache_age": 3600,
        "author_name": listing.creator.name, "author_url": f"{settings.public_url}/creators/{listing.creator.handle}",
        "provider_name": settings.site_name, "provider_url": f"{settings.public_url}/",
        "html": embedding.frame(product, button=small, most=most), "width": min(size[0], most[0]),
        "height": min(size[1], most[1]), "thumbnail_width": 1200, "thumbnail_height": 630,
        "thumbnail_url": f"{settings.api_url}{sharing.product_picture(listing)}",
    }  # fmt: skip


routes = [Route("/embed/product/{slug}", framed, methods=["GET"]), Route("/oembed", oembed, methods=["GET"])]
