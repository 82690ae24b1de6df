"""Taking a course: the outline with what is done, the open lesson, and the way on."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, link_button
from marketplace.components.client import open_dialog
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.keep_offline import keep_offline
from marketplace.components.link import arrow_link, link, text_link
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.playback import player_keys
from marketplace.components.progress import progress_bar
from marketplace.components.progress_queue import progress_queue
from marketplace.components.reviews import review_link
from marketplace.components.skeleton import skeleton, skeleton_lines
from marketplace.components.time_zone import tell_zone
from marketplace.components.vimeo_player import vimeo_player
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.learn_assignment import assignment_block
from marketplace.pages.learn_code import code_block
from marketplace.pages.learn_pieces import file_block, live_block
from marketplace.pages.learn_player import about_panel, fact, lesson_panels, outline_drawer
from marketplace.pages.learn_quiz import quiz_block
from marketplace.pages.learn_terms import due_notice, news_notes
from marketplace.pages.missing import SITE
from marketplace.pages.shell import shell
from marketplace.state.learn import LearnState
from marketplace.state.time_zone import TimeZoneState
from marketplace.state.viewer import Viewer


def learn() -> rx.Component:
    return shell(
        rx.cond(Viewer.signed_in, tell_zone(TimeZoneState.from_browser)),
        rx.cond(LearnState.failure != "", _none(), _course()),
        live=LearnState.loaded,
        width="full",
        tab="library",
    )


def _none() -> rx.Component:
    return rx.el.div(
        page_title(LearnState.failure),
        rx.el.div(
            link_button(_("Open your library"), "/library"),
            rx.cond(
                LearnState.course.contains("slug"),
                link_button(
                    _("Go to the course"), "/learn/" + LearnState.course.get("slug", "").to(str), kind="secondary"
                ),
                link_button(_("Browse"), "/search", kind="secondary"),
            ),
            class_name="flex flex-wrap gap-3",
        ),
        class_name="mx-auto max-w-[73rem]",
    )


def _course() -> rx.Component:
    """On a phone the outline is a drawer; beside the lesson on a wide screen."""
    return rx.el.div(
        rx.el.aside(_outline(), aria_label=_("Outline"), class_name="max-lg:hidden lg:sticky lg:top-24"),
        rx.el.div(rx.cond(LearnState.loaded, _lesson(), _shape()), class_name="min-w-0"),
        class_name="mx-auto grid w-full max-w-[84rem] items-start gap-10 lg:grid-cols-[20rem_minmax(0,1fr)] lg:gap-12",
    )


def _shape() -> rx.Component:
    return rx.el.div(
        rx.el.h1(rx.el.span(_("Opening the lesson"), class_name="sr-only"), skeleton("h-9 w-2/3")),
        skeleton("aspect-video w-full rounded-card"),
        skeleton_lines(4),
        class_name="grid gap-6",
    )


def _outline() -> rx.Component:
    course = LearnState.course
    return rx.el.div(
        link(
            rx.el.span(course.get("title", ""), class_name="line-clamp-3 font-display text-lg font-semibold"),
            href=course.get("href", "/library"),
            class_name="hover:underline underline-offset-4",
        ),
        rx.cond(
            LearnState.counted,
            rx.el.div(progress_bar(LearnState.percent.to(str), _("Progress"), LearnState.percent_shown), class_name="mt-3"),
        ),
        rx.el.nav(
            rx.el.ol(rx.foreach(LearnState.rows, _row), class_name="grid"),
            aria_label=_("Lessons"),
            class_name="-mx-2 mt-4 overflow-y-auto overscroll-contain px-2 lg:max-h-[calc(100dvh-16rem)]",
        ),
    )  # fmt: skip


def _row(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["kind"] == "section",
        rx.el.li(
            rx.el.span(row["title"], class_name="min-w-0 grow [overflow-wrap:anywhere]"),
            rx.el.span(row["meta"], class_name="tnum shrink-0 text-xs font-normal text-muted"),
            class_name="mt-4 flex items-baseline gap-3 px-2 pb-1 text-sm font-semibold first:mt-0",
        ),
        rx.el.li(
            rx.cond(
                row["href"].to(str) != "",
                link(
                    *_row_face(row),
                    href=row["href"],
                    aria_current=rx.cond(row["id"] == LearnState.lesson.get("id", ""), "page", "false"),
                    class_name=[
                        "flex min-h-11 items-center gap-3 rounded-control px-2 py-1.5 text-sm hover:bg-sunken",
                        rx.cond(row["id"] == LearnState.lesson.get("id", ""), "bg-sunken font-semibold", ""),
                    ],
                ),
                rx.el.span(
                    *_row_face(row), class_name="flex min-h-11 items-center gap-3 px-2 py-1.5 text-sm text-muted"
                ),
            )
        ),
    )


def _row_face(row: rx.Var) -> list[rx.Component]:
    return [
        rx.match(
            row["state"],
            ("done", rx.el.span(icon("circle_check", 18, "text-success"), rx.el.span(_("Completed"), class_name="sr-only"))),
            ("locked", icon("lock", 18, "text-muted")),
            icon("circle", 18, "text-line-strong"),
        ),
        rx.el.span(row["title"], class_name="min-w-0 grow [overflow-wrap:anywhere]"),
        rx.cond(row["state"] == "new", badge(_("New"), "info")),
        rx.el.span(row["meta"], class_name="tnum shrink-0 text-xs font-normal text-muted"),
    ]  # fmt: skip


def _lesson() -> rx.Component:
    lesson = LearnState.lesson
    return rx.el.article(
        outline_drawer(
            _outline(), _("Lessons"), rx.cond(LearnState.counted, LearnState.percent_shown, "")
        ),
        progress_queue(
            LearnState.owner, LearnState.home_id, lesson.get("id", "").to(str), LearnState.heard, LearnState.merged,
            LearnState.merge,
        ),
        rx.cond((LearnState.news.length() > 0) | (LearnState.told.length() > 0), _news()),
        rx.el.header(
            rx.el.p(lesson.get("section", ""), class_name="text-sm text-muted"),
            rx.el.h1(lesson.get("title", ""), class_name="mt-1 text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
            rx.el.div(
                rx.cond(LearnState.done, badge(_("Completed"), "success", "check")),
                rx.cond(lesson.get("preview", "") != "", badge(_("Free preview"), "success")),
                class_name="mt-2 flex flex-wrap gap-2 empty:hidden",
            ),
        ),
        rx.cond(
            LearnState.denied != "",
            _locked(),
            rx.fragment(
                rx.cond(LearnState.due != "", due_notice()),
                rx.cond(
                    LearnState.problem != "",
                    notice(
                        LearnState.problem, "error",
                        action=button(_("Try again"), kind="secondary", size="sm", on_click=LearnState.open_videos),
                    ),
                ),
                rx.foreach(LearnState.blocks, _placed),
                rx.cond((LearnState.lead == "") & LearnState.enrolled, _panels()),
                _onward(),
                player_keys(),
            ),
        ),
        key=lesson.get("id", ""),
        class_name="grid max-w-[56rem] gap-7",
    )  # fmt: skip


def _news() -> rx.Component:
    """What its maker changed since this learner was here last."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("New since you were here"), class_name="text-base"),
            button(_("Got it"), kind="quiet", size="sm", on_click=LearnState.seen_news),
            class_name="flex items-center justify-between gap-4",
        ),
        news_notes(),
        rx.el.ul(
            rx.foreach(
                LearnState.news,
                lambda change: rx.el.li(
                    rx.el.span(change["words"], class_name="text-muted"), " ",
                    rx.el.span(change["title"], class_name="font-medium"),
                ),
            ),
            class_name="mt-1 grid gap-1 text-sm empty:hidden",
        ),
        class_name="rounded-card border border-line bg-info-soft px-5 py-3",
    )  # fmt: skip


def _placed(block: rx.Var) -> rx.Component:
    """A block where links lead to; under the first video stands what belongs to it."""
    return rx.el.div(
        _block(block),
        rx.cond(block["lead"] != "", rx.el.div(_panels(), class_name="mt-4")),
        id="block-" + block["id"].to(str),
        class_name="scroll-mt-24",
    )


def _panels() -> rx.Component:
    course, lesson = LearnState.course, LearnState.lesson
    about = about_panel(
        fact(_("Course"), course.get("title", "").to(str), course.get("href", "/library").to(str)),
        fact(_("By"), course.get("creator", "").to(str), course.get("creator_href", "/").to(str)),
        fact(_("Section"), lesson.get("section", "").to(str)),
        fact(_("Length"), lesson.get("duration", "").to(str)),
    )
    files = rx.el.ul(
        rx.foreach(
            LearnState.attached,
            lambda file: rx.el.li(text_link(file["name"], "#block-" + file["id"].to(str), document=True)),
        ),
        class_name="grid gap-3",
    )
    attached, slug = LearnState.attached.length(), course.get("slug", "").to(str)
    return lesson_panels(
        LearnState,
        LearnState.lead,
        LearnState.enrolled,
        ("files", _("Files"), attached > 0, attached.to(str), files),
        ("about", _("About"), True, "", about),
        all_notes=arrow_link(_("All notes of the course"), href="/learn/" + slug + "/notes"),
    )


def _block(block: rx.Var) -> rx.Component:
    return rx.match(
        block["kind"],
        ("video", _video(block)),
        ("quiz", quiz_block(block)),
        ("assignment", assignment_block(block)),
        ("file", file_block(block)),
        ("code", code_block(block)),
        ("live", live_block(block)),
        rx.el.div(custom_attrs=sanitised(block["html"]), class_name="prose max-w-[65ch]"),
    )


def _video(block: rx.Var) -> rx.Component:
    return rx.el.div(
        vimeo_player(
            src=LearnState.videos.get(block["id"], "").to(str),
            title=LearnState.lesson.get("title", ""),
            captions=LearnState.tracks.get(block["id"], []).to(list[dict[str, str]]),
            start_at=block["start"].to(float),
            name=block["id"].to(str),
            next_title=rx.cond(block["lead"] != "", LearnState.lesson.get("after_title", "").to(str), ""),
            on_next=LearnState.next_lesson,
            on_progress=lambda position, length: LearnState.watched(block["id"], position, length),
            on_error=LearnState.player_failed,
        ),
        class_name="overflow-hidden rounded-card bg-black",
    )


def _onward() -> rx.Component:
    lesson = LearnState.lesson
    back = rx.cond(
        lesson.get("before", "") != "",
        link_button(_("Previous"), lesson["before"], kind="quiet", icon="arrow_left"),
        rx.el.span(),
    )
    skip = link_button(_("Next lesson"), lesson.get("after", ""), kind="secondary")
    after = lesson.get("after", "") != ""
    mark = rx.cond(after, _("Complete and go on"), _("Complete"))
    onward = rx.cond(
        LearnState.enrolled & ~LearnState.done,
        rx.cond(
            LearnState.due_kind == "over",
            rx.cond(after, skip, rx.fragment()),
            rx.cond(
                LearnState.to_pass,
                rx.el.p(_("Pass what is asked above to complete this lesson."), class_name="text-sm text-muted"),
                rx.el.div(
                    rx.cond(
                        LearnState.to_watch.length() > 0,
                        rx.el.p(
                            _("Watch its video to the end to complete this lesson."), class_name="text-sm text-muted"
                        ),
                    ),
                    button(mark, icon="check", on_click=LearnState.complete, custom_attrs={"data-complete": "yes"}),
                    class_name="flex flex-wrap items-center justify-end gap-x-4 gap-y-2",
                ),
            ),
        ),
        rx.cond(after, skip, rx.fragment()),
    )
    return rx.el.div(
        rx.cond(
            LearnState.finished & (~after | (LearnState.certificate != "")),
            notice(
                _("Every lesson is done. Come back whenever you like."),
                "success",
                _("You finished this course."),
                action=rx.el.div(
                    rx.cond(
                        LearnState.certificate != "",
                        link_button(_("See your certificate"), LearnState.certificate, size="sm", document=True),
                    ),
                    review_link(LearnState.course.get("href", "").to(str)),
                    class_name="flex flex-wrap gap-2",
                ),
            ),
        ),
        rx.cond(
            lesson.get("preview", "") != "",
            notice(
                _("This lesson is free. The others open when you have the course."),
                action=link_button(_("See the course"), LearnState.course.get("href", ""), kind="secondary", size="sm"),
            ),
        ),
        rx.el.div(back, onward, class_name="flex flex-wrap items-center justify-between gap-4"),
        rx.el.div(
            rx.cond(
                LearnState.enrolled,
                keep_offline(LearnState.home_id, lesson.get("id", "").to(str), LearnState.keeps),
            ),
            rx.cond(
                LearnState.videos.length() > 0,
                rx.el.div(
                    button(
                        _("Keys for the player"),
                        kind="quiet",
                        size="sm",
                        icon="keyboard",
                        on_click=open_dialog("player-keys"),
                    ),
                    class_name="pointer-coarse:hidden",
                ),
            ),
            class_name="-mx-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 empty:hidden",
        ),
        class_name="grid gap-5 border-t border-line pt-6",
    )


def _locked() -> rx.Component:
    course = LearnState.course
    way = rx.match(
        LearnState.remedy,
        ("first", link_button(_("Go there"), LearnState.target)),
        ("none", link_button(_("Back to the course"), course.get("href", ""), kind="secondary")),
        (
            "sign_in",
            link_button(
                _("Sign in"),
                "/login?next=/learn/" + course.get("slug", "").to(str) + "/" + LearnState.lesson.get("id", "").to(str),
            ),
        ),
        ("buy", link_button(_("See the course and its price"), course.get("href", ""))),
        ("get", link_button(_("Add it to your library"), course.get("href", ""))),
        link_button(_("Browse"), "/search"),
    )
    return rx.el.div(
        icon("lock", 28, "text-muted"),
        rx.el.p(LearnState.denied, class_name="max-w-[44ch] text-balance sm:text-lg"),
        way,
        role="alert",
        class_name=(
            "grid min-h-72 place-content-center justify-items-center gap-4 rounded-card border border-line bg-surface p-6 "
            "text-center"
        ),
    )


_TITLE = rx.cond(
    LearnState.lesson.contains("title"), f"{LearnState.lesson['title']} · {LearnState.course['title']}", SITE
)

PAGES = [
    Route("/learn/[course_slug]", learn, _TITLE, LearnState.on_load),
    Route("/learn/[course_slug]/[lesson_id]", learn, _TITLE, LearnState.on_load),
]
