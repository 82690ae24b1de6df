"""Badges that somebody may have earned, and mails about what is new in a course."""

from __future__ import annotations

from uuid import UUID

from marketplace.api.course_mail import off_url
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.certificates import badges
from marketplace.domain.courses import earning, telling
from marketplace.jobs.reader import page, reading

_PAGE = 200


async def earn(account_id: str, product_id: str) -> None:
    async with transaction() as session:
        await earning.earn(session, UUID(account_id), UUID(product_id))


async def sweep_badge(badge_id: str) -> None:
    """Everybody who met its rule since it was last looked at, page by page; of a new one everybody who ever did."""
    started, after = earning.started(), None
    while True:
        async with transaction() as session:
            badge = await badges.live(session, UUID(badge_id))
            if badge is None:
                return
            after = await earning.sweep(session, badge, after, limit=_PAGE)
            if after is None:
                await badges.swept(session, badge, started)
                return


async def sweep_badges(timestamp: int = 0) -> None:
    """Every hour, what jobs that died left behind."""
    after = None
    while True:
        async with transaction() as session:
            found = await badges.to_sweep(session, after, _PAGE)
        for badge_id in found:
            await sweep_badge(str(badge_id))
        if len(found) < _PAGE:
            return
        after = found[-1]


async def tell(product_id: str, number: int) -> None:
    """Mails about a version, page by page: each page and how far it went commit together."""
    course = UUID(product_id)

    def links(account_id: UUID) -> tuple[str, str]:
        return page(f"/learn/{slug}"), off_url(course, account_id)

    while True:
        async with transaction() as session:
            listing = next(iter(await browse.listings(session, [course])), None)
            if listing is None:
                return
            slug = listing.product.slug
            if not await telling.page(session, course, number, listing.product.title, links, reading, limit=_PAGE):
                return


TASKS = {"badges.earn": earn, "badges.sweep": sweep_badge, "courses.tell": tell}
PERIODIC = {"badges.hour": ("23 * * * *", sweep_badges)}
