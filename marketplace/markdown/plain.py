"""Creators' markdown → safe HTML. CommonMark without raw HTML, then an allow-list sanitiser."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=256)
def render(source: str) -> str:
    """Headings are lowered by one (the page owns the ``h1``); links open safely; images are dropped."""
    html = _parser.render(source[:100_000].replace("\x00", ""))
    html = re.sub(r"(</?h)([1-6])", lambda m: f"{m[1]}{min(int(m[2]) + 1, 4)}", html)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )


@lru_cache(maxsize=512)
def to_text(source: str, limit: int = 300) -> str:
    """Plain text of some markdown, cut at a word, for descriptions and mails."""
    text = re.sub(r"\s+", " ", nh3.clean(render(source), tags=set())).strip()
    text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + "…"


def to_lines(source: str) -> str:
    """Some markdown as plain mail has it: paragraphs, lists with dashes, and the addresses of links in brackets."""
    html = re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', _address, render(source), flags=re.DOTALL)
    html = re.sub(r"<li>\s*(<p>)?", "- ", html)
    html = re.sub(r"</(p|h2|h3|h4|ul|ol|pre|blockquote)>", "\n\n", html)
    text = unescape(nh3.clean(html, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def _address(found: re.Match[str]) -> str:
    href, words = found.groups()
    return words if words == href or href == f"mailto:{words}" else f"{words} ({href})"
