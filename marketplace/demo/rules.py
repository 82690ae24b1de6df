"""The demo's rules: what comes before what, deadlines, a badge, and days on which somebody learned."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import clock
from marketplace.db import transaction
from marketplace.demo.shapes import Course
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.activity import service as activity
from marketplace.domain.catalog import browse
from marketplace.domain.certificates import badges
from marketplace.domain.certificates.badge_rules import Item, Rule
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import Outline, terms

_DAYS = (1, 2, 3, 4, 5, 8, 9, 10, 12, 15, 17, 20, 21, 22, 29, 31, 33, 36, 44, 45, 46, 58, 60, 71)  # ago


async def course(session: AsyncSession, actor: Actor, product_id: UUID, planned: Course) -> None:
    """The time zone, deadlines, and what comes before."""
    wanted = {taught.title: taught for _title, lessons in planned.sections for taught in lessons}
    before = []
    for slug, required in planned.needs:
        listing = await browse.lesson(session, slug)
        assert listing is not None
        before.append((listing.product.id, required))

    def change(shown: Outline) -> Outline:
        ids = {lesson.title: lesson.id for lesson in shown.lessons}
        for title, taught in wanted.items():
            if taught.due_days:
                shown = terms.set_due(shown, ids[title], at=None, days=taught.due_days, hard=False)
            if taught.needs:
                shown = terms.set_need(shown, ids[title], ids[taught.needs], True)
        for needed_id, required in before:
            shown = terms.set_course_need(shown, needed_id, required)
        return terms.set_time_zone(shown, planned.time_zone)

    await courses.edit(session, actor, product_id, change, revision=None)


async def badge(creator: Account) -> None:
    """Unless there is one."""
    actor = Actor(creator.id, "member", True)
    async with transaction() as session:
        listing = await browse.lesson(session, "know-your-clay")
        if listing is None or await badges.listed(session, actor, house=False):
            return
        await badges.save(
            session, actor, None, house=False, name="Knows clay", skills=["Clay bodies", "Wedging"],
            description="Can choose a clay for what is to be made, and tells when it is ready to be thrown.",
            rule=Rule(items=(Item(product_id=listing.product.id),)),
        )  # fmt: skip


async def days(learner: Account, at: Callable[[datetime], AbstractContextManager[None]]) -> None:
    """Five days in a row up to yesterday, and some before."""
    for ago in sorted(_DAYS, reverse=True):
        with at(clock.now() - timedelta(days=ago)):
            async with transaction() as session:
                await activity.note(session, learner.id)
