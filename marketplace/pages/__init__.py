"""Routes and composition, per capability. Each module lists its pages in ``PAGES``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

_PARTS = ("shell", "basket_buttons")  # of pages, not pages


@dataclass(frozen=True)
class Route:
    """One page: its address, component, title, and the handler that loads its data."""

    path: str
    page: Callable[[], rx.Component]
    title: Any
    on_load: Any = None
    description: str = ""


def routes() -> list[Route]:
    """All pages of the house."""
    from importlib import import_module
    from pkgutil import iter_modules

    names = sorted(module.name for module in iter_modules(__path__) if module.name not in _PARTS)
    return [route for name in names for route in import_module(f"{__name__}.{name}").PAGES]
