"""Giving money back: the same form for creators and administrators."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .button import button
from .dialog import dialog
from .field import field, field_error, money_input, radio_cards, textarea


def refund_form(
    *about: rx.Component,
    currency: rx.Var,
    left: rx.Var,
    wrong_amount: rx.Var,
    problem: rx.Var,
    on_submit: Any,
    **props: Any,
) -> rx.Component:
    """Amount, what becomes of access, and a note.

    Args:
        about: What it is for, and hidden fields.
        currency: Of the sale.
        left: The most that can be given back, as it is typed.
        wrong_amount: Why the amount is refused; empty when fine.
        problem: Why the refund is refused; empty when fine.
        on_submit: Handler of the form with ``amount``, ``access`` and ``note``.
        props: Passed on, e.g. ``key``.
    """
    access = [
        ("end", _("End access"), _("They can't watch it any more, whatever sum you give back.")),
        ("keep", _("Keep access"), _("A goodwill refund.")),
    ]
    return rx.el.form(
        *about,
        rx.el.input(type="hidden", name="left", value=left),
        field(_("Amount"), money_input("amount", currency, default_value=left), error=wrong_amount, required=True),
        rx.el.fieldset(
            rx.el.legend(_("Their access"), class_name="mb-1.5 text-sm font-semibold"),
            radio_cards("access", access, value="end", label=_("Their access")),
        ),
        field(_("Note"), textarea("note", rows=2, max_length=500), hint=_("For the books; the buyer doesn't see it.")),
        field_error(problem),
        button(_("Refund now"), kind="danger", type="submit", full=True),
        rx.el.p(_("The money goes back the way it came. This can't be undone."), class_name="text-sm text-muted"),
        on_submit=on_submit,
        class_name="grid gap-5",
        **props,
    )


def refund_dialog(id: str, form: rx.Component, given: rx.Var) -> rx.Component:
    """``given`` counts what was given back: a new refund makes a new form, and closes the dialog."""
    return dialog(rx.el.div(form, key="refund-" + given.to(str)), id=id, title=_("Give a refund"), done=given)
