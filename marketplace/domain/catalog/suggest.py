"""What someone may have meant who came to an address with nothing at it."""

from __future__ import annotations

from marketplace.domain.catalog.browse import Listing, lessons
from marketplace.domain.search.rules import words
from marketplace.sql import Over

SUGGESTIONS = 3


async def meant_by(over: Over, slug: str) -> list[Listing]:
    """Lessons like the words of the address: all of them, else the longest, else what is new."""
    found = [word for word in words(slug.replace("-", " ")) if len(word) > 2]
    for query in dict.fromkeys([" ".join(found), max(found, key=len, default="")]):
        page = await lessons(over, query=query, limit=SUGGESTIONS) if query else None
        if page and page.items:
            return page.items
    return (await lessons(over, limit=SUGGESTIONS)).items
