"""What a page says of itself to search engines and to those who share it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.api.paint.html import Html, h, join
from marketplace.i18n import in_language
from marketplace.settings import get_settings

Data = dict[str, Any]
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Facts:
    """``path`` is canonical; ``image`` a URL; ``picture`` the ``(srcset, its type, sizes)`` of what is
    painted largest; ``feed`` the ``(title, address)`` of what is new on the page, ``card`` the address of what others
    may show of it in pages of their own."""

    title: str
    description: str = ""
    path: str = ""
    image: str = ""
    picture: tuple[str, str, str] = ("", "", "")
    kind: str = "website"
    indexed: bool = True
    data: Sequence[Data] = field(default_factory=tuple)
    feed: tuple[str, str] = ("", "")
    card: str = ""


def absolute(address: str) -> str:
    return f"{get_settings().public_url}{address}" if address.startswith("/") else address


def tags(facts: Facts) -> Html:
    """For ``<head>``. Marked, so that it goes when the live page is left for another one."""
    return join(_preload(facts.picture), _named(facts))


def data_blocks(facts: Facts) -> Html:
    """For the end of ``<head>``: hydration takes the first ``script`` there for the framework's own."""
    return join([_json_ld(data) for data in facts.data])


def _preload(picture: tuple[str, str, str]) -> Html | None:
    """Who doesn't read that type doesn't fetch it: they find the picture in the page."""
    srcset, type_, sizes = picture
    if not srcset:
        return None
    return h(
        "link", rel="preload", as_="image", imagesrcset=srcset, imagesizes=sizes, type=type_, fetchpriority="high",
        data_first_paint=True,
    )  # fmt: skip


def _named(facts: Facts) -> Html:
    address = absolute(in_language(facts.path)) if facts.path else None
    image = absolute(facts.image or "/og-default.png")
    drawn = not facts.image or facts.image.startswith("/og/")
    described = facts.description or None
    properties: Mapping[str, str | None] = {
        "og:title": facts.title, "og:description": described, "og:type": facts.kind, "og:url": address,
        "og:image": image, "og:image:width": "1200" if drawn else None, "og:image:height": "630" if drawn else None,
        "og:image:alt": facts.title if facts.image else None,
        "og:site_name": get_settings().site_name,
    }  # fmt: skip
    names: Mapping[str, str | None] = {
        "description": described,
        "robots": None if facts.indexed else "noindex",
        "twitter:card": "summary_large_image",
        "twitter:title": facts.title,
        "twitter:description": described,
        "twitter:image": image,
    }
    return join(
        h("title", facts.title, data_first_paint=True),
        h("link", rel="canonical", href=address, data_first_paint=True) if address and facts.indexed else None,
        _others(facts),
        [h("meta", name=name, content=text, data_first_paint=True) for name, text in names.items() if text],
        [h("meta", property=name, content=text, data_first_paint=True) for name, text in properties.items() if text],
    )


def _others(facts: Facts) -> Html:
    """The same page in each language, its feed, and its card for other sites."""
    links = [
        h("link", rel="alternate", hreflang=language, href=absolute(path), data_first_paint=True)
        for language, path in alternates(facts.path)
        if facts.indexed
    ]
    title, feed = facts.feed
    if feed:
        links.append(
            h(
                "link",
                rel="alternate",
                type="application/atom+xml",
                title=title,
                href=absolute(feed),
                data_first_paint=True,
            )
        )
    if facts.card:
        kind = "application/json+oembed"
        links.append(
            h("link", rel="alternate", type=kind, title=facts.title, href=absolute(facts.card), data_first_paint=True)
        )
    return join(links)


def alternates(path: str) -> list[tuple[str, str]]:
    """``(language, address)`` of a page, and which one is for everybody else; nothing where there is one language."""
    languages = get_settings().page_languages
    if not path or len(languages) < 2:
        return []
    return [*[(language, in_language(path, language)) for language in languages], ("x-default", path)]


def _json_ld(data: Data) -> Html:
    """``<`` is written as an escape: nothing in the data can end the element."""
    text = _encoded({"@context": "https://schema.org", **data})
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return h("script", Html(safe), type="application/ld+json", data_first_paint=True)
