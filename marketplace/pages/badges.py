"""Badges by rules: a list, and the form for one."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.card import panel
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL, field, field_error, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.domain.certificates.badges import MAX_NAME, MAX_WORDS
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.admin_parts import admin_tabs
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.state.badges import BadgesState


def badges_page() -> rx.Component:
    text = _("Awarded by themselves, signed, and shown wherever your learners like.")
    return studio_frame("badges", page_title(_("Badges"), text, _new()), _body(), live=BadgesState.loaded)


def house_page() -> rx.Component:
    text = _("The platform's own: they may ask for courses of several creators.")
    return shell(
        page_title(_("Badges"), text, _new()), admin_tabs("badges"), rx.el.div(_body(), class_name="mt-8"),
        live=BadgesState.loaded,
    )  # fmt: skip


def _new() -> rx.Component:
    return rx.cond(
        BadgesState.loaded & ~BadgesState.draft.contains("name"),
        button(_("New badge"), icon="plus", on_click=BadgesState.begin),
    )


def _body() -> rx.Component:
    state = BadgesState
    return rx.cond(
        state.loaded,
        rx.el.div(
            rx.cond(state.draft.contains("name"), _form()),
            rx.cond(
                state.rows.length() > 0,
                rx.el.ul(rx.foreach(state.rows, _row), class_name="grid gap-3"),
                rx.cond(
                    state.draft.contains("name"),
                    rx.fragment(),
                    empty_state(
                        _("No badges yet"),
                        _(
                            "Say what somebody has to finish or pass. Whoever does gets the badge, also who did it before."
                        ),
                        button(_("New badge"), icon="plus", on_click=state.begin),
                        icon="badge_check",
                    ),
                ),
            ),
            class_name="grid gap-8",
        ),
        skeleton_rows(4),
    )


def _row(row: rx.Var) -> rx.Component:
    state = BadgesState
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                icon("badge_check", 22), class_name="grid size-11 shrink-0 place-items-center rounded-full bg-accent-soft text-accent"
            ),
            rx.el.div(
                rx.el.h2(row["name"], class_name="text-lg [overflow-wrap:anywhere]"),
                rx.el.p(row["description"], class_name="mt-1 whitespace-pre-line text-sm text-muted [overflow-wrap:anywhere] empty:hidden"),
                rx.el.p(row["asks"], class_name="mt-2 text-sm [overflow-wrap:anywhere]"),
                rx.el.p(row["skills"], class_name="mt-1 text-sm text-muted empty:hidden"),
                rx.el.div(
                    rx.cond(
                        row["count"].to(str) != "",
                        button(
                            row["awarded"], kind="secondary", size="sm", on_click=state.show_holders(row["id"]),
                            aria_expanded=state.open == row["id"],
                        ),
                        rx.el.span(row["awarded"], class_name="text-sm text-muted"),
                    ),
                    class_name="tnum mt-2",
                ),
                rx.cond(state.open == row["id"], _holders()),
                class_name="min-w-0 grow",
            ),
            rx.el.div(
                icon_button("pencil", phrase(_("Edit {title}"), title=row["name"]), size=18, on_click=state.edit(row["id"])),
                icon_button("archive", phrase(_("Archive {title}"), title=row["name"]), size=18, on_click=state.archive(row["id"])),
                class_name="flex shrink-0",
            ),
            class_name="flex items-start gap-4",
        ),
        key=row["id"],
        class_name="rounded-card border border-line bg-surface p-4 sm:p-5",
    )  # fmt: skip


def _holders() -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            BadgesState.holders,
            lambda row: rx.el.li(
                link(row["name"], href=row["href"], document=True, class_name="font-medium underline underline-offset-4"),
                rx.el.span(row["day"], " ", row["state"], class_name="tnum text-muted"),
                class_name="flex flex-wrap justify-between gap-x-4 py-1.5 text-sm",
            ),
        ),
        class_name="mt-2 divide-y divide-line border-t border-line",
    )  # fmt: skip


def _form() -> rx.Component:
    state = BadgesState
    draft = state.draft
    return panel(
        _asks(),
        rx.el.form(
            field(
                _("Name"), text_input("name", default_value=draft["name"], max_length=MAX_NAME, auto_complete="off"),
                error=error_of(state.errors, "name"), required=True,
            ),
            field(
                _("What it says about its holder"),
                textarea("description", rows=3, default_value=draft["description"], max_length=MAX_WORDS),
                error=error_of(state.errors, "description"), required=True,
            ),
            field(
                _("Skills"), text_input("skills", default_value=draft["skills"], max_length=420, auto_complete="off"),
                hint=_("With commas between them: throwing, glazing"), error=error_of(state.errors, "skills"),
            ),
            field(
                _("How many of the list are needed"),
                text_input("needed", default_value=draft["needed"], input_mode="numeric", max_length=3, auto_complete="off"),
                hint=_("Empty: all of them."), error=error_of(state.errors, "needed"),
            ),
            rx.el.div(
                button(_("Save badge"), type="submit"),
                button(_("Cancel"), kind="quiet", on_click=state.cancel),
                class_name="flex flex-wrap gap-3",
            ),
            on_submit=state.save,
            class_name="mt-6 grid gap-5",
        ),
        title=rx.cond(draft["id"] != "", _("Edit badge"), _("New badge")),
        key="badge-" + draft["id"].to(str),
    )  # fmt: skip


def _asks() -> rx.Component:
    state = BadgesState
    return rx.el.div(
        rx.el.h3(_("What it asks for"), class_name="text-sm font-semibold"),
        rx.el.ul(rx.foreach(state.items, _item), class_name="grid gap-2 empty:hidden"),
        rx.cond(
            state.options.length() > 0,
            field(
                _("Add a course or a quiz"),
                rx.el.div(
                    rx.el.select(
                        rx.el.option(_("Choose"), value=""),
                        rx.foreach(state.options, lambda o: rx.el.option(o["label"], value=o["value"])),
                        value="", on_change=state.add_item, key="items-" + state.round.to(str),
                        class_name=f"{CONTROL} h-11 appearance-none pe-10",
                    ),
                    icon("chevron_down", 18, "pointer-events-none absolute end-3 top-3.5 text-muted"),
                    class_name="relative",
                ),
            ),
            rx.cond(
                state.house, rx.fragment(),
                rx.el.p(_("Publish a course first: badges are earned in courses."), class_name="text-sm text-muted"),
            ),
        ),
        rx.cond(
            state.house,
            rx.el.form(
                field(
                    _("Address of a course"), text_input("address", max_length=300, auto_complete="off", placeholder="/courses/wheel-basics"),
                    error=error_of(state.errors, "address"),
                ),
                rx.el.div(button(_("Look it up"), kind="secondary", size="sm", type="submit")),
                on_submit=state.look_up, reset_on_submit=True, class_name="grid gap-2",
            ),
        ),
        field_error(error_of(state.errors, "rule")),
        class_name="grid gap-3",
    )  # fmt: skip


def _item(row: rx.Var) -> rx.Component:
    state = BadgesState
    return rx.el.li(
        rx.el.span(row["label"], class_name="min-w-0 grow py-2 text-sm [overflow-wrap:anywhere]"),
        rx.cond(
            row["percent"].to(str) != "",
            rx.el.label(
                _("at least"),
                rx.el.input(
                    type="text", input_mode="numeric", max_length=3, auto_complete="off", default_value=row["percent"],
                    on_blur=lambda typed: state.set_percent(row["key"], typed),
                    class_name=f"{CONTROL} h-11 w-20",
                ),
                "%",
                class_name="flex shrink-0 items-center gap-2 text-sm whitespace-nowrap",
            ),
        ),
        icon_button("x", phrase(_("Remove {title}"), title=row["label"]), size=18, on_click=state.drop_item(row["key"])),
        key=row["key"],
        class_name="flex flex-wrap items-center gap-2 rounded-control border border-line ps-3",
    )  # fmt: skip


PAGES = [
    Route("/studio/badges", badges_page, _("Badges"), BadgesState.on_load),
    Route("/admin/badges", house_page, _("Badges"), BadgesState.on_load_house),
]
