"""``/admin/reviews``: hiding reviews with a reason, and showing them again."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL
from marketplace.components.link import link
from marketplace.components.more import show_more
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.reviews import FOLD, WORDS, stars
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.tabs import tab_links
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.admin_parts import admin_tabs
from marketplace.pages.shell import shell
from marketplace.state.admin_reviews import AdminReviewsState
from marketplace.state.viewer import Viewer


def reviews_page() -> rx.Component:
    return shell(
        page_title(_("Reviews"), _("What creators reported, and what is hidden from everybody but its author.")),
        admin_tabs("reviews"),
        rx.cond(AdminReviewsState.loaded & Viewer.is_admin, _content(), skeleton_rows(4)),
        live=AdminReviewsState.loaded,
    )


def _content() -> rx.Component:
    lists = [
        ("reported", _("Reported"), "/admin/reviews"),
        ("hidden", _("Hidden"), "/admin/reviews?show=hidden"),
        ("all", _("All"), "/admin/reviews?show=all"),
    ]
    return rx.el.div(
        tab_links(lists, AdminReviewsState.which, _("Which reviews")),
        rx.cond(
            AdminReviewsState.rows.length() > 0,
            rx.el.ul(
                rx.foreach(AdminReviewsState.rows, _row),
                key="rows-" + AdminReviewsState.done.to(str),
                class_name="divide-y divide-line",
            ),
            rx.el.div(empty_state(_("No reviews here"), icon="circle_check"), class_name="mt-6"),
        ),
        show_more(AdminReviewsState.next_key, AdminReviewsState.more, "mt-6"),
        class_name="max-w-3xl",
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            link(row["title"], href=row["href"], class_name="font-semibold underline underline-offset-4"),
            class_name="[overflow-wrap:anywhere]",
        ),
        rx.el.p(
            stars(row["percent"], row["stars"]),
            rx.el.span(row["name"]),
            rx.el.span(row["day"]),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted",
        ),
        rx.el.p(row["words"], dir="auto", class_name=WORDS),
        rx.cond(row["reply"] != "", rx.el.p(phrase(_("Reply: {words}"), words=row["reply"]), class_name="text-muted")),
        rx.cond(row["reason"] != "", notice(phrase(_("Reported: {reason}"), reason=row["reason"]), "warning")),
        rx.cond(row["hidden"] != "", notice(phrase(_("Hidden: {reason}"), reason=row["hidden"]))),
        rx.cond(row["gone"] != "", rx.el.p(row["gone"], class_name="text-sm text-muted")),
        rx.el.div(
            rx.cond(
                row["hidden"] != "",
                button(
                    _("Show again"), kind="secondary", size="sm",
                    on_click=AdminReviewsState.restore(row["id"].to(str)),
                ),
                _hide(row),
            ),
            rx.cond(
                row["reason"] != "",
                button(
                    _("It may stay"), kind="secondary", size="sm",
                    on_click=AdminReviewsState.dismiss(row["id"].to(str)),
                ),
            ),
            class_name="flex flex-wrap items-start gap-4",
        ),
        class_name="grid gap-3 py-6",
    )  # fmt: skip


def _hide(row: rx.Var) -> rx.Component:
    return rx.el.details(
        rx.el.summary(_("Hide"), class_name=FOLD),
        rx.el.form(
            rx.el.input(type="hidden", name="review", value=row["id"].to(str)),
            rx.el.input(
                name="reason", required=True, max_length=300, auto_complete="off", aria_label=_("Why? Its author reads it."),
                placeholder=_("Why? Its author reads it."), class_name=f"{CONTROL} h-11",
            ),
            rx.el.div(button(_("Hide it"), kind="danger", size="sm", type="submit")),
            on_submit=AdminReviewsState.hide,
            class_name="grid gap-2 sm:w-96",
        ),
    )  # fmt: skip


PAGES = [Route("/admin/reviews", reviews_page, _("Reviews"), AdminReviewsState.on_load)]
