"""The blocks of a product's page, and beside them how visitors will see it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, icon_button, link_button
from marketplace.components.empty import cannot_open, empty_state
from marketplace.components.field import field_error
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.link import link
from marketplace.components.menu import menu, menu_button, menu_line, opens
from marketplace.components.notice import changed_elsewhere
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_lines
from marketplace.components.sortable import sortable
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.sales_page_forms import block_form
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import save_status
from marketplace.state.sales_page import SIGNS, BlockRow, SalesPageState

_ADD = "add-block"
state = SalesPageState


def sales_page() -> rx.Component:
    return shell(
        rx.cond(
            state.failure != "",
            cannot_open(_("This page can't be opened"), state.failure),
            rx.cond(state.loaded & (state.edit_href != ""), _editor(), _loading()),
        ),
        live=state.loaded,
        tab="studio",
    )


def _loading() -> rx.Component:
    return rx.el.div(rx.el.h1(_("Sales page"), class_name="mb-6 text-2xl sm:text-3xl"), skeleton_lines(6))


def _editor() -> rx.Component:
    return rx.el.div(
        _head(),
        changed_elsewhere(state.stale, _("This product was changed in another tab or window."), state.reload),
        rx.el.div(
            rx.el.section(_tools(), _list(), aria_label=_("Blocks"), class_name="min-w-0"),
            _preview(),
            key=state.version.to(str) + state.edit_href,
            class_name="mt-6 grid grid-cols-1 gap-10 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)] lg:gap-12",
        ),
        rx.el.p(state.said, aria_live="polite", class_name="sr-only"),
    )


def _head() -> rx.Component:
    look = "inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink"
    return rx.el.div(
        link(icon("arrow_left", 18), _("Details"), href=state.edit_href, class_name=look),
        rx.el.div(
            rx.el.div(
                rx.el.h1(_("Sales page"), class_name="text-2xl sm:text-3xl"),
                rx.el.p(
                    rx.cond(state.title != "", state.title, _("Untitled")),
                    class_name="mt-1 text-muted [overflow-wrap:anywhere]",
                ),
                class_name="min-w-0",
            ),
            rx.el.div(
                save_status(state.saved_at, state.handled, state.errors.length() > 0, state.stale),
                rx.cond(state.has_changes, badge(_("Unpublished changes"), "warning")),
                rx.cond(
                    state.public_href != "",
                    link_button(_("View in shop"), state.public_href, kind="quiet", size="sm", icon="eye"),
                ),
                _publish(),
                class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
            ),
            class_name="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 border-b border-line pb-5",
        ),
    )


def _publish() -> rx.Component:
    """Lessons and courses go out by their wizard, with everything else of their draft."""
    return rx.cond(
        state.publish_href != "",
        rx.cond(
            state.has_changes,
            link_button(_("Publish changes"), state.publish_href, size="sm"),
            rx.cond(
                state.state == "draft",
                link_button(_("Continue to publish"), state.publish_href, kind="secondary", size="sm"),
            ),
        ),
        rx.cond(state.has_changes, button(_("Publish changes"), size="sm", on_click=state.offer)),
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            _("Title, cover, price and refund policy always stand above. What is below them is yours."),
            class_name="text-sm text-muted",
        ),
        rx.el.div(
            button(_("Add a block"), kind="secondary", size="sm", icon="plus", custom_attrs=opens(_ADD)),
            button(_("Undo"), kind="quiet", size="sm", icon="undo_2", disabled=~state.can_undo, on_click=state.undo),
            rx.cond(
                state.has_changes,
                button(_("Go back to what is published"), kind="quiet", size="sm", on_click=state.discard),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        menu(rx.foreach(state.to_add, _addition), id=_ADD, label=_("Add a block")),
        field_error(error_of(state.errors, "blocks")),
        class_name="mb-4 grid gap-3",
    )


def _addition(kind: rx.Var) -> rx.Component:
    return rx.el.button(
        rx.match(kind["kind"], *[(name, icon(sign, 18, "text-muted")) for name, sign in SIGNS.items()], rx.fragment()),
        kind["name"],
        type="button",
        on_click=state.add(kind["kind"].to(str)),
        custom_attrs={"popoverTarget": _ADD, "popoverTargetAction": "hide"},
        class_name="menu-entry",
    )


def _list() -> rx.Component:
    return rx.cond(
        state.rows.length() > 0,
        sortable(
            rx.el.ol(rx.foreach(state.rows, _row), class_name="grid gap-2.5"), on_drop=state.drop, on_step=state.step
        ),
        empty_state(
            _("The page has its plain form"),
            _("What people learn, the description, and who teaches it. Make blocks of these, or add one of your own."),
            button(_("Start from this page"), icon="layout_template", on_click=state.begin),
            icon="layout_template",
        ),
    )


def _row(row: rx.Var[BlockRow]) -> rx.Component:
    here = state.opened == row.id
    return rx.el.li(
        rx.el.div(
            rx.el.button(
                icon("grip_vertical", 18),
                type="button",
                aria_label=phrase(_("Move: {title}"), title=row.name),
                title=_("Drag, or use the arrow keys"),
                custom_attrs={"data-grip": "true"},
                class_name=(
                    "grid h-11 w-7 shrink-0 cursor-grab touch-none place-items-center rounded-control text-muted/70 "
                    "hover:text-ink active:cursor-grabbing"
                ),
            ),
            _opener(row, here),
            _menu(row),
            class_name="flex items-center gap-1",
        ),
        rx.cond(here, rx.el.div(block_form(row), class_name="border-t border-line p-4")),
        key=row.id,
        custom_attrs={"data-row": row.id},
        class_name="min-w-0 rounded-card border border-line bg-surface data-dragging:opacity-50",
    )


def _opener(row: rx.Var[BlockRow], here: rx.Var[bool]) -> rx.Component:
    sign = rx.match(row.kind, *[(name, icon(image, 18)) for name, image in SIGNS.items()], rx.fragment())
    return rx.el.button(
        rx.el.span(sign, class_name="text-accent"),
        rx.el.span(
            rx.el.span(row.name, class_name="block font-medium"),
            rx.el.span(row.said, class_name="block truncate text-sm text-muted empty:hidden"),
            rx.cond(row.lacks != "", rx.el.span(row.lacks, class_name="block text-sm text-warning")),
            class_name="min-w-0 grow",
        ),
        icon("chevron_down", 18, "text-muted transition-transform [[aria-expanded=true]>&]:rotate-180"),
        type="button",
        aria_expanded=here,
        on_click=state.open(row.id),
        class_name="flex min-h-12 min-w-0 grow items-center gap-3 rounded-control px-2 py-2 text-start",
    )


def _menu(row: rx.Var[BlockRow]) -> rx.Component:
    menu_id = rx.Var.create("block-") + row.id
    once = (row.kind == "description") | (row.kind == "syllabus") | (row.kind == "creator")
    return rx.el.span(
        icon_button(
            "ellipsis",
            phrase(_("Actions for {title}"), title=row.name),
            size=18,
            custom_attrs={"popoverTarget": menu_id},
        ),
        rx.el.nav(
            menu_button(_("Move up"), "arrow_up", on_click=state.step(row.id, False)),
            menu_button(_("Move down"), "arrow_down", on_click=state.step(row.id, True)),
            rx.cond(once, rx.fragment(), menu_button(_("Duplicate"), "copy", on_click=state.duplicate(row.id))),
            menu_line(),
            menu_button(_("Remove"), "trash_2", on_click=state.remove(row.id)),
            id=menu_id,
            aria_label=_("Actions"),
            custom_attrs={"popover": "auto"},
            class_name="menu text-start",
        ),
        class_name="pe-1",
    )


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("As visitors see it"), class_name="grow text-base"),
            _width(_("Desktop"), "monitor", ~state.narrow, False),
            _width(_("Phone"), "smartphone", state.narrow, True),
            class_name="mb-3 flex items-center gap-2",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.div(custom_attrs=sanitised(state.preview), class_name="grid grid-cols-1 gap-8"),
                custom_attrs={"inert": True},
                class_name=["mx-auto p-4", rx.cond(state.narrow, "w-[390px] max-w-full", "max-w-[51rem] sm:p-6")],
            ),
            tab_index=0,
            role="region",
            aria_label=_("Preview"),
            class_name="max-h-[calc(100dvh-10rem)] overflow-y-auto rounded-card border border-line bg-paper",
        ),
        aria_label=_("As visitors see it"),
        class_name="min-w-0 lg:sticky lg:top-24 lg:self-start",
    )


def _width(label: str, image: str, on: rx.Var[bool], narrow: bool) -> rx.Component:
    return rx.el.button(
        icon(image, 18),
        label,
        type="button",
        aria_pressed=on,
        on_click=state.look(narrow),
        class_name=(
            "inline-flex min-h-9 items-center gap-2 rounded-control border border-line px-3 text-sm font-medium "
            "aria-pressed:border-ink aria-pressed:bg-ink aria-pressed:text-paper pointer-coarse:min-h-11"
        ),
    )


def page_link(href: rx.Var, look: str = "") -> rx.Component:
    """From where a product is edited to its page."""
    return rx.el.div(
        icon("layout_template", 24, "text-accent"),
        rx.el.div(
            rx.el.p(_("Sales page"), class_name="font-semibold"),
            rx.el.p(_("Compose it out of texts, pictures, questions and quotes."), class_name="text-sm text-muted"),
            class_name="min-w-0 grow",
        ),
        link_button(_("Edit the sales page"), href, kind="secondary"),
        class_name=f"flex flex-wrap items-center gap-4 rounded-card border border-line bg-surface p-5 {look}".strip(),
    )


PAGES = [Route("/studio/products/[course_id]/page", sales_page, _("Sales page"), SalesPageState.on_load)]
