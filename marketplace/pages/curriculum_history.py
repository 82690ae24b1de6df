"""What publishing the outline would change, its versions, and the way back."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.sentence import phrase
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.curriculum import CurriculumState

_DISCARD = "discard-changes"
_CHANGES = "unpublished-changes"

PAGES: list[Route] = []


def tools() -> rx.Component:
    state = CurriculumState
    changed = state.changes.length() > 0
    return rx.el.div(
        rx.el.div(
            button(_("Add section"), kind="secondary", size="sm", icon="plus", on_click=state.add_section),
            button(_("Undo"), kind="quiet", size="sm", icon="undo_2", disabled=~state.can_undo, on_click=state.undo),
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(changed, _changes()),
        rx.cond(state.versions.length() > 1, _versions()),
        class_name="mb-4 grid gap-3",
    )


def _changes() -> rx.Component:
    """What publishing would change for learners."""
    state = CurriculumState
    return rx.el.details(
        rx.el.summary(
            badge(_("Unpublished changes"), "warning"),
            rx.el.span(state.changes.length(), class_name="tnum text-sm text-muted"),
            icon("chevron_down", 16, "ms-auto text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-11 cursor-pointer list-none items-center gap-2.5 px-4",
        ),
        rx.el.ul(rx.foreach(state.changes, _change), class_name="grid gap-2 border-t border-line px-4 py-3 text-sm"),
        rx.el.div(
            button(_("Go back to what is published"), kind="quiet", size="sm", on_click=open_dialog(_DISCARD)),
            class_name="border-t border-line px-2 py-1.5",
        ),
        id=_CHANGES,
        class_name="group rounded-card border border-line bg-surface",
    )


def _versions() -> rx.Component:
    """Every version that learners were taught, and the way back to it."""
    state = CurriculumState
    return rx.el.details(
        rx.el.summary(
            icon("history", 18, "text-muted"),
            rx.el.span(_("Versions"), class_name="text-sm font-semibold"),
            rx.el.span(state.versions.length(), class_name="tnum text-sm text-muted"),
            icon("chevron_down", 16, "ms-auto text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-11 cursor-pointer list-none items-center gap-2.5 px-4",
        ),
        rx.el.ol(
            rx.foreach(state.versions, _version), class_name="divide-y divide-line border-t border-line px-4 text-sm"
        ),
        class_name="group rounded-card border border-line bg-surface",
    )


def _version(version: rx.Var) -> rx.Component:
    number = version["number"].to(str)
    return rx.el.li(
        rx.el.div(
            rx.el.span(phrase(_("Version {number}"), number=number), class_name="block font-medium"),
            rx.el.span(version["date"], " · ", version["size"], class_name="tnum text-muted"),
            rx.el.div(
                custom_attrs=sanitised(version["notes"]),
                class_name="prose mt-1 line-clamp-3 text-sm text-muted [overflow-wrap:anywhere] empty:hidden",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            number == CurriculumState.published,
            badge(_("Taught now"), "success"),
            button(
                _("Bring back"),
                kind="secondary",
                size="sm",
                on_click=CurriculumState.bring_back(number),
                aria_label=phrase(_("Bring back version {number}"), number=number),
            ),
        ),
        class_name="flex items-center gap-3 py-2.5",
    )


def _change(change: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(change["words"], class_name="shrink-0 text-muted"),
        rx.el.span(
            change["title"],
            rx.cond(change["was"].to(str) != "", rx.el.span(" (", change["was"], ")", class_name="text-muted")),
            class_name="min-w-0 font-medium [overflow-wrap:anywhere]",
        ),
        class_name="flex flex-wrap gap-x-2.5",
    )


def discard_dialog() -> rx.Component:
    return confirm_dialog(
        _DISCARD,
        _("Go back to what is published?"),
        _("The outline becomes what learners see now. “Undo” brings your changes back while this page is open."),
        _("Go back"),
        CurriculumState.discard,
    )
