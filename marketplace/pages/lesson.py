"""One lesson: what it offers, who teaches it, and buying it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.avatar import avatar
from marketplace.components.badge import badge, chip
from marketplace.components.button import button, link_button
from marketplace.components.card import PAGE_SIZES, framed, product_grid
from marketplace.components.field import CONTROL, field_error
from marketplace.components.handover import handover
from marketplace.components.icon import icon, spinner
from marketplace.components.inner_html import sanitised
from marketplace.components.link import arrow_link, link
from marketplace.components.navigate import navigate
from marketplace.components.notice import notice
from marketplace.components.play import StartPlaying
from marketplace.components.price_box import price_box
from marketplace.components.skeleton import skeleton, skeleton_lines
from marketplace.components.vimeo_player import vimeo_player
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.basket_buttons import basket_buttons
from marketplace.pages.missing import SITE, TITLE, nothing_here
from marketplace.pages.shell import shell
from marketplace.present import partly_owned
from marketplace.state.lesson import LessonState

view = LessonState.view


def lesson() -> rx.Component:
    return shell(
        handover(LessonState.loaded),
        navigate(LessonState.go, LessonState.trip),
        rx.cond(
            LessonState.loaded,
            rx.cond(LessonState.failure != "", nothing_here(LessonState.failure, LessonState.more_by), _offer()),
            _shape(),
        ),
        live=LessonState.loaded,
    )


def _offer() -> rx.Component:
    return rx.fragment(
        rx.el.article(
            rx.el.div(_media(), _heading(), class_name="min-w-0 lg:col-start-1"),
            rx.el.div(_buy_box(), class_name="lg:col-start-2 lg:row-span-2 lg:row-start-1"),
            rx.el.div(
                _parts(),
                _learn(),
                _syllabus(),
                _about(),
                _creator(),
                class_name="grid min-w-0 gap-10 sm:gap-12 lg:col-start-1",
            ),
            class_name="grid gap-x-12 gap-y-8 sm:gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_1fr]",
        ),
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
            rx.el.ul(
                _fact("clock", view["duration"]),
                _fact("signal", view["level"]),
                _fact("languages", view["language"]),
                class_name="flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted",
            ),
            rx.cond(
                view["topic_name"].to(str) != "",
                chip(view["topic_name"], href="/search?topic=" + view["topic"].to(str)),
            ),
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
        rx.cond(LessonState.owned, _("In your library"), view["price"]),
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
        bar_action=_bar_action(),
        note=rx.fragment(
            _note(), rx.cond(_for_sale(), basket_buttons(view["slug"], LessonState.amount, LessonState.owned))
        ),
        pays=~LessonState.can_watch & (view["price_kind"].to(str) != "free"),
    )


def _for_sale() -> rx.Var:
    return (view["price_kind"].to(str) != "free") & ~LessonState.is_owner


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
        rx.cond(LessonState.can_watch, _continue("lg"), rx.cond(_pays_freely(), rx.fragment(), _buy_form("lg"))),
    )


def _bar_action() -> rx.Component:
    return rx.cond(
        LessonState.is_owner,
        _edit("md"),
        rx.cond(
            LessonState.can_watch,
            _continue("md"),
            rx.cond(
                _pays_freely(),
                link_button(_("Choose an amount"), "#amount", document=True, full=True),
                _buy_form("md"),
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
        rx.cond(
            view["price_kind"].to(str) == "free",
            button(_("Get it free"), size=size, type="submit", loading=LessonState.busy, full=True),
            button(_("Buy now"), size=size, type="submit", loading=LessonState.busy, full=True),
        ),
        on_submit=LessonState.buy,
        reset_on_submit=False,
    )


def _note() -> rx.Component:
    return rx.fragment(
        rx.cond(_pays_freely() & ~LessonState.can_watch, _amount_form()),
        rx.cond(
            LessonState.cancelled & ~LessonState.can_watch,
            notice(_("You left the payment page. Nothing was charged; it waits here.")),
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
        rx.el.div(
            button(_("Buy now"), size="lg", type="submit", loading=LessonState.busy, full=True), class_name="mt-2"
        ),
        on_submit=LessonState.buy,
        reset_on_submit=False,
        class_name="grid scroll-mt-24 gap-1.5",
    )


def _learn() -> rx.Component:
    return rx.cond(
        LessonState.learn.length() > 0,
        rx.el.section(
            rx.el.h2(_("What you will learn"), class_name="text-xl"),
            rx.el.ul(
                rx.foreach(
                    LessonState.learn,
                    lambda line: rx.el.li(
                        icon("check", 18, "mt-1 text-accent"), rx.el.span(line), class_name="flex gap-2.5"
                    ),
                ),
                class_name="mt-4 grid gap-x-8 gap-y-2.5 sm:grid-cols-2",
            ),
        ),
    )


def _syllabus() -> rx.Component:
    """What a course teaches, in its order."""
    return rx.cond(
        LessonState.syllabus.length() > 0,
        rx.el.section(
            rx.el.h2(_("What it teaches"), class_name="text-xl"),
            rx.el.ol(
                rx.foreach(LessonState.syllabus, _taught),
                class_name="mt-4 overflow-hidden rounded-card border border-line bg-surface",
            ),
        ),
    )


def _taught(row: rx.Var) -> rx.Component:
    title = rx.el.span(row["title"], class_name="min-w-0 grow [overflow-wrap:anywhere]")
    meta = rx.el.span(row["meta"], class_name="tnum shrink-0 text-sm font-normal text-muted empty:hidden")
    preview = rx.cond(row["preview"].to(str) != "", badge(row["preview"], "success"))
    line = "flex min-h-11 items-center gap-3 px-4 py-2 sm:px-5"
    return rx.cond(
        row["kind"] == "section",
        rx.el.li(title, meta, class_name=f"{line} border-t border-line bg-sunken font-semibold first:border-t-0"),
        rx.el.li(
            rx.cond(
                row["href"].to(str) != "",
                link(
                    icon("play", 16, "shrink-0 text-accent"), title, preview, meta, href=row["href"],
                    class_name=f"{line} hover:bg-sunken",
                ),
                rx.el.span(icon("lock", 16, "shrink-0 text-muted"), title, meta, class_name=line),
            ),
            class_name="border-t border-line",
        ),
    )  # fmt: skip


def _about() -> rx.Component:
    return rx.cond(
        view["description"].to(str) != "",
        rx.el.section(
            rx.el.h2(view["about"].to(str), class_name="mb-4 text-xl"),
            rx.el.div(custom_attrs=sanitised(view["description"]), class_name="prose"),
        ),
    )


def _creator() -> rx.Component:
    return rx.el.section(
        avatar(view["creator"], view["creator_avatar"], "lg"),
        rx.el.div(
            rx.el.h2(
                rx.el.span(_("Taught by"), " ", class_name="font-normal text-muted"),
                view["creator"],
                class_name="text-lg",
            ),
            rx.el.p(view["creator_bio"], class_name="mt-1.5 max-w-[60ch] text-muted empty:hidden"),
            arrow_link(_("See the profile"), href=view["creator_href"], look="mt-1"),
            class_name="min-w-0",
        ),
        class_name="flex gap-4 border-t border-line pt-8 sm:gap-5",
    )


def _more() -> rx.Component:
    return rx.cond(
        LessonState.more_by.length() > 0,
        rx.el.section(
            rx.el.h2(_("More by"), " ", view["creator"], class_name="mb-5 text-xl"),
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


_TITLE = rx.cond(view.contains("title"), f"{view['title']} · {SITE}", rx.cond(LessonState.failure != "", TITLE, SITE))

PAGES = [
    Route("/lessons/[lesson_slug]", lesson, _TITLE, LessonState.on_load),
    Route("/courses/[course_slug]", lesson, _TITLE, LessonState.on_load),
]
