"""HTML from Python, escaped by default."""

from __future__ import annotations

from html import escape
from typing import Any

_VOID = {"img", "input", "link", "meta", "br", "hr", "path", "circle", "rect", "line"}


class Html(str):
    """Text that is already safe HTML."""

    __slots__ = ()


def h(tag: str, *children: Any, **attributes: Any) -> Html:
    """One element. ``None`` and ``False`` attributes are left out, ``True`` has no value; ``class_`` is ``class``.

    Children are escaped unless they are ``Html``; ``None`` and ``""`` are nothing, lists are flattened.
    """
    opened = "".join([f"<{tag}", *[_attribute(name, value) for name, value in attributes.items()], ">"])
    return Html(opened) if tag in _VOID else Html(f"{opened}{join(*children)}</{tag}>")


def join(*children: Any) -> Html:
    """Children one after the other."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, list | tuple):
            parts.append(join(*child))
        elif child is not None:
            parts.append(child if isinstance(child, Html) else escape(str(child), quote=False))
    return Html("".join(parts))


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    shown = name.rstrip("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{escape(str(value))}"'
