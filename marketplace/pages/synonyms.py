"""``/admin/search``: the words that searches take for one another."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field, text_input
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.admin_parts import admin_tabs
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of
from marketplace.state.synonyms import SynonymsState
from marketplace.state.viewer import Viewer


def synonyms_page() -> rx.Component:
    return shell(
        page_title(_("Search"), _("Words that mean the same here: who searches for one of them finds the others too.")),
        admin_tabs("search"),
        rx.cond(SynonymsState.loaded & Viewer.is_admin, _content(), skeleton_rows(4)),
        live=SynonymsState.loaded,
    )


def _content() -> rx.Component:
    return rx.el.div(_new(), _own(), _built_in(), class_name="grid max-w-3xl grid-cols-1 gap-10")


def _new() -> rx.Component:
    return rx.el.form(
        field(
            _("Words that mean the same"),
            text_input("words", placeholder=_("kiln, firing, oven"), auto_complete="off"),
            hint=_("With commas between. It counts from the next search on, in every direction."),
            error=error_of(SynonymsState.errors, "words"),
            required=True,
        ),
        rx.el.div(button(_("Add words"), type="submit"), class_name="mt-4"),
        on_submit=SynonymsState.add,
        key="words-" + SynonymsState.added.to(str),
    )


def _own() -> rx.Component:
    columns = [
        Column(_("Words"), key="words"),
        Column(
            "",
            cell=lambda row: button(
                _("Remove"), kind="quiet", size="sm", aria_label=phrase(_("Remove: {title}"), title=row["words"]),
                on_click=SynonymsState.remove(row["id"]),
            ),
            numeric=True,
        ),
    ]  # fmt: skip
    return rx.el.section(
        rx.el.h2(_("Yours"), class_name="mb-3 text-xl"),
        rx.cond(
            SynonymsState.groups.length() > 0,
            data_table(columns, SynonymsState.groups, _("Words that mean the same, the newest first")),
            rx.el.p(
                _("None yet. Add some when people search for words that creators don't use."),
                class_name="rounded-card border border-dashed border-line px-5 py-8 text-center text-muted",
            ),
        ),
    )


def _built_in() -> rx.Component:
    return disclosure(
        _("Built in"),
        rx.el.dl(
            rx.foreach(
                SynonymsState.built_in,
                lambda row: rx.el.div(
                    rx.el.dt(row["topic"], class_name="font-semibold"),
                    rx.el.dd(row["words"], class_name="text-muted"),
                ),
            ),
            class_name="grid gap-3 text-sm",
        ),
    )


PAGES = [
    Route("/admin/search", synonyms_page, _("Words that mean the same"), SynonymsState.on_load),
]
