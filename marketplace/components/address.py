"""The fields of a postal address and a tax number, in the order in which browsers fill them in."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from marketplace.i18n import _

from .field import field, select_input, text_input


def address_fields(
    values: rx.Var, errors: rx.Var, countries: Sequence[tuple[str, str]], required: bool = False
) -> rx.Component:
    """Goes inside a form.

    Args:
        values: Var of a dict: ``line1``, ``line2``, ``postal_code``, ``city``, ``region``, ``country``, ``tax_id``.
        errors: Var of a dict with the names of those fields.
        countries: ``(code, name)``.
        required: Whether street, town and country have to be there.
    """

    def line(name: str, label: str, auto: str, limit: int, needed: bool = False) -> rx.Component:
        control = text_input(name, default_value=values[name], auto_complete=auto, max_length=limit)
        return field(label, control, error=errors.get(name, ""), required=needed)

    country = select_input(
        "country",
        [("", _("Choose a country")), *countries],
        default_value=values["country"],
        auto_complete="country",
    )
    tax_id = text_input(
        "tax_id",
        default_value=values["tax_id"],
        auto_complete="off",
        max_length=40,
        custom_attrs={"spellCheck": "false"},
    )
    return rx.el.div(
        line("line1", _("Street and number"), "address-line1", 120, required),
        line("line2", _("Apartment, floor, building"), "address-line2", 120),
        rx.el.div(
            line("postal_code", _("Postal code"), "postal-code", 20),
            line("city", _("Town"), "address-level2", 80, required),
            class_name="grid gap-5 sm:grid-cols-[9rem_1fr]",
        ),
        rx.el.div(
            line("region", _("State or region"), "address-level1", 80),
            field(_("Country"), country, error=errors.get("country", ""), required=required),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        field(
            _("Tax number"),
            tax_id,
            hint=_("VAT, GST or sales tax number of a business, such as DE123456789."),
            error=errors.get("tax_id", ""),
        ),
        class_name="grid gap-5",
    )
