"""Who may open a lesson of a course at this moment, and why not. Every event of a learner asks here."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import explain
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor, Decision
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import taking
from marketplace.domain.courses.outline import Lesson


async def explain_part(
    session: AsyncSession, who: Actor, listing: Listing, course: taking.Course, lesson: Lesson
) -> Decision:
    """The decision on the course, and on top of it what holds for this lesson: a free preview, or a lock."""
    product = listing.product
    decision = await explain(session, who, listing)
    if decision.code == "granted" and who.account_id is not None:
        lock = (await taking.locks_on(session, who.account_id, product.id, course)).get(lesson.id)
        return access.locked(lock.message) if lock else decision
    return access.with_preview(decision, lesson.title, preview=lesson.preview and product.state == "published")
