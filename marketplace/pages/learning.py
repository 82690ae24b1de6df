"""What is next, what is due, days in a row, and what was awarded."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import link_button
from marketplace.components.card import panel
from marketplace.components.empty import empty_state
from marketplace.components.field import field, select_input
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.page import page_title
from marketplace.components.progress import progress_bar
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.tabs import tab_links
from marketplace.components.time_zone import tell_zone
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.state.learning import LearningState, Week
from marketplace.state.time_zone import TimeZoneState


def library_tabs(active: str) -> rx.Component:
    tabs = (("library", _("Everything"), "/library"), ("learning", _("Learning"), "/library/learning"))
    return rx.el.div(tab_links(tabs, active, _("Library")), class_name="-mt-2 mb-8")


def learning() -> rx.Component:
    return shell(
        page_title(_("Learning"), _("Where to go on, what is due, and how you are getting along.")),
        library_tabs("learning"),
        tell_zone(TimeZoneState.from_browser),
        rx.cond(LearningState.loaded, _board(), skeleton_rows(6)),
        live=LearningState.loaded,
        tab="library",
    )


def _board() -> rx.Component:
    return rx.el.div(
        rx.el.div(_next(), _due(), class_name="grid min-w-0 gap-12"),
        rx.el.aside(_streak(), _awards(), aria_label=_("How you are getting along"), class_name="grid gap-8"),
        class_name="grid items-start gap-12 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-14",
    )


def _next() -> rx.Component:
    state = LearningState
    return rx.el.section(
        rx.el.h2(_("Next"), class_name="mb-4 text-xl"),
        rx.cond(
            state.going.length() > 0,
            rx.el.ul(rx.foreach(state.going, _going), class_name="grid gap-3"),
            empty_state(
                _("No course to go on with"),
                _("Courses that you begin wait here, with what comes next in each."),
                link_button(_("Browse courses"), "/search"),
                icon="library",
            ),
        ),
    )


def _going(row: rx.Var) -> rx.Component:
    shut = row["shut"].to(str) != ""
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["course"], class_name="text-sm text-muted [overflow-wrap:anywhere]"),
            rx.el.h3(row["lesson"], class_name="mt-0.5 line-clamp-2 text-lg [overflow-wrap:anywhere]"),
            rx.cond(
                shut,
                rx.el.p(
                    icon("lock", 16, "mt-0.5 shrink-0"), rx.el.span(row["shut"]),
                    class_name="mt-1.5 flex items-start gap-2 text-sm text-muted",
                ),
            ),
            rx.el.div(
                progress_bar(row["percent"], _("Progress"), row["left"]),
                rx.el.p(row["lessons"], class_name="tnum mt-1 text-xs text-muted"),
                class_name="mt-3 max-w-md",
            ),
            class_name="min-w-0 grow",
        ),
        rx.el.div(
            rx.cond(
                shut,
                link_button(row["label"], row["href"], kind="secondary"),
                link_button(row["label"], row["href"], icon="play"),
            ),
            class_name="shrink-0",
        ),
        key=row["href"],
        class_name=(
            "flex flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:flex-row sm:items-center sm:gap-6 sm:p-5"
        ),
    )  # fmt: skip


def _due() -> rx.Component:
    state = LearningState
    return rx.cond(
        state.deadlines.length() > 0,
        rx.el.section(
            rx.el.h2(_("Deadlines"), class_name="text-xl"),
            rx.el.p(_("What is overdue, and the next 14 days."), class_name="mt-1 mb-4 text-sm text-muted"),
            rx.el.ul(
                rx.foreach(state.deadlines, _deadline),
                class_name="divide-y divide-line rounded-card border border-line bg-surface",
            ),
        ),
    )


def _deadline(row: rx.Var) -> rx.Component:
    late = row["overdue"].to(str) != ""
    return rx.el.li(
        link(
            rx.el.span(
                rx.el.span(row["lesson"], class_name="block font-semibold [overflow-wrap:anywhere]"),
                rx.el.span(row["course"], class_name="block text-sm text-muted [overflow-wrap:anywhere]"),
                class_name="min-w-0 grow",
            ),
            rx.el.span(
                rx.el.span(row["time"], class_name="tnum block text-sm font-semibold"),
                rx.el.span(row["there"], class_name="tnum block text-xs text-muted empty:hidden"),
                rx.cond(
                    late, badge(row["left"], "warning"), rx.el.span(row["left"], class_name="block text-sm text-muted")
                ),
                rx.cond(
                    row["hard"].to(str) != "", rx.el.span(_("final"), class_name="block text-xs font-semibold text-muted")
                ),
                class_name="shrink-0 text-end",
            ),
            href=row["href"],
            class_name="flex items-center gap-4 px-4 py-3 hover:bg-sunken sm:px-5",
        ),
        key=row["href"],
    )  # fmt: skip


def _streak() -> rx.Component:
    state = LearningState
    goals = [("0", _("No goal")), *[(str(n), _("{n} days a week").format(n=n)) for n in range(2, 8)]]
    goals.insert(1, ("1", _("One day a week")))
    return panel(
        rx.el.p(state.streak["current"], class_name="tnum font-display text-xl font-semibold"),
        rx.el.p(state.streak["hint"], class_name="mt-1 text-sm text-muted empty:hidden"),
        rx.el.ol(
            rx.foreach(state.weeks, _week), aria_label=_("The last twelve weeks"), class_name="mt-4 grid grid-cols-12 gap-1"
        ),
        rx.el.div(
            rx.el.p(
                rx.cond(state.streak["met"].to(str) != "", icon("circle_check", 16, "text-success")),
                state.streak["week"],
                class_name="flex items-center gap-1.5",
            ),
            rx.el.p(state.streak["longest"], class_name="empty:hidden"),
            class_name="tnum mt-3 flex flex-wrap justify-between gap-x-4 text-sm text-muted",
        ),
        rx.el.div(
            field(
                _("Weekly goal"), select_input("goal", goals, value=state.goal, on_change=state.set_goal)
            ),
            class_name="mt-5 border-t border-line pt-4",
        ),
        title=_("Days of learning"),
    )  # fmt: skip


def _week(week: rx.Var[Week]) -> rx.Component:
    """From Monday at the top; what is still to come is left out."""
    return rx.el.li(
        rx.el.span(week.words, class_name="sr-only"),
        rx.foreach(
            week.days,
            lambda hit: rx.el.span(
                class_name=[
                    "block aspect-square rounded-[3px]",
                    rx.match(hit, ("yes", "bg-accent"), ("no", "bg-line"), "bg-transparent"),
                ]
            ),
        ),
        title=week.words,
        class_name="grid gap-1",
    )


def _awards() -> rx.Component:
    state = LearningState
    return rx.cond(
        state.awards.length() > 0,
        rx.el.section(
            rx.el.h2(_("Badges and certificates"), class_name="mb-3 text-lg"),
            rx.el.ul(rx.foreach(state.awards, _award), class_name="grid gap-2"),
        ),
    )


def _award(row: rx.Var) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(
                rx.cond(row["badge"].to(str) != "", icon("badge_check", 22), icon("award", 22)),
                class_name="grid size-11 shrink-0 place-items-center rounded-full bg-accent-soft text-accent",
            ),
            rx.el.span(
                rx.el.span(row["title"], class_name="line-clamp-2 font-semibold [overflow-wrap:anywhere]"),
                rx.el.span(
                    rx.cond(row["badge"].to(str) != "", _("Badge"), _("Certificate")), " · ", row["day"],
                    class_name="tnum block text-sm text-muted",
                ),
                class_name="min-w-0 grow",
            ),
            href=row["href"],
            document=True,
            class_name="flex items-center gap-3 rounded-card border border-line bg-surface p-3 hover:border-line-strong",
        ),
        key=row["href"],
    )  # fmt: skip


PAGES = [Route("/library/learning", learning, _("Learning"), LearningState.on_load)]
