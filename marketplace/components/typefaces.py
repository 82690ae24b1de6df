"""The typefaces, in each document itself: with the stylesheet, they would be other faces to a browser when a painted
page gets the whole of it, and texts would move."""

from __future__ import annotations

import re
from pathlib import Path

import reflex as rx

_FACES = Path(__file__).parents[2] / "assets" / "fonts" / "fonts.css"
_FETCHED = re.compile(r"@font-face \{[^}]*url\([^}]*\}")
FETCHED = "data-typefaces"  # marks those that have to be fetched


def typefaces() -> list[rx.Component]:
    """For ``rx.App(head_components=…)``: those of the system, fitted to ours, and ours."""
    faces = " ".join(_FACES.read_text().split())
    ours = " ".join(_FETCHED.findall(faces))
    return [rx.el.style(" ".join(_FETCHED.sub("", faces).split())), rx.el.style(ours, custom_attrs={FETCHED: ""})]
