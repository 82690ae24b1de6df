"""Presents, from the basket to the link that claims them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_signed_in
from marketplace.domain.accounts import service as accounts
from marketplace.domain.gifts.models import Gift
from marketplace.domain.locks import KEY_SHARE
from marketplace.errors import Conflict, Invalid
from marketplace.queue import enqueue

MAX_NOTE = 600
FURTHEST = timedelta(days=366)
_SOMEWHERE_STILL = timedelta(hours=12)  # today begins and ends at other hours elsewhere
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the giver typed. ``deliver_at`` empty: as soon as it is paid."""

    email: str
    name: str = ""
    note: str = ""
    deliver_at: datetime | None = None


async def draft(session: AsyncSession, actor: Actor, wish: Wish, gift_id: UUID | None = None) -> Gift:
    """A present in the making, or a change to one that isn't paid yet."""
    giver_id = require_signed_in(actor)
    gift = await session.get(Gift, gift_id, with_for_update=KEY_SHARE, populate_existing=True) if gift_id else None
    if gift is not None and (gift.giver_id != giver_id or gift.state != "draft"):
        raise Conflict("This present can't be changed any more.")
    email = wish.email.strip().lower()
    if len(email) > 200 or not _ADDRESS.fullmatch(email):
        raise Invalid("Type the email address of the person who gets it.", field="gift_email")
    if wish.deliver_at is not None and wish.deliver_at > now() + FURTHEST:
        raise Invalid("Choose a day within a year.", field="gift_date")
    if wish.deliver_at is not None and wish.deliver_at.date() < (now() - _SOMEWHERE_STILL).date():
        raise Invalid("That day is over already.", field="gift_date")
    if email == (await accounts.account(session, giver_id)).email:
        raise Invalid("This is your own address. Buy it for yourself, without making it a present.", field="gift_email")
    gift = gift or Gift(giver_id=giver_id, recipient_email=email)
    gift.recipient_email = email
    gift.recipient_name = text.clean_line(wish.name, limit=80, field="gift_name", label="The name", required=False)
    gift.note = text.clean_text(wish.note, limit=MAX_NOTE, field="gift_note", label="The note")
    gift.deliver_at = wish.deliver_at
    session.add(gift)
    await session.flush()
    return gift


async def paid(session: AsyncSession, gift_id: UUID) -> None:
    """It is paid: its letter goes out now, or on its day."""
    gift = await session.get(Gift, gift_id, with_for_update=KEY_SHARE, populate_existing=True)
    if gift is not None and gift.state in ("draft", "returned"):
        gift.state = "claimed" if gift.claimed_by else "sent" if gift.sent_at else "paid"
        await session.flush()
        at = gift.deliver_at if gift.deliver_at and gift.deliver_at > now() else None
        await enqueue(session, "gifts.send", {"gift_id": str(gift.id)}, at=at)


async def returned(session: AsyncSession, gift_id: UUID) -> None:
    """All of it was refunded: its link ends."""
    gift = await session.get(Gift, gift_id, with_for_update=KEY_SHARE, populate_existing=True)
    if gift is not None and gift.state != "draft":
        gift.state = "returned"
        await session.flush()


async def sent(session: AsyncSession, gift_id: UUID) -> None:
    gift = await session.get(Gift, gift_id, with_for_update=KEY_SHARE, populate_existing=True)
    if gift is not None and gift.state == "paid":
        gift.state, gift.sent_at = "sent", now()
        await session.flush()


async def lock(session: AsyncSession, gift_id: UUID) -> None:
    """Nobody else takes it or gives it back until this transaction has ended."""
    await session.get(Gift, gift_id, with_for_update=KEY_SHARE, populate_existing=True)


async def gift(session: AsyncSession, gift_id: UUID) -> Gift | None:
    return await session.get(Gift, gift_id)


async def gifts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Gift]:
    found = await session.exec(select(Gift).where(col(Gift.id).in_(ids)))
    return {one.id: one for one in found.all()}


async def claim(session: AsyncSession, actor: Actor, gift_id: UUID) -> Gift:
    """The person with the link takes it, once; the same person again gets the same answer."""
    account_id = require_signed_in(actor)
    found = await session.get(Gift, gift_id, with_for_update=KEY_SHARE, populate_existing=True)
    if found is None or found.state in ("draft", "returned"):
        raise Conflict("This present isn't there any more. Ask the person who gave it.")
    if found.claimed_by is not None and found.claimed_by != account_id:
        raise Conflict("This present has been opened by somebody already.")
    if found.giver_id == account_id:
        raise Conflict("You gave this present. It waits for the person it is for.")
    if found.claimed_by is None:
        found.claimed_by, found.claimed_at = account_id, now()
    found.state = "claimed"
    await session.flush()
    return found


async def overdue(session: AsyncSession, limit: int = 100) -> Sequence[UUID]:
    """Presents whose day has come and whose letter was not sent."""
    found = await session.exec(
        select(Gift.id).where(
            Gift.state == "paid", (col(Gift.deliver_at).is_(None)) | (col(Gift.deliver_at) <= now() - timedelta(minutes=5))
        ).limit(limit)
    )  # fmt: skip
    return found.all()
