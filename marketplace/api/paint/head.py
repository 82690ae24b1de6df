"""What a page says of itself to search engines and to those who share it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.api.paint.html import Html, h, join
from marketplace.settings import get_settings

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """``path`` is canonical; ``image`` a URL; ``picture`` the ``(srcset, sizes)`` of what is painted largest."""

    title: str
    description: str = ""
    path: str = ""
    image: str = ""
    picture: tuple[str, str] = ("", "")
    kind: str = "website"
    indexed: bool = True
    data: Sequence[Data] = field(default_factory=tuple)


def absolute(address: str) -> str:
    return f"{get_settings().public_url}{address}" if address.startswith("/") else address


def tags(facts: Facts) -> Html:
    """For ``<head>``. Marked, so that it goes when the live page is left for another one."""
    return join(_preload(facts.picture), _named(facts))


def data_blocks(facts: Facts) -> Html:
    """For the end of ``<head>``: hydration takes the first ``script`` there for the framework's own."""
    return join([_json_ld(data) for data in facts.data])


def _preload(picture: tuple[str, str]) -> Html | None:
    srcset, sizes = picture
    if not srcset:
        return None
    return h(
        "link", rel="preload", as_="image", imagesrcset=srcset, imagesizes=sizes, fetchpriority="high",
        data_first_paint=True,
    )  # fmt: skip


def _named(facts: Facts) -> Html:
    address = absolute(facts.path) if facts.path else None
    image = absolute(facts.image or "/og-default.png")
    described = facts.description or None
    properties: Mapping[str, str | None] = {
        "og:title": facts.title, "og:description": described, "og:type": facts.kind, "og:url": address,
        "og:image": image, "og:site_name": get_settings().site_name,
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
        [h("meta", name=name, content=text, data_first_paint=True) for name, text in names.items() if text],
        [h("meta", property=name, content=text, data_first_paint=True) for name, text in properties.items() if text],
    )


def _json_ld(data: Data) -> Html:
    """``<`` is written as an escape: nothing in the data can end the element."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return h("script", Html(safe), type="application/ld+json", data_first_paint=True)
