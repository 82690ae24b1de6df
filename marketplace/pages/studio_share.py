"""Sharing a product: its link, how it looks where it is posted, and code for other sites."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.client import copy_text
from marketplace.components.dialog import dialog, open_dialog
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field, text_input
from marketplace.components.menu import menu_button
from marketplace.components.share import copied_label
from marketplace.components.skeleton import skeleton
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.state.studio_share import ShareState

PAGES: list[Route] = []

_DIALOG = "share-product"
_shown = ShareState.shown


def share_entry(row: rx.Var) -> rx.Component:
    """In the menu of a product that is on offer."""
    return rx.el.span(
        menu_button(_("Share and embed"), "share_2", on_click=ShareState.choose(row["id"])),
        on_click=open_dialog(_DIALOG),
    )


def share_dialog() -> rx.Component:
    return dialog(
        rx.cond(_shown.contains("page"), _panel(), skeleton("h-80 w-full rounded-card")),
        id=_DIALOG,
        title=_("Share and embed"),
    )


def _panel() -> rx.Component:
    return rx.el.div(
        rx.el.p(_shown["title"], class_name="font-semibold [overflow-wrap:anywhere]"),
        rx.el.img(
            src=_shown["picture"], alt=_("How it looks where the link is posted"), width="1200", height="630",
            class_name="w-full rounded-control border border-line bg-sunken",
        ),
        field(
            _("Where will you post it?"),
            text_input(
                "place", auto_complete="off", max_length=60, on_change=ShareState.place.debounce(250),
                placeholder=_("newsletter, forum, my site"),
            ),
            hint=_("Earnings then show what came from there."),
            error=error_of(ShareState.errors, "place"),
        ),
        _code(_("Link"), ShareState.link, _("Copy link")),
        disclosure(
            _("Put it on your site"),
            rx.el.div(
                rx.el.p(
                    _("Paste one of these into a page. The button opens the payment page in the whole window."),
                    class_name="text-sm text-muted",
                ),
                _code(_("Card"), _shown["card"], _("Copy code of the card")),
                _code(_("Button"), _shown["button"], _("Copy code of the button")),
                _code(_("Plain link"), _shown["anchor"], _("Copy code of the link")),
                rx.el.iframe(
                    src=_shown["preview"], title=_("Preview of the card"), loading="lazy",
                    class_name="h-[430px] w-full max-w-[360px] justify-self-center border-0",
                ),
                class_name="grid gap-4",
            ),
        ),
        key=_shown["id"],
        class_name="grid gap-4",
    )  # fmt: skip


def _code(label: str, text: rx.Var, copy: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(label, class_name="text-sm font-semibold"),
        rx.el.div(
            rx.el.code(text, class_name="max-h-24 min-w-0 overflow-y-auto text-xs [overflow-wrap:anywhere]"),
            button(
                copied_label(_("Copy")), kind="secondary", size="sm", on_click=copy_text(text), aria_label=copy,
                class_name="group shrink-0",
            ),
            class_name="mt-1 flex items-center justify-between gap-3 rounded-control bg-sunken px-3 py-2",
        ),
    )  # fmt: skip
