"""One lesson: what it offers, who teaches it, and buying it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.avatar import avatar
from marketplace.components.badge import chip
from marketplace.components.button import button, link_button
from marketplace.components.card import PAGE_SIZES, framed, product_grid
from marketplace.components.field import CONTROL, field_error
from marketplace.components.icon import icon, spinner
from marketplace.components.link import link
from marketplace.components.navigate import navigate
from marketplace.components.notice import notice
from marketplace.components.play import StartPlaying
from marketplace.components.price_box import price_box
from marketplace.components.reviews import rating_link, reviews
from marketplace.components.sentence import phrase
from marketplace.components.share import share_button
from marketplace.components.shelves import shelf_rows
from marketplace.components.skeleton import skeleton, skeleton_lines
from marketplace.components.vimeo_player import vimeo_player
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.basket_buttons import basket_buttons
from marketplace.pages.first_courses import first_courses
from marketplace.pages.lesson_code import applied, code_part, price_before, price_with_code
from marketplace.pages.lesson_release import (
    ask_for_letters,
    buy_label,
    by_waitlist,
    release_words,
    waiting,
    waitlist,
    waitlist_bar,
)
from marketplace.pages.lesson_sections import blocks, plain
from marketplace.pages.missing import SITE, nothing_here, nothing_title
from marketplace.pages.shell import shell
from marketplace.present import partly_owned
from marketplace.state.lesson import LessonState
from marketplace.state.reviews import ReviewsState
from marketplace.state.shelves import ShelvesState

view = LessonState.view


def lesson() -> rx.Component:
    return shell(
        navigate(LessonState.go, LessonState.trip),
        rx.cond(
            LessonState.loaded,
            rx.cond(LessonState.failure != "", nothing_here(LessonState.failure, LessonState.more_by), _offer()),
            _shape(),
        ),
        live=LessonState.loaded,
        painted=True,
    )


def _offer() -> rx.Component:
    return rx.fragment(
        rx.el.article(
            rx.el.div(_media(), _heading(), class_name="min-w-0 lg:col-start-1"),
            rx.el.div(_buy_box(), class_name="lg:col-start-2 lg:row-span-2 lg:row-start-1"),
            rx.el.div(
                _parts(),
                first_courses(),
                rx.cond(LessonState.blocks != "", blocks(), plain()),
                reviews(ReviewsState),
                class_name="grid min-w-0 gap-10 sm:gap-12 lg:col-start-1",
            ),
            class_name="grid gap-x-12 gap-y-8 sm:gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_1fr]",
        ),
        shelf_rows(ShelvesState.shelves),
        _more(),
    )


def _parts() -> rx.Component:
    """What a bundle holds."""
    return rx.cond(
        LessonState.parts.length() > 0,
        rx.el.section(
            rx.el.h2(_("In this bundle"), class_name="mb-5 text-xl"),
            product_grid(LessonState.parts, 3),
            class_name="min-w-0",
        ),
    )


def _media() -> rx.Component:
    """The cover; the player in the same box once the visitor asked for the free clip."""
    player = rx.el.div(
        vimeo_player(LessonState.preview_src, view["title"], poster=view["cover_large"]), StartPlaying.create()
    )
    return rx.el.div(
        rx.cond(LessonState.playing & (LessonState.preview_src != ""), player, _cover()),
        class_name="aspect-video max-sm:-mx-4 max-sm:-mt-6",
    )


def _cover() -> rx.Component:
    play = rx.cond(view["has_preview"].to(str) != "", _play_button())
    return framed(view, play, picture="cover_large", sizes=PAGE_SIZES, rank="first", look="sm:rounded-card")


def _play_button() -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.cond(LessonState.playing, spinner(18), icon("play", 18, "fill-current")),
            _("Play free preview"),
            class_name=(
                "flex h-12 items-center gap-2.5 rounded-full bg-paper px-5 font-semibold text-ink shadow-float "
                "transition-colors group-hover:bg-surface"
            ),
        ),
        type="button",
        on_click=LessonState.play,
        class_name=("group absolute inset-0 flex items-end p-4 outline-offset-[-6px] sm:p-5"),
    )


def _heading() -> rx.Component:
    return rx.el.header(
        rx.el.h1(view["title"], class_name="text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
        rx.el.p(view["summary"], class_name="mt-3 max-w-[60ch] text-lg text-muted empty:hidden"),
        rx.el.div(
            link(
                avatar(view["creator"], view["creator_avatar"], "sm"),
                rx.el.span(view["creator"], class_name="underline-offset-4 group-hover:underline"),
                href=view["creator_href"],
                class_name="group inline-flex min-h-11 items-center gap-2.5 font-semibold",
            ),
            rating_link(ReviewsState.figures),
            rx.el.ul(
                _fact("clock", view["duration"]),
                _fact("signal", view["level"]),
                _fact("languages", view["language"]),
                class_name="flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted",
            ),
            rx.cond(
                view["topic_name"].to(str) != "",
                chip(view["topic_name"], href="/topics/" + view["topic"].to(str)),
            ),
            share_button(),
            class_name="mt-5 flex flex-wrap items-center gap-x-6 gap-y-3",
        ),
        class_name="mt-6",
    )


def _fact(name: str, text: rx.Var) -> rx.Component:
    return rx.cond(
        text.to(str) != "",
        rx.el.li(icon(name, 16), text, class_name="inline-flex items-center gap-1.5"),
    )


def _buy_box() -> rx.Component:
    return price_box(
        rx.cond(LessonState.owned, _("In your library"), price_with_code(view["price"])),
        _action(),
        included=[
            rx.cond(
                _is_bundle(),
                _("{count} lessons for one price").format(count=LessonState.parts.length()),
                view["included"].to(str),
            ),
            view["often"].to(str),
            _("Your place is kept when you leave"),
        ],
        refund_policy=view["policy"],
        compare_at=price_before(),
        tax=rx.cond(LessonState.can_watch | LessonState.waiting, "", view["tax"].to(str)),
        bar_action=_bar_action(),
        note=rx.fragment(
            _note(),
            rx.cond(_for_sale() & ~LessonState.can_watch & ~LessonState.waiting, code_part()),
            rx.cond(
                _for_sale(),
                basket_buttons(
                    view,
                    LessonState.amount,
                    LessonState.owned,
                    rx.cond(applied(), LessonState.offer["code"], ""),
                ),
            ),
        ),
        pays=~LessonState.can_watch & ~LessonState.waiting & ~by_waitlist() & (view["price_kind"].to(str) != "free"),
    )


def _for_sale() -> rx.Var:
    return (view["price_kind"].to(str) != "free") & ~LessonState.is_owner & ~by_waitlist()


def _action() -> rx.Component:
    """The one button; what one pays freely has its own form in the note."""
    return rx.cond(
        LessonState.is_owner,
        rx.cond(
            _is_bundle(),
            _edit("lg"),
            rx.el.div(
                _edit("lg"),
                link_button(_("Open it"), _watch_href(), kind="secondary", full=True),
                class_name="grid gap-2",
            ),
        ),
        rx.cond(
            LessonState.can_watch,
            _continue("lg"),
            rx.cond(
                LessonState.waiting,
                waiting(),
                rx.cond(_pays_freely() | by_waitlist(), rx.fragment(), _buy_form("lg")),
            ),
        ),
    )


def _bar_action() -> rx.Component:
    return rx.cond(
        LessonState.is_owner,
        _edit("md"),
        rx.cond(
            LessonState.can_watch,
            _continue("md"),
            rx.cond(
                LessonState.waiting,
                waiting(),
                rx.cond(
                    by_waitlist(),
                    waitlist_bar(),
                    rx.cond(
                        _pays_freely(),
                        link_button(_("Choose an amount"), "#amount", document=True, full=True),
                        _buy_form("md"),
                    ),
                ),
            ),
        ),
    )


def _is_bundle() -> rx.Var:
    return view["kind"].to(str) == "bundle"


def _edit(size: str) -> rx.Component:
    return link_button(view["edit"].to(str), LessonState.edit_href, size=size, full=True)


def _continue(size: str) -> rx.Component:
    return rx.cond(
        _is_bundle(),
        link_button(view["open"].to(str), _watch_href(), size=size, full=True),
        link_button(view["open"].to(str), _watch_href(), size=size, icon="play", full=True),
    )


def _watch_href() -> rx.Var:
    return view["watch"].to(str)


def _pays_freely() -> rx.Var:
    return view["price_kind"].to(str) == "pwyw"


def _buy_form(size: str) -> rx.Component:
    return rx.el.form(
        ask_for_letters() if size == "lg" else rx.fragment(),
        rx.cond(
            view["price_kind"].to(str) == "free",
            button(buy_label(_("Get it free")), size=size, type="submit", loading=LessonState.busy, full=True),
            button(buy_label(_("Buy now")), size=size, type="submit", loading=LessonState.busy, full=True),
        ),
        on_submit=LessonState.buy,
        reset_on_submit=False,
    )


def _note() -> rx.Component:
    return rx.fragment(
        release_words(),
        rx.cond(by_waitlist() & ~LessonState.is_owner & ~LessonState.owned, waitlist()),
        rx.cond(_pays_freely() & ~LessonState.owned & ~LessonState.can_watch & ~by_waitlist(), _amount_form()),
        rx.cond(
            (LessonState.back != "") & ~LessonState.can_watch,
            notice(LessonState.back),
        ),
        rx.cond(
            ~LessonState.can_watch & (LessonState.owned_parts > 0),
            rx.el.div(notice(partly_owned(LessonState.owned_parts, LessonState.parts.length())), class_name="mt-3"),
        ),
        rx.cond(LessonState.revoked, rx.el.div(notice(LessonState.explanation, "warning"), class_name="mt-3")),
    )


def _amount_form() -> rx.Component:
    wrong = LessonState.errors.contains("amount")
    return rx.el.form(
        rx.el.label(_("You decide what it is worth to you"), html_for="amount", class_name="text-sm font-semibold"),
        rx.el.div(
            rx.el.span(view["currency"], class_name="text-sm font-semibold text-muted"),
            rx.el.input(
                id="amount",
                name="amount",
                type="text",
                input_mode="decimal",
                auto_complete="off",
                default_value=view["suggested"],
                key=view["slug"],
                on_blur=LessonState.note_amount,
                aria_invalid=wrong,
                custom_attrs={"aria-describedby": "amount-error"},
                class_name="tnum h-11 w-full min-w-0 bg-transparent text-base outline-none",
            ),
            class_name=f"{CONTROL} flex items-center gap-3 focus-within:outline-2 "
            "focus-within:outline-accent has-[[aria-invalid=true]]:border-danger",
        ),
        rx.cond(
            view["minimum"].to(str) != "",
            rx.el.p(_("{minimum} or more").format(minimum=view["minimum"]), class_name="text-sm text-muted"),
        ),
        field_error(rx.cond(wrong, LessonState.errors["amount"], ""), id="amount-error"),
        ask_for_letters(),
        rx.el.div(
            button(buy_label(_("Buy now")), size="lg", type="submit", loading=LessonState.busy, full=True),
            class_name="mt-2",
        ),
        on_submit=LessonState.buy,
        reset_on_submit=False,
        class_name="grid scroll-mt-24 gap-1.5",
    )


def _more() -> rx.Component:
    return rx.cond(
        LessonState.more_by.length() > 0,
        rx.el.section(
            rx.el.h2(phrase(_("More by {name}"), name=view["creator"]), class_name="mb-5 text-xl"),
            product_grid(LessonState.more_by, columns=3),
            class_name="mt-14 border-t border-line pt-10 sm:mt-20 sm:pt-14",
        ),
    )


def _shape() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            skeleton("aspect-video max-sm:-mx-4 max-sm:-mt-6 sm:rounded-card"),
            skeleton("mt-6 h-9 w-3/4"),
            skeleton("mt-4 h-6 w-full max-w-md"),
            class_name="min-w-0",
        ),
        rx.el.div(skeleton("h-80 w-full rounded-card max-lg:hidden")),
        skeleton_lines(6),
        role="status",
        aria_label=_("Loading"),
        class_name="grid gap-x-12 gap-y-8 sm:gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem]",
    )


def _title() -> rx.Var:
    unknown = rx.cond(LessonState.failure != "", nothing_title(), SITE)
    return rx.cond(view.contains("title"), f"{view['title']} · {SITE}", unknown)


_LOAD = [ShelvesState.on_load, ReviewsState.on_load, LessonState.on_load]
PAGES = [
    Route("/lessons/[lesson_slug]", lesson, _title, _LOAD),
    Route("/courses/[course_slug]", lesson, _title, _LOAD),
]
