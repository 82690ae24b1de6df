"""Where this page stands."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from marketplace.i18n import _

from .icon import icon
from .link import link


def breadcrumbs(trail: Sequence[tuple[rx.Var | str, rx.Var | str]], current: rx.Var | str) -> rx.Component:
    """The way here.

    Args:
        trail: ``(label, href)`` of the pages above.
        current: This page's name.
    """
    above = [
        rx.el.li(
            link(
                label,
                href=href,
                class_name="inline-flex items-center underline-offset-4 hover:underline pointer-coarse:min-h-11",
            ),
            icon("chevron_right", 14),
            class_name="inline-flex items-center gap-1.5",
        )
        for label, href in trail
    ]
    here = rx.el.li(current, aria_current="page", class_name="max-w-[32ch] truncate text-ink")
    return rx.el.nav(
        rx.el.ol(*above, here, class_name="flex flex-wrap items-center gap-1.5 text-sm text-muted"),
        aria_label=_("Breadcrumbs"),
    )
