"""The time zone, in the settings."""

from __future__ import annotations

import reflex as rx

from marketplace import zones
from marketplace.components.field import field, select_input
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.state.time_zone import TimeZoneState

PAGES: list[Route] = []


def time_zone_choice() -> rx.Component:
    state = TimeZoneState
    options = [("", _("As my browser says")), *zones.options()]
    return rx.el.div(
        field(
            _("Time zone"),
            select_input("time_zone", options, value=state.zone, on_change=state.choose),
            hint=_("Deadlines and your days in a row are counted in it."),
            error=error_of(state.errors, "time_zone"),
        ),
        on_mount=state.look,
        class_name="max-w-md",
    )
