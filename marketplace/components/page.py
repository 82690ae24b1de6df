"""The shell every page stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from marketplace.i18n import _, current_locale, direction

from .arrival import arrival
from .focus_keeper import focus_keeper
from .given import given
from .icon import icon
from .keep_typed import keep_typed
from .languages import language_switch, speaks
from .link import link

_WIDTHS = {"page": "max-w-page", "read": "max-w-read", "full": "max-w-none"}


def page(
    *children: Any,
    header: rx.Component,
    footer: rx.Component | None = None,
    tabs: rx.Component | None = None,
    banner: rx.Component | None = None,
    live: rx.Var | bool = True,
    width: str = "page",
) -> rx.Component:
    """Skip link, header, main, footer.

    Args:
        children: The page, with one ``h1``.
        header: Made by :func:`~.header.header`.
        footer: Made by :func:`site_footer`.
        tabs: Made by :func:`~.header.bottom_tabs`, for people signed in.
        banner: E.g. :func:`sandbox_banner`.
        live: True once the page has its data: the server's first paint then steps aside.
        width: ``page`` (1216 px), ``read`` (672 px) or ``full``.
    """
    above = [part for part in (banner, header) if part is not None]
    below = [part for part in (footer, tabs) if part is not None]
    gap = "pb-24 sm:pb-16" if tabs is not None else "pb-16"
    return rx.el.div(
        keep_typed(),
        speaks(),
        link(
            _("Skip to content"),
            href="#content",
            document=True,
            class_name=(
                "sr-only focus:not-sr-only focus:fixed focus:top-2 focus:start-2 focus:z-50 focus:rounded-control "
                "focus:bg-ink focus:px-4 focus:py-2 focus:text-paper"
            ),
        ),
        *above,
        rx.el.main(
            *children,
            id="content",
            tab_index=-1,
            custom_attrs={"data-live": rx.cond(live, "true", "false")},
            class_name=f"mx-auto w-full grow {_WIDTHS[width]} px-4 pt-6 outline-none sm:px-6 sm:pt-10 {gap}",
        ),
        *below,
        arrival(live),
        focus_keeper(),
        lang=current_locale.get(),
        dir=direction(current_locale.get()),
        class_name="flex min-h-dvh flex-col [--gutter:1rem] sm:[--gutter:1.5rem]",
    )


def page_title(title: rx.Var | str, text: rx.Var | str = "", action: rx.Component | None = None) -> rx.Component:
    """The page's one ``h1``, with a line under it and an action beside it."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1(title, class_name="text-2xl sm:text-3xl"),
            rx.el.p(text, class_name="mt-2 max-w-[60ch] text-muted empty:hidden"),
        ),
        *([action] if action is not None else []),
        class_name="mb-8 flex flex-wrap items-end justify-between gap-4",
    )


def section(*children: Any, title: rx.Var | str = "", class_name: str = "") -> rx.Component:
    """A part of a page with room round it."""
    head = given(title, rx.el.h2(title, class_name="mb-5 text-xl"))
    return rx.el.section(head, *children, class_name=f"py-10 first:pt-0 sm:py-16 {class_name}".strip())


def site_footer(site_name: str = "Atelier", links: Sequence[tuple[str, str]] | None = None) -> rx.Component:
    """The end of every page.

    Args:
        site_name: Of the white label.
        links: ``(label, href)``; the usual ones when not given.
    """
    usual = (
        (_("Browse"), "/search"),
        (_("Start selling"), "/studio"),
    )
    return rx.el.footer(
        rx.el.div(
            rx.el.p(site_name, class_name="font-display font-semibold text-ink"),
            rx.el.nav(
                *[
                    link(
                        label, href=href, class_name="inline-flex min-h-11 items-center hover:text-ink hover:underline"
                    )
                    for label, href in links or usual
                ],
                aria_label=_("Footer"),
                class_name="flex flex-wrap gap-x-6",
            ),
            language_switch(),
            class_name="mx-auto flex max-w-page flex-wrap items-center justify-between gap-4 px-4 py-8 sm:px-6",
        ),
        custom_attrs={"data-print": "no"},
        class_name="border-t border-line text-sm text-muted max-sm:pb-16",
    )


def sandbox_banner(text: str | None = None, href: str = "/sandbox/") -> rx.Component:
    """The strip that says this is not production."""
    return rx.el.div(
        icon("flask_conical", 16),
        text or _("Sandbox: no real money"),
        link(_("See inside"), href=href, document=True, class_name="underline underline-offset-4"),
        custom_attrs={"data-print": "no"},
        class_name="sandbox-stripes flex h-8 items-center justify-center gap-2 text-xs font-semibold text-warning",
    )
