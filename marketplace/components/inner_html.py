"""HTML that the server has already sanitised."""

from __future__ import annotations

from typing import Any

import reflex as rx


def sanitised(html: rx.Var[str]) -> dict[str, Any]:
    """``custom_attrs`` that make ``html`` the content of an element, in the direction of its own language.

    Only for what :mod:`marketplace.markdown` made: nothing is cleaned here.
    """
    return {"dangerouslySetInnerHTML": rx.Var.create({"__html": html}), "dir": "auto"}
