"""Native dialogs: modal, closed by Escape, focus kept inside by the browser."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .arrival import dialog_done
from .button import button, icon_button
from .client import close_dialog, open_dialog

__all__ = ["close_dialog", "confirm_dialog", "dialog", "open_dialog"]


def dialog(*children: Any, id: rx.Var | str, title: rx.Var | str, done: rx.Var | None = None) -> rx.Component:
    """A dialog; open it with ``on_click=open_dialog(id)``.

    Args:
        children: Content.
        id: Unique on the page; a Var where each row of a list has one.
        title: Heading.
        done: A count of what its form has done: when it changes, the dialog closes and its content begins anew.
    """
    titled = rx.Var.create(id).to(str) + "-title"
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title, id=titled, class_name="text-xl"),
            icon_button("x", _("Close"), on_click=close_dialog(id), class_name="-m-2"),
            class_name="flex items-start justify-between gap-4",
        ),
        rx.el.div(*children, class_name="mt-3", **({} if done is None else {"key": "done-" + done.to(str)})),
        *([] if done is None or isinstance(id, rx.Var) else [dialog_done(id, done)]),
        id=id,
        aria_labelledby=titled,
        class_name="modal p-6",
    )


def confirm_dialog(
    id: rx.Var | str,
    title: rx.Var | str,
    text: Any,
    confirm: rx.Var | str,
    on_confirm: Any,
    kind: str = "danger",
    loading: rx.Var | bool = False,
    cancel: str | None = None,
) -> rx.Component:
    """A question for what is final (money, deletion). Elsewhere prefer a toast with "Undo".

    Args:
        id: Unique on the page; open it with ``on_click=open_dialog(id)``.
        title: The question: "Refund $29 to Mira?".
        text: What will happen.
        confirm: The verb on the button: "Refund".
        on_confirm: Event handler; the dialog closes at once.
        kind: Of the confirming button.
        loading: While the handler works.
        cancel: Label of the way out; "Cancel" when not given.
    """
    events = on_confirm if isinstance(on_confirm, list) else [on_confirm]
    return dialog(
        rx.el.div(text, class_name="text-muted"),
        rx.el.div(
            button(
                cancel or _("Cancel"), kind="secondary", on_click=close_dialog(id), custom_attrs={"autoFocus": True}
            ),
            rx.el.span(
                button(confirm, kind=kind, loading=loading, on_click=events, full=True), on_click=close_dialog(id)
            ),
            class_name="mt-6 flex flex-col-reverse gap-3 sm:flex-row sm:justify-end",
        ),
        id=id,
        title=title,
    )
