"""The built pages, read once per build, with a first paint put in."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
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
_STYLESHEET = re.compile(r'<link href="(/[^"]+\.css)" rel="stylesheet"([^>]*)>')
_SCRIPT = re.compile(rf'<link rel="(?:{starting.WAITING}|modulepreload)"')
_PRELOADED_STYLE = re.compile(r'<link as="style"[^>]*>')
_ROOT = re.compile(r'<div [^>]*class="[^"]*min-h-dvh[^"]*"[^>]*>')
_ID = re.compile(r'\bid="([^"]+)"')
_LANGUAGE = re.compile(r'(<a lang="[^"]*" hrefLang="[^"]*" data-language="([a-z-]+)"[^>]* href=")[^"]*"')
_GUEST = re.compile(r'<a class="[^"]*" href="(?:/[a-z-]+)?/login".*?</nav>(?=</div></div></header>)', re.DOTALL)

# The painted page stands in for the live one until that has its data. Its element has a name of its own: while React
# takes over the body, it passes over elements that it did not make by their names.
_HANDOVER = (
    '<style data-handover="">first-page{display:block}'
    "body:has([data-live=true]) [data-first-page]:not([data-held]),"
    "body:has([data-first-page]):not(:has([data-live=true])) div:has(>[data-live=false]),"
    "body:has([data-held]) div:has(>[data-live]){display:none}"
    "</style>"
)
# A phone's first look has its picture first: browsers hold back the first paint for fonts that are fetched so.
_FONTS = join(
    *[
        h(
            "link",
            rel="preload",
            as_="font",
            type="font/woff2",
            crossorigin="",
            media="(min-width: 40rem)",
            href=f"/fonts/{name}-latin.woff2",
        )
        for name in ("instrument-sans", "bricolage-grotesque")
    ]
)


@dataclass(frozen=True, slots=True)
class Packed:
    """What alike pages begin with, mostly their styles: as it is, compressed once and well, and summed up so far."""

    plain: bytes
    begun: bytes
    crc: int
    sha: hashlib._Hash


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page, of which only ``rest`` is its own."""

    head: Packed
    rest: bytes

    @property
    def html(self) -> bytes:
        return self.head.plain + self.rest

    @property
    def etag(self) -> str:
        seen = self.head.sha.copy()
        seen.update(self.rest)
        return f'W/"{seen.hexdigest()[:32]}"'

    @property
    def packed(self) -> bytes:
        """As gzip."""
        packer = zlib.compressobj(3, wbits=-15)  # 4 saves another 2 % and takes half as long again
        ends = struct.pack("<II", zlib.crc32(self.rest, self.head.crc), len(self.head.plain) + len(self.rest))
        return self.head.begun + packer.compress(self.rest) + packer.flush() + ends


@dataclass(frozen=True, slots=True)
class Built:
    """One build: the empty document, the page's frame round ``main``, and the scripts of each route. ``begin`` gives the
    beginning of pages that name the same classes."""

    scripts: str
    body: str
    before: str
    main_class: str
    after: str
    modules: Mapping[str, Html]
    policy: str
    begin: Callable[[frozenset[str]], Packed]


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
    # Its link stays for hydration; as print styles it delays nothing.
    head = _STYLESHEET.sub(r'<link href="\1" rel="stylesheet" media="print"\2>', head)
    scripts = _scripts(head)
    before, main_class, after = _frame((home if home.exists() else folder / "index.html").read_text())
    return Built(
        head[scripts:], body, before, main_class, after, _modules(folder), page_policy((document + starting.TAG).encode()),
        _beginning(head[:scripts], (folder / sheet[1].lstrip("/")).read_text() if sheet else ""),
    )  # fmt: skip


def _scripts(head: str) -> int:
    """Where the links to scripts begin."""
    found = _SCRIPT.search(head)
    assert found is not None
    return found.start()


def _beginning(head: str, css: str) -> Callable[[frozenset[str]], Packed]:
    known = styles.rules(css.replace("</", "<\\/"))

    @lru_cache(maxsize=128)
    def begin(named: frozenset[str]) -> Packed:
        return _begin(f'{head}<style data-styles="">{styles.needed(known, named)}</style>{_HANDOVER}'.encode())

    return begin


def _begin(head: bytes) -> Packed:
    packer = zlib.compressobj(9, wbits=-15)
    begun = _GZIP + packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    return Packed(head, begun, zlib.crc32(head), hashlib.sha256(head))


@cache
def _nothing() -> Packed:
    return _begin(b"")


def as_built(html: bytes) -> Page:
    """One that shares nothing with others."""
    return Page(_nothing(), html)


def _frame(page: str) -> tuple[str, str, str]:
    """The header and footer of a built page, under other ids than the live one's."""
    main = re.search(r'<main class="([^"]*)"[^>]*data-live[^>]*>', page)
    assert main is not None
    start = [found.start() for found in _ROOT.finditer(page, 0, main.start())][-1]
    end = page.index("</footer>", main.end()) + len("</footer>")
    frame = page[start : main.start()] + "\0" + page[page.index("</main>", main.end()) + len("</main>") : end]
    for name in set(_ID.findall(frame)):
        frame = re.sub(rf'\b(id|for|popoverTarget)="{re.escape(name)}"', rf'\1="first-{name}"', frame)
    frame = frame.replace('href="/#content"', 'href="#first-paint"').replace('href="#content"', 'href="#first-paint"')
    before, after = re.sub(r' data-(emotion|discover)="[^"]*"', "", frame).split("\0")
    return before, main[1], f"{after}</div>"


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
    gap = page.main_class
    painted = f'<first-page data-first-page="">{frame}<main id="first-paint" tabindex="-1" class="{gap}">{main}</main>'
    parts = (
        _FONTS, tags(facts), page.modules.get(route, ""), page.scripts, data_blocks(facts), "</head><body>", painted,
        _with_languages(page.after, path, urlencode({"q": query}) if query else ""),
        starting.TAG, "</first-page>", page.body,
    )  # fmt: skip
    rest = "".join(parts)
    return Page(page.begin(styles.classes(rest)), rest.encode())


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
    entry = (
        "flex min-h-10 w-full items-center gap-3 rounded-control px-3 text-start text-sm font-medium "
        "hover:bg-sunken focus-visible:bg-sunken pointer-coarse:min-h-11"
    )
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
            [h("a", label, href=href, class_=entry) for label, href in ways],
            h(
                "form",
                h("button", _("Sign out"), type="submit", class_=entry),
                action=f"{get_settings().backend}/auth/signout",
                method="post",
            ),
            id="first-account-menu",
            aria_label=_("Your account"),
            popover="auto",
            class_="menu",
        ),
    )
