"""What someone may have meant who came to an address with nothing at it."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.catalog.browse import Listing, lessons, words

SUGGESTIONS = 3


async def meant_by(session: AsyncSession, slug: str) -> list[Listing]:
    """Lessons like the words of the address: all of them, else the longest, else what is new."""
    found = [word for word in words(slug.replace("-", " ")) if len(word) > 2]
    for query in dict.fromkeys([" ".join(found), max(found, key=len, default="")]):
        page = await lessons(session, query=query, limit=SUGGESTIONS) if query else None
        if page and page.items:
            return page.items
    return (await lessons(session, limit=SUGGESTIONS)).items
