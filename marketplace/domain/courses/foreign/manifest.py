"""``imsmanifest.xml``: SCORM 1.2 packages and Common Cartridges have their order and titles in the same way.

Sources: SCORM 1.2 Content Aggregation Model (ADL, 2001), IMS Common Cartridge 1.1 to 1.3.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from marketplace.domain.courses import outline
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from marketplace.domain.courses.foreign import pages, qti
from marketplace.domain.courses.foreign.album import Album
from marketplace.errors import Invalid
from marketplace.text import clean_line

NAME = "imsmanifest.xml"
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class _Package:
    files: Mapping[str, bytes]
    names: set[str]
    resources: Mapping[str, Element]
    album: Album


def read(files: Mapping[str, bytes], names: set[str]) -> Archive:
    """Raises ``Invalid`` with words for the one who chose the file."""
    root = _xml(files.get(NAME, b""), NAME)
    organization = root.find("{*}organizations/{*}organization")
    if organization is None:
        raise Invalid("The package has no table of contents: its manifest names no organization.")
    resources = {str(r.get("identifier")): r for r in root.iterfind("{*}resources/{*}resource")}
    package = _Package(files, names, resources, Album(files))
    title = _title(organization) or _metadata_title(root)
    top = _children(organization)
    while len(top) == 1 and _holds_all(top[0]):
        title, top = title or _title(top[0]), _children(top[0])
    parts = tuple(_parts(package, top, title))
    if not any(part.units for part in parts):
        raise Invalid("The package has no lessons in its table of contents.")
    return Archive(sale={"title": _name(title)} if title else {}, parts=parts, pictures=package.album.pictures)


def _holds_all(item: Element) -> bool:
    """A root: without a name, or with sections below it."""
    below = _children(item)
    return bool(below) and not item.get("identifierref") and (not _title(item) or any(_children(one) for one in below))


def _parts(package: _Package, items: list[Element], title: str) -> Iterator[Part]:
    """An item with others below it is a section; what stands between sections is one too."""
    loose: list[Unit] = []
    for item in items:
        below = _children(item)
        if not below:
            loose.append(_unit(package, item))
            continue
        if loose:
            yield Part(_name(title or "Lessons"), units=tuple(loose))
            loose = []
        own = [_unit(package, item)] if item.get("identifierref") else []
        yield Part(_name(_title(item) or "Section"), units=(*own, *_units(package, below, 0)))
    if loose:
        yield Part(_name(title or "Lessons"), units=tuple(loose))


def _units(package: _Package, items: list[Element], depth: int) -> Iterator[Unit]:
    """Whatever is below, flat."""
    if depth > MAX_DEPTH:
        raise Invalid("The table of contents is nested too deeply.")
    for item in items:
        below = _children(item)
        if item.get("identifierref") or not below:
            yield _unit(package, item)
        yield from _units(package, below, depth + 1)


def _unit(package: _Package, item: Element) -> Unit:
    resource = package.resources.get(str(item.get("identifierref")))
    pieces = tuple(_pieces(package, resource)) if resource is not None else ()
    return Unit(_name(_title(item) or "Lesson"), pieces=pieces[: outline.MAX_BLOCKS])


def _pieces(package: _Package, resource: Element) -> Iterator[Piece]:
    kind = str(resource.get("type") or "")
    path = _path(resource.get("href") or _first_file(resource), resource)
    body = package.files.get(path)
    if body is None:
        if path:
            yield Piece(_kind_of(path), label=path.rsplit("/", 1)[-1][:200])
    elif kind.startswith("imswl"):
        yield from _weblink(_xml(body, path))
    elif kind.startswith("imsdt"):
        words = _xml(body, path).findtext("{*}text") or ""
        yield Piece("text", words=pages.to_markdown(words))
    elif "imsqti" in kind:
        yield from qti.pieces(_xml(body, path))
    elif path.lower().endswith((".html", ".htm", ".xhtml")):
        yield from _page(pages.decoded(body), path, package.album)
    else:
        yield Piece("text", words=pages.decoded(body)[: pages.MAX_TEXT].strip())


def _page(html: str, path: str, album: Album) -> Iterator[Piece]:
    media = pages.media_of(html)
    yield from (Piece("video", label=name[:200]) for name in media)
    before = len(album.left_out)
    words = pages.to_markdown(html, lambda source: album.place(source, posixpath.dirname(path)))
    if words:
        yield Piece("text", words=words)
    elif not media:
        yield Piece("program", label=path.rsplit("/", 1)[-1][:200])  # a page that scripts draw
    yield from (Piece("picture", label=name) for name in album.left_out[before:])


def _weblink(root: Element) -> Iterator[Piece]:
    url = root.find("{*}url")
    address = str(url.get("href") or "") if url is not None else ""
    if pages.parts(address).scheme in ("http", "https") and not set(address) & set("<>() \n"):
        title = pages.to_line(root.findtext("{*}title") or "") or address
        yield Piece("text", words=f"[{title.replace('[', '(').replace(']', ')')}]({address})")


def _kind_of(path: str) -> str:
    return "video" if path.lower().endswith((".mp4", ".mov", ".webm", ".m4v")) else "file"


def _first_file(resource: Element) -> str:
    file = resource.find("{*}file")
    return str(file.get("href") or "") if file is not None else ""


def _path(href: str, resource: Element) -> str:
    """The file in the zip; what leads out of it is nothing."""
    base = str(resource.get("{http://www.w3.org/XML/1998/namespace}base") or "")
    path = posixpath.normpath(posixpath.join(base, unquote(pages.parts(href).path))) if href else ""
    return "" if path.startswith(("..", "/")) or path == "." else path


def _children(item: Element) -> list[Element]:
    return [child for child in item.iterfind("{*}item") if child.get("isvisible", "true") != "false"]


def _title(element: Element) -> str:
    return pages.to_line(element.findtext("{*}title") or "")


def _metadata_title(root: Element) -> str:
    for path in (
        "{*}metadata/{*}lom/{*}general/{*}title/{*}string",
        "{*}metadata/{*}lom/{*}general/{*}title/{*}langstring",
    ):
        if words := root.findtext(path):
            return pages.to_line(words)
    return ""


def _name(words: str) -> str:
    """A title that fits: other systems allow longer ones."""
    line = clean_line(words, limit=10**6, field="title", label="", required=False) or "…"
    return line if len(line) <= outline.MAX_NAME else line[: outline.MAX_NAME - 1].rstrip() + "…"


def _xml(body: bytes, path: str) -> Element:
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Invalid("“{path}” in the zip isn't XML that we can read.", path=path[:80]) from error
    return root
