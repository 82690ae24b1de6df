"""The built pages, read once per build, with a first paint put in."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from marketplace.api.languages import choosing
from marketplace.api.paint import starting, styles
from marketplace.api.paint.head import Facts, data_blocks, tags
from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.parts import avatar
from marketplace.api.security import page_policy
from marketplace.domain.accounts.rules import Person
from marketplace.i18n import DEFAULT_LOCALE, _, current_locale, direction
from marketplace.route_table import routes_of
from marketplace.settings import get_settings

_GZIP = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # no name, no time
_END = zlib.compressobj(wbits=-15).flush()  # an empty last block
_STYLESHEET = re.compile(r'<link href="(/[^"]+\.css)" rel="stylesheet"([^>]*)>')
_SCRIPT = re.compile(rf'<link rel="(?:{starting.WAITING}|modulepreload)"')
_PRELOADED_STYLE = re.compile(r'<link as="style"[^>]*>')
_ROOT = re.compile(r'<div [^>]*class="[^"]*min-h-dvh[^"]*"[^>]*>')
_ID = re.compile(r'\bid="([^"]+)"')
_LANGUAGE = re.compile(r'(<a lang="[^"]*" hrefLang="[^"]*" data-language="([a-z-]+)"[^>]* href=")[^"]*"')
_GUEST = re.compile(r'<a class="[^"]*" href="(?:/[a-z-]+)?/login".*?</nav>(?=</div></div></header>)', re.DOTALL)

_SHOWN = '<style data-handover="">first-page{display:block}%s</style>'
# Not for a phone: see ``starting.WIDE``.
_FONTS = join(
    *[
        h(
            "link",
            rel="preload",
            as_="font",
            type="font/woff2",
            crossorigin="",
            media=starting.WIDE,
            href=f"/fonts/{name}-latin.woff2",
        )
        for name in ("instrument-sans", "bricolage-grotesque")
    ]
)


@dataclass(frozen=True, slots=True)
class Packed:
    """What alike pages share, mostly their styles: as it is, compressed once and well, and its checksums."""

    plain: bytes
    deflated: bytes
    digest: bytes
    crc: int


@dataclass(frozen=True)
class Page:
    """A whole page: what it shares with others, and what is its own."""

    parts: tuple[Packed | bytes, ...]

    @cached_property
    def html(self) -> bytes:
        return b"".join([part if isinstance(part, bytes) else part.plain for part in self.parts])

    @property
    def etag(self) -> str:
        said = [hashlib.sha256(part).digest() if isinstance(part, bytes) else part.digest for part in self.parts]
        return f'W/"{hashlib.sha256(b"".join(said)).hexdigest()[:32]}"'

    @property
    def packed(self) -> bytes:
        """As gzip."""
        body, crc, size = [_GZIP], 0, 0
        for part in self.parts:
            own = isinstance(part, bytes)
            plain = part if own else part.plain
            body.append(_deflated(plain, 3) if own else part.deflated)
            crc = zlib.crc32(plain, crc) if own or size else part.crc
            size += len(plain)
        return b"".join([*body, _END, struct.pack("<II", crc, size)])


def _deflated(part: bytes, level: int) -> bytes:
    """As a piece that others may follow. Of the own ones, level 4 saves 2 % and takes half as long again as 3."""
    packer = zlib.compressobj(level, wbits=-15)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


def _shared(html: str) -> Packed:
    plain = html.encode()
    return Packed(plain, _deflated(plain, 9), hashlib.sha256(plain).digest(), zlib.crc32(plain))


@dataclass(frozen=True, slots=True)
class Built:
    """One build: the end of the empty document, and the page's frame round ``main``. ``head`` gives the head of a route's
    pages that name the same classes, but for what each says of itself; ``opening`` is what guests see ``before`` what
    is a page's own, and ``framed`` the classes in it."""

    body: str
    before: str
    after: str
    opening: Packed
    framed: frozenset[str]
    policy: str
    head: Callable[[frozenset[str], str], Packed]


def built(folder: Path, locale: str = DEFAULT_LOCALE) -> Built:
    fallback = folder / "__spa-fallback.html"
    return _read(folder, locale, fallback.stat().st_mtime_ns)


def in_its_language(page: str) -> str:
    """The document says which language it is in before a script does."""
    locale = current_locale.get()
    return page.replace('<html lang="en"', f'<html lang="{locale}" dir="{direction(locale)}"', 1)


@lru_cache(maxsize=64)
def _read(folder: Path, locale: str, _changed: int) -> Built:
    document = starting.hold(in_its_language((folder / "__spa-fallback.html").read_text()))
    home = folder / f"{locale}.html"
    head, body = document.split("</head>", 1)
    head, body = _PRELOADED_STYLE.sub("", head), body.removeprefix("<body>")
    sheet = _STYLESHEET.search(head)
    # Its link comes back for hydration; until then it takes nothing from the page.
    head = _STYLESHEET.sub("", head)
    scripts = _scripts(head)
    before, after = _frame((home if home.exists() else folder / "index.html").read_text())
    opening = _opening(before)
    return Built(
        body, before, after, _shared(opening), styles.classes(opening),
        page_policy((document + starting.TAG + starting.KNOWN_TAG).encode()),
        _heads(
            head[:scripts] + _SHOWN % ("" if starting.holds(document) else starting.HANDOVER),
            (folder / sheet[1].lstrip("/")).read_text() if sheet else "",
            head[scripts:] + (starting.later(sheet[1], sheet[2]) if sheet else "") + starting.KNOWN_TAG, _modules(folder),
        ),
    )  # fmt: skip


def _opening(frame: str) -> str:
    return f'</head><body><first-page data-first-page="">{frame}'


def _scripts(head: str) -> int:
    """Where the links to scripts begin."""
    found = _SCRIPT.search(head)
    assert found is not None
    return found.start()


def _heads(start: str, css: str, scripts: str, modules: Mapping[str, Html]) -> Callable[[frozenset[str], str], Packed]:
    known = styles.rules(css.replace("</", "<\\/"))

    @lru_cache(maxsize=128)
    def head(named: frozenset[str], route: str) -> Packed:
        needed = f'<style data-styles="">{styles.needed(known, named)}</style>'
        return _shared("".join([start, needed, _FONTS, modules.get(route, ""), scripts]))

    return head


def as_built(html: bytes) -> Page:
    """One that shares nothing with others."""
    return Page((html,))


def _frame(page: str) -> tuple[str, str]:
    """The header and footer of a built page, under other ids than the live one's; what is between is its own."""
    main = re.search(r'<main class="([^"]*)"[^>]*data-live[^>]*>', page)
    assert main is not None
    start = [found.start() for found in _ROOT.finditer(page, 0, main.start())][-1]
    end = page.index("</footer>", main.end()) + len("</footer>")
    frame = page[start : main.start()] + "\0" + page[page.index("</main>", main.end()) + len("</main>") : end]
    for name in set(_ID.findall(frame)):
        frame = re.sub(rf'\b(id|for|popoverTarget)="{re.escape(name)}"', rf'\1="first-{name}"', frame)
    frame = frame.replace('href="/#content"', 'href="#first-paint"').replace('href="#content"', 'href="#first-paint"')
    before, after = re.sub(r' data-(emotion|discover)="[^"]*"', "", frame).split("\0")
    return f'{before}<main id="first-paint" tabindex="-1" class="{main[1]}">', f"</main>{after}</div>"


def _modules(folder: Path) -> dict[str, Html]:
    """Route address → preloads of its scripts, which the fallback document does not know."""
    manifest = next(folder.glob("assets/manifest-*.js"), None)
    if manifest is None:
        return {}
    routes = routes_of(manifest.read_text())
    return {
        "/" + re.sub(r":(\w+)", r"[\1]", route.get("path") or ""): join(
            *[h("link", rel=starting.WAITING, href=file) for file in [route["module"], *route["imports"]]]
        )
        for key, route in routes.items()
        if key != "root"
    }


def document(
    page: Built, facts: Facts, main: Html, *, route: str, viewer: Person | None, query: str = "", path: str = "/"
) -> Page:
    """A whole page with ``main`` painted in."""
    frame = _with_viewer(page.before, viewer)
    if query:
        value = str(h("input", value=query)).removeprefix("<input ").removesuffix(">")
        frame = re.sub(r'(<input[^>]*type="search"[^>]*) value=""', lambda m: f"{m[1]} {value}", frame, count=1)
    same = frame == page.before
    opening = page.opening if same else _opening(frame).encode()
    own = "".join([
        main, _with_languages(page.after, path, urlencode({"q": query}) if query else ""), starting.TAG, "</first-page>",
        page.body,
    ])  # fmt: skip
    named = styles.classes(own) | (page.framed if same else styles.classes(frame))
    said = f"{tags(facts)}{data_blocks(facts)}".encode()
    return Page((page.head(named, route), said, opening, own.encode()))


def _with_languages(frame: str, path: str, query: str) -> str:
    """The other languages of this page, instead of those of the first one."""

    def other(found: re.Match[str]) -> str:
        return f'{found[1]}{escape(choosing(path, found[2], query), quote=True)}"'

    return _LANGUAGE.sub(other, frame)


def _with_viewer(frame: str, viewer: Person | None) -> str:
    """The header as the person who is signed in knows it."""
    if viewer is None:
        return frame
    if viewer.is_creator:
        frame = frame.replace(f'/studio">{_("Sell")}<', f'/studio">{_("Studio")}<')
    return _GUEST.sub(lambda _found: _account(viewer), frame, count=1)


def _account(viewer: Person) -> Html:
    ways = (
        (_("Library"), "/library"), (_("Orders"), "/orders"), (_("Studio"), "/studio"), (_("Settings"), "/settings"),
    )  # fmt: skip
    return join(
        h(
            "button",
            avatar(viewer.name, viewer.avatar_url, "sm"),
            type="button",
            aria_label=_("Your account"),
            popovertarget="first-account-menu",
            class_="grid size-11 shrink-0 place-items-center rounded-full",
        ),
        h(
            "nav",
            h("p", viewer.name, class_="truncate px-3 py-2 font-semibold"),
            [h("a", label, href=href, class_="menu-entry") for label, href in ways],
            h(
                "form",
                h("button", _("Sign out"), type="submit", class_="menu-entry"),
                action=f"{get_settings().backend}/auth/signout",
                method="post",
            ),
            id="first-account-menu",
            aria_label=_("Your account"),
            popover="auto",
            class_="menu",
        ),
    )
