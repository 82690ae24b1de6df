"""Topics as a row of links, which scrolls with the thumb on a phone."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

from .badge import chip

LOOK = "-mx-4 flex gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:px-0"


def topic_nav(
    topics: rx.Var, current: rx.Var | str = "", *, gap: str = "mt-5", everything: bool = False
) -> rx.Component:
    """Links to the topics' pages.

    Args:
        topics: Var of a list of ``[key, name]``.
        current: The key of the one that is shown, or empty.
        gap: Distance to what stands above.
        everything: Begin with a link to all of them.
    """
    return rx.el.nav(
        *([chip(_("All topics"), href="/search")] if everything else []),
        rx.foreach(
            topics, lambda topic: chip(topic[1], href="/topics/" + topic[0].to(str), active=topic[0] == current)
        ),
        aria_label=_("Topics"),
        class_name=f"{gap} {LOOK}",
    )
