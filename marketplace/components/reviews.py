"""Reviews under a product: what they come to, one's own, and all of them. First paint shares the class names."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _, current_locale, ngettext

from .avatar import avatar
from .button import button_class
from .field import CONTROL
from .icon import icon
from .link import link, plain_form
from .more import show_more
from .notice import notice
from .sentence import phrase

SECTION = "min-w-0 scroll-mt-24"
SUM = "mt-5 grid gap-x-12 gap-y-5 sm:grid-cols-[max-content_minmax(0,22rem)] sm:items-center"
AVERAGE = "tnum block font-display text-4xl font-semibold"
COUNT = "mt-1 block text-sm text-muted"
BARS = "grid gap-1.5 text-sm"
BAR = "grid grid-cols-[4.5rem_minmax(0,1fr)_3rem] items-center gap-3"
TRACK = "block h-2 overflow-hidden rounded-full bg-sunken"
FILLED = "block h-full rounded-full bg-accent"
SMALL = "text-sm text-muted"
NUMBER = "tnum text-end text-muted"
TOLD = "mt-4 flex gap-2 text-sm text-ink empty:hidden"
BOX = "mt-6 grid gap-4 rounded-card border border-line bg-surface p-5"
FORM = "grid gap-4"
HEAD = "text-base font-semibold"
FIELD = "grid gap-1.5"
LABEL = "text-sm font-semibold"
STAR_ROW = "-ms-2 flex"
STAR = (
    "relative grid size-11 cursor-pointer place-items-center rounded-control text-muted hover:text-accent "
    "has-checked:text-accent has-checked:[&>svg]:fill-current [&:has(~label>input:checked)]:text-accent "
    "[&:has(~label>input:checked)>svg]:fill-current has-focus-visible:outline-2 has-focus-visible:outline-accent"
)
AREA = f"{CONTROL} min-h-24 py-2.5 leading-relaxed"
ACTIONS = "flex flex-wrap gap-3"
FOLD = "inline-flex min-h-11 cursor-pointer list-none items-center text-sm font-semibold text-accent hover:underline"
QUIET = f"{button_class('quiet', 'sm')} -ms-3 text-danger!"
LIST = "mt-8 divide-y divide-line border-t border-line"
ITEM = "grid gap-3 py-6"
WHO = "flex items-center gap-3"
NAME = "block font-semibold [overflow-wrap:anywhere]"
MARK = "flex flex-wrap items-center gap-x-3 gap-y-1"
WORDS = "max-w-[70ch] whitespace-pre-line [overflow-wrap:anywhere] empty:hidden"
REPLY = "grid gap-1 border-s-2 border-line-strong ps-4"
REPLY_BY = "text-sm"
HEADING_LINK = "inline-flex min-h-11 items-center gap-1.5 font-semibold underline-offset-4 hover:underline"
LONGEST = 2000


def stars(percent: rx.Var, words: rx.Var, look: str = "text-base") -> rx.Component:
    """Five stars filled up to ``percent``; ``words`` say it."""
    drawn = rx.el.span(aria_hidden="true", style={"--rated": percent}, class_name=f"stars {look}")
    return rx.fragment(drawn, rx.el.span(words, class_name="sr-only"))


def rating_link(figures: rx.Var) -> rx.Component:
    """What they come to, beside the title; it leads to them."""
    return rx.cond(
        figures.contains("average"),
        link(
            icon("star", 16, "fill-current"),
            rx.el.span(_("Rated"), class_name="sr-only"),
            rx.el.span(figures["average"], class_name="tnum"),
            rx.el.span(figures["count"], class_name="font-normal text-muted"),
            href="#reviews",
            document=True,
            class_name=HEADING_LINK,
        ),
    )


def review_link(path: rx.Var | str) -> rx.Component:
    """To the form on a product's page, from where somebody has just used it."""
    return link(
        icon("star", 16), _("Review it"), href=path + "#reviews", document=True,
        class_name=button_class("secondary", "sm"),
    )  # fmt: skip


def reviews(state: Any) -> rx.Component:
    """``state``: :class:`marketplace.state.reviews.ReviewsState`."""
    return rx.cond(
        (state.figures.length() > 0) | (state.mine.length() > 0),
        rx.el.section(
            rx.el.h2(_("Reviews"), class_name="text-xl"),
            rx.cond(state.figures.length() > 0, _sum(state.figures, state.bars)),
            rx.el.p(state.told, role="status", class_name=TOLD),
            rx.cond(state.mine.length() > 0, _mine(state.mine)),
            rx.cond(
                state.items.length() > 0,
                rx.el.ul(rx.foreach(state.items, lambda item: _item(item, state.answers)), class_name=LIST),
            ),
            show_more(state.next_key, state.more, "mt-6"),
            id="reviews",
            class_name=SECTION,
        ),
    )


def _sum(figures: rx.Var, bars: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(figures["average"], aria_hidden="true", class_name=AVERAGE),
            stars(figures["percent"], figures["words"], "text-lg"),
            rx.el.span(figures["count"], class_name=COUNT),
        ),
        rx.el.ul(rx.foreach(bars, _bar), class_name=BARS),
        class_name=SUM,
    )


def _bar(row: rx.Var) -> rx.Component:
    filled = rx.el.span(style={"width": row["percent"]}, class_name=FILLED)
    return rx.el.li(
        rx.el.span(row["label"]),
        rx.el.span(filled, aria_hidden="true", class_name=TRACK),
        rx.el.span(row["count"], class_name=NUMBER),
        class_name=BAR,
    )


def _mine(mine: rx.Var) -> rx.Component:
    """What one wrote, with the form folded away; the form; or why there is none yet."""
    return rx.el.div(
        rx.cond(
            mine["may"] == "",
            rx.el.p(mine["why"], class_name=SMALL),
            rx.cond(mine["has"] == "", _form(mine, _("Review this"), _("Publish review")), _written(mine)),
        ),
        class_name=BOX,
    )


def _written(mine: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.h3(_("Your review"), class_name=HEAD),
        rx.cond(mine["hidden"] != "", notice(mine["hidden"], "warning")),
        rx.el.p(stars(mine["percent"], mine["stars"])),
        rx.el.p(mine["words"], dir="auto", class_name=WORDS),
        rx.el.details(
            rx.el.summary(_("Change or remove it"), class_name=FOLD),
            _form(mine, "", _("Save")),
            plain_form(
                _language(),
                rx.el.input(type="hidden", name="remove", value="1"),
                rx.el.button(_("Remove my review"), type="submit", class_name=QUIET),
                action=mine["action"],
                method="post",
                class_name="mt-3",
            ),
        ),
    )


def _language() -> rx.Component:
    return rx.el.input(type="hidden", name="in", value=current_locale.get())


def _form(mine: rx.Var, title: str, label: str) -> rx.Component:
    return plain_form(
        _language(),
        *([rx.el.h3(title, class_name=HEAD)] if title else []),
        rx.el.fieldset(
            rx.el.legend(_("How many stars?"), class_name=LABEL),
            rx.el.div(*[_star(n, mine["chosen"]) for n in range(1, 6)], class_name=STAR_ROW),
        ),
        rx.el.div(
            rx.el.label(_("In your words, if you like"), html_for="review-words", class_name=LABEL),
            rx.el.textarea(
                id="review-words", name="words", default_value=mine["words"], rows="4", min_length=10,
                max_length=LONGEST, dir="auto", class_name=AREA,
            ),
            rx.el.p(_("Everybody sees it, with your name."), class_name=SMALL),
            class_name=FIELD,
        ),
        rx.el.div(rx.el.button(label, type="submit", class_name=button_class()), class_name=ACTIONS),
        action=mine["action"], method="post", class_name=FORM,
    )  # fmt: skip


def _star(n: int, chosen: rx.Var) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio", id=f"review-stars-{n}", name="stars", value=str(n), required=True,
            default_checked=chosen == str(n), class_name="sr-only",
        ),
        icon("star", 28),
        rx.el.span(ngettext("{n} star", "{n} stars", n).format(n=n), class_name="sr-only"),
        class_name=STAR,
    )  # fmt: skip


def _item(item: rx.Var, answers: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            avatar(item["name"], item["avatar"], "md"),
            rx.el.div(
                rx.el.span(item["name"], class_name=NAME),
                rx.el.span(item["day"], item["edited"], class_name=SMALL),
            ),
            class_name=WHO,
        ),
        rx.el.div(
            stars(item["percent"], item["stars"]),
            rx.cond(item["about"] != "", rx.el.span(item["about"], class_name=SMALL)),
            class_name=MARK,
        ),
        rx.el.p(item["words"], dir="auto", class_name=WORDS),
        rx.cond(item["reply"] != "", _reply(item)),
        rx.cond(answers, _answer(item)),
        class_name=ITEM,
    )


def _reply(item: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(phrase(_("Reply from {name}"), name=item["reply_by"]), class_name="font-semibold"),
            " ",
            rx.el.span(item["reply_day"], class_name="text-muted"),
            class_name=REPLY_BY,
        ),
        rx.el.p(item["reply"], dir="auto", class_name=WORDS),
        class_name=REPLY,
    )


def _answer(item: rx.Var) -> rx.Component:
    """For the creator: one reply, and a word to administration."""
    return rx.el.div(
        rx.el.details(
            rx.el.summary(rx.cond(item["reply"] == "", _("Reply"), _("Change the reply")), class_name=FOLD),
            _small_form(
                item["action"].to(str) + "/reply",
                rx.el.textarea(
                    name="words", default_value=item["reply"], rows="3", max_length=LONGEST, dir="auto",
                    aria_label=_("Your reply"), class_name=AREA,
                ),
                rx.el.p(_("Everybody sees it. An empty one takes it back."), class_name=SMALL),
                _("Publish reply"),
            ),
        ),
        rx.cond(
            item["reported"] != "",
            rx.el.p(_("You reported it; we will look."), class_name=SMALL),
            rx.el.details(
                rx.el.summary(_("Report"), class_name=FOLD),
                _small_form(
                    item["action"].to(str) + "/report",
                    rx.el.input(
                        name="reason", required=True, max_length=300, aria_label=_("What is wrong with it?"),
                        placeholder=_("What is wrong with it?"), class_name=f"{CONTROL} h-11",
                    ),
                    rx.el.p(_("Only we see this. The review stays until we have looked."), class_name=SMALL),
                    _("Report it"),
                ),
            ),
        ),
        class_name=ACTIONS,
    )  # fmt: skip


def _small_form(action: rx.Var, control: rx.Component, hint: rx.Component, label: str) -> rx.Component:
    press = rx.el.button(label, type="submit", class_name=button_class("secondary", "sm"))
    return plain_form(
        _language(), control, hint, rx.el.div(press), action=action, method="post", class_name="grid gap-2 sm:w-96"
    )
