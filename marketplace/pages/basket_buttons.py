"""Into the basket, for oneself or as a present: under "Buy now" wherever something is sold."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.dialog import close_dialog, dialog, open_dialog
from marketplace.components.field import field, field_error, money_input, text_input, textarea
from marketplace.components.mirror import mirror
from marketplace.i18n import _
from marketplace.state.cart import BasketButtons


def basket_buttons(product: rx.Var, amount: rx.Var, owned: rx.Var, code: rx.Var) -> rx.Component:
    """``amount`` counts where the price is the buyer's to choose. What is ``owned`` can only be given away. The
    ``code`` that is applied goes into the basket too.

    Args:
        product: As ``present.lesson_view`` shows it.
    """
    slug, minimum = product["slug"].to(str), product["minimum"].to(str)
    add = rx.el.form(
        _hidden(slug, code),
        mirror("amount", "amount", amount),  # as typed at this moment
        button(_("Add to cart"), kind="secondary", type="submit", full=True, icon="shopping_cart"),
        field_error(_error("amount")),
        on_submit=BasketButtons.add,
        reset_on_submit=False,
        class_name="grid gap-1.5",
    )
    return rx.el.div(
        rx.cond(owned, rx.fragment(), add),
        button(_("Give as a present"), kind="quiet", size="sm", icon="gift", on_click=open_dialog("give"), full=True),
        dialog(
            rx.el.form(
                _hidden(slug, code),
                rx.cond(
                    product["price_kind"].to(str) == "pwyw",
                    field(
                        _("You decide what it is worth to you"),
                        money_input(
                            "amount", product["currency"].to(str), default_value=amount, key=slug + amount.to(str)
                        ),
                        error=_error("amount"),
                        hint=rx.cond(minimum != "", _("{minimum} or more").format(minimum=minimum), ""),
                        required=True,
                        id="gift-amount",
                    ),
                ),
                field(
                    _("Their email address"),
                    text_input("gift_email", type="email"),
                    error=_error("gift_email"),
                    required=True,
                ),
                field(_("Their name"), text_input("gift_name"), error=_error("gift_name")),
                field(_("A few words from you"), textarea("gift_note", rows=3), error=_error("gift_note")),
                field(
                    _("Send on"),
                    text_input("gift_date", type="date"),
                    error=_error("gift_date"),
                    hint=_("Leave it empty to send it as soon as it is paid."),
                ),
                rx.el.div(
                    button(_("Cancel"), kind="secondary", on_click=close_dialog("give")),
                    button(_("Add present to cart"), type="submit"),
                    class_name="mt-2 flex flex-wrap justify-end gap-3",
                ),
                on_submit=BasketButtons.give,
                reset_on_submit=False,
                class_name="grid gap-4",
            ),
            id="give",
            title=_("Give as a present"),
        ),
        class_name="mt-2 grid gap-1",
    )


def _hidden(slug: rx.Var, code: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.input(type="hidden", name="slug", value=slug),
        rx.el.input(type="hidden", name="code", value=code),
    )


def _error(name: str) -> rx.Var:
    return rx.cond(BasketButtons.errors.contains(name), BasketButtons.errors[name], "")
