"""What people see when the live connection is lost, and what comes before it is hung up."""

from __future__ import annotations

import reflex as rx
from reflex_base.components.memo import memo
from reflex_components_core.core.banner import has_too_many_connection_errors

from marketplace.i18n import _

from .icon import icon
from .languages import in_each_language
from .leaving import leaving
from .one_click import one_click


def connection_notice(stateful: bool = True) -> rx.Component | None:
    """For ``app.app_wraps[(5, "Overlay")] = connection_notice``, in place of the framework's own messages.

    Args:
        stateful: Whether the app has state at all; given by the framework.
    """
    return rx.fragment(memo(_notice)(), leaving(), one_click()) if stateful else None


def _notice() -> rx.Component:
    return rx.el.div(
        rx.cond(
            has_too_many_connection_errors,
            in_each_language(_words),
        ),
        role="status",
        class_name="pointer-events-none fixed inset-x-4 bottom-20 z-50 flex justify-center sm:bottom-6",
    )


def _words() -> rx.Component:
    return rx.el.p(
        icon("wifi_off", 18, "text-warning"),
        _("No connection. What you typed is still here; it goes on by itself."),
        class_name=(
            "flex items-center gap-2.5 rounded-full border border-line bg-surface px-4 py-2.5 text-sm font-medium text-ink "
            "shadow-float"
        ),
    )
