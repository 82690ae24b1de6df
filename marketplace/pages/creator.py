"""A creator's page: who they are and what they teach."""

from __future__ import annotations

import reflex as rx

from marketplace.components.avatar import avatar
from marketplace.components.card import product_grid
from marketplace.components.empty import empty_state
from marketplace.components.inner_html import sanitised
from marketplace.components.mail_form import LETTERS, mail_form
from marketplace.components.more import show_more
from marketplace.components.skeleton import skeleton, skeleton_grid
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.missing import SITE, nothing_here, nothing_title
from marketplace.pages.shell import shell
from marketplace.state.browse import CreatorState
from marketplace.state.viewer import Viewer

person = CreatorState.person


def creator() -> rx.Component:
    return shell(
        rx.cond(
            CreatorState.loaded,
            rx.cond(CreatorState.failure != "", nothing_here(CreatorState.failure, CreatorState.items), _profile()),
            _shape(),
        ),
        live=CreatorState.loaded,
        painted=True,
    )


def _profile() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            avatar(person["name"], person["avatar"], "xl"),
            rx.el.div(
                rx.el.h1(person["name"], class_name="text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
                rx.cond(
                    CreatorState.bio_html != "",
                    rx.el.div(custom_attrs=sanitised(CreatorState.bio_html), class_name="prose mt-3"),
                ),
                class_name="min-w-0",
            ),
            class_name="flex flex-col gap-5 sm:flex-row sm:gap-8",
        ),
        _letters(),
        rx.el.section(
            rx.el.h2(_("Lessons"), class_name="mb-5 text-xl"),
            rx.cond(
                CreatorState.items.length() > 0,
                product_grid(CreatorState.items),
                empty_state(
                    _("No lessons yet"),
                    _("{name} is still working on the first one. Come back soon.").format(name=person["name"]),
                    icon="clapperboard",
                ),
            ),
            show_more(CreatorState.next_key, CreatorState.more),
            class_name="mt-10 border-t border-line pt-10 sm:mt-14 sm:pt-12",
        ),
    )


def _letters() -> rx.Component:
    """Nothing for the creator: their letters don't go to themselves."""
    words = CreatorState.letters
    return rx.cond(
        person["handle"].to(str) != Viewer.handle,
        rx.el.aside(
            rx.el.div(
                rx.el.h2(words["title"], class_name="text-lg"),
                rx.el.p(words["text"], class_name="mt-1 text-sm text-muted"),
                class_name="min-w-0",
            ),
            mail_form(
                "letters", words["action"], label=_("Your email address"), join=words["join"], listed_words=words["listed"],
                leave=_("No more letters"), signed_in=Viewer.signed_in, listed=CreatorState.listed, told=CreatorState.told,
            ),
            class_name=LETTERS,
        ),
    )  # fmt: skip


def _shape() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            skeleton("size-24 rounded-full"),
            rx.el.div(skeleton("h-9 w-56"), skeleton("mt-4 h-5 w-full max-w-md"), class_name="grow"),
            class_name="mb-14 flex flex-col gap-5 sm:flex-row sm:gap-8",
        ),
        skeleton_grid(4),
    )


def _title() -> rx.Var:
    known = rx.cond(person.contains("name"), f"{person['name']} · {SITE}", SITE)
    return rx.cond(CreatorState.failure != "", nothing_title(), known)


PAGES = [Route("/creators/[creator_handle]", creator, _title, CreatorState.on_load)]
