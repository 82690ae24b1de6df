"""Long text."""

from __future__ import annotations

from typing import Any

import reflex as rx


def prose(*children: Any, class_name: str = "") -> rx.Component:
    """Typography for rendered, already sanitised content: headings, lists, quotes, code, tables.

    Args:
        children: Rendered content.
        class_name: Extra classes.
    """
    return rx.el.div(*children, class_name=f"prose {class_name}".strip())
