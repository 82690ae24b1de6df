"""``/studio``: the way into selling and the studio's home; ``/studio/products``."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.card import panel, stat
from marketplace.components.field import field, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.link import arrow_link, link
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import account_panel, error_of, new_lesson_button, studio_frame
from marketplace.pages.studio_products import products_page
from marketplace.state.studio import ProductsState, StudioState
from marketplace.state.viewer import Viewer


def studio_page() -> rx.Component:
    return rx.cond(Viewer.is_creator, _home(), _start())


def _start() -> rx.Component:
    return shell(
        rx.cond(
            StudioState.loaded & Viewer.signed_in,
            rx.el.div(
                rx.cond(StudioState.shares != "", rx.el.div(_shares(), class_name="lg:col-span-2")),
                rx.el.div(_pitch(), class_name="lg:pt-4"),
                _profile_form(),
                class_name="grid gap-10 lg:grid-cols-[1fr_26rem] lg:gap-20",
            ),
            rx.el.div(rx.el.h1(_("Start selling"), class_name="text-2xl sm:text-3xl"), skeleton_rows(4)),
        ),
        live=StudioState.loaded,
        tab="settings",
    )


def _shares() -> rx.Component:
    """For who sells nothing themselves."""
    to = arrow_link(_("Open partners"), href="/studio/partners")
    return notice(StudioState.shares, action=to)


def _pitch() -> rx.Component:
    fee = StudioState.fee_percent
    return rx.el.div(
        rx.el.h1(_("Teach what you live by"), class_name="text-3xl sm:text-4xl"),
        rx.el.p(
            _("Film a lesson, set a price, publish. People buy it here and watch it for as long as they like."),
            class_name="mt-4 max-w-[48ch] text-lg text-muted",
        ),
        _fee_example(fee),
        rx.el.ul(
            _promise("clapperboard", _("Your videos stay yours"), _("Streamed only to people who bought them.")),
            _promise("wallet", _("Every cent explained"), _("Price, fee and what's yours, sale by sale.")),
            _promise("gift", _("Free lessons cost nothing"), _("Publish them today, without a payments account.")),
            class_name="mt-10 grid gap-6",
        ),
    )


def _fee_example(fee: rx.Var) -> rx.Component:
    """The honest sum for a lesson of $20."""
    sign = "self-end pb-1 text-xl text-muted"
    return rx.el.div(
        _fee_part(_("A learner pays"), "$20.00"),
        rx.el.span("−", aria_hidden="true", class_name=sign),
        _fee_part(phrase(_("Our fee, {percent} %"), percent=fee), StudioState.fee_example),
        rx.el.span("=", aria_hidden="true", class_name=sign),
        _fee_part(_("Yours"), StudioState.fee_example_yours, "text-accent"),
        rx.el.p(
            _("No monthly price. Card fees are ours. On a free lesson there is no fee at all."),
            class_name="basis-full text-sm text-muted",
        ),
        class_name="mt-8 flex flex-wrap items-end gap-x-4 gap-y-3 border-y border-line py-6 sm:gap-x-6",
    )


def _fee_part(label: rx.Var | str, amount: rx.Var | str, tone: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.p(label, class_name="text-sm text-muted"),
        rx.el.p(amount, class_name=f"tnum font-display text-xl font-semibold sm:text-2xl {tone}"),
    )


def _promise(name: str, title: str, text: str) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            icon(name, 20),
            class_name="grid size-10 shrink-0 place-items-center rounded-full bg-accent-soft text-accent",
        ),
        rx.el.div(rx.el.p(title, class_name="font-semibold"), rx.el.p(text, class_name="text-muted")),
        class_name="flex gap-4",
    )


def _profile_form() -> rx.Component:
    errors = StudioState.errors
    return panel(
        rx.el.p(_("This is how learners see you. You can change it at any time."), class_name="-mt-2 mb-5 text-muted"),
        rx.el.form(
            field(
                _("Name"),
                text_input("name", default_value=Viewer.name, auto_complete="name", max_length=80),
                error=error_of(errors, "name"),
                required=True,
            ),
            field(
                _("Handle"),
                text_input("handle", default_value=Viewer.handle, auto_complete="username", max_length=30),
                hint=_("The end of your page's address: letters, digits and hyphens."),
                error=error_of(errors, "handle"),
                required=True,
            ),
            field(
                _("About you"),
                textarea("bio", rows=4, default_value=StudioState.bio, max_length=2000),
                hint=_("A sentence or two: what you make, and what you teach."),
                error=error_of(errors, "bio"),
                required=True,
            ),
            button(_("Start selling"), type="submit", size="lg", full=True),
            on_submit=StudioState.start_selling,
            class_name="grid gap-5",
        ),
        title=_("Your creator profile"),
        class_name="self-start lg:sticky lg:top-24",
    )


def _home() -> rx.Component:
    return studio_frame(
        "home",
        page_title(phrase(_("Hello, {name}"), name=Viewer.name), action=new_lesson_button()),
        rx.cond(StudioState.loaded, _home_content(), skeleton_rows(4)),
        live=StudioState.loaded,
    )


def _home_content() -> rx.Component:
    waits = (StudioState.account["state"] == "none") | (StudioState.account["state"] == "restricted")
    return rx.el.div(
        _needs(waits),
        _numbers(),
        rx.cond(waits | StudioState.came_back, rx.fragment(), account_panel()),
        class_name="grid grid-cols-1 gap-8",
    )


def _needs(waits: rx.Var) -> rx.Component:
    """The payments account comes first while it waits for its owner."""
    return rx.el.section(
        rx.el.h2(_("What needs you"), class_name="text-lg"),
        rx.cond(waits, account_panel()),
        rx.cond(
            StudioState.todos.length() > 0,
            rx.el.ul(
                rx.foreach(StudioState.todos, _todo),
                class_name="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface",
            ),
            rx.cond(waits, rx.fragment(), _nothing()),
        ),
        class_name="grid gap-3",
    )


def _nothing() -> rx.Component:
    return rx.el.p(
        icon("circle_check", 20, "text-success"),
        _("Nothing right now. Everything you started is done."),
        class_name="flex items-center gap-3 rounded-card border border-line bg-surface px-5 py-4",
    )


def _todo(todo: rx.Var) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(class_name="mt-2 size-2 shrink-0 rounded-full bg-accent", aria_hidden="true"),
            rx.el.span(
                rx.el.span(todo["title"], class_name="block font-semibold"),
                rx.el.span(todo["text"], class_name="block text-sm text-muted"),
                class_name="min-w-0 grow",
            ),
            rx.el.span(
                todo["action"],
                icon("arrow_right", 16),
                class_name="flex shrink-0 items-center gap-1 self-center text-sm font-semibold text-accent max-sm:hidden",
            ),
            href=todo["href"],
            class_name="flex gap-3 px-5 py-4 transition-colors hover:bg-paper",
        )
    )


def _numbers() -> rx.Component:
    counts = StudioState.counts
    return rx.el.section(
        rx.el.h2(_("How you're doing"), class_name="mb-3 text-lg"),
        rx.el.div(
            rx.foreach(
                StudioState.money,
                lambda row: stat(row["label"], row["amount"], row["hint"], href="/studio/earnings"),
            ),
            stat(
                _("In the shop"),
                counts["published"],
                _("Lessons people can buy or watch"),
                href="/studio/products?state=published",
            ),
            stat(_("Drafts"), counts["draft"], _("Only you see them"), href="/studio/products?state=draft"),
            class_name="grid grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))] gap-4",
        ),
    )


PAGES = [
    Route("/studio", studio_page, _("Studio"), StudioState.on_load),
    Route("/studio/products", products_page, _("Your products"), ProductsState.on_load),
]
