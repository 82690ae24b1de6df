"""A creator's letters: written, looked at, tried on oneself, and sent once to everybody who asked for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_creator, require_owner
from marketplace.domain.audit import service as audit
from marketplace.domain.mailing.models import Letter, LetterCopy, Subscriber
from marketplace.domain.mailing.service import List, page
from marketplace.domain.notifications import service as notifications
from marketplace.domain.notifications.ports import Mail
from marketplace.errors import Conflict, Invalid, Limited, Missing
from marketplace.queue import enqueue
from marketplace.text import clean_line, clean_text

__all__ = [
    "MAX_BODY",
    "MAX_SUBJECT",
    "Counts",
    "Letter",
    "counts",
    "delete",
    "load",
    "mine",
    "readers",
    "send",
    "start",
    "write",
]

MAX_SUBJECT, MAX_BODY = 120, 20_000
_A_DAY = 4  # letters of one creator
_LOST = timedelta(days=1)  # after which a mail that no relay took is counted as failed


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a letter's mails."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0


async def start(session: AsyncSession, actor: Actor) -> Letter:
    """A new draft, or the one in which nothing was written yet."""
    creator_id = require_creator(actor)
    query = select(Letter).where(
        Letter.creator_id == creator_id, Letter.state == "draft", Letter.subject == "", Letter.body_md == ""
    )
    found = (await session.exec(query.limit(1))).first()
    if found is not None:
        return found
    letter = Letter(creator_id=creator_id)
    session.add(letter)
    await session.flush()
    return letter


async def load(session: AsyncSession, actor: Actor, letter_id: UUID, *, lock: bool = False) -> Letter:
    letter = await session.get(Letter, letter_id, with_for_update=lock, populate_existing=True)
    if letter is None:
        raise Missing
    require_owner(actor, letter.creator_id)
    return letter


async def mine(session: AsyncSession, actor: Actor, after: UUID | None, limit: int) -> Sequence[Letter]:
    """Newest first."""
    query = select(Letter).where(Letter.creator_id == require_creator(actor))
    if after is not None:
        query = query.where(col(Letter.id) < after)
    return (await session.exec(query.order_by(col(Letter.id).desc()).limit(limit))).all()


async def write(session: AsyncSession, actor: Actor, letter_id: UUID, field: str, value: str) -> Letter:
    """``subject`` or ``body``, while it is a draft."""
    letter = await _draft(session, actor, letter_id)
    if field == "subject":
        letter.subject = clean_line(value, limit=MAX_SUBJECT, field="subject", label="The subject", required=False)
    elif field == "body":
        letter.body_md = clean_text(value, limit=MAX_BODY, field="body", label="The letter")
    else:
        raise Invalid("Unknown field.")
    letter.updated_at = now()
    await session.flush()
    return letter


async def _draft(session: AsyncSession, actor: Actor, letter_id: UUID) -> Letter:
    letter = await load(session, actor, letter_id, lock=True)
    if letter.state != "draft":
        raise Conflict("This letter has been sent. Write a new one.")
    return letter


async def delete(session: AsyncSession, actor: Actor, letter_id: UUID) -> None:
    """Of drafts only: what was sent stays in the list."""
    await session.delete(await _draft(session, actor, letter_id))
    await session.flush()


async def readers(session: AsyncSession, creator_id: UUID) -> int:
    """How many asked for a creator's letters."""
    query = select(func.count()).where(
        Subscriber.creator_id == creator_id,
        col(Subscriber.product_id).is_(None),
        col(Subscriber.confirmed_at).is_not(None),
    )
    return (await session.exec(query)).one()


def complete(letter: Letter) -> None:
    """Raises ``Invalid`` for what lacks something."""
    if not letter.subject.strip():
        raise Invalid("Give the letter a subject.", field="subject")
    if not letter.body_md.strip():
        raise Invalid("Write something first.", field="body")


async def send(session: AsyncSession, actor: Actor, letter_id: UUID) -> Letter:
    """To everybody who is on the list by then; a second press does nothing more."""
    letter = await _draft(session, actor, letter_id)
    complete(letter)
    if not await readers(session, letter.creator_id):
        raise Conflict("Nobody has asked for your letters yet.")
    day = select(func.count()).where(
        Letter.creator_id == letter.creator_id, col(Letter.queued_at) > now() - timedelta(days=1)
    )
    if (await session.exec(day)).one() >= _A_DAY:
        raise Limited("You have sent four letters within a day. Send this one tomorrow.")
    letter.state, letter.queued_at, letter.updated_at = "sending", now(), now()
    await audit.record(session, actor.account_id, "letter.send", f"letter:{letter.id}")
    await enqueue(session, "mailing.send", {"letter_id": str(letter.id)}, lock=f"letter:{letter.id}")
    await session.flush()
    return letter


async def writer(session: AsyncSession, letter_id: UUID) -> UUID | None:
    """Who wrote a letter that is being sent."""
    query = select(Letter.creator_id).where(Letter.id == letter_id, Letter.state == "sending")
    return (await session.exec(query)).first()


async def part(session: AsyncSession, letter_id: UUID, mail: Callable[[Letter, Subscriber], Mail], limit: int) -> bool:
    """The mails to one part of the list: they, their marks and how far it went commit together. False at the end."""
    letter = await session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
    if letter is None or letter.state != "sending":
        return False
    found = await page(session, List(letter.creator_id), letter.after, limit)
    for row in found:
        made = mail(letter, row)
        copy = insert(LetterCopy).values(letter_id=letter.id, subscriber_id=row.id, mail_key=made.key)
        fresh = await session.execute(copy.on_conflict_do_nothing().returning(col(LetterCopy.subscriber_id)))
        if fresh.first() is not None:
            letter.total += await notifications.queue_mail(session, made)
    letter.after = found[-1].id if found else letter.after
    if len(found) < limit:
        letter.state, letter.done_at = "sent", now()
    await session.flush()
    return letter.state == "sending"


async def unfinished(session: AsyncSession, limit: int) -> list[UUID]:
    """Letters whose job died long ago."""
    query = select(Letter.id).where(Letter.state == "sending", col(Letter.queued_at) < now() - timedelta(minutes=30))
    return list((await session.exec(query.order_by(col(Letter.queued_at)).limit(limit))).all())


_COUNTS = """
SELECT c.letter_id, count(m.sent_at), count(*) FILTER (WHERE m.sent_at IS NULL AND m.created_at >= :lost),
    count(*) FILTER (WHERE m.sent_at IS NULL AND m.created_at < :lost)
FROM letter_copy c JOIN outgoing_mail m ON m.key = c.mail_key WHERE c.letter_id = ANY(:ids) GROUP BY 1
"""


async def counts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Counts]:
    rows = await session.execute(text(_COUNTS), {"ids": list(ids), "lost": now() - _LOST})
    return {row[0]: Counts(*row[1:]) for row in rows.all()}
