"""The text of a lesson → HTML. What comes out of the parser is cleaned once more by an allow-list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from html import escape
from typing import Any
from uuid import UUID

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from marketplace.i18n import _, current_locale
from marketplace.markdown.code import code
from marketplace.markdown.dress import dress
from marketplace.markdown.embeds import embeds
from marketplace.markdown.groups import groups
from marketplace.markdown.maths import maths
from marketplace.markdown.pictures import Shot, pictures

MAX_TEXT = 60_000
_MATHS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "mstyle", "mpadded",
    "mphantom", "menclose", "merror",
}  # fmt: skip
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "sup",
    "table", "thead", "tbody", "tr", "th", "td", "div", "span", "section", "figure", "figcaption", "img", "details",
    "summary", "input", "label", "iframe", *_MATHS,
}  # fmt: skip
_MATHS_LOOKS = {
    "display", "stretchy", "fence", "separator", "form", "lspace", "rspace", "minsize", "maxsize", "accent",
    "accentunder", "mathvariant", "linethickness", "columnalign", "rowspacing", "columnspacing", "columnlines",
    "rowlines", "displaystyle", "scriptlevel", "width", "height", "depth", "voffset", "notation", "movablelimits",
    "symmetric", "largeop",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "id", "class", "aria-label"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "iframe": {"src", "title", "loading", "class", "allow", "sandbox"},
    "input": {"type", "name", "id", "checked"},
    "label": {"for"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "section": {"class", "aria-label"},
    "figure": {"class"},
    "span": {"class", "role", "aria-label"},
    "p": {"class"},
    "code": {"class"},
    "details": {"class"},
    "pre": {"tabindex", "dir"},
    "ol": {"start", "class"},
    "li": {"class", "id"},
    "sup": {"class"},
    "th": {"class"},
    "td": {"class"},
    **dict.fromkeys(_MATHS, _MATHS_LOOKS),
}
_ID = re.compile(r"(?:tab|tabs|fn|fnref)-[\w:-]{1,80}", re.ASCII)
_FRAME = re.compile(r"(?:https?://[\w.:-]+)?/embed/[a-z]+/[\w.-]+", re.ASCII)
_ALIGN = re.compile(r"text-align:(left|right|center)")


def lesson_html(
    source: str, *, key: str = "", pictures: Mapping[UUID, Shot] | None = None, frames: str | None = ""
) -> str:
    """Callouts, maths, code, pictures, embeds, tabs, flashcards, answers to reveal, tables, tasks and footnotes.

    Args:
        source: Markdown. What is longer than a text may be is cut.
        key: Different for each text of a page, so that their ids and tabs don't mix.
        pictures: Where those are that may be shown.
        frames: What stands before ``/embed/…``, or None: links instead of frames.
    """
    key = re.sub(r"[^0-9A-Za-z-]", "", key)[:40] or "text"
    known = tuple((pictures or {}).items())
    source = source[:MAX_TEXT].replace("\x00", "").encode(errors="replace").decode()  # half a letter of two is none
    return _rendered(source, key, known, frames, current_locale.get())


@lru_cache(maxsize=64)
def _rendered(source: str, key: str, shots: tuple[tuple[UUID, Shot], ...], frames: str | None, _locale: str) -> str:
    """Many learners read the same text."""
    env: dict[str, Any] = {"key": key, "pictures": dict(shots), "frames": frames, "groups": 0, "depth": 0}
    return _cleaner().clean(_parser().render(source, env))


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    for part in (maths, groups, dress, embeds, pictures, code):
        part(md)
    footnote_plugin(md, inline=False)
    for name, shown in (
        ("footnote_ref", _note_sign), ("footnote_block_open", _notes_open), ("footnote_open", _note_open),
        ("footnote_anchor", _note_back), ("th_open", _cell), ("td_open", _cell),
    ):  # fmt: skip
        md.add_render_rule(name, shown)
    return md


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    """A second look at what could do harm."""
    if name in ("id", "for") or (tag == "input" and name == "name"):
        return value if _ID.fullmatch(value) else None
    if tag == "iframe" and name == "src":
        return value if _FRAME.fullmatch(value) else None
    if tag == "input" and name == "type":
        return "radio"
    return value


def _note(tokens: Sequence[Token], at: int, env: dict[str, Any]) -> tuple[str, int]:
    return env["key"], int(tokens[at].meta["id"]) + 1


def _note_sign(_self: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    key, number = _note(tokens, at, env)
    again = int(tokens[at].meta.get("subId", 0))
    own = f"{number}-{again}" if again else str(number)
    words = escape(_("Footnote {n}").format(n=number))
    return f'<sup><a href="#fn-{key}-{number}" id="fnref-{key}-{own}" aria-label="{words}">{number}</a></sup>'


def _notes_open(*_args: Any) -> str:
    return f'<section class="footnotes" aria-label="{escape(_("Footnotes"))}"><ol>\n'


def _note_open(_self: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    return '<li id="fn-{}-{}">'.format(*_note(tokens, at, env))


def _note_back(_self: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    key, number = _note(tokens, at, env)
    again = int(tokens[at].meta.get("subId", 0))
    own = f"{number}-{again}" if again else str(number)
    return f' <a href="#fnref-{key}-{own}" class="back" aria-label="{escape(_("Back to the text"))}">↩</a>'


def _cell(_self: Any, tokens: Sequence[Token], at: int, *_rest: Any) -> str:
    found = _ALIGN.search(str(tokens[at].attrs.get("style", "")))
    return f'<{tokens[at].tag} class="to-{found[1]}">' if found and found[1] != "left" else f"<{tokens[at].tag}>"
