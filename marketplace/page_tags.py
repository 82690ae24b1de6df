"""What a kept page shows, as tags. The triggers of migration 0022 name the same ones when something changes."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.domain.catalog.browse import Listing

SHOP, FEES = "shop", "fees"


def of_listings(listings: Iterable[Listing]) -> set[str]:
    """Of everything that these are shown with: their own facts, their pictures, who made them."""
    tags = set()
    for one in listings:
        tags |= {f"product:{one.product.id}", f"creator:{one.creator.id}"}
        if one.image is not None:
            tags.add(f"image:{one.image.id}")
    return tags


def of_pictures(ids: Iterable[object]) -> set[str]:
    """Of pictures by their ids."""
    return {f"image:{id_}" for id_ in ids}


def offers_of(creator_id: object) -> str:
    """Of pages that list what one creator has on offer."""
    return f"offers:{creator_id}"


def creator(creator_id: object) -> str:
    return f"creator:{creator_id}"


def topic(name: str) -> str:
    """Of pages that list what is on offer in a topic."""
    return f"topic:{name}"
