"""HTML from Python, escaped by default."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from marketplace.i18n import DEFAULT_LOCALE, current_locale, in_language

_PAGES = {"a": "href", "form": "action"}
_BACKEND = (
    "/auth/", "/certificates/", "/documents/", "/embed/", "/feeds/", "/og/", "/sandbox/", "/assets/", "/fonts/",
)  # fmt: skip
_VOID = {"img", "input", "link", "meta", "br", "hr", "path", "circle", "rect", "line", "source"}


class Html(str):
    """Text that is already safe HTML."""

    __slots__ = ()


def h(tag: str, *children: Any, **attributes: Any) -> Html:
    """One element. ``None`` and ``False`` attributes are left out, ``True`` has no value; ``class_`` is ``class``.

    Children are escaped unless they are ``Html``; ``None`` and ``""`` are nothing, lists are flattened.
    """
    if (address := _PAGES.get(tag)) in attributes and current_locale.get() != DEFAULT_LOCALE:
        attributes = {**attributes, address: _localised(tag, attributes)}
    opened = f"<{tag}{''.join([_attribute(*each) for each in attributes.items()])}>"
    return Html(opened) if tag in _VOID else Html(f"{opened}{_text(children)}</{tag}>")


def _localised(tag: str, attributes: dict[str, Any]) -> Any:
    """Links and forms that lead to pages of ours stay in the language of their page."""
    value = attributes[_PAGES[tag]]
    outside = not isinstance(value, str) or value.startswith(_BACKEND) or value.startswith("//")
    posted = tag == "form" and attributes.get("method") == "post"
    return value if outside or posted else in_language(value)


def join(*children: Any) -> Html:
    """Children one after the other."""
    return Html(_text(children))


def _text(children: Iterable[Any]) -> str:
    parts: list[str] = []
    for child in children:
        if isinstance(child, Html):
            parts.append(child)
        elif isinstance(child, (list, tuple)):
            parts.append(_text(child))
        elif child is not None:
            parts.append(escape(str(child), quote=False))
    return "".join(parts)


@lru_cache(maxsize=2048, typed=True)
def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    shown = name.rstrip("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{escape(str(value))}"'
