"""The house's shell around every page: header, footer, tabs, and who is signed in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.cart_link import cart_link
from marketplace.components.handover import handover
from marketplace.components.header import bottom_tabs, header
from marketplace.components.page import page, sandbox_banner, site_footer
from marketplace.components.ready import page_ready
from marketplace.components.toast import toasts
from marketplace.settings import get_settings
from marketplace.state.cart import CartCount
from marketplace.state.viewer import Viewer


def shell(
    *children: Any,
    live: rx.Var | bool = True,
    painted: bool = False,
    width: str = "page",
    tab: str = "",
    query: rx.Var | str = "",
) -> rx.Component:
    """A whole page. ``live`` turns true when the page has its data. ``painted``: there is a first paint, which then steps
    aside, once what takes its place can be pressed.

    ``tab`` is the bottom tab that is current on a phone; ``query`` what was searched for.
    """
    settings = get_settings()
    if painted:
        live = live & page_ready()
        children = (handover(live), *children)
    return rx.fragment(
        page(
            *children,
            header=header(
                settings.site_name,
                signed_in=Viewer.signed_in,
                is_creator=Viewer.is_creator,
                name=Viewer.name,
                avatar_src=Viewer.avatar,
                is_staff=Viewer.is_admin,
                query=query,
                cart=cart_link(CartCount.count, on_mount=CartCount.refresh),
            ),
            footer=site_footer(settings.site_name),
            tabs=rx.cond(Viewer.signed_in, bottom_tabs(tab, Viewer.is_creator)),
            banner=sandbox_banner() if settings.sandboxed_vendors else None,
            live=live,
            width=width,
        ),
        toasts(Viewer.message),
    )
