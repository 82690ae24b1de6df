"""Who may open a lesson of a course at this moment, and why not. Every event of a learner asks here."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import explain
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor, Decision
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import conditions, taking
from marketplace.domain.courses.locks import Lock
from marketplace.domain.courses.outline import Lesson
from marketplace.errors import Denied, Missing
from marketplace.i18n import _
from marketplace.sql import Over


async def explain_part(
    session: AsyncSession, who: Actor, listing: Listing, course: taking.Course, lesson: Lesson
) -> Decision:
    """The decision on the course, and on top of it what holds for this lesson: a free preview, or a lock."""
    return (await explain_parts(session, who, listing, course, [lesson]))[lesson.id]


async def explain_parts(
    session: AsyncSession, who: Actor, listing: Listing, course: taking.Course, lessons: Iterable[Lesson]
) -> dict[UUID, Decision]:
    """The same for several lessons, by their ids: the course is decided once."""
    product = listing.product
    decision = await explain(session, who, listing)
    if decision.code != "granted" or who.account_id is None:
        offered = product.state == "published"
        return {one.id: access.with_preview(decision, one.title, preview=one.preview and offered) for one in lessons}
    shut = (await taking.conditions_on(session, who.account_id, product.id, course)).shut
    return {one.id: _behind(decision, product.slug, shut.get(one.id)) for one in lessons}


def _behind(decision: Decision, slug: str, lock: Lock | None) -> Decision:
    return access.locked(lock.message, _way(slug, lock)) if lock else decision


async def opened(session: AsyncSession, who: Actor, product_id: UUID, lesson_id: UUID) -> tuple[Listing, Lesson]:
    """A lesson as it is taught now, for one who may open it. Raises ``Missing`` and ``Denied``."""
    listing = next(iter(await browse.listings(session, [product_id])), None)
    taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    if listing is None or taught is None or lesson is None:
        raise Missing
    decision = await explain_part(session, who, listing, taught, lesson)
    if not decision.allowed:
        raise Denied(decision.message)
    return listing, lesson


def _way(slug: str, lock: Lock) -> str:
    """The address of what has to be done first; empty when only time helps."""
    return lock.path or (f"/learn/{slug}/{lock.first}" if lock.first else "")


async def comes_first(over: Over, who: Actor, product_id: UUID) -> list[dict[str, str]]:
    """The courses that come before this one, for its page: required ones first, each with how far the visitor is."""
    found = await conditions.before(over, who.account_id, product_id)
    owned = await access.owned_among(over, who.account_id, [b.product_id for b in found]) if who.account_id else set()
    return [
        {
            "title": each.title, "href": each.path, "required": "1" if each.required else "",
            "state": "done" if each.finished else "going" if each.begun else "owned" if each.product_id in owned else "",
            "words": _("You finished it") if each.finished
            else _("You are in the middle of it") if each.begun
            else _("In your library") if each.product_id in owned else "",
        }
        for each in sorted(found, key=lambda b: not b.required)
    ]  # fmt: skip
