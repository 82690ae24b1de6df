"""What is new, for feed readers: Atom (RFC 4287) of the shop, of each topic and of each creator; and ``llms.txt``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace import page_tags
from marketplace.api.page_cache import NAME
from marketplace.clock import now
from marketplace.db import reading
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.rules import TOPICS
from marketplace.i18n import _
from marketplace.markdown import render, to_text
from marketplace.present import cover, price, product_path, topic_path
from marketplace.settings import get_settings

SHOP = "/feeds/shop/new.atom"
_MOST = 30  # entries
_TYPE = "application/atom+xml"


def topic_feed(topic: str) -> str:
    return f"/feeds/topics/{topic}.atom"


def creator_feed(handle: str) -> str:
    return f"/feeds/creators/{handle}.atom"


async def shop(request: Request) -> Response:
    async with reading() as session:
        page = await browse.lessons(session, limit=_MOST)
    name = get_settings().site_name
    feed = _feed(SHOP, "/", _("New at {site}").format(site=name), page.items)
    return _answer(request, feed, page.items, page_tags.SHOP)


async def topic(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in TOPICS:
        return _nothing()
    async with reading() as session:
        page = await browse.lessons(session, topic=name, limit=_MOST)
    title = _("{topic} at {site}").format(topic=_(TOPICS[name]), site=get_settings().site_name)
    feed = _feed(topic_feed(name), topic_path(name), title, page.items)
    return _answer(request, feed, page.items, page_tags.topic(name))


async def creator(request: Request) -> Response:
    handle = request.path_params["name"]
    async with reading() as session:
        account = await accounts.by_handle(session, handle[:200]) if handle.isprintable() else None
        if account is None or not account.is_creator:
            return _nothing()
        page = await browse.lessons(session, creator_id=account.id, limit=_MOST)
    title = _("{name} at {site}").format(name=account.name, site=get_settings().site_name)
    feed = _feed(creator_feed(account.handle), f"/creators/{account.handle}", title, page.items, account.bio)
    return _answer(request, feed, page.items, page_tags.creator(account.id), page_tags.offers_of(account.id))


def _nothing() -> Response:
    return PlainTextResponse(_("There is nothing at this address"), 404)


def _answer(request: Request, body: str, items: Sequence[Listing], *tags: str) -> Response:
    """Kept by the cache in front until something that it shows changes."""
    if (making := request.scope.get(NAME)) is not None:
        making.tags = frozenset({*tags, *page_tags.of_listings(items)})
    headers = {"cache-control": "public, max-age=600", "vary": "Accept-Encoding", "access-control-allow-origin": "*"}
    return Response(body, media_type=_TYPE, headers=headers)


def _address(path: str) -> str:
    return f"{get_settings().public_url}{path}" if path.startswith("/") else path


def _feed(path: str, page: str, title: str, items: Sequence[Listing], about: str = "") -> str:
    changed = max((item.product.updated_at for item in items), default=now())
    subtitle = f"<subtitle>{_text(to_text(about, 200))}</subtitle>" if about else ""
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base={quoteattr(_address("/"))}>',
        f"<id>{_text(_address(path))}</id><title>{_text(title)}</title>{subtitle}<updated>{_moment(changed)}</updated>",
        f'<link rel="self" type="{_TYPE}" href={quoteattr(_address(path))}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(_address(page))}/>',
        *[_entry(item) for item in items],
        "</feed>\n",
    ])  # fmt: skip


def _entry(item: Listing) -> str:
    product, address = item.product, _address(product_path(item.product))
    published = product.published_at or product.created_at
    picture = cover(item.image, 640)
    image = f'<p><img src={quoteattr(_address(picture))} alt=""/></p>' if picture else ""
    sum_ = price(product.price_kind, product.price_minor, product.min_minor, product.currency)
    html = f"{image}<p>{escape(product.summary)}</p>{render(product.description_md)}<p>{escape(sum_)}</p>"
    return (
        f"<entry><id>urn:uuid:{product.id}</id><title>{_text(product.title)}</title>"
        f"<link rel=\"alternate\" type=\"text/html\" href={quoteattr(address)}/>"
        f"<published>{_moment(published)}</published><updated>{_moment(product.updated_at)}</updated>"
        f"<author><name>{_text(item.creator.name)}</name>"
        f"<uri>{_text(_address(f'/creators/{item.creator.handle}'))}</uri></author>"
        f"<category term={quoteattr(product.topic)}/>"
        f"<summary>{_text(product.summary)}</summary>"
        f"<content type=\"html\">{_text(html)}</content></entry>"
    )  # fmt: skip


def _text(value: str) -> str:
    """As XML takes it: without the control characters that no document may hold."""
    return escape("".join(c for c in value if c in "\t\n\r" or (ord(c) >= 0x20 and c not in "\ufffe\uffff")))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def llms(request: Request) -> Response:
    """What this place is, for programs that read for people."""
    async with reading() as session:
        topics = [name for name in await browse.topics(session) if name in TOPICS]
    if (making := request.scope.get(NAME)) is not None:
        making.tags = frozenset({page_tags.SHOP})
    return PlainTextResponse(_llms(topics), headers={"cache-control": "public, max-age=3600"})


def _llms(topics: Sequence[str]) -> str:
    settings = get_settings()
    languages = ", ".join(settings.page_languages)
    lines = [
        f"# {settings.site_name}",
        "",
        "> A marketplace where people who live by a craft sell video lessons, courses and bundles. Whoever buys one"
        " keeps it. Public pages are complete HTML without scripts.",
        "",
        "## Pages",
        f"- [Home]({_address('/')}): what is new, and the topics",
        f"- [Search]({_address('/search')}): `/search?q=words`, with `topic`, `level`, `language`, `price` and `sort`",
        *[f"- [{TOPICS[name]}]({_address(topic_path(name))}): everything in this topic" for name in topics],
        "",
        "## How to read a product",
        f"- Its page is at `{_address('/lessons/')}<name>` or `{_address('/courses/')}<name>`. A renamed one redirects"
        " for good; one that was withdrawn answers 410.",
        "- The page holds its facts as JSON-LD (schema.org `Product` or `Course` with `Offer`): title, creator, price"
        " with currency, length, language, what is taught.",
        f"- Creators are at `{_address('/creators/')}<handle>`.",
        "- Paid videos and texts are no part of public pages.",
        "",
        "## Lists for programs",
        f"- [Sitemap]({_address('/sitemap.xml')}): every public page with the day it changed",
        f"- [Feed]({_address(SHOP)}): what is new, as Atom; also `/feeds/topics/<topic>.atom` and"
        " `/feeds/creators/<handle>.atom`",
        f"- [oEmbed]({_address('/oembed')}): `?url=` with the address of a product's page",
        "",
        "## Languages",
        f"Pages are in {languages}; English has no prefix, others are under `/<language>/`.",
        "",
    ]
    return "\n".join(lines)


routes = [
    Route(SHOP, shop),
    Route("/feeds/topics/{name}.atom", topic),
    Route("/feeds/creators/{name}.atom", creator),
    Route("/llms.txt", llms),
]
