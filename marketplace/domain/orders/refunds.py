"""Refunds: asked for by buyer, creator or admin, or made in the provider's dashboard; booked once, whatever comes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.analytics import service as analytics
from marketplace.domain.audit import service as audit
from marketplace.domain.gifts import service as gifts
from marketplace.domain.learning import service as learning
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.errors import NothingToRefund, RefundAhead, RefundTooLarge
from marketplace.domain.orders.models import Order, OrderLine, Refund, RefundAsk
from marketplace.domain.orders.ports import RefundState
from marketplace.domain.orders.service import request_settlement, sync_access
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import DEFAULT_LOCALE, N_, _, current_locale, use_locale
from marketplace.money import format_minor, granularity
from marketplace.queue import enqueue


async def left_to_refund(session: AsyncSession, line: OrderLine) -> int:
    """Minor units of a line, tax included, that nobody has given or taken back yet."""
    whole = line.amount_minor + line.tax_minor
    return whole - line.refunded_minor - line.disputed_minor - await store.reserved(session, line.id)


async def request(
    session: AsyncSession, actor: Actor, line_id: UUID, *, amount_minor: int, revoke_access: bool, note: str,
    seen_minor: int | None = None,
) -> Refund:  # fmt: skip
    """By the creator or an admin. The order's lock makes refunds add up to what was paid at most.

    ``seen_minor`` was left to refund when the form was opened. If it isn't any more, a second press of the same is the
    first one, and anything else has to be looked at again."""
    order, line = await _locked(session, line_id)
    actor_id = access.require_owner(actor, line.creator_id, or_admin=True)
    meanwhile = seen_minor is not None and seen_minor != await left_to_refund(session, line)
    given = await store.newest_refund(session, line.id) if meanwhile else None
    if (
        given is not None
        and (given.requested_by, given.amount_minor) == (actor_id, amount_minor)
        and not _failed(given)
    ):
        return given
    left = await _refundable(session, order, line)
    if meanwhile:
        raise Conflict("Some of it was given back meanwhile. Look at what is left, and try again.")
    if amount_minor <= 0:
        raise Invalid("Type an amount above zero.", field="amount")
    if amount_minor > left:
        raise RefundTooLarge(
            "At most {amount} is left to refund.", field="amount", amount=format_minor(left, line.currency)
        )
    if amount_minor % granularity(line.currency):
        step = format_minor(granularity(line.currency), line.currency)
        raise Invalid("Amounts in this currency go in steps of {step}.", field="amount", step=step)
    return await _write(
        session, order, line, amount_minor, by=actor_id, revoke_access=revoke_access, note=note,
    )  # fmt: skip


async def _locked(session: AsyncSession, line_id: UUID) -> tuple[Order, OrderLine]:
    """The order first, then its line: the order in which everything here locks."""
    found = await session.get(OrderLine, line_id)
    if found is None:
        raise Missing
    order = await store.lock_order(session, found.order_id)
    line = await store.lock_line(session, line_id)
    assert order is not None
    assert line is not None
    return order, line


async def _refundable(session: AsyncSession, order: Order, line: OrderLine) -> int:
    if order.state != "paid":
        raise NothingToRefund
    if line.disputed_minor or await _disputed(session, order.id):
        raise Conflict("The buyer's bank is taking this payment back at the moment; it can't be refunded as well.")
    left = await left_to_refund(session, line)
    if left <= 0:
        raise await _nothing(session, line)
    return left


async def _nothing(session: AsyncSession, line: OrderLine) -> NothingToRefund:
    """Why there is nothing left, in words."""
    if line.amount_minor + line.tax_minor == 0:
        return NothingToRefund("Nothing was paid for this, so there is nothing to give back.")
    if await store.reserved(session, line.id):
        return NothingToRefund("All of it is on its way back already.")
    return NothingToRefund("Everything paid for this has been given back already.")


async def _disputed(session: AsyncSession, order_id: UUID) -> bool:
    """Does an open dispute move money? An inquiry doesn't."""
    return any(
        d.closed_at is None and not d.status.startswith("warning") for d in await store.disputes_of(session, order_id)
    )


async def _write(
    session: AsyncSession, order: Order, line: OrderLine, amount: int, *, by: UUID, revoke_access: bool, note: str
) -> Refund:
    kept = text.clean_text(note[:2000], limit=2000, field="note", label="The note")[:500]
    refund = Refund(
        order_id=order.id, line_id=line.id, amount_minor=amount, currency=line.currency, revoke_access=revoke_access,
        note=kept, requested_by=by,
    )  # fmt: skip
    session.add(refund)
    await session.flush()
    await audit.record(session, by, "refund.request", f"order:{order.id}", amount=amount, note=kept)
    await enqueue(session, "orders.refund", {"refund_id": str(refund.id)}, lock=f"refund:{order.id}")
    return refund


async def decision(session: AsyncSession, order: Order, line: OrderLine) -> rules.RefundDecision:
    """What the policy of this sale says to the buyer's own request, at this moment."""
    gift = await gifts.gift(session, line.gift_id) if line.gift_id else None
    used = await learning.consumed(session, order.buyer_id, [line.product_id]) if gift is None else {}
    return rules.decide_refund(
        rules.Policy(line.refund_days, line.refund_max_percent), paid_at=order.paid_at or now(), at=now(),
        consumed_percent=used.get(line.product_id, 0), left_minor=await left_to_refund(session, line),
        disputed=bool(line.disputed_minor) or await _disputed(session, order.id),
        gift=gift is not None, claimed=gift is not None and gift.claimed_by is not None,
        opens_at=await store.opens_at(session, line.product_id),
    )  # fmt: skip


async def reason(session: AsyncSession, ask: RefundAsk, line: OrderLine) -> str:
    """Why the policy declined it, in the current language; it was kept in English."""
    order = await store.order(session, line.order_id) if current_locale.get() != DEFAULT_LOCALE else None
    said = await decision(session, order, line) if order else None
    return said.message if said and not said.allowed else ask.reason


async def ask(session: AsyncSession, actor: Actor, line_id: UUID, words: str) -> RefundAsk:
    """The buyer asks. The policy decides at once; what it declines can be put before the creator, once."""
    order, line = await _locked(session, line_id)
    buyer_id = access.require_owner(actor, order.buyer_id)
    if order.state != "paid":
        raise NothingToRefund
    kept = text.clean_text(words, limit=1000, field="words", label="Your reason")
    known = await store.ask_of(session, line_id, lock=True)
    if known is not None and known.state != "declined" and not await came_back(session, line_id):
        raise Conflict("You have asked already; the answer is on this page.")
    with use_locale(DEFAULT_LOCALE):  # it is kept, for the seller and for banks
        said = await decision(session, order, line)
    if said.code == "nothing_left":
        raise await _nothing(session, line)
    row = known or RefundAsk(line_id=line.id, buyer_id=buyer_id, creator_id=line.creator_id, state="declined")
    row.words, row.reason = kept or row.words, said.message
    row.state = "approved" if said.allowed else "declined"
    session.add(row)
    await session.flush()
    if said.allowed:
        left = await _refundable(session, order, line)
        await _write(session, order, line, left, by=buyer_id, revoke_access=True, note=N_("Asked for by the buyer"))
    return row


async def came_back(session: AsyncSession, line_id: UUID) -> bool:
    """The newest refund of it didn't arrive: it can be asked for again."""
    newest = await store.newest_refund(session, line_id)
    return newest is not None and _failed(newest)


def _failed(refund: Refund) -> bool:
    return refund.state in ("failed", "refused")


async def appeal(session: AsyncSession, actor: Actor, line_id: UUID, words: str) -> RefundAsk:
    """The policy said no; the buyer asks the creator to look at it."""
    order, line = await _locked(session, line_id)
    access.require_owner(actor, order.buyer_id)
    row = await store.ask_of(session, line_id, lock=True)
    if row is None or row.state != "declined":
        raise Conflict("This was answered already.")
    if not (kept := text.clean_text(words, limit=1000, field="words", label="Your reason")):
        raise Invalid("Say in a sentence why.", field="words")
    if await left_to_refund(session, line) <= 0:
        raise await _nothing(session, line)
    row.words, row.state = kept, "asked"
    await session.flush()
    await enqueue(session, "orders.ask_mail", {"ask_id": str(row.id)})
    return row


async def answer(session: AsyncSession, actor: Actor, ask_id: UUID, *, grant: bool, words: str) -> RefundAsk:
    """The creator, or an admin over their head, grants or refuses what the policy declined."""
    found = await session.get(RefundAsk, ask_id)
    if found is None:
        raise Missing
    by = access.require_owner(actor, found.creator_id, or_admin=True)
    order, line = await _locked(session, found.line_id)
    row = await store.ask_of(session, line.id, lock=True)
    assert row is not None
    said = text.clean_text(words, limit=1000, field="answer", label="The answer")
    outcome = "granted" if grant else "refused"
    same = (row.state, row.answered_by, row.answer) == (outcome, by, said)
    if same and not await came_back(session, line.id):
        return row  # a second press
    if row.state not in ("asked", "declined") and not (actor.is_admin and row.state == "refused"):
        raise Conflict("This was answered already.")
    row.state, row.answered_by, row.answered_at, row.answer = outcome, by, now(), said
    if grant:
        left = await _refundable(session, order, line)
        await _write(session, order, line, left, by=by, revoke_access=True, note=row.answer or N_("Granted on request"))
    await session.flush()
    await enqueue(session, "orders.answer_mail", {"ask_id": str(row.id)})
    return row


async def apply(session: AsyncSession, state: RefundState) -> list[Refund]:
    """Bring our refunds to what the provider says now; unknown ones (made in its dashboard) are taken in."""
    order = await _order_of(session, state)
    if order is None:
        return []
    found = await _find_or_take_in(session, order, state)
    for refund in found:
        if state.status in ("pending", "succeeded", "requires_action"):
            await _accept(session, order, refund, state)
        elif state.status in ("failed", "canceled"):
            await _come_back(session, order, refund, state)
    await session.flush()
    return found


async def _order_of(session: AsyncSession, state: RefundState) -> Order | None:
    for where in ({"payment_intent_id": state.payment_intent_id}, {"charge_id": state.charge_id}):
        if all(where.values()):
            found = await store.order_by(session, **where)  # type: ignore[arg-type]
            if found is not None:
                return await store.lock_order(session, found.id)
    return None


async def _find_or_take_in(session: AsyncSession, order: Order, state: RefundState) -> list[Refund]:
    found = await store.refunds_by_provider(session, state.id)
    if found:
        return found
    if state.refund_id:
        try:
            ours = await store.lock_refund(session, UUID(state.refund_id))
        except ValueError:
            ours = None
        if ours is not None:
            return [ours] if ours.order_id == order.id else []
    if state.status in ("failed", "canceled") or state.amount_minor <= 0:
        return []
    return await _take_in(session, order, state)


async def _take_in(session: AsyncSession, order: Order, state: RefundState) -> list[Refund]:
    """A refund made in the provider's dashboard, spread over what is left of the order's lines. What is given back
    in full takes access away, a part leaves it."""
    lines = await store.lines(session, order.id)
    left = [line.amount_minor + line.tax_minor - line.refunded_minor - line.disputed_minor for line in lines]
    if sum(left) < state.amount_minor:
        raise RefundAhead
    made = [
        Refund(
            order_id=order.id, line_id=line.id, amount_minor=part, currency=line.currency, provider_id=state.id,
            revoke_access=part == rest, note=N_("Made in the payment provider's dashboard"),
        )
        for line, part, rest in zip(lines, rules.spread(state.amount_minor, left), left, strict=True)
        if part
    ]  # fmt: skip
    session.add_all(made)
    await session.flush()
    return made


async def _accept(session: AsyncSession, order: Order, refund: Refund, state: RefundState) -> None:
    refund.provider_id = state.id
    if refund.state == "requested":
        line = await store.lock_line(session, refund.line_id)
        assert line is not None
        await _book(session, order, line, refund)
    if refund.state != "failed":
        if state.status == "succeeded" and refund.state != "succeeded":
            await enqueue(session, "documents.credit", {"refund_id": str(refund.id)})
        refund.state = "succeeded" if state.status == "succeeded" else "pending"
        refund.settled_at = refund.settled_at or (now() if state.status == "succeeded" else None)


async def take(session: AsyncSession, line: OrderLine, amount: int) -> rules.Taken:
    """Move a line's running total of what went back by ``amount`` (negative when it came again), its shares with it,
    and have the money follow. The caller changes the line's and the order's own totals first and books the result."""
    shares = await store.lock_shares(session, line.id)
    after = line.refunded_minor + line.disputed_minor
    now_, before = (
        rules.taken(
            total, amount_minor=line.amount_minor, tax_minor=line.tax_minor, subsidy_minor=line.subsidy_minor,
            shares_minor=[share.amount_minor for share in shares],
        )
        for total in (after, after - amount)
    )  # fmt: skip
    for share, part in zip(shares, now_.shares_minor, strict=True):
        share.taken_minor = part
        await request_settlement(session, share)
    return now_.minus(before)


async def take_back_lines(session: AsyncSession, line: OrderLine, moved: rules.Taken) -> list[ledger.rules.Line]:
    """What :func:`take` moved, as postings."""
    shares = await store.lock_shares(session, line.id)
    return ledger.rules.take_back(
        amount=moved.amount_minor, fee=moved.fee_minor, tax=moved.tax_minor, subsidy=moved.subsidy_minor,
        shares=[(share.payee_id, part) for share, part in zip(shares, moved.shares_minor, strict=True)],
        seller=line.creator_id, fees=moved.fees_minor,
    )  # fmt: skip


async def count(session: AsyncSession, key: str, line: OrderLine, moved: rules.Taken) -> None:
    """The same for the figures: what went back without tax and the seller's own part of it, and each partner's."""
    shares = await store.lock_shares(session, line.id)
    parts = [(share.payee_id, part) for share, part in zip(shares, moved.shares_minor, strict=True)]
    own = sum(part for payee_id, part in parts if payee_id == line.creator_id)
    await analytics.record_refund(
        session, key=key, creator_id=line.creator_id, product_id=line.product_id, buyer_id=line.buyer_id,
        currency=line.currency, at=now(), amount_minor=moved.amount_minor - moved.tax_minor, net_minor=own,
        line_id=line.id,
    )  # fmt: skip
    for payee_id, part in rules.partners_parts(line.creator_id, parts).items():
        await analytics.record_share_back(
            session, key=f"{key}:{payee_id}", partner_id=payee_id, product_id=line.product_id, buyer_id=line.buyer_id,
            currency=line.currency, at=now(), amount_minor=part, line_id=line.id,
        )  # fmt: skip


async def _book(session: AsyncSession, order: Order, line: OrderLine, refund: Refund) -> None:
    if line.refunded_minor + line.disputed_minor + refund.amount_minor > line.amount_minor + line.tax_minor:
        raise RefundAhead
    line.refunded_minor += refund.amount_minor
    order.refunded_minor += refund.amount_minor
    moved = await take(session, line, refund.amount_minor)
    refund.shares_minor, refund.tax_minor = sum(moved.shares_minor), moved.tax_minor
    refund.state = "pending"
    await session.flush()
    await ledger.book(
        session, key=f"refund:{refund.id}", kind="refund", currency=line.currency, order_id=order.id, line_id=line.id,
        lines=await take_back_lines(session, line, moved), memo=refund.note[:200],
    )  # fmt: skip
    await count(session, f"refund:{refund.id}", line, moved)
    await _hand_over(session, line)
    await enqueue(session, "orders.refund_mail", {"refund_id": str(refund.id)})


async def _hand_over(session: AsyncSession, line: OrderLine) -> None:
    """Access follows the refunds that stand. Of a present the present is locked first: who opens it at this moment waits."""
    if line.gift_id is not None:
        await gifts.lock(session, line.gift_id)
    await sync_access(session, line)
    if line.gift_id is not None:
        of_gift = await store.lines_of_gift(session, line.gift_id)
        if all([await store.revoked_by_refund(session, one.id) for one in of_gift]):
            await gifts.returned(session, line.gift_id)
        else:
            await gifts.paid(session, line.gift_id)


async def _come_back(session: AsyncSession, order: Order, refund: Refund, state: RefundState) -> None:
    """The refund failed: the money is back with the platform. Undo what was booked, once.

    The parts are those of the running total, so that it adds up whatever was refunded in between.
    """
    refund.provider_id = state.id
    stood = refund.state in ("pending", "succeeded")
    refund.state, refund.failure, refund.settled_at = "failed", (state.failure_reason or state.status)[:300], now()
    if not stood:
        return
    line = await store.lock_line(session, refund.line_id)
    assert line is not None
    line.refunded_minor -= refund.amount_minor
    order.refunded_minor -= refund.amount_minor
    moved = await take(session, line, -refund.amount_minor)
    await session.flush()
    await ledger.book(
        session, key=f"refund-failed:{refund.id}", kind="refund_failed", currency=line.currency, order_id=order.id,
        line_id=line.id, lines=await take_back_lines(session, line, moved),
    )  # fmt: skip
    await count(session, f"refund-failed:{refund.id}", line, moved)
    await _hand_over(session, line)
    await enqueue(session, "documents.credit", {"refund_id": str(refund.id)})
    await enqueue(session, "orders.refund_failed_mail", {"refund_id": str(refund.id)})


_FAILURES = {
    "charge_for_pending_refund_disputed": N_("the payment is disputed"),
    "declined": N_("the bank declined it"),
    "expired_or_canceled_card": N_("the card has ended"),
    "insufficient_funds": N_("the platform's balance doesn't cover it"),
    "lost_or_stolen_card": N_("the card was lost or stolen"),
    "merchant_request": N_("the platform took it back"),
    "unknown": N_("the bank gives no reason"),
}  # https://docs.stripe.com/api/refunds/object#refund_object-failure_reason


def failure_words(code: str) -> str:
    """Why a refund didn't arrive, for people."""
    return _(_FAILURES.get(code, code))


async def refuse(session: AsyncSession, refund_id: UUID, reason: str) -> None:
    """The provider said no to a refund that we asked for: nothing moved."""
    refund = await store.lock_refund(session, refund_id)
    if refund is not None and refund.state == "requested":
        refund.state, refund.failure, refund.settled_at = "refused", reason[:300], now()
        await session.flush()
        await enqueue(session, "orders.refund_failed_mail", {"refund_id": str(refund.id)})
