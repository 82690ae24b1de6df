"""Tabs: links when the tab lives in the URL (the rule), buttons when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from .link import link

_TAB = (
    "inline-flex h-11 shrink-0 items-center gap-2 border-b-2 border-transparent px-1 text-sm font-semibold whitespace-nowrap "
    "text-muted transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink "
    "aria-selected:border-accent aria-selected:text-ink"
)
_BAR = "relative flex gap-x-6 overflow-x-auto border-b border-line [scrollbar-width:none] max-sm:flex-wrap"


def tab_links(tabs: Sequence[tuple[str, str, str]], active: rx.Var | str, label: str) -> rx.Component:
    """Tabs as links.

    Args:
        tabs: ``(key, label, href)``.
        active: Key of the current one.
        label: Names the group for screen readers.
    """
    current = rx.Var.create(active)
    return rx.el.nav(
        *[
            link(text, href=href, aria_current=rx.cond(current == key, "page", "false"), class_name=_TAB)
            for key, text, href in tabs
        ],
        aria_label=label,
        class_name=_BAR,
    )


def tab_buttons(
    tabs: Sequence[tuple[str, rx.Var | str]], active: rx.Var | str, on_select: Any, label: str
) -> rx.Component:
    """Tabs as buttons.

    Args:
        tabs: ``(key, label)``. The shown panel should have ``id="panel-<key>"`` and ``role="tabpanel"``.
        active: Key of the current one.
        on_select: Handler of ``(key: str)``.
        label: Names the group for screen readers.
    """
    current = rx.Var.create(active)
    return rx.el.div(
        *[
            rx.el.button(
                text,
                type="button",
                role="tab",
                aria_selected=current == key,
                aria_controls=f"panel-{key}",
                on_click=on_select(key),
                class_name=_TAB,
            )
            for key, text in tabs
        ],
        role="tablist",
        aria_label=label,
        class_name=_BAR,
    )
