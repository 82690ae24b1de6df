"""Progress that was made without a connection, told afterwards. The server's rules decide as if each report had come in
time: access is asked for each lesson, nothing goes back, nobody has watched more than time allows, and telling the same
again changes nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import explain
from marketplace.classroom import explain_parts
from marketplace.clock import now
from marketplace.domain.access.service import Actor, Decision
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import taking
from marketplace.domain.courses.errors import StillToPass, StillToWatch, TooLate
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.learning import service as learning
from marketplace.errors import Missing
from marketplace.settings import get_settings

MOST = 200


class Told(BaseModel):
    """One row of the browser's queue. ``at``: milliseconds since 1970, by the browser's clock."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    lesson: Annotated[str, Field(max_length=40)]
    block: Annotated[str, Field(max_length=40)]
    position: float
    done: bool
    at: float


def owner_tag(account_id: UUID | None) -> str:
    """Names an account to its own browser; it can't be told from it who that is."""
    if account_id is None:
        return ""
    key = get_settings().secret_key.encode()
    return hmac.new(key, b"browser:" + account_id.bytes, hashlib.sha256).hexdigest()[:20]


async def merge(session: AsyncSession, who: Actor, product_id: UUID, rows: Sequence[Told]) -> list[Told]:
    """In the order in which it was done. Returns the rows that needn't be told again: all, also what this person
    can't do."""
    listing = next(iter(await browse.listings(session, [product_id])), None)
    taught = await taking.course(session, product_id)
    if listing is None or who.account_id is None:
        raise Missing
    if taught is None:
        await _single(session, who, listing, rows)
        return list(rows[:MOST])
    await _course(session, who, listing, taught, _telling(rows[:MOST]))
    return list(rows[:MOST])


def _telling(rows: Sequence[Told]) -> list[Told]:
    """In their order. Of many reports of one film the furthest and the newest say all; of a completion told often the
    first and the last."""
    groups: dict[tuple[str, str, bool], list[Told]] = {}
    for row in sorted(rows, key=lambda row: row.at):
        groups.setdefault((row.lesson, row.block, row.done), []).append(row)
    told = {}
    for same in groups.values():
        one = same[0] if same[0].done else max(same, key=lambda row: row.position)
        told |= {id(one): one, id(same[-1]): same[-1]}
    return sorted(told.values(), key=lambda row: row.at)


async def _course(
    session: AsyncSession, who: Actor, listing: Listing, taught: taking.Course, rows: Sequence[Told]
) -> None:
    """What may be opened is decided once for all lessons, and again when one was completed."""
    account_id, product_id = who.account_id, listing.product.id
    by_id = {str(lesson.id): lesson for lesson in taught.outline.lessons}
    named = [(row, by_id[row.lesson]) for row in rows if row.lesson in by_id]
    if account_id is None or not named:
        return
    before = await taking.learner(session, account_id, product_id, taught)
    done = set(before.done) if before else set()
    open_now: dict[UUID, Decision] | None = None
    for _once_more in range(2):  # one lesson may open the next, and its last report may be younger than its completion
        left = []
        for row, lesson in named:
            if row.done and lesson.id in done:
                continue
            if open_now is None:
                open_now = await explain_parts(session, who, listing, taught, [one for _row, one in named])
            granted = open_now[lesson.id].code == "granted"
            if not granted or not await _take(session, account_id, product_id, lesson, row):
                left.append((row, lesson))
            elif row.done:
                done.add(lesson.id)
                open_now = None
        named = left


async def _single(session: AsyncSession, who: Actor, listing: Listing, rows: Sequence[Told]) -> None:
    """A product that is one lesson: the furthest of what was kept counts, and the newest is the place."""
    product, own = (
        listing.product,
        [row for row in rows[:MOST] if row.block == str(listing.product.id) and not row.done],
    )
    if who.account_id is None or not own or (await explain(session, who, listing)).code != "granted":
        return
    known = await learning.progress(session, who.account_id, product.id)
    row = max(own, key=lambda row: row.at)
    late = known is not None and known.updated_at > _moment(row.at)
    position = max(row.position, known.position_s) if known is not None and late else row.position
    await learning.save(session, who.account_id, product.id, position_s=position, duration_s=product.duration_s)


async def _take(session: AsyncSession, account_id: UUID, product_id: UUID, lesson: Lesson, row: Told) -> bool:
    """Whether the row needs no second look."""
    if row.done:
        try:
            await taking.complete(session, account_id, product_id, lesson.id)
        except (StillToWatch, StillToPass):
            return False  # as it is said to who presses the button
        except TooLate:
            return True  # nothing that is told again will change that
        return True
    block = next((b for b in lesson.blocks if b.kind == "video" and str(b.id) == row.block), None)
    if block is not None:
        await taking.watched(
            session, account_id, product_id, block.id, position_s=row.position, seconds=block.seconds,
            lesson_id=lesson.id, at=_moment(row.at),
        )  # fmt: skip
    return True


def _moment(milliseconds: float) -> datetime:
    """The browser's clock, believed as far as it is possible: nothing is done in the future."""
    try:
        return min(now(), datetime.fromtimestamp(milliseconds / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
