"""Web pages as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, unquote, urlsplit

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

MAX_PAGE, MAX_TEXT = 2_000_000, 50_000
Place = Callable[[str], str]  # a picture's source → its address here, or nothing
_NO_MARKS = str.maketrans("[]*_", "()  ")
_VIDEOS = (".mp4", ".m4v", ".mov", ".webm", ".mp3", ".wav", ".ogg", ".swf")


def _nowhere(_source: str) -> str:
    return ""


class _Converter(MarkdownConverter):
    """A picture that ``place`` has a place for is shown there; of any other its description stays."""

    def __init__(self, place: Place) -> None:
        super().__init__(heading_style="atx", bullets="-")
        self._place = place

    def _nothing(self, _el: object, _text: str, parent_tags: object) -> str:
        return ""

    def convert_img(self, el: object, _text: str, parent_tags: object) -> str:
        found = getattr(el, "attrs", {})
        words = " ".join(str(found.get("alt") or "").translate(_NO_MARKS).split())
        address = self._place(str(found.get("src") or ""))
        if address:
            return f"![{words}]({address})"
        after = getattr(getattr(el, "previous_sibling", None), "name", "") == "img"
        return f"{' ' if after else ''}*{words}*" if words else ""

    convert_iframe = convert_video = convert_audio = convert_object = convert_embed = _nothing


def to_markdown(html: str, place: Place = _nowhere) -> str:
    """The words of a page: headings, lists, links, tables, code, and pictures where ``place`` says. Scripts, styles and
    forms are gone."""
    soup = BeautifulSoup(html[:MAX_PAGE], "html.parser")
    for gone in soup(["script", "style", "noscript", "template", "head", "button", "input", "select", "svg"]):
        gone.decompose()
    for link in soup("a"):
        if parts(str(link.get("href", ""))).scheme not in ("http", "https", "mailto"):
            link.unwrap()
    words = _Converter(place).convert_soup(soup)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", words, flags=re.MULTILINE)).strip()[:MAX_TEXT]


def parts(address: str) -> SplitResult:
    """Of whatever stands where an address should."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def to_line(html: str) -> str:
    """The words of a short piece, without marks."""
    return " ".join(BeautifulSoup(html[:MAX_TEXT], "html.parser").get_text(" ").split())


def media_of(html: str) -> list[str]:
    """Names of the videos and sounds that a page plays."""
    soup = BeautifulSoup(html[:MAX_PAGE], "html.parser")
    sources = [
        str(tag.get("src") or tag.get("data") or "")
        for tag in soup(["video", "audio", "source", "embed", "object", "iframe"])
    ]
    names = [unquote(parts(source).path.rsplit("/", 1)[-1]) for source in sources]
    return list(dict.fromkeys(name for name in names if name.lower().endswith(_VIDEOS)))


def decoded(body: bytes) -> str:
    """Text of whatever encoding old authoring tools wrote."""
    for encoding in ("utf-8-sig", "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1")
