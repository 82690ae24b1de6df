"""``/studio/new``: the wizard of lessons and courses. One thing per step, what buyers see beside it."""

from __future__ import annotations

import reflex as rx
from reflex.vars import VarData

from marketplace.components.button import button, link_button
from marketplace.components.card import product_card
from marketplace.components.disclosure import disclosure
from marketplace.components.empty import cannot_open
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.notice import changed_elsewhere
from marketplace.components.skeleton import skeleton_lines
from marketplace.components.steps import steps
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.missing import SITE
from marketplace.pages.sales_page import page_link
from marketplace.pages.shell import shell
from marketplace.pages.wizard_autosave import save_status
from marketplace.pages.wizard_media import cover_field, curriculum_step, video_step
from marketplace.pages.wizard_publish import publish_step
from marketplace.pages.wizard_release import release
from marketplace.pages.wizard_steps import details_step, price_step
from marketplace.state.wizard import WizardState

STEP = rx.Var(
    '(draftQuery.get("step") || "details")',
    _var_type=str,
    _var_data=VarData(
        imports={"react-router": "useSearchParams"}, hooks={"const [draftQuery] = useSearchParams();": None}
    ),
).to(str)
"""The step of the address, read in the browser: steps change at once, and without a connection too."""


OPENED = WizardState.opened == rx.Var(
    '(draftQuery.get("id") || "")', _var_type=str, _var_data=STEP._get_all_var_data()
).to(str)
"""Until the draft of the address is there, another one's form would only catch what is typed."""


def wizard_page() -> rx.Component:
    return shell(
        rx.cond(
            WizardState.failure != "",
            cannot_open(_("This can't be opened"), WizardState.failure),
            rx.cond(WizardState.loaded & OPENED & (WizardState.form.length() > 0), _wizard(), _loading()),
        ),
        live=WizardState.loaded,
        tab="studio",
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_of_kind(_("New lesson"), _("New course")), class_name="mb-6 text-2xl sm:text-3xl"),
        skeleton_lines(6),
        rx.cond(WizardState.starting, _begin_again()),
    )


def _of_kind(lesson: str, course: str) -> rx.Var:
    """By the address, before anything is loaded; else by what is."""
    wanted = rx.Var('(draftQuery.get("kind") || "")', _var_type=str, _var_data=STEP._get_all_var_data()).to(str)
    return rx.cond(WizardState.is_course | (wanted == "course"), course, lesson)


def _begin_again() -> rx.Component:
    """For a start that was refused or got lost: shown when it takes longer than it should."""
    return rx.el.div(
        button(_("Start"), on_click=WizardState.begin),
        class_name="mt-8 opacity-0 [animation:appear_160ms_2s_forwards]",
    )


def _wizard() -> rx.Component:
    return rx.el.div(
        _head(),
        rx.el.div(_steps_bar(), class_name="border-b border-line pb-3"),
        changed_elsewhere(
            WizardState.stale,
            rx.cond(
                WizardState.is_course,
                _("This course was changed in another tab or window."),
                _("This lesson was changed in another tab or window."),
            ),
            WizardState.reload,
        ),
        rx.el.div(
            rx.el.div(*_steps(), class_name="min-w-0"),
            _aside(),
            class_name=[
                "mt-8 grid grid-cols-1 gap-10 lg:gap-16",
                rx.cond(STEP == "publish", "", "lg:grid-cols-[minmax(0,1fr)_18rem]"),
            ],
        ),
        key=WizardState.version.to(str) + WizardState.href,
    )


def _head() -> rx.Component:
    return rx.el.div(
        link(
            icon("arrow_left", 18),
            _("Products"),
            href="/studio/products",
            class_name="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink",
        ),
        rx.el.div(
            rx.el.h1(WizardState.preview["title"], class_name="line-clamp-2 min-w-0 text-2xl sm:text-3xl"),
            rx.el.div(
                save_status(
                    WizardState.saved_at, WizardState.handled, WizardState.errors.length() > 0, WizardState.stale
                ),
                rx.cond(
                    WizardState.is_course,
                    link(
                        icon("list_tree", 18),
                        _("Curriculum"),
                        href=WizardState.curriculum.get("href", ""),
                        class_name="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink",
                    ),
                ),
                class_name="flex flex-wrap items-center gap-x-5",
            ),
            class_name="mb-4 flex flex-wrap items-baseline justify-between gap-x-8 gap-y-2",
        ),
    )


def _steps_bar() -> rx.Component:
    def bar(middle: str, name: str) -> rx.Component:
        labels = (("details", _("Details")), (middle, name), ("price", _("Price")), ("publish", _("Publish")))
        return steps(
            [
                (label, WizardState.href + key, rx.cond(key == STEP, "current", WizardState.step_states[key]))
                for key, label in labels
            ]
        )

    return rx.cond(WizardState.is_course, bar("curriculum", _("Curriculum")), bar("video", _("Video")))


def _steps() -> list[rx.Component]:
    """All at once, so that a video goes on uploading while the rest is filled in."""
    parts = (
        ("details", rx.el.div(details_step(cover_field()), page_link(WizardState.page_href, "mt-7"))),
        ("video", video_step()),
        ("curriculum", curriculum_step()),
        ("price", rx.el.div(price_step(), release(), class_name="grid grid-cols-1 gap-7")),
        ("publish", publish_step()),
    )
    return [
        rx.el.section(
            content,
            rx.cond(WizardState.is_course, _onward(key, "curriculum"), _onward(key, "video")),
            id=f"step-{key}",
            custom_attrs={"hidden": key != STEP},
        )
        for key, content in parts
    ]


def _onward(step: str, middle: str) -> rx.Component:
    """The way back and on."""
    order = ("details", middle, "price", "publish")
    if step not in order:
        return rx.fragment()
    names = {
        "video": _("Continue to video"),
        "curriculum": _("Continue to curriculum"),
        "price": _("Continue to price"),
        "publish": _("Continue to publish"),
    }
    at = order.index(step)
    back = [
        link_button(_("Back"), WizardState.href + order[at - 1], kind="quiet", icon="arrow_left")
        if at
        else rx.el.span()
    ]
    onward = [link_button(names[order[at + 1]], WizardState.href + order[at + 1])] if at < len(order) - 1 else []
    return rx.el.div(
        *back, *onward, class_name="mt-10 flex items-center justify-between gap-4 border-t border-line pt-6"
    )


def _aside() -> rx.Component:
    """The card as it will stand in the shop; folded away on a phone. The publish step shows the whole page instead."""
    inert = {"inert": True}
    return rx.el.aside(
        rx.el.div(
            rx.el.p(_("In the shop"), class_name="mb-3 text-sm font-semibold text-muted"),
            rx.el.div(product_card(WizardState.preview, eager=True), custom_attrs=inert),
            class_name="max-lg:hidden lg:sticky lg:top-24",
        ),
        rx.el.div(
            disclosure(
                _("How it looks in the shop"),
                rx.el.div(product_card(WizardState.preview), custom_attrs=inert, class_name="max-w-xs pt-2"),
            ),
            class_name="lg:hidden",
        ),
        aria_label=_("Preview"),
        class_name=rx.cond(STEP == "publish", "hidden", ""),
    )


def _title() -> rx.Var:
    named = WizardState.preview.get("title", "").to(str)
    return rx.cond(named != "", f"{named} · {SITE}", SITE)


PAGES = [Route("/studio/new", wizard_page, _title, WizardState.on_load)]
