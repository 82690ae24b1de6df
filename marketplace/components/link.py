"""Links and forms that need no state."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.react_router.dom import ReactRouterLink

from marketplace.i18n import DEFAULT_LOCALE, current_locale, in_language

from .icon import icon


class _PlainAnchor(BaseHTML):
    """``rx.el.a`` turns itself into a router link for addresses of this site; this stays what it is."""

    tag = "a"

    href: rx.Var[str]
    target: rx.Var[str]
    rel: rx.Var[str]
    download: rx.Var[str | bool]


def localised(href: rx.Var | str) -> rx.Var | str:
    """The address in the language that this page is compiled for; the browser puts the prefix on what states say."""
    locale = current_locale.get()
    if isinstance(href, str):
        return in_language(href, locale)
    if locale == DEFAULT_LOCALE:
        return href
    return rx.Var(
        _js_expr=f'(({href!s}) === "/" ? "/{locale}" : String({href!s}).replace(/^\\/(?!\\/)/, "/{locale}/"))',
        _var_data=href._get_all_var_data(),
    ).to(str)


def link(*children: Any, href: rx.Var | str, document: bool = False, **props: Any) -> rx.Component:
    """An unstyled link to one of our pages.

    Args:
        children: What to show.
        href: Path or URL.
        document: ``True`` for a backend route or another site: loads a document instead of changing the page.
        props: Passed on, e.g. ``class_name``.
    """
    if document:
        return _PlainAnchor.create(*children, href=href, **props)
    return ReactRouterLink.create(*children, to=localised(href), **props)


def text_link(label: rx.Var | str, href: rx.Var | str, document: bool = False) -> rx.Component:
    """A link inside a sentence."""
    return link(
        label,
        href=href,
        document=document,
        class_name="text-accent underline decoration-1 underline-offset-4 hover:text-accent-hover",
    )


ARROW_LINK = "inline-flex min-h-11 items-center gap-1 text-sm font-semibold text-accent hover:text-accent-hover"


def arrow_link(*label: Any, href: rx.Var | str, look: str = "") -> rx.Component:
    """The way on: "All lessons →"."""
    return link(*label, icon("arrow_right", 16), href=href, class_name=f"{look} {ARROW_LINK}".strip())


class _PlainForm(BaseHTML):
    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


def plain_form(*children: Any, action: rx.Var | str, method: str = "get", **props: Any) -> rx.Component:
    """A form the browser submits by itself, without a Reflex event: it works before JavaScript does.

    Args:
        children: Named inputs and a submit button.
        action: Where to send it: with ``get`` one of our pages, with ``post`` a backend route.
        method: ``get`` or ``post``.
        props: Passed on.
    """
    return _PlainForm.create(*children, action=localised(action) if method == "get" else action, method=method, **props)
