"""What a person owns, and watching it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.avatar import avatar
from marketplace.components.badge import badge, chip
from marketplace.components.button import button, button_class, link_button
from marketplace.components.card import by, card_title, cover, lifted, panel
from marketplace.components.client import open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.link import link
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.playback import player_keys
from marketplace.components.progress import progress_bar, progress_ring
from marketplace.components.progress_queue import progress_queue
from marketplace.components.reviews import review_link
from marketplace.components.skeleton import skeleton, skeleton_grid, skeleton_lines
from marketplace.components.vimeo_player import vimeo_player
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.learn_player import lesson_panels
from marketplace.pages.learning import library_tabs
from marketplace.pages.shell import shell
from marketplace.settings import get_settings
from marketplace.state.library import LibraryState, WatchState

_STAGE_WIDTH = "sm:max-w-[clamp(30rem,calc((100dvh-16rem)*16/9),73rem)]"


def library() -> rx.Component:
    return shell(
        page_title(_("Library"), _("Everything you bought or added, to watch as often as you like."), _kept()),
        library_tabs("library"),
        rx.cond(LibraryState.loaded, rx.cond(LibraryState.total > 0, _owned(), _nothing_yet()), skeleton_grid(4)),
        live=LibraryState.loaded,
        tab="library",
    )


def _kept() -> rx.Component | None:
    """Where pages and API are on two hosts, nothing can be kept."""
    if get_settings().backend:
        return None
    return link_button(_("Kept offline"), "/offline", kind="quiet", size="sm", icon="wifi_off", document=True)


def _nothing_yet() -> rx.Component:
    return empty_state(
        _("Nothing here yet"),
        _("Lessons you buy or add for free wait here, with your place in each kept."),
        link_button(_("Browse lessons"), "/search"),
        icon="library",
    )


def _owned() -> rx.Component:
    return rx.el.div(
        rx.cond(LibraryState.going.length() > 0, _going()),
        rx.el.section(
            rx.el.div(
                rx.el.h2(_("All lessons"), class_name="text-xl"),
                rx.el.span(LibraryState.total, class_name="tnum text-muted"),
                class_name="flex items-baseline gap-2.5",
            ),
            rx.cond(LibraryState.filters, _filters()),
            rx.cond(LibraryState.items.length() > 0, _grid(), _none_of_these()),
            show_more(LibraryState.next_key, LibraryState.more, gap="mt-7"),
            class_name="grid gap-5",
        ),
        class_name="grid gap-14",
    )


def _filters() -> rx.Component:
    kinds = (
        ("", _("All"), "/library"),
        ("going", _("Started"), "/library?show=going"),
        ("new", _("Not started"), "/library?show=new"),
        ("done", _("Finished"), "/library?show=done"),
    )
    return rx.el.nav(
        *[chip(label, href, LibraryState.show == key) for key, label, href in kinds],
        aria_label=_("Which lessons"),
        class_name="flex flex-wrap gap-2",
    )


def _none_of_these() -> rx.Component:
    return empty_state(
        _("No lessons of this kind"),
        action=link_button(_("Show all lessons"), "/library", kind="secondary"),
        icon="list_filter",
    )


def _grid() -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            LibraryState.items,
            lambda item: rx.el.li(
                _card(item, row=True),
                rx.cond(item["review"] != "", rx.el.div(review_link(item["review"]), class_name="mt-2.5")),
            ),
        ),
        class_name="grid gap-x-5 gap-y-6 sm:gap-y-10 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4",
    )


def _going() -> rx.Component:
    rest = LibraryState.going[1:]
    return rx.el.section(
        rx.el.h2(_("Continue"), class_name="text-xl"),
        _latest(LibraryState.going[0]),
        rx.cond(
            rest.length() > 0,
            rx.el.ul(
                rx.foreach(rest, lambda item: rx.el.li(_card(item))),
                aria_label=_("Also begun"),
                tab_index=0,
                class_name="scroll-row",
            ),
        ),
        class_name="grid gap-5",
    )


def _latest(item: rx.Var) -> rx.Component:
    """What was watched last, large enough to be the obvious next press."""
    play = rx.el.span(
        icon("play", 18, "fill-current"), _("Continue watching"), class_name=f"{button_class()} w-fit max-sm:w-full"
    )
    return link(
        rx.el.div(cover(item, eager=True), class_name="sm:w-1/2 lg:w-[44%]"),
        rx.el.div(
            rx.el.h3(item["title"], class_name="line-clamp-3 text-xl group-hover:underline sm:text-2xl"),
            by(item, ""),
            rx.el.div(progress_bar(item["percent"], _("Progress"), item["left"]), class_name="max-w-md"),
            play,
            class_name="flex min-w-0 flex-1 flex-col justify-center gap-4 max-sm:p-1 sm:pe-6",
        ),
        href=item["href"],
        class_name=(
            "group flex flex-col gap-4 rounded-card border border-line bg-surface p-3 transition-colors "
            "hover:border-line-strong sm:flex-row sm:gap-8"
        ),
    )


def _card(item: rx.Var, row: bool = False) -> rx.Component:
    """``row``: on a phone the cover stands beside the words, so that many lessons fit on a screen."""
    shape, picture, title = ("flex gap-4 sm:block", "w-36 shrink-0 sm:w-auto", "sm:mt-3") if row else ("", "", "mt-3")
    return link(
        lifted(item, look=picture),
        rx.el.div(
            card_title(item, f"line-clamp-2 text-base {title}"),
            by(item),
            rx.el.div(_standing(item), class_name="mt-2.5"),
            class_name="min-w-0 grow",
        ),
        href=item["href"],
        class_name=f"group rounded-card {shape or 'block'}",
    )


def _standing(item: rx.Var) -> rx.Component:
    finished = rx.el.span(
        icon("circle_check", 16, "text-success"), item["status"], class_name="flex items-center gap-1.5 text-sm"
    )
    waiting = rx.el.span(item["status"], class_name="text-sm text-muted")
    return rx.match(
        item["percent"],
        ("100", finished),
        ("0", waiting),
        progress_bar(item["percent"], _("Progress"), item["left"]),
    )


def watch() -> rx.Component:
    return shell(
        rx.cond(WatchState.failure != "", _no_lesson(), rx.el.div(_stage(), _below())),
        live=WatchState.loaded,
        width="full",
        tab="library",
    )


def _no_lesson() -> rx.Component:
    return rx.el.div(
        page_title(
            _("There is no lesson here"), _("The address may be mistyped, or its creator took the lesson away.")
        ),
        rx.el.div(
            link_button(_("Open your library"), "/library"),
            link_button(_("Browse lessons"), "/search", kind="secondary"),
            class_name="flex flex-wrap gap-3",
        ),
        class_name="mx-auto max-w-[73rem]",
    )


def _stage() -> rx.Component:
    """One dark room for the video and whatever stands in its place, in the same shape: nothing jumps."""
    return rx.el.div(
        rx.el.div(
            rx.cond(
                WatchState.denied != "",
                _behind_glass("lock", WatchState.denied, _way_in()),
                rx.cond(
                    WatchState.problem != "",
                    _behind_glass("circle_alert", WatchState.problem, _reload()),
                    _player(),
                ),
            ),
            class_name=f"mx-auto w-full {_STAGE_WIDTH}",
        ),
        class_name="-mx-4 -mt-6 bg-[#0f0e0c] sm:-mx-6 sm:-mt-10 sm:px-6 sm:py-6",
    )


def _player() -> rx.Component:
    return vimeo_player(
        src=WatchState.src,
        title=WatchState.view.get("title", _("Lesson")),
        captions=WatchState.tracks,
        start_at=WatchState.start_at.to(float),
        poster=WatchState.view.get("cover_large", ""),
        name=WatchState.home_id,
        on_progress=WatchState.watched,
        on_error=WatchState.player_failed,
    )


def _behind_glass(sign: str, text: rx.Var, action: rx.Component) -> rx.Component:
    """What stands where the video would be: the cover dimmed, why, and the way on."""
    return rx.el.div(
        rx.cond(
            WatchState.view.get("cover_large", "") != "",
            rx.el.img(
                src=WatchState.view["cover_large"],
                alt="",
                class_name="absolute inset-0 size-full scale-105 object-cover opacity-25 blur-sm",
            ),
        ),
        rx.el.div(
            icon(sign, 28),
            rx.el.p(text, class_name="max-w-[44ch] text-balance sm:text-lg"),
            action,
            role="alert",
            class_name="relative grid justify-items-center gap-4 p-6 text-center text-white",
        ),
        class_name="relative grid min-h-60 place-content-center overflow-hidden bg-black sm:aspect-video sm:rounded-card",
    )


def _way_in() -> rx.Component:
    lesson = "/lessons/" + WatchState.view["slug"]
    return rx.match(
        WatchState.remedy,
        ("sign_in", link_button(_("Sign in"), "/login?next=/watch/" + WatchState.view["slug"])),
        ("buy", link_button(_("See the lesson and its price"), lesson)),
        ("get", link_button(_("Add it to your library"), lesson)),
        link_button(_("Browse lessons"), "/search"),
    )


def _reload() -> rx.Component:
    return button(_("Try again"), icon="rotate_cw", on_click=WatchState.open_video)


def _below() -> rx.Component:
    return rx.el.div(
        rx.cond(WatchState.loaded, _lesson(), _lesson_skeleton()),
        class_name="mx-auto mt-6 w-full max-w-[73rem] sm:mt-8",
    )


def _lesson_skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.h1(
            rx.el.span(_("Opening the lesson"), class_name="sr-only"),
            skeleton("h-8 w-2/3"),
        ),
        skeleton_lines(3),
        class_name="grid gap-6",
    )


def _lesson() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            progress_queue(
                WatchState.owner,
                WatchState.home_id,
                WatchState.home_id,
                WatchState.heard,
                WatchState.merged,
                WatchState.merge,
            ),
            _heading(),
            rx.cond(
                (WatchState.denied == "") & ((WatchState.owner != "") | WatchState.languages.length() > 0),
                lesson_panels(WatchState, WatchState.home_id, WatchState.owner != ""),
            ),
            rx.cond(WatchState.learn.length() > 0, _learned()),
            rx.cond(WatchState.description != "", _about()),
            class_name="grid min-w-0 gap-10",
        ),
        rx.cond(WatchState.denied == "", _aside()),
        class_name="grid items-start gap-10 lg:grid-cols-[minmax(0,1fr)_19rem] lg:gap-16",
    )


def _heading() -> rx.Component:
    view = WatchState.view
    creator = link(
        avatar(view["creator"], view["creator_avatar"], "sm"),
        rx.el.span(view["creator"], class_name="font-semibold text-ink underline-offset-4 group-hover:underline"),
        href=view["creator_href"],
        class_name="group inline-flex min-h-11 items-center gap-2.5",
    )
    facts = [rx.el.span(view[key], class_name="empty:hidden") for key in ("duration", "level", "language")]
    return rx.el.div(
        rx.el.h1(view["title"], class_name="text-2xl sm:text-3xl"),
        rx.el.div(
            creator,
            *facts,
            rx.cond(WatchState.completed, badge(_("Completed"), "success", "check")),
            class_name="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-muted",
        ),
    )


def _learned() -> rx.Component:
    line = "flex gap-2.5"
    return rx.el.section(
        rx.el.h2(_("What you learn"), class_name="mb-4 text-xl"),
        rx.el.ul(
            rx.foreach(
                WatchState.learn,
                lambda text: rx.el.li(icon("check", 20, "mt-0.5 text-accent"), rx.el.span(text), class_name=line),
            ),
            class_name="grid gap-x-8 gap-y-2.5 sm:grid-cols-2",
        ),
    )


def _about() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("About this lesson"), class_name="mb-4 text-xl"),
        rx.el.div(custom_attrs=sanitised(WatchState.description), class_name="prose"),
    )


def _aside() -> rx.Component:
    percent = WatchState.percent
    words = rx.match(percent, (100, _("Finished")), (0, _("Not started")), percent.to(str) + " %")
    return rx.el.aside(
        panel(
            rx.el.div(
                progress_ring(percent, _("Progress"), 48),
                rx.el.div(
                    rx.el.p(words, class_name="tnum font-display text-lg font-semibold"),
                    rx.el.p(
                        rx.cond(WatchState.completed, _("Watch it again whenever you like."), _("Your place is kept.")),
                        class_name="text-sm text-muted",
                    ),
                ),
                class_name="flex items-center gap-4",
            ),
        ),
        rx.el.div(
            button(
                _("Keys for the player"), kind="quiet", size="sm", icon="keyboard", on_click=open_dialog("player-keys")
            ),
            class_name="pointer-coarse:hidden",
        ),
        player_keys(),
        rx.el.div(
            link_button(_("The lesson's page"), "/lessons/" + WatchState.view["slug"], kind="secondary", size="sm"),
            rx.cond(WatchState.completed, review_link("/lessons/" + WatchState.view["slug"].to(str))),
            link_button(_("Your library"), "/library", kind="quiet", size="sm"),
            class_name="flex flex-wrap gap-2",
        ),
        aria_label=_("Your progress"),
        class_name="grid gap-5",
    )


PAGES = [
    Route("/library", library, _("Library"), LibraryState.on_load),
    Route("/watch/[lesson_slug]", watch, WatchState.view.get("title", _("Watch")), WatchState.on_load),
]
