"""The typefaces, in each document itself: with the stylesheet, they would be other faces to a browser when a painted
page gets the whole of it, and texts would move."""

from __future__ import annotations

from pathlib import Path

import reflex as rx

_FACES = Path(__file__).parents[2] / "assets" / "fonts" / "fonts.css"


def typefaces() -> rx.Component:
    """For ``rx.App(head_components=…)``."""
    return rx.el.style(" ".join(_FACES.read_text().split()))
