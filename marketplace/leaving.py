"""Somebody closes their account: what has to be done first, what will happen, and doing it.

Buyers keep what they paid for, payees get what they are due, and the books keep what is owed: only the person goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.access.service import Actor, require_signed_in
from marketplace.domain.accounts import service as accounts
from marketplace.domain.activity import service as activity
from marketplace.domain.assignments import service as assignments
from marketplace.domain.catalog import service as catalog
from marketplace.domain.certificates import service as certificates
from marketplace.domain.documents import service as documents
from marketplace.domain.grading import service as grading
from marketplace.domain.ledger import service as ledger
from marketplace.domain.mailing import service as mailing
from marketplace.domain.notes import service as own_notes
from marketplace.domain.orders import disputes
from marketplace.domain.orders import store as orders
from marketplace.domain.partners import service as partners
from marketplace.domain.payouts import service as payouts
from marketplace.domain.payouts.models import Merchant
from marketplace.domain.quizzes import service as quizzes
from marketplace.domain.reviews import service as reviews
from marketplace.errors import Conflict
from marketplace.i18n import _
from marketplace.money import format_minor
from marketplace.queue import enqueue

Kind = Literal["stops", "happens"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know: it ``stops`` somebody from leaving until they did something at ``href``, or it ``happens``."""

    kind: Kind
    text: str
    href: str = ""


async def outlook(session: AsyncSession, actor: Actor) -> list[Note]:
    """What leaving means for this person at this moment, beyond what it means for everybody."""
    me = require_signed_in(actor)
    merchant = await payouts.merchant(session, me)
    left = await orders.left_behind(session, me)
    notes = [
        note
        for currency, totals in sorted((await ledger.balances(session, me)).items())
        for note in _money(currency, totals, merchant)
    ]
    notes += _sales(left)
    given, received = await partners.counts(session, actor)
    if received:
        notes.append(
            _happens(
                _("Your shares in other people's products end ({n}). What was sold until now stays shared."), received
            )
        )
    if given:
        notes.append(
            _happens(
                _(
                    "Shares that others have in your products end ({n}). They keep their part of what was sold until now."
                ),
                given,
            )
        )
    if earned := await certificates.count_of(session, me):
        notes.append(_happens(_("Your certificates lose your name and are no longer valid ({n})."), earned))
    if written := await reviews.count_of(session, me):
        notes.append(
            _happens(_("Your reviews stay, without your name ({n}). Remove them first if you'd rather."), written)
        )
    return sorted(notes, key=lambda note: note.kind != "stops")  # fmt: skip


def _happens(text: str, n: int, href: str = "") -> Note:
    return Note("happens", text.format(n=n), href)


def _money(currency: str, totals: dict[str, int], merchant: Merchant | None) -> list[Note]:
    held, available, debt = -totals.get("held", 0), -totals.get("available", 0), totals.get("debt", 0)
    out = []
    if held > 0:
        out.append(_held(format_minor(held, currency), merchant))
    if available > 0:
        text = _(
            "{amount} in your payments account goes to your bank by itself, every working day until nothing is left."
        )
        out.append(Note("happens", text.format(amount=format_minor(available, currency)), "/studio/payouts"))
    if debt > 0:
        text = _(
            "You owe {amount}, because more was taken back than your balance held. The debt stays on our books, and"
            " money that still comes in for you goes towards it first."
        )
        out.append(Note("happens", text.format(amount=format_minor(debt, currency)), "/studio/balance"))
    return out  # fmt: skip


def _held(amount: str, merchant: Merchant | None) -> Note:
    """Without an account that can take it, it could never be sent: nobody but its owner can open one."""
    if merchant is not None and (merchant.closed or any(r.startswith("rejected") for r in merchant.reasons)):
        text = _(
            "{amount} can't be sent, because our payment partner closed your account. It stays yours on our books; write to us."
        )
        return Note("happens", text.format(amount=amount), "/studio/payouts")
    if merchant is None or merchant.transfers != "active":
        text = _(
            "{amount} is waiting until your payments account can take it. Finish setting it up first: after you leave nobody can."
        )
        return Note("stops", text.format(amount=amount), "/studio/payouts")
    text = _(
        "{amount} on hold is sent to your payments account as soon as it is released, and from there to your bank."
    )
    return Note("happens", text.format(amount=amount), "/studio/payouts")  # fmt: skip


def _sales(left: orders.LeftBehind) -> list[Note]:
    out = []
    if left.on_sale:
        out.append(_happens(_("What you have on offer leaves the shop (products: {n})."), left.on_sale))
    if left.owners:
        out.append(
            _happens(
                _(
                    "Your buyers ({n}) keep what they own, and may still be refunded: your part of that is"
                    " taken back, or becomes a debt."
                ),
                left.owners,
            )
        )
    if left.paying:
        out.append(
            _happens(_("Payments under way: {n}. Those buyers get what they pay for, and you your part."), left.paying)
        )
    if left.asks:
        out.append(
            _happens(
                _("Refunds that buyers wait for your answer about: {n}. Answer them, or we will."),
                left.asks,
                "/studio/requests",
            )
        )
    if left.disputes:
        out.append(
            _happens(
                _("Open disputes: {n}. Where you haven't answered the bank, what is filled in is sent as it stands."),
                left.disputes,
                "/studio/requests",
            )
        )
    return out  # fmt: skip


async def leave(session: AsyncSession, actor: Actor) -> None:
    """Close the account, in the caller's transaction. Raises ``Conflict`` while something stands in the way."""
    me = require_signed_in(actor)
    if stops := [note for note in await outlook(session, actor) if note.kind == "stops"]:
        raise Conflict(" ".join(note.text for note in stops), field="leaving")
    await catalog.withdraw_all(session, actor)
    await partners.end_all(session, actor)
    await _answer_banks(session, me)
    await documents.forget(session, actor)
    await certificates.forget(session, actor)
    await assignments.forget(session, me)
    await quizzes.forget(session, me)
    await grading.forget(session, me)
    await activity.forget(session, actor)
    await mailing.forget(session, (await accounts.account(session, me)).email, me)
    await own_notes.forget(session, me)
    await accounts.leave(session, actor)
    await catalog.creator_renamed(session, me, accounts.FORMER)
    await enqueue(session, "payouts.farewell", {"creator_id": str(me)})


async def _answer_banks(session: AsyncSession, me: UUID) -> None:
    """Where nobody else of the order is left to do it, what is filled in goes as it stands."""
    for dispute_id in await orders.open_disputes_of(session, me):
        if await is_unattended(session, dispute_id, but=me):
            await disputes.send_unattended(session, dispute_id)


async def is_unattended(session: AsyncSession, dispute_id: str, *, but: UUID | None = None) -> bool:
    """Have all creators of the disputed order left? ``but`` is leaving right now."""
    row = await orders.dispute(session, dispute_id)
    lines = await orders.lines(session, row.order_id) if row else []
    others = {line.creator_id for line in lines} - {but}
    return all([(await accounts.account(session, one)).deleted_at is not None for one in others])
