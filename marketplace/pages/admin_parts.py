"""What the pages of administration share."""

from __future__ import annotations

import reflex as rx

from marketplace.components.tabs import tab_links
from marketplace.i18n import _
from marketplace.pages import Route

PAGES: list[Route] = []


def admin_tabs(active: str) -> rx.Component:
    """The rooms of administration. ``active``: ``overview``, ``fees``, ``coupons``, ``badges``, ``reviews`` or ``search``."""
    tabs = [
        ("overview", _("What needs you"), "/admin"),
        ("fees", _("Fees"), "/admin/fees"),
        ("coupons", _("The platform's codes"), "/admin/coupons"),
        ("badges", _("Badges"), "/admin/badges"),
        ("reviews", _("Reviews"), "/admin/reviews"),
        ("search", _("Search"), "/admin/search"),
    ]
    return rx.el.div(tab_links(tabs, active, _("Administration")), class_name="mb-8")
