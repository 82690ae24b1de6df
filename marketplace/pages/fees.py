"""``/admin/fees``: what the platform takes, of whom, by which rule."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.card import panel
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field, select_input, text_input
from marketplace.components.link import link
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.sentence import sentence
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.admin_parts import admin_tabs
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of
from marketplace.state.fees import FeesState
from marketplace.state.viewer import Viewer

_END = "end-fee-rule"


def fees_page() -> rx.Component:
    return shell(
        page_title(
            _("Fees"),
            _("What the platform keeps of a sale. A rule counts for new orders; those that exist keep the fee they began with."),
        ),
        admin_tabs("fees"),
        rx.cond(FeesState.loaded & Viewer.is_admin, _content(), skeleton_rows(4)),
        live=FeesState.loaded,
    )  # fmt: skip


def _content() -> rx.Component:
    return rx.el.div(_in_force(), _new(), _past(), _end_dialog(), class_name="grid grid-cols-1 gap-12")


def _in_force() -> rx.Component:
    columns = [
        Column(_("Creator"), cell=_creator),
        Column(_("Products"), key="kind"),
        Column(_("Fee"), cell=lambda row: rx.el.span(row["percent"], class_name="font-semibold"), numeric=True),
        Column(_("Set by"), cell=lambda row: _who("set_by", row)),
        Column(_("Since"), key="set_at"),
        Column("", cell=_end_button),
    ]
    return rx.el.section(
        rx.el.h2(_("In force"), class_name="text-xl"),
        rx.el.p(
            *sentence(
                _(
                    "The most exact rule wins: a creator's for one kind, then the creator's, then the kind's. All else pays"
                    " the default fee, {percent}, which is a setting (PLATFORM_FEE_PERCENT). A bundle pays those of its"
                    " parts."
                ),
                percent=rx.el.span(FeesState.default, class_name="font-semibold text-ink"),
            ),
            class_name="mt-1 mb-4 max-w-[70ch] text-muted",
        ),
        rx.cond(
            FeesState.rows.length() > 0,
            data_table(columns, FeesState.rows, _("Fee rules in force, newest first")),
            rx.el.p(
                _("No rules. Everybody pays the default fee."),
                class_name="rounded-card border border-dashed border-line px-5 py-8 text-center text-muted",
            ),
        ),
        show_more(FeesState.next_key, FeesState.more, gap="mt-6"),
    )


def _creator(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["href"].to(str) != "",
        rx.el.span(
            link(
                row["creator"],
                href=row["href"],
                class_name="block font-semibold break-all underline decoration-line-strong underline-offset-4 hover:text-accent",
            ),
            rx.el.span(row["name"], class_name="block text-xs font-normal text-muted"),
        ),
        rx.el.span(row["creator"], class_name="font-semibold"),
    )


def _who(name: str, row: rx.Var) -> rx.Component:
    return rx.cond(row[name].to(str) != "", rx.el.span(row[name]), rx.el.span(_("Not known"), class_name="text-muted"))


def _end_button(row: rx.Var) -> rx.Component:
    what = rx.el.span(" ", row["creator"], ", ", row["kind"], class_name="sr-only")
    return rx.el.span(
        button(rx.fragment(_("End…"), what), kind="secondary", size="sm", on_click=FeesState.choose(row["id"])),
        on_click=open_dialog(_END),
        class_name="flex justify-end",
    )


def _end_dialog() -> rx.Component:
    rule = FeesState.ending
    return confirm_dialog(
        _END,
        _("End this rule?"),
        rx.el.p(
            rx.el.span(rule["creator"], " · ", rule["kind"], " · ", rule["percent"], class_name="block font-semibold text-ink"),
            _("New orders pay by the next rule that covers them, or the default fee. Orders that exist keep theirs."),
        ),
        _("End rule"),
        FeesState.end(rule["id"].to(str)),
    )  # fmt: skip


def _new() -> rx.Component:
    kinds = [("", _("Every kind")), ("lesson", _("Lessons")), ("course", _("Courses"))]
    form = rx.el.form(
        field(
            _("Creator"),
            text_input("creator", auto_complete="off", placeholder="@handle", max_length=60, on_blur=FeesState.type_creator),
            hint=_("Their handle. Empty for every creator."),
            error=error_of(FeesState.errors, "creator"),
        ),
        field(
            _("Products"),
            select_input("kind", kinds, default_value="", on_change=FeesState.choose_kind),
            hint=_("Of which kind."),
            error=error_of(FeesState.errors, "kind"),
            required=False,
        ),
        field(
            _("Fee in percent"),
            text_input("percent", input_mode="decimal", auto_complete="off", max_length=12, on_change=FeesState.type_percent),
            hint=_("From 0 to 90."),
            error=error_of(FeesState.errors, "percent"),
            required=True,
        ),
        rx.el.div(_example(), class_name="md:col-span-3"),
        rx.el.div(button(_("Save rule"), type="submit"), class_name="md:col-span-3"),
        on_submit=FeesState.create,
        reset_on_submit=False,
        key="fee-" + FeesState.made.to(str),
        class_name="grid items-start gap-5 md:grid-cols-3",
    )  # fmt: skip
    return panel(form, title=_("New rule"))


def _example() -> rx.Component:
    """What wins now, and what would: before anything is saved."""
    example = FeesState.example
    return rx.el.div(
        rx.el.p(example["now"]),
        rx.el.p(example["then"], class_name="mt-1 font-semibold empty:hidden"),
        aria_live="polite",
        class_name="tnum min-h-12 rounded-control bg-sunken px-4 py-3",
    )


def _past() -> rx.Component:
    columns = [
        Column(_("Creator"), cell=_creator),
        Column(_("Products"), key="kind"),
        Column(_("Fee"), key="percent", numeric=True),
        Column(_("Set by"), cell=lambda row: _who("set_by", row)),
        Column(_("Since"), key="set_at"),
        Column(_("Ended by"), cell=lambda row: _who("ended_by", row)),
        Column(_("Until"), key="ended_at"),
    ]
    return rx.el.section(
        disclosure(
            _("Rules that ended"),
            rx.cond(
                FeesState.past.length() > 0,
                data_table(columns, FeesState.past, _("Fee rules that ended, the last one first")),
                rx.el.p(_("None yet."), class_name="text-muted"),
            ),
            show_more(FeesState.next_past, FeesState.more_past, gap="mt-6"),
        )
    )


PAGES = [Route("/admin/fees", fees_page, _("Fees"), FeesState.on_load)]
