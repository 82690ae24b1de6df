"""What happens in the browser alone: functions compiled into the page, so a strict CSP has nothing to forbid."""

from __future__ import annotations

import reflex as rx
from reflex.event import EventChain

_SHOW_OR_HIDE = (
    '(e) => { const b = e.currentTarget, i = b.parentElement.querySelector("input"), '
    'show = i.type === "password"; i.type = show ? "text" : "password"; b.setAttribute("aria-pressed", show) }'
)


def client_action(function: str) -> rx.Var:
    """An event trigger that runs in the browser only. ``function`` is a constant of ours, never user content."""
    return rx.Var(_js_expr=function, _var_type=EventChain)


def open_dialog(id: rx.Var | str) -> rx.Var:
    """For ``on_click``: open the ``dialog`` with this id."""
    return _of_element(id, "showModal()")


def close_dialog(id: rx.Var | str) -> rx.Var:
    """For ``on_click``: close the ``dialog`` with this id."""
    return _of_element(id, "close()")


def _of_element(id: rx.Var | str, call: str) -> rx.Var:
    value = rx.Var.create(id)
    function = f"() => document.getElementById({value!s}).{call}"
    return rx.Var(_js_expr=function, _var_type=EventChain, _var_data=value._get_all_var_data())


def toggle_password() -> rx.Var:
    """For ``on_click`` of a button beside a password input: show or hide what was typed."""
    return client_action(_SHOW_OR_HIDE)


def copy_text(text: rx.Var | str) -> rx.Var:
    """For ``on_click``: copy ``text`` and show it on the button for two seconds (``data-copied``)."""
    value = rx.Var.create(text)
    function = (
        f"(e) => {{ const b = e.currentTarget; navigator.clipboard.writeText({value!s}).then(() => "
        '{ b.dataset.copied = "true"; setTimeout(() => delete b.dataset.copied, 2000) }) }'
    )
    return rx.Var(_js_expr=function, _var_type=EventChain, _var_data=value._get_all_var_data())


def print_page() -> rx.Var:
    """For ``on_click``: the browser's print dialog."""
    return client_action("() => window.print()")
