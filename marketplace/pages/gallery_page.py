"""``/gallery``: every component in every state, in the sandbox only."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.gallery_parts import PARTS
from marketplace.components.header import theme_button
from marketplace.components.page import page_title
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import get_settings


def gallery_page() -> rx.Component:
    return shell(
        page_title(_("Components"), _("Everything the pages are made of, in every state."), theme_button()),
        *[_part(title, build()) for title, build in PARTS],
    )


def _part(title: str, children: list[Any]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="mb-5 text-xl"),
        rx.el.div(*children, class_name="grid grid-cols-1 gap-5"),
        class_name="border-t border-line py-10",
    )


PAGES = [Route("/gallery", gallery_page, _("Components"))] if get_settings().sandboxed_vendors else []
