"""All queries on reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.reviews.models import Review, ReviewFigures
from marketplace.ids import new_id
from marketplace.keys import Place
from marketplace.sql import Over, columns, made, rows

_FACTS = """
SELECT EXISTS (SELECT 1 FROM partnership WHERE product_id = %(product)s AND partner_id = %(account)s
               AND state IN ('accepted', 'ended')),
       EXISTS (SELECT 1 FROM progress WHERE product_id = %(product)s AND account_id = %(account)s)
       OR EXISTS (SELECT 1 FROM enrolment WHERE product_id = %(product)s AND account_id = %(account)s)
"""
_COLUMNS = """
r.id, r.product_id, r.account_id, a.name, a.avatar_url, a.deleted_at IS NOT NULL, r.stars, r.words, r.created_at,
r.edited_at, r.reply, r.replied_at, r.reported_at IS NOT NULL
"""
# A page of each product, of which the newest together are the page: an index answers each.
_NEWEST: LiteralString = """
SELECT {columns} FROM unnest(%(ids)s::uuid[]) AS p (id) CROSS JOIN LATERAL (
    SELECT * FROM review WHERE product_id = p.id AND shown {after}
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s
) r JOIN account a ON a.id = r.account_id ORDER BY r.created_at DESC, r.id DESC LIMIT %(limit)s
"""
_LISTS = {
    "reported": ("r.reported_at", "r.reported_at IS NOT NULL"),
    "hidden": ("r.hidden_at", "r.hidden_at IS NOT NULL"),
    "all": ("r.created_at", "r.removed_at IS NULL"),
}
_LISTED: LiteralString = """
SELECT {columns}, r.report_reason, r.hidden_at, r.hidden_reason, r.stands, r.removed_at IS NOT NULL,
    {place}, pr.title, pr.kind, pr.slug
FROM review r JOIN account a ON a.id = r.account_id JOIN product pr ON pr.id = r.product_id
WHERE {where} {after} ORDER BY {place} DESC, r.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A review with who wrote it. ``left``: they closed their account."""

    id: UUID
    product_id: UUID
    author_id: UUID
    name: str
    avatar_url: str
    left: bool
    stars: int
    words: str
    created_at: datetime
    edited_at: datetime | None
    reply: str
    replied_at: datetime | None
    reported: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """As administration sees it. ``at``: by what the list is ordered."""

    written: Written
    report_reason: str
    hidden_at: datetime | None
    hidden_reason: str
    stands: bool
    removed: bool
    at: datetime
    title: str
    kind: str
    slug: str


async def facts(over: Over, account_id: UUID, product_id: UUID) -> tuple[bool, bool]:
    """(has or had a share in what it earns, has used it)"""
    [found] = await rows(over, _FACTS, {"product": product_id, "account": account_id})
    return bool(found[0]), bool(found[1])


async def of_person(session: AsyncSession, account_id: UUID, product_id: UUID) -> Review | None:
    query = select(Review).where(Review.account_id == account_id, Review.product_id == product_id)
    return (await session.exec(query.execution_options(populate_existing=True))).first()


async def reviewed_among(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> set[UUID]:
    found = await session.exec(
        select(Review.product_id).where(
            Review.account_id == account_id, col(Review.product_id).in_(product_ids), col(Review.removed_at).is_(None)
        )
    )
    return set(found.all())


async def put(session: AsyncSession, account_id: UUID, product_id: UUID, stars: int, words: str) -> bool:
    """Returns whether it is a new one; two at once are one. What was taken back begins anew, and stays hidden if it was."""
    at = now()
    fresh = insert(Review).values(
        id=new_id(), product_id=product_id, account_id=account_id, stars=stars, words=words, created_at=at, stands=True,
        reply="", report_reason="", hidden_reason="",
    )  # fmt: skip
    if (await session.execute(fresh.on_conflict_do_nothing().returning(col(Review.id)))).first():
        return True
    mine = (col(Review.account_id) == account_id, col(Review.product_id) == product_id)
    again = update(Review).where(*mine, col(Review.removed_at).is_not(None))
    back = again.values(stars=stars, words=words, created_at=at, edited_at=None, removed_at=None, stands=True)
    if (await session.execute(back.returning(col(Review.id)))).first():
        return True
    changed = (col(Review.stars) != stars) | (col(Review.words) != words)
    await session.execute(update(Review).where(*mine, changed).values(stars=stars, words=words, edited_at=at))
    return False


async def take_back(session: AsyncSession, account_id: UUID, product_id: UUID) -> bool:
    gone = await session.execute(
        update(Review)
        .where(
            col(Review.account_id) == account_id, col(Review.product_id) == product_id, col(Review.removed_at).is_(None)
        )
        .values(removed_at=now(), words="", reply="", replied_at=None, reported_at=None, report_reason="")
        .returning(col(Review.id))
    )  # fmt: skip
    return gone.first() is not None


async def find(session: AsyncSession, review_id: UUID) -> Review | None:
    """Locked: what follows depends on how it is now."""
    return await session.get(Review, review_id, with_for_update=True, populate_existing=True)


async def count_of(session: AsyncSession, account_id: UUID) -> int:
    query = select(func.count()).where(Review.account_id == account_id, col(Review.removed_at).is_(None))
    return int((await session.exec(query)).one())


_FIGURES: LiteralString = f"SELECT {columns(ReviewFigures, 'f')} FROM review_figures f WHERE product_id = ANY(%(ids)s)"
_BY_PERSON: LiteralString = (
    f"SELECT {columns(Review, 'r')} FROM review r WHERE account_id = %(account)s AND product_id = %(product)s"
)


async def figures(over: Over, product_ids: Sequence[UUID]) -> list[ReviewFigures]:
    return [made(ReviewFigures, row) for row in await rows(over, _FIGURES, {"ids": list(product_ids)})]


async def written_by(over: Over, account_id: UUID, product_id: UUID) -> Review | None:
    """To look at."""
    found = await rows(over, _BY_PERSON, {"account": account_id, "product": product_id})
    return made(Review, found[0]) if found else None


async def newest(over: Over, product_ids: Sequence[UUID], *, after: Place | None, limit: int) -> list[Written]:
    statement = _NEWEST.format(columns=_COLUMNS, after="AND (created_at, id) < (%(at)s, %(id)s)" if after else "")
    found = await rows(over, statement, {"ids": list(product_ids), "limit": limit, **_place(after)})
    return [Written(*row) for row in found]


async def listed(session: AsyncSession, which: str, *, after: Place | None, limit: int) -> list[Listed]:
    place, where = _LISTS[which]
    statement = _LISTED.format(
        columns=_COLUMNS, place=place, where=where, after=f"AND ({place}, r.id) < (%(at)s, %(id)s)" if after else ""
    )
    found = await rows(session, statement, {"limit": limit, **_place(after)})
    return [Listed(Written(*row[:13]), *row[13:]) for row in found]


def _place(after: Place | None) -> dict[str, Any]:
    return {"at": after[0], "id": after[1]} if after else {}
