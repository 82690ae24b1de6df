"""Routes and composition, per capability. Each module lists its pages in ``PAGES``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from marketplace.i18n import DEFAULT_LOCALE, _, in_language, use_locale
from marketplace.settings import get_settings

_PARTS = ("shell", "basket_buttons", "coupon_links", "lesson_code")  # of pages, not pages


@dataclass(frozen=True)
class Route:
    """One page: its address, component, title, and the handler that loads its data."""

    path: str
    page: Callable[[], rx.Component]
    title: Any  # text, a Var, or a function of no arguments that makes one
    on_load: Any = None
    description: str = ""


def routes() -> list[Route]:
    """All pages of the house."""
    from importlib import import_module
    from pkgutil import iter_modules

    names = sorted(module.name for module in iter_modules(__path__) if module.name not in _PARTS)
    return [route for name in names for route in import_module(f"{__name__}.{name}").PAGES]


def localised_routes() -> list[Route]:
    """All pages in each language, every other than the default one under its prefix."""
    return [
        _localised(route, language)
        for language in get_settings().page_languages
        for route in routes()
        if route.path != "404" or language == DEFAULT_LOCALE
    ]


def _localised(route: Route, language: str) -> Route:
    def page() -> rx.Component:
        with use_locale(language):
            return route.page()

    # What pages of one module share is one file; those of all pages would be one, were this their module.
    page.__module__ = f"{route.page.__module__}.{language}"
    with use_locale(language):
        title = route.title() if callable(route.title) else route.title
        return replace(
            route, path=in_language(route.path) if route.path != "404" else route.path, page=page,
            title=_(title) if isinstance(title, str) else title, description=_(route.description),
        )  # fmt: skip
