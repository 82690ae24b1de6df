"""Badges that creators and the house define: who may, how they are kept, and what an award of one says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.audit import service as audit
from marketplace.domain.catalog import browse
from marketplace.domain.certificates.badge_rules import MAX_ITEMS, MAX_SKILL, MAX_SKILLS, Rule
from marketplace.domain.certificates.models import Badge, BadgeCourse, Certificate
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.queue import enqueue

MAX_BADGES, MAX_NAME, MAX_WORDS = 100, 80, 600
_OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Shown:
    """A badge, and how many have it."""

    row: Badge
    rule: Rule
    awarded: int


def owner(actor: Actor, *, house: bool) -> UUID | None:
    """Whose badges they are: the creator's own, or the house's (None), which admins give."""
    if house:
        access.require_admin(actor)
        return None
    return access.require_creator(actor)


async def listed(session: AsyncSession, actor: Actor, *, house: bool) -> list[Shown]:
    mine = owner(actor, house=house)
    whose = col(Badge.owner_id).is_(None) if mine is None else Badge.owner_id == mine
    query = select(Badge).where(whose, col(Badge.archived_at).is_(None)).order_by(col(Badge.id).desc())
    found = (await session.exec(query.limit(MAX_BADGES))).all()
    counts = await _counts(session, [row.id for row in found])
    return [Shown(row, Rule.model_validate(row.rule), counts.get(row.id, 0)) for row in found]


async def _counts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    query = (
        select(Certificate.badge_id, func.count())
        .where(col(Certificate.badge_id).in_(ids), col(Certificate.replaced_at).is_(None))
        .group_by(col(Certificate.badge_id))
    )
    return {badge_id: count for badge_id, count in (await session.exec(query)).all() if badge_id is not None}


async def save(
    session: AsyncSession, actor: Actor, badge_id: UUID | None, *, house: bool, name: str, description: str,
    skills: Sequence[str], rule: Rule,
) -> Badge:  # fmt: skip
    """A new one, or a changed one. What was awarded before stays as it says."""
    mine = owner(actor, house=house)
    row = await own(session, actor, badge_id, house=house) if badge_id else Badge(owner_id=mine, name="")
    if badge_id is None and len(await listed(session, actor, house=house)) >= MAX_BADGES:
        raise Conflict("There can be at most {most} badges. Archive one first.", most=MAX_BADGES)
    row.name = text.clean_line(name, limit=MAX_NAME, field="name", label="The name")
    row.description = text.clean_text(description, limit=MAX_WORDS, field="description", label="The description")
    row.skills = _skills(skills)
    await _check(session, mine, rule)
    row.rule, row.swept_at = rule.model_dump(mode="json"), None
    session.add(row)
    await session.flush()
    await session.execute(delete(BadgeCourse).where(col(BadgeCourse.badge_id) == row.id))
    session.add_all([BadgeCourse(badge_id=row.id, product_id=each) for each in rule.courses])
    await audit.record(session, access.require_signed_in(actor), "badge.save", f"badge:{row.id}", name=row.name)
    await enqueue(session, "badges.sweep", {"badge_id": str(row.id)}, lock=f"badge:{row.id}")
    await session.flush()
    return row


def _skills(typed: Sequence[str]) -> list[str]:
    named = [text.clean_line(one, limit=MAX_SKILL, field="skills", label="A skill") for one in typed if one.strip()]
    found = list(dict.fromkeys(named))
    if len(found) > MAX_SKILLS:
        raise Invalid("Name at most {most} skills.", field="skills", most=MAX_SKILLS)
    return found


async def _check(session: AsyncSession, owner_id: UUID | None, rule: Rule) -> None:
    """A creator's badge asks about the creator's own courses; the house's about any."""
    if not rule.items:
        raise Invalid("Choose at least one course to finish or quiz to pass.", field="rule")
    if len(rule.items) > MAX_ITEMS:
        raise Invalid("A badge can ask for at most {most} things.", field="rule", most=MAX_ITEMS)
    if rule.needed > len(rule.items):
        raise Invalid("It can't ask for more of the list than there is.", field="needed")
    found = {one.product.id: one for one in await browse.listings(session, rule.courses)}
    for product_id in rule.courses:
        one = found.get(product_id)
        if one is None or one.product.kind != "course" or owner_id not in (None, one.product.creator_id):
            raise Invalid("Choose from the courses in the list.", field="rule")


async def own(session: AsyncSession, actor: Actor, badge_id: UUID, *, house: bool) -> Badge:
    mine = owner(actor, house=house)
    row = await session.get(Badge, badge_id, with_for_update={"key_share": True})
    if row is None or row.owner_id != mine or row.archived_at is not None:
        raise Missing("This badge isn't there any more.")
    return row


async def archive(session: AsyncSession, actor: Actor, badge_id: UUID, *, house: bool) -> None:
    """Nobody earns it any more; who has it keeps it."""
    row = await own(session, actor, badge_id, house=house)
    row.archived_at = now()
    await audit.record(session, access.require_signed_in(actor), "badge.archive", f"badge:{row.id}", name=row.name)
    await session.flush()


async def awards(session: AsyncSession, actor: Actor, badge_id: UUID, *, house: bool, limit: int) -> list[Certificate]:
    """Who has it, the latest first."""
    await own(session, actor, badge_id, house=house)
    query = select(Certificate).where(Certificate.badge_id == badge_id, col(Certificate.replaced_at).is_(None))
    return list((await session.exec(query.order_by(col(Certificate.issued_at).desc()).limit(limit))).all())


async def of_course(session: AsyncSession, product_id: UUID) -> list[Badge]:
    """The badges that ask about this course."""
    query = (
        select(Badge)
        .join(BadgeCourse, col(BadgeCourse.badge_id) == col(Badge.id))
        .where(BadgeCourse.product_id == product_id, col(Badge.archived_at).is_(None))
        .limit(200)
    )
    return list((await session.exec(query)).all())


async def ask(session: AsyncSession, account_id: UUID, product_id: UUID) -> None:
    """Somebody did something in this course that may earn a badge: a job looks, once this has committed."""
    if await of_course(session, product_id):
        await enqueue(session, "badges.earn", {"account_id": str(account_id), "product_id": str(product_id)})


async def says(session: AsyncSession, badge: Badge, narrative: str) -> dict[str, Any]:
    """What an award of it says, by the names of a certificate's fields. The house's has no creator."""
    giver = await accounts.account(session, badge.owner_id) if badge.owner_id else None
    return {
        "badge_id": badge.id, "creator_id": badge.owner_id, "creator_name": giver.name if giver else "",
        "title": badge.name, "description": badge.description, "narrative": narrative, "skills": list(badge.skills),
    }  # fmt: skip


async def live(session: AsyncSession, badge_id: UUID) -> Badge | None:
    row = await session.get(Badge, badge_id)
    return row if row is not None and row.archived_at is None else None


async def to_sweep(session: AsyncSession, after: UUID | None, limit: int) -> list[UUID]:
    query = select(Badge.id).where(col(Badge.archived_at).is_(None))
    if after is not None:
        query = query.where(col(Badge.id) > after)
    return list((await session.exec(query.order_by(col(Badge.id)).limit(limit))).all())


async def swept(session: AsyncSession, badge: Badge, started: datetime) -> None:
    """All who met it until then have it. The next sweep looks a little further back, for what committed late."""
    badge.swept_at = started - _OVERLAP
    await session.flush()
