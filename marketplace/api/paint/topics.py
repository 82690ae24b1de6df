"""First paint of a topic's page: as ``pages/topics.py``."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.api.paint.cards import Card, grid
from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.parts import chip, empty, link_button, show_more
from marketplace.components.topic_nav import LOOK
from marketplace.domain.catalog.rules import TOPICS
from marketplace.i18n import _
from marketplace.present import topic_path
from marketplace.topics import topic_words


def topic(name: str, items: Sequence[Card], known: Sequence[tuple[str, str]], next_key: str) -> Html:
    lessons = (
        join(
            h("h2", _("Lessons"), class_="sr-only"), grid(items, leads=True), show_more(topic_path(name), key=next_key)
        )
        if items
        else _none_yet()
    )
    return join(
        h("h1", _(TOPICS[name]), class_="text-2xl sm:text-3xl"),
        h("p", topic_words(name), class_="mt-2 max-w-[60ch] text-muted"),
        h(
            "nav",
            chip(_("All topics"), "/search"),
            [chip(words, topic_path(key), key == name) for key, words in known],
            aria_label=_("Topics"),
            class_=f"mt-5 {LOOK}",
        ),
        h("section", lessons, class_="pt-8"),
    )


def _none_yet() -> Html:
    return empty(
        _("Nothing here yet"),
        _("The first lesson of this topic could be yours. Until then, look through everything there is."),
        "shapes",
        link_button(_("Show all lessons"), "/search", "secondary"),
    )
