"""When a product comes out: at once, or on a day that its page announces."""

from __future__ import annotations

import reflex as rx

from marketplace.components.field import field, select_input, text_input
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.wizard import WizardState

PAGES: list[Route] = []


def _saved(name: str, control: rx.Component) -> rx.Component:
    return autosave(
        control, value=WizardState.form[name], on_save=lambda text: WizardState.edit(name, text),
        held=WizardState.errors.contains(name) | WizardState.stale, delay=0,
    )  # fmt: skip


def release() -> rx.Component:
    """At the end of the step that says what it costs."""
    ways = [
        ("", _("As soon as it is published")), ("waitlist", _("On a day, with a waitlist until then")),
        ("preorder", _("On a day, sold before as a pre-order")),
    ]  # fmt: skip
    before = WizardState.form["before"]
    fields = rx.el.fieldset(
        rx.el.legend(_("Release"), class_name="mb-1 font-semibold"),
        rx.el.p(
            _("Announce it ahead: its page is in the shop, and opens by itself at noon UTC of the day."),
            class_name="mb-4 text-sm text-muted",
        ),
        rx.el.div(
            field(
                _("People can have it"), _saved("before", select_input("before", ways, default_value=before)),
                error=error_of(WizardState.errors, "before"), required=True,
            ),
            rx.cond(
                before != "",
                field(
                    _("Day of the release"),
                    _saved("opens_at", text_input("opens_at", type="date", default_value=WizardState.form["opens_at"])),
                    error=rx.cond(
                        error_of(WizardState.errors, "opens_at") != "",
                        error_of(WizardState.errors, "opens_at"),
                        error_of(WizardState.price_problems, "opens_at"),
                    ),
                    required=True,
                ),
            ),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        rx.match(
            before,
            ("waitlist", _note(_("Nobody can buy it yet. Whoever leaves an address gets one mail when it is out."))),
            (
                "preorder",
                _note(
                    _(
                        "Buyers pay now and can open it from that day on. Until then they get all of it back on request; "
                        "the days of your refund policy count from the release."
                    )
                ),
            ),
            rx.fragment(),
        ),
    )  # fmt: skip
    return rx.el.div(fields, class_name="border-t border-line pt-7")


def _note(text: str) -> rx.Component:
    return rx.el.p(text, class_name="mt-3 max-w-[60ch] text-sm text-muted")
