"""What stands under a product: what people bought with it, what they bought next, and else the best of its topic."""

from __future__ import annotations

from typing import TypedDict

from marketplace.domain.catalog import browse
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import TOPICS
from marketplace.i18n import _
from marketplace.present import Card, card
from marketplace.sql import Over

EACH = 3


class Shelf(TypedDict):
    title: str
    items: list[Card]


async def shelves(over: Over, product: Product) -> list[Shelf]:
    """At most two. A product stands on one of them only."""
    found = await browse.beside(over, product, EACH)
    titles = {
        "together": _("Bought together"), "after": _("Next after this"),
        "topic": _("More in {topic}").format(topic=_(TOPICS.get(product.topic, ""))),
    }  # fmt: skip
    return [
        Shelf(title=title, items=[card(one) for one in found[kind]]) for kind, title in titles.items() if kind in found
    ]
