"""The last step: what is still missing, the whole page as a buyer sees it, and the button."""

from __future__ import annotations

import reflex as rx

from marketplace.components.arrival import arrival
from marketplace.components.avatar import avatar
from marketplace.components.button import button, link_button
from marketplace.components.card import cover
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.money import money
from marketplace.components.notice import notice
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.publish_notes import publish_notes
from marketplace.pages.wizard_steps import rendered, step_head
from marketplace.state.wizard import WizardState

PAGES: list[Route] = []

_OFF_DIALOG = "take-off"


def publish_step() -> rx.Component:
    return rx.el.div(
        step_head(_("Publish"), _("Look at it once more with a buyer's eyes.")),
        rx.el.div(
            _standing(),
            _checklist(),
            rx.cond(WizardState.is_course, publish_notes()),
            _buttons(),
            _page(),
            class_name="grid grid-cols-1 gap-6",
        ),
        _off_dialog(),
    )


def _standing() -> rx.Component:
    view = link_button(_("View in shop"), WizardState.public_href, kind="secondary", size="sm", icon="eye")
    return rx.fragment(
        rx.cond(
            WizardState.errors.length() > 0,
            notice(
                _("Something you typed couldn't be saved. It is marked in red in its step."),
                "error",
            ),
        ),
        rx.match(
            WizardState.state,
            (
                "published",
                rx.cond(
                    WizardState.has_changes,
                    notice(_("Buyers see the older version until you publish the changes."), "warning",
                           _("You have unpublished changes."), view),
                    rx.fragment(
                        notice(_("What you see below is what buyers see."), "success",
                               _named(_("This lesson is in the shop."), _("This course is in the shop.")), view),
                        arrival(),
                    ),
                ),
            ),
            (
                "unpublished",
                notice(_("People who bought it keep it. Publish it to offer it again."), "info",
                       _named(_("This lesson isn't on offer."), _("This course isn't on offer."))),
            ),
            (
                "archived",
                notice(_("Restore it from your products before you change or publish it."), "info",
                       _named(_("This lesson is archived."), _("This course is archived."))),
            ),
            rx.fragment(),
        ),
    )  # fmt: skip


def _named(lesson: str, course: str) -> rx.Var:
    return rx.cond(WizardState.is_course, course, lesson)


def _checklist() -> rx.Component:
    return rx.cond(
        WizardState.problems.length() > 0,
        rx.el.section(
            rx.el.h3(_("Before it can go out"), class_name="text-base"),
            rx.el.ul(rx.foreach(WizardState.problems, _problem), class_name="mt-2 divide-y divide-line"),
            class_name="rounded-card border border-line bg-surface px-5 py-4",
        ),
        rx.cond(
            WizardState.state == "draft",
            rx.el.p(
                icon("circle_check", 20, "text-success"),
                _("Nothing is missing. Nobody sees it until you publish."),
                class_name="flex items-center gap-3",
            ),
        ),
    )


def _problem(problem: rx.Var) -> rx.Component:
    target = rx.cond(problem["field"] == "account", "/studio/payouts", WizardState.href + problem["step"].to(str))
    return rx.el.li(
        link(
            icon("circle_dashed", 18, "mt-0.5 text-muted"),
            rx.el.span(problem["message"], class_name="grow"),
            icon("arrow_right", 16, "mt-1 text-muted"),
            href=target,
            class_name="flex gap-3 py-2.5 text-sm hover:text-accent",
        )
    )


def _buttons() -> rx.Component:
    ready = WizardState.problems.length() == 0
    published = WizardState.state == "published"
    label = rx.cond(published, _("Publish changes"), _("Publish"))
    offered = published & ~WizardState.has_changes
    return rx.el.div(
        rx.cond(
            ~offered & (WizardState.state != "archived"),
            button(label, size="lg", loading=WizardState.busy, disabled=~ready, on_click=WizardState.publish),
        ),
        rx.cond(
            published, button(_("Take off the shop"), kind="secondary", size="lg", on_click=open_dialog(_OFF_DIALOG))
        ),
        class_name="flex flex-wrap gap-3 empty:hidden",
    )


def _off_dialog() -> rx.Component:
    return confirm_dialog(
        _OFF_DIALOG,
        _named(_("Take this lesson off the shop?"), _("Take this course off the shop?")),
        _("Nobody can buy it any more. Whoever has it keeps it, and you can publish it again at any time."),
        _("Take off the shop"),
        WizardState.unpublish,
        kind="primary",
    )


def _page() -> rx.Component:
    """The lesson's own page in small, with nothing in it that can be pressed."""
    preview = WizardState.preview
    return rx.el.section(
        rx.el.div(
            rx.el.span(class_name="size-2.5 rounded-full bg-line-strong/40"),
            rx.el.span(class_name="size-2.5 rounded-full bg-line-strong/40"),
            rx.el.span(class_name="size-2.5 rounded-full bg-line-strong/40"),
            aria_hidden="true",
            class_name="flex gap-1.5 border-b border-line bg-sunken px-4 py-2.5",
        ),
        rx.el.div(
            rx.el.div(_page_main(preview), class_name="min-w-0"),
            _page_box(preview),
            custom_attrs={"inert": True},
            class_name="grid gap-6 p-5 sm:p-8 md:grid-cols-[minmax(0,1fr)_15rem] md:gap-10",
        ),
        aria_label=_("The page as a buyer sees it"),
        class_name="max-w-4xl overflow-hidden rounded-card border border-line bg-paper shadow-float",
    )


def _page_main(preview: rx.Var) -> rx.Component:
    return rx.el.div(
        cover(preview),
        rx.el.p(preview["title"], class_name="mt-5 font-display text-2xl font-semibold"),
        rx.el.p(preview["summary"], class_name="mt-2 text-muted empty:hidden"),
        rx.el.p(
            avatar(preview["creator"], preview["creator_avatar"], "xs"),
            preview["creator"],
            class_name="mt-4 flex items-center gap-2 text-sm font-medium",
        ),
        rx.cond(
            WizardState.learn.length() > 0,
            rx.el.div(
                rx.el.p(_("What you'll learn"), class_name="font-display text-lg font-semibold"),
                rx.el.ul(
                    rx.foreach(
                        WizardState.learn,
                        lambda line: rx.el.li(icon("check", 18, "mt-0.5 text-accent"), line, class_name="flex gap-2.5"),
                    ),
                    class_name="mt-2 grid gap-2 text-sm",
                ),
                class_name="mt-7",
            ),
        ),
        rx.el.div(rendered(WizardState.preview_html), class_name="mt-7"),
    )


def _page_box(preview: rx.Var) -> rx.Component:
    facts = (("clock", preview["duration"]), ("signal", preview["level"]), ("languages", preview["language"]))
    return rx.el.div(
        money(preview["price"], "xl"),
        rx.el.span(
            rx.cond(WizardState.form["price_kind"] == "free", _("Get it free"), _("Buy now")),
            class_name="mt-4 grid h-11 place-items-center rounded-control bg-accent font-semibold text-on-accent",
        ),
        rx.el.ul(
            *[
                rx.cond(
                    text.to(str) != "",
                    rx.el.li(icon(name, 16, "mt-0.5 text-muted"), text, class_name="flex gap-2"),
                )
                for name, text in facts
            ],
            class_name="mt-4 grid gap-2 text-sm",
        ),
        class_name="self-start rounded-card border border-line bg-surface p-5",
    )
