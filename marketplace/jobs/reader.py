"""Mails speak their reader's language, and lead to its pages."""

from __future__ import annotations

from contextlib import AbstractContextManager

from marketplace.i18n import DEFAULT_LOCALE, in_language, plain_text
from marketplace.settings import get_settings


def reading(language: str) -> AbstractContextManager[None]:
    """Inside, everything is in the language that somebody reads; in English when it isn't known or isn't offered."""
    return plain_text(language if language in get_settings().page_languages else DEFAULT_LOCALE)


def page(path: str) -> str:
    """The whole address of one of our pages, in the current language."""
    return f"{get_settings().public_url}{in_language(path)}"
