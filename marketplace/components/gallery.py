"""Every component in every state, on one page: to look at after a change of theme."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .gallery_parts import PARTS
from .header import bottom_tabs, header, theme_button
from .page import page, page_title, sandbox_banner, site_footer


def gallery(site_name: str = "Atelier") -> rx.Component:
    """The gallery page; mount it in the sandbox only."""
    return page(
        page_title(
            "Components",
            "Everything the pages are made of, in every state. Switch the theme to see both.",
            theme_button(),
        ),
        *[_part(title, build()) for title, build in PARTS],
        header=header(site_name, signed_in=True, is_creator=True, name="Mira Okafor"),
        footer=site_footer(site_name),
        tabs=bottom_tabs("home", is_creator=True),
        banner=sandbox_banner(),
    )


def _part(title: str, children: list[Any]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="mb-5 text-xl"),
        rx.el.div(*children, class_name="grid grid-cols-1 gap-5"),
        class_name="border-t border-line py-10",
    )
