"""What people see when a page breaks in their browser."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from marketplace.i18n import _

from .button import button, link_button
from .client import client_action
from .languages import in_each_language


def crash_notice(stateful: bool = True) -> rx.Component:
    """For ``app.app_wraps[(55, "ErrorBoundary")] = crash_notice``, in place of the framework's page with its trace.

    Args:
        stateful: Whether the app has state at all; given by the framework.
    """
    return ErrorBoundary.create(on_error=client_action("() => {}"), fallback_render=in_each_language(_notice))


def _notice() -> Any:
    return rx.el.main(
        rx.el.h1(_("This page has stopped working"), class_name="text-2xl sm:text-3xl"),
        rx.el.p(
            _("What was saved is safe. Load the page again; if it stops again, tell us what you were doing."),
            class_name="mt-3 max-w-[52ch] text-muted",
        ),
        rx.el.div(
            button(_("Load the page again"), on_click=client_action("() => window.location.reload()")),
            link_button(_("Go to the start"), "/", kind="secondary", document=True),
            class_name="mt-6 flex flex-wrap gap-3",
        ),
        role="alert",
        class_name="mx-auto w-full max-w-read px-4 py-16 sm:px-6",
    )
