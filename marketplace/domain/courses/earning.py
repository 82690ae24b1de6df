"""Badges that are earned in courses: when a course is finished, a quiz handed in, and by a sweep."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.certificates import badge_rules, badges
from marketplace.domain.certificates import service as certificates
from marketplace.domain.certificates.models import Badge
from marketplace.domain.courses import store, taking
from marketplace.domain.quizzes import service as quizzes
from marketplace.i18n import DEFAULT_LOCALE, use_locale
from marketplace.sql import rows

_CANDIDATES = (
    "SELECT account_id FROM (SELECT account_id FROM enrolment WHERE product_id = ANY(%(courses)s::uuid[])"
    " AND completed_at IS NOT NULL AND (%(since)s::timestamptz IS NULL OR completed_at >= %(since)s)"
    " UNION SELECT account_id FROM quiz_attempt WHERE product_id = ANY(%(courses)s::uuid[])"
    " AND block_id = ANY(%(blocks)s::uuid[]) AND submitted_at IS NOT NULL"
    " AND (%(since)s::timestamptz IS NULL OR submitted_at >= %(since)s)) c"
    " WHERE (%(after)s::uuid IS NULL OR account_id > %(after)s::uuid)"
    " AND NOT EXISTS (SELECT FROM certificate k WHERE k.badge_id = %(badge)s AND k.account_id = c.account_id"
    " AND k.replaced_at IS NULL) ORDER BY account_id LIMIT %(limit)s"
)


async def earn(session: AsyncSession, account_id: UUID, product_id: UUID) -> int:
    """Something that badges ask for was just done in this course. Returns how many were awarded by that."""
    made = 0
    for badge in await badges.of_course(session, product_id):
        made += await _award(session, badge, account_id)
    return made


async def _award(session: AsyncSession, badge: Badge, account_id: UUID) -> bool:
    rule = badge_rules.Rule.model_validate(badge.rule)
    held = await access.owned_among(session, account_id, rule.courses)
    begun = await store.enrolments(session, account_id, list(held))
    finished = {product_id for product_id, row in begun.items() if row.completed_at is not None}
    best: dict[UUID, int] = {}
    for product_id in held:
        blocks = {item.block_id for item in rule.items if item.product_id == product_id and item.block_id}
        if blocks:
            best |= await quizzes.best(session, account_id, product_id, blocks)
    done = badge_rules.met_by(rule, finished, best)
    if not badge_rules.met(rule, finished, best):
        return False
    courses = sorted({str(item.product_id) for item in done})
    with use_locale(DEFAULT_LOCALE):  # it is signed, and the same for everybody who checks it
        says = await badges.says(session, badge, await narrative(session, rule))
    return await certificates.award(session, account_id, says | {"courses": courses})


async def narrative(session: AsyncSession, rule: badge_rules.Rule) -> str:
    """What a badge asks for, in words, with the present names."""
    titles = await browse.titles(session, rule.courses)
    taught = await taking.courses(session, rule.courses)
    lessons = {
        b.id: le.title for c in taught.values() for le in c.outline.lessons for b in le.blocks if b.kind == "quiz"
    }
    return badge_rules.words(rule, titles, lessons)


async def sweep(session: AsyncSession, badge: Badge, after: UUID | None, *, limit: int) -> UUID | None:
    """Award it to a page of those who may have met it since the last sweep. Returns where to go on; None at the end."""
    rule = badge_rules.Rule.model_validate(badge.rule)
    values = {
        "badge": badge.id, "courses": rule.courses, "blocks": _blocks(rule), "since": badge.swept_at, "after": after,
        "limit": limit,
    }  # fmt: skip
    found = await rows(session, _CANDIDATES, values)
    for (account_id,) in found:
        await _award(session, badge, account_id)
    return found[-1][0] if len(found) == limit else None


def _blocks(rule: badge_rules.Rule) -> Collection[UUID]:
    return [item.block_id for item in rule.items if item.block_id]


def started() -> datetime:
    """When a sweep begins: what happens from now on is for the next one."""
    return now()
