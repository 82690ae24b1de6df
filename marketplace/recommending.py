"""What stands under a product: what people bought with it, what they bought next, and else the best of its topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import TOPICS
from marketplace.i18n import _
from marketplace.present import Card, card
from marketplace.sql import Over

EACH = 3


class Shelf(TypedDict):
    title: str
    items: list[Card]


async def beside(over: Over, product: Product) -> dict[str, list[Listing]]:
    """What stands on the shelves, by why."""
    return await browse.beside(over, product, EACH)


async def shelves(over: Over, product: Product) -> list[Shelf]:
    return shelves_of(product, await beside(over, product))


def shelves_of(product: Product, found: Mapping[str, list[Listing]]) -> list[Shelf]:
    """At most two. A product stands on one of them only."""
    titles = {
        "together": _("Bought together"), "after": _("Next after this"),
        "topic": _("More in {topic}").format(topic=_(TOPICS.get(product.topic, ""))),
    }  # fmt: skip
    return [
        Shelf(title=title, items=[card(one) for one in found[kind]]) for kind, title in titles.items() if kind in found
    ]
