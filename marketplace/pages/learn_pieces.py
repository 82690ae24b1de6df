"""Files to download and live sessions, as those who take the course see them."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import link_button
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.link import link
from marketplace.components.live_clock import live_clock
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.learn import LearnState
from marketplace.state.learn_pieces import FileView, LiveView

PAGES: list[Route] = []


def file_block(block: rx.Var) -> rx.Component:
    return rx.cond(LearnState.files.contains(block["id"]), _file(LearnState.files[block["id"]]))


def _file(file: rx.Var[FileView]) -> rx.Component:
    sign = rx.match(
        file.sign,
        ("image", icon("image", 22, "text-accent")),
        ("audio", icon("music", 22, "text-accent")),
        ("archive", icon("package", 22, "text-accent")),
        ("sheet", icon("table", 22, "text-accent")),
        icon("file_text", 22, "text-accent"),
    )
    return rx.el.div(
        rx.el.span(sign, class_name="grid size-11 shrink-0 place-items-center rounded-control bg-accent-soft"),
        rx.el.div(
            rx.el.p(file.name, class_name="font-semibold [overflow-wrap:anywhere]"),
            rx.el.p(file.facts, class_name="tnum text-sm text-muted"),
            rx.cond(file.about != "", rx.el.p(file.about, class_name="mt-1 text-sm whitespace-pre-line")),
            class_name="min-w-0 grow basis-48",
        ),
        link(
            icon("download", 18),
            _("Download"),
            rx.el.span(file.name, class_name="sr-only"),
            href=file.href,
            document=True,
            class_name=(
                "inline-flex h-11 shrink-0 items-center gap-2 rounded-control border border-line px-4 font-semibold "
                "hover:border-ink"
            ),
        ),
        class_name="flex flex-wrap items-center gap-4 rounded-card border border-line bg-surface p-4",
    )


def live_block(block: rx.Var) -> rx.Component:
    return rx.cond(LearnState.lives.contains(block["id"]), _live(LearnState.lives[block["id"]]))


def _live(session: rx.Var[LiveView]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Live session"), id="live-" + session.id, class_name="text-lg"),
            rx.match(
                session.stage,
                ("now", badge(_("Open now"), "success", "radio")),
                ("over", badge(_("Over"), "neutral")),
                badge(_("Upcoming"), "info"),
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.el.div(
            live_clock(
                session.says, starts=session.starts, ends=session.ends, until=session.until, turns=session.turns,
                asked_at=session.asked_at, stage=session.stage, on_turn=LearnState.live_turn,
            ),
            class_name="mt-4",
        ),
        rx.cond(
            session.html != "", rx.el.div(custom_attrs=sanitised(session.html), class_name="prose mt-4 max-w-[65ch]")
        ),
        rx.el.div(_way(session), class_name="mt-5 flex flex-wrap items-center gap-x-4 gap-y-3"),
        aria_labelledby="live-" + session.id,
        custom_attrs={"data-live-session": session.stage},
        class_name="rounded-card border border-line bg-surface p-5 sm:p-7",
    )  # fmt: skip


def _way(session: rx.Var[LiveView]) -> rx.Component:
    calendar = link_button(
        _("Add to calendar"), session.calendar, kind="secondary", icon="calendar_plus", document=True
    )
    return rx.match(
        session.stage,
        (
            "now",
            rx.fragment(
                rx.el.a(
                    icon("video", 18), _("Join the session"), rx.el.span(_("(opens a new tab)"), class_name="sr-only"),
                    href=session.link, target="_blank", rel="noopener noreferrer",
                    class_name=(
                        "inline-flex h-11 items-center gap-2 rounded-control bg-accent px-4 font-semibold "
                        "text-on-accent hover:bg-accent-hover"
                    ),
                ),
                calendar,
            ),
        ),
        (
            "over",
            rx.el.p(
                rx.cond(
                    session.recorded, _("It is over. The recording is in this lesson."),
                    _("It is over. If there is a recording, you will find it in this lesson."),
                ),
                class_name="text-sm text-muted",
            ),
        ),
        rx.fragment(
            calendar,
            rx.el.p(_("The way in appears here 15 minutes before it starts."), class_name="text-sm text-muted"),
        ),
    )  # fmt: skip
