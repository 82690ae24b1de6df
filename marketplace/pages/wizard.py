"""``/studio/new``: the lesson wizard. One thing per step, the lesson as buyers see it beside it."""

from __future__ import annotations

import reflex as rx
from reflex.vars import VarData

from marketplace.components.button import button, link_button
from marketplace.components.card import product_card
from marketplace.components.disclosure import disclosure
from marketplace.components.empty import empty_state
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.notice import notice
from marketplace.components.skeleton import skeleton_lines
from marketplace.components.steps import steps
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.pages.wizard_autosave import save_status
from marketplace.pages.wizard_media import cover_field, curriculum_step, video_step
from marketplace.pages.wizard_publish import publish_step
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
            _missing(),
            rx.cond(WizardState.loaded & OPENED & (WizardState.form.length() > 0), _wizard(), _loading()),
        ),
        live=WizardState.loaded,
        tab="studio",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("This can't be opened"), class_name="mb-6 text-2xl"),
        empty_state(
            WizardState.failure,
            _("It may have been deleted, or it belongs to someone else."),
            link_button(_("Your products"), "/studio/products", kind="secondary"),
            icon="file_x",
        ),
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("New lesson"), class_name="mb-6 text-2xl sm:text-3xl"),
        skeleton_lines(6),
        rx.cond(WizardState.starting, _begin_again()),
    )


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
        rx.el.div(_stale(), class_name="mt-6 empty:hidden"),
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
            save_status(WizardState.saved_at, WizardState.handled, WizardState.errors.length() > 0, WizardState.stale),
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


def _stale() -> rx.Component:
    return rx.cond(
        WizardState.stale,
        notice(
            _("Your last change here was not saved, so that nothing of the other one is lost."),
            "warning",
            _("This lesson was changed in another tab or window."),
            button(_("Load that version"), kind="secondary", size="sm", on_click=WizardState.reload),
        ),
    )


def _steps() -> list[rx.Component]:
    """All at once, so that a video goes on uploading while the rest is filled in."""
    parts = (
        ("details", details_step(cover_field())),
        ("video", video_step()),
        ("curriculum", curriculum_step()),
        ("price", price_step()),
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


PAGES = [Route("/studio/new", wizard_page, _("Lesson"), WizardState.on_load)]
