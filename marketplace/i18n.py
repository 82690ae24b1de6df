"""User-facing text goes through ``_()``: gettext catalogues in ``locale/<language>/LC_MESSAGES/messages.po``.

Pages are compiled once for each language: the default one (English) without a prefix, the others under
``/<language>/``. So no catalogue travels to a browser, and search engines see each language at an address of its own.
What runs for a request or an event runs in the language of its address.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

LOCALE_DIR = Path(__file__).parent / "locale"
DEFAULT_LOCALE = "en"

current_locale: ContextVar[str] = ContextVar("current_locale", default=DEFAULT_LOCALE)


@cache
def translated() -> tuple[str, ...]:
    """Every language that there is a catalogue for; English, which the text is written in, comes first."""
    return (DEFAULT_LOCALE, *sorted(path.parent.parent.name for path in LOCALE_DIR.glob("*/LC_MESSAGES/messages.po")))


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    """Read from the text that translators edit: there is no compiled copy that could be out of date."""
    source = LOCALE_DIR / locale / "LC_MESSAGES" / "messages.po"
    if not source.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class _Apart(str):
    """A text that is read from the right: what is filled in keeps its own direction, and turns nothing around it."""

    __slots__ = ()

    def format(self, *args: object, **values: object) -> str:
        return str.format(self, *map(_isolated, args), **{name: _isolated(value) for name, value in values.items()})


def _isolated(value: object) -> object:
    return f"\N{FIRST STRONG ISOLATE}{value}\N{POP DIRECTIONAL ISOLATE}" if isinstance(value, str) and value else value


_plain_text: ContextVar[bool] = ContextVar("plain_text", default=False)


@contextmanager
def plain_text(locale: str) -> Iterator[None]:
    """As :func:`use_locale`, for what is read outside of our pages, which say directions by their elements."""
    with use_locale(locale):
        token = _plain_text.set(direction(locale) == "rtl")
        try:
            yield
        finally:
            _plain_text.reset(token)


def _said(text: str) -> str:
    return _Apart(text) if _plain_text.get() else text


def _(text: str) -> str:
    """``text`` in the current locale."""
    return _said(_catalogue(current_locale.get()).gettext(text)) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` in the current locale, by that language's plural rule for ``count``."""
    return _said(_catalogue(current_locale.get()).ngettext(one, many, count))


def N_(text: str) -> str:
    """Marks ``text`` for the catalogues where it can't be translated yet: ``_()`` does that where it is shown."""
    return text


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Render everything inside in ``locale``."""
    token = current_locale.set(locale)
    try:
        yield
    finally:
        current_locale.reset(token)


def direction(locale: str) -> str:
    """``ltr`` or ``rtl``."""
    return str(Locale.parse(locale).text_direction)


def own_name(locale: str) -> str:
    """What its speakers call the language."""
    name = str(Locale.parse(locale).get_display_name(locale))
    return name[:1].upper() + name[1:]


def split_path(path: str) -> tuple[str, str]:
    """``/de/cart`` → ``("de", "/cart")``; an address without a prefix is in the default language."""
    first, _slash, rest = path.removeprefix("/").partition("/")
    if first != DEFAULT_LOCALE and first in translated():
        return first, f"/{rest}"
    return DEFAULT_LOCALE, path


def in_language(path: str, locale: str = "") -> str:
    """The address of one of our pages in ``locale`` (the current one): ``/cart`` → ``/de/cart``. One that says its language
    stays as it is."""
    locale = locale or current_locale.get()
    if locale == DEFAULT_LOCALE or not path.startswith("/") or split_path(path)[0] != DEFAULT_LOCALE:
        return path
    return f"/{locale}" if path == "/" else f"/{locale}{path}"


_SKELETONS = {
    "d MMMM y": "",
    "d MMMM": "MMMMd",
    "d MMM y": "yMMMd",
    "d MMM": "MMMd",
    "MMMM y": "yMMMM",
    "MMM y": "yMMM",
}


def date_words(at: date, pattern: str) -> str:
    """``pattern`` as English has it, a key of ``_SKELETONS``; other languages put the same parts in their own order."""
    day = at.date() if isinstance(at, datetime) else at
    return _date_words(day, pattern, current_locale.get())


@lru_cache(maxsize=1024)
def _date_words(at: date, pattern: str, locale: str) -> str:
    if locale == DEFAULT_LOCALE:
        return format_date(at, pattern, locale=locale)
    skeleton = _SKELETONS[pattern]
    return format_skeleton(skeleton, at, locale=locale) if skeleton else format_date(at, "long", locale=locale)


def list_words(items: Sequence[str], last: Literal["and", "or"] = "and") -> str:
    """“A, B and C”, as the current language lists them."""
    locale = current_locale.get()
    if locale != DEFAULT_LOCALE:
        return format_list(list(items), style="standard" if last == "and" else "or", locale=locale)
    return f" {last} ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def joined(parts: Iterable[str]) -> str:
    """One after the other, with the comma of the current language."""
    return _("{before}, {after}").format(before="", after="").join(parts)


def arrow() -> str:
    """From one thing to the next, the way that the current language is read."""
    return "←" if direction(current_locale.get()) == "rtl" else "→"


def number_words(value: Decimal, places: int) -> str:
    """``1,234.50``, as the current language writes it."""
    locale = current_locale.get()
    if locale == DEFAULT_LOCALE:
        return f"{value:,.{places}f}"
    return str(format_decimal(value, f"#,##0.{'0' * places}" if places else "#,##0", locale=locale))


def percent_words(value: Decimal | int) -> str:
    """``7.5 %``, as the current language writes it; the sign stays with its number."""
    locale = current_locale.get()
    number = f"{Decimal(value):,f}" if locale == DEFAULT_LOCALE else str(format_decimal(value, locale=locale))
    apart = locale == DEFAULT_LOCALE or "\N{NO-BREAK SPACE}" in Locale.parse(locale).percent_formats[None].pattern
    return f"{number}\N{NO-BREAK SPACE}%" if apart else f"{number}%"


def count_words(value: int) -> str:
    """``12,345``, as the current language writes it."""
    return number_words(Decimal(value), 0)


_LEFT, _RIGHT = "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"


def signed(sign: str, number: str) -> str:
    """``+`` or ``−`` and a number, which are read from left to right in every language."""
    return f"{_LEFT if sign and direction(current_locale.get()) == 'rtl' else ''}{sign}{number}"


def amount_words(value: Decimal, places: int, currency: str, symbol: str, sign: str = "") -> str:
    """An amount that isn't negative with its currency, and the sign before it. ``symbol`` is what English puts in front.
    Marks keep the sign at its number, and the dollar at its letters, where one reads from right to left."""
    locale = current_locale.get()
    if locale == DEFAULT_LOCALE:
        return f"{sign}{symbol}{value:,.{places}f}"
    pattern = Locale.parse(locale).currency_formats["standard"]
    shown = copy(pattern)
    shown.frac_prec = (places, places)
    words = str(shown.apply(value, locale, currency=currency.upper(), currency_digits=False))
    if direction(locale) != "rtl":
        return sign + words
    return f"{_RIGHT}{signed(sign, words.lstrip(_RIGHT))}{_LEFT}"
