"""Labels, hints, errors and the native controls between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.components.component import BaseComponent, Component

from marketplace.i18n import _

from .client import toggle_password
from .given import given
from .icon import icon

CONTROL = "control"
_LINE = f"{CONTROL} h-11"
_CONTROL_TAGS = {"input", "textarea", "select", "DebounceInput"}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _literal(prop: Any) -> str:
    """The text of a literal Var or string; empty for what only the browser knows."""
    value = getattr(prop, "_var_value", prop)
    return value if isinstance(value, str) else ""


def _find_control(part: BaseComponent) -> Component | None:
    if isinstance(part, Component) and str(part.tag).strip('"') in _CONTROL_TAGS:
        return part
    return next((found for child in part.children if (found := _find_control(child))), None)


def field(
    label: str | rx.Var,
    control: rx.Component,
    hint: str | rx.Var | None = None,
    error: rx.Var | str = "",
    required: bool = False,
    id: rx.Var | str | None = None,
) -> rx.Component:
    """A control with its label above, a hint, and an error below; all tied together for screen readers.

    Args:
        label: What is asked, in sentence case.
        control: One of the controls below (or anything that holds one).
        hint: Help under the label.
        error: Why it is refused; empty when fine.
        required: Otherwise "optional" is shown.
        id: Of the control, unique on the page; by default made of its ``name``.
    """
    target = _find_control(control)
    if target is not None:
        name = _literal(getattr(target, "name", None)) or _literal(target.custom_attrs.get("name"))
        if id is None:
            id = _literal(target.id) or f"field-{name or _slug(str(label))}"
        wrong = rx.Var.create(error).to(str) != ""
        target.id = id
        described = _described(id, hint)
        target.custom_attrs |= {"aria-describedby": described, "aria-invalid": wrong}
        if required:
            target.custom_attrs["required"] = True
    if id is None:
        id = f"field-{_slug(str(label))}"
    optional = [] if required else [rx.el.span(_("Optional"), class_name="text-xs font-normal text-muted")]
    return rx.el.div(
        rx.el.label(
            label, *optional, html_for=id, class_name="flex items-baseline justify-between gap-3 text-sm font-semibold"
        ),
        given(hint, rx.el.p(hint, id=f"{id}-hint", class_name="text-sm text-muted")),
        control,
        field_error(error, id=f"{id}-error"),
        class_name="grid gap-1.5",
    )


def _described(id: rx.Var | str, hint: rx.Var | str | None) -> rx.Var | str:
    """The ids of what describes a control; the hint's only while it is there."""
    alone, both = f"{id}-error", f"{id}-hint {id}-error"
    if isinstance(hint, rx.Var):
        return rx.cond(hint.to(str) != "", both, alone)
    return both if hint else alone


def field_error(error: rx.Var | str, id: str = "") -> rx.Component:
    """One error line, announced when it appears."""
    wrong = rx.Var.create(error).to(str) != ""
    line = rx.el.span(icon("circle_alert", 16, "mt-0.5"), error, class_name="flex gap-1.5 text-sm text-danger")
    return rx.el.div(rx.cond(wrong, line), id=id or None, aria_live="polite", class_name="empty:hidden")


def look_above(errors: rx.Var) -> rx.Component:
    """Beside the button of a form that is longer than what one sees of it: what is wrong stands further up."""
    words = rx.cond(errors.length() > 0, _("Something above has to be put right first."), "")
    return field_error(words)


def _input(debounce: int = 300, **props: Any) -> rx.Component:
    if "value" in props and "on_change" in props:
        return rx.debounce_input(rx.el.input(**props), debounce_timeout=debounce)
    return rx.el.input(**props)


def text_input(name: str, type: str = "text", debounce: int = 300, **props: Any) -> rx.Component:
    """A one-line input.

    Args:
        name: In the form.
        type: ``text``, ``email``, ``url``, ``search``, ``date``, ``number``…
        debounce: Milliseconds to wait before ``on_change``, when it is given together with ``value``.
        props: ``auto_complete``, ``input_mode``, ``placeholder``, ``value``, ``default_value``, ``on_change``…
    """
    extra = props.pop("class_name", "")
    return _input(name=name, type=type, debounce=debounce, class_name=f"{_LINE} {extra}".strip(), **props)


def password_input(name: str = "password", new: bool = False, **props: Any) -> rx.Component:
    """A password input that can be shown.

    Args:
        name: In the form.
        new: A new password (managers then offer one) rather than the current one.
        props: Passed on to the input.
    """
    props.setdefault("auto_complete", "new-password" if new else "current-password")
    return rx.el.div(
        _input(name=name, type="password", class_name=f"{_LINE} pe-12", **props),
        rx.el.button(
            icon("eye", 20, "[[aria-pressed=true]_&]:hidden"),
            icon("eye_off", 20, "hidden [[aria-pressed=true]_&]:block"),
            type="button",
            aria_label=_("Show password"),
            aria_pressed="false",
            on_click=toggle_password(),
            class_name=(
                "absolute inset-y-0 end-0 grid w-11 place-items-center rounded-control text-muted hover:text-ink"
            ),
        ),
        class_name="relative",
    )


def textarea(name: str, rows: int = 5, debounce: int = 300, **props: Any) -> rx.Component:
    """Several lines of text. Arguments as in :func:`text_input`."""
    extra = props.pop("class_name", "")
    props |= {
        "name": name,
        "rows": str(rows),
        "class_name": f"{CONTROL} min-h-24 py-2.5 leading-relaxed {extra}".strip(),
    }
    if "value" in props and "on_change" in props:
        return rx.debounce_input(rx.el.textarea(**props), debounce_timeout=debounce)
    return rx.el.textarea(**props)


def select_input(name: str, options: Sequence[tuple[str, str]] | rx.Var, **props: Any) -> rx.Component:
    """A native drop-down.

    Args:
        name: In the form.
        options: ``(value, label)`` pairs, or a Var of dicts with those keys.
        props: ``value``, ``default_value``, ``on_change``…
    """
    if isinstance(options, rx.Var):
        choices = [rx.foreach(options, lambda o: rx.el.option(o["label"], value=o["value"]))]
    else:
        choices = [rx.el.option(label, value=value) for value, label in options]
    return rx.el.div(
        rx.el.select(*choices, name=name, class_name=f"{_LINE} appearance-none pe-10", **props),
        icon("chevron_down", 18, "pointer-events-none absolute end-3 top-3.5 text-muted"),
        class_name="relative",
    )


def checkbox(name: str, label: Any, hint: str | rx.Var | None = None, **props: Any) -> rx.Component:
    """A box to tick, with its label beside it.

    Args:
        name: In the form.
        label: Text or components.
        hint: A line under the label.
        props: ``checked``, ``default_checked``, ``on_change``…
    """
    box = "mt-0.5 size-5 shrink-0 rounded border-line-strong accent-accent"
    below = given(hint, rx.el.span(hint, class_name="block text-sm text-muted"))
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, class_name=box, **props),
        rx.el.span(label, below),
        class_name="flex min-h-11 cursor-pointer items-start gap-3 py-2",
    )


def radio_cards(
    name: str,
    options: Sequence[tuple[str, str, str]],
    value: rx.Var | str | None = None,
    on_change: Any = None,
    label: str = "",
    columns: int = 2,
) -> rx.Component:
    """A choice among a few, each explained.

    Args:
        name: In the form.
        options: ``(value, title, text)``.
        value: The chosen one (with ``on_change``), or the one chosen at first.
        on_change: Handler of ``(value: str)``.
        label: Names the group.
        columns: On desktop, 1 to 3.
    """
    grid = {1: "", 2: "sm:grid-cols-2", 3: "sm:grid-cols-3"}[columns]
    return rx.el.div(
        *[_radio_card(name, option, value, on_change) for option in options],
        role="radiogroup",
        aria_label=label or None,
        class_name=f"grid gap-3 {grid}",
    )


def _radio_card(name: str, option: tuple[str, str, str], value: rx.Var | str | None, on_change: Any) -> rx.Component:
    key, title, text = option
    chosen = {"checked": rx.Var.create(value) == key} if on_change else {"default_checked": value == key}
    if on_change:
        chosen["on_change"] = on_change(key)
    return rx.el.label(
        rx.el.input(type="radio", name=name, value=key, class_name="mt-1 size-4 shrink-0 accent-accent", **chosen),
        rx.el.span(
            rx.el.span(title, class_name="block font-semibold"),
            rx.el.span(text, class_name="block text-sm text-muted"),
        ),
        class_name=(
            "flex cursor-pointer gap-3 rounded-card border border-line bg-surface p-4 transition-colors "
            "hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft "
            "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
        ),
    )


def money_input(name: str, currency: rx.Var | str, **props: Any) -> rx.Component:
    """An amount as people type it ("12.50"); the server parses and rounds.

    Args:
        name: In the form.
        currency: Code shown beside the amount, e.g. ``USD``.
        props: ``value``, ``default_value``, ``on_change``…
    """
    props = {"input_mode": "decimal", "auto_complete": "off", "placeholder": "0.00"} | props
    return rx.el.div(
        _input(name=name, type="text", class_name=f"{_LINE} tnum pe-16", **props),
        rx.el.span(
            currency,
            class_name=(
                "pointer-events-none absolute inset-y-0 end-3 flex items-center text-sm font-semibold text-muted"
            ),
        ),
        class_name="relative",
    )


def file_drop(
    label: rx.Var | str, accept: str = "", hint: rx.Var | str = "", name: str = "file", **props: Any
) -> rx.Component:
    """A wide target for a file. It sends nothing itself; see ``uploader`` for what does.

    Args:
        label: "Choose a video".
        accept: As in HTML, e.g. ``video/*``.
        hint: Limits: "MP4 or MOV, up to 4 GB".
        name: In the form.
        props: Passed on to the input.
    """
    return rx.el.label(
        icon("upload", 24, "text-muted"),
        rx.el.span(label, class_name="font-semibold"),
        rx.el.span(hint, class_name="text-sm text-muted empty:hidden"),
        rx.el.input(type="file", name=name, accept=accept, class_name="sr-only", **props),
        class_name=(
            "relative flex cursor-pointer flex-col items-center gap-2 rounded-card border border-dashed "
            "border-line-strong bg-surface px-6 py-10 text-center transition-colors hover:border-accent "
            "hover:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
        ),
    )
