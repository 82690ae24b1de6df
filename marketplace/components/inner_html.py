"""HTML that the server has already sanitised."""

from __future__ import annotations

from typing import Any

import reflex as rx


def sanitised(html: rx.Var[str]) -> dict[str, Any]:
    """``custom_attrs`` that make ``html`` the content of an element.

    Only for what :func:`marketplace.markdown.render` made: nothing is cleaned here.
    """
    return {"dangerouslySetInnerHTML": rx.Var.create({"__html": html})}
