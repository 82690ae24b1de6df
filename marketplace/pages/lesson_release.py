"""A product that isn't out yet, on its page: its waitlist, buying ahead, and what holds for who has it already."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import link_button
from marketplace.components.icon import icon
from marketplace.components.mail_form import mail_form
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.lesson import LessonState
from marketplace.state.viewer import Viewer

PAGES: list[Route] = []

view = LessonState.view
ASK, TICK = "mb-3 flex min-h-11 items-center gap-2.5 text-sm", "size-4 shrink-0 accent-accent"
OPENS = "flex items-start gap-2.5 font-semibold"


def by_waitlist() -> rx.Var:
    return view["before"].to(str) == "waitlist"


def buy_label(label: str) -> rx.Var:
    """Of the button that buys."""
    return rx.cond(view["before"].to(str) == "preorder", _("Pre-order"), label)


def ask_for_letters() -> rx.Component:
    """In the form that buys: ticked by nobody but the buyer."""
    return rx.cond(
        LessonState.may_be_asked,
        rx.el.label(
            rx.el.input(type="checkbox", name="letters", value="1", class_name=TICK),
            rx.el.span(_("Send me letters from {name}, too").format(name=view["creator"])),
            class_name=ASK,
        ),
    )


def waiting() -> rx.Component:
    """In the place of "Continue"."""
    return rx.el.p(icon("calendar_clock", 20, "mt-0.5 text-accent"), LessonState.explanation, class_name=OPENS)


def waitlist() -> rx.Component:
    return mail_form(
        "waitlist", view["waitlist"].to(str),
        label=_("Your email address"), join=_("Join the waitlist"),
        listed_words=_("You are on the waitlist. We'll mail you when it's out."), leave=_("Leave the waitlist"),
        signed_in=Viewer.signed_in, listed=LessonState.listed, told=LessonState.told,
    )  # fmt: skip


def waitlist_bar() -> rx.Component:
    return link_button(_("Join the waitlist"), "#waitlist", document=True, full=True)


def release_words() -> rx.Component:
    """Above the button, for everybody who doesn't have it."""
    return rx.cond(
        (view["opens"].to(str) != "") & ~LessonState.waiting,
        rx.el.p(icon("calendar_clock", 18, "mt-0.5 text-muted"), view["opens"], class_name="mt-3 flex gap-2.5 text-sm"),
    )
