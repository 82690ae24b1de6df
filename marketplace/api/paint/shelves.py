"""First paint of the rows under a product: as ``components/shelves.py``."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.api.paint.cards import grid
from marketplace.api.paint.html import Html, h, join
from marketplace.components.shelves import SHELF, TITLE
from marketplace.recommending import Shelf


def shelf_rows(shelves: Sequence[Shelf]) -> Html:
    return join(
        [
            h("section", h("h2", shelf["title"], class_=TITLE), grid(shelf["items"], 3), class_=SHELF)
            for shelf in shelves
        ]
    )
