"""First paint of what stands under a product's heading: as ``pages/lesson.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.api.paint.html import Html, h
from marketplace.api.paint.parts import arrow_link, avatar, icon
from marketplace.i18n import _

View = Mapping[str, str]


def learn(lines: Sequence[str]) -> Html | None:
    if not lines:
        return None
    return h(
        "section",
        h("h2", _("What you will learn"), class_="text-xl"),
        h(
            "ul",
            [h("li", icon("check", 18, "mt-1 text-accent"), h("span", line), class_="flex gap-2.5") for line in lines],
            class_="mt-4 grid gap-x-8 gap-y-2.5 sm:grid-cols-2",
        ),
    )


def about(view: View) -> Html | None:
    if not view["description"]:
        return None
    return h(
        "section",
        h("h2", view["about"], class_="mb-4 text-xl"),
        h("div", Html(view["description"]), class_="prose"),
    )


def creator(view: View) -> Html:
    words = h("p", view["creator_bio"], class_="mt-1.5 max-w-[60ch] text-muted empty:hidden")
    return taught_by(view, words, "sm:gap-5")


def taught_by(view: View, words: Html | None, gap: str) -> Html:
    """``words``: what they say of themselves."""
    return h(
        "section",
        avatar(view["creator"], view["creator_avatar"], "lg"),
        h(
            "div",
            h(
                "h2",
                h("span", _("Taught by"), " ", class_="font-normal text-muted"),
                view["creator"],
                class_="text-lg [overflow-wrap:anywhere]",
            ),
            words,
            arrow_link(
                _("See the profile"),
                href=view["creator_href"],
                look="mt-1",
            ),
            class_="min-w-0",
        ),
        class_=f"flex min-w-0 gap-4 border-t border-line pt-8 {gap}",
    )
