"""User-facing text goes through ``_()``: gettext catalogues in ``locale/``, English when there is none."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
DEFAULT_LOCALE = "en"

current_locale: ContextVar[str] = ContextVar("current_locale", default=DEFAULT_LOCALE)


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation("messages", LOCALE_DIR, [locale], fallback=True)


def _(text: str) -> str:
    """``text`` in the current locale."""
    return _catalogue(current_locale.get()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` in the current locale, by that language's plural rule for ``count``."""
    return _catalogue(current_locale.get()).ngettext(one, many, count)


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Render everything inside in ``locale``."""
    token = current_locale.set(locale)
    try:
        yield
    finally:
        current_locale.reset(token)
