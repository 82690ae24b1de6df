"""Moving money after a sale, and telling people about it."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import structlog

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.notifications import service as notifications
from marketplace.domain.orders import disputes, refunds, settlement, store
from marketplace.domain.orders import evidence as evidence_files
from marketplace.domain.orders import service as orders
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.orders.models import Dispute, OrderLine, Refund, RefundAsk, Transfer
from marketplace.domain.payouts import service as payouts
from marketplace.i18n import _, date_words, joined, ngettext
from marketplace.jobs import evidence
from marketplace.jobs.reader import page, reading
from marketplace.leaving import is_unattended
from marketplace.money import format_minor
from marketplace.text import brief
from marketplace.vendors import vendors

log = structlog.get_logger()


async def settle(share_id: str) -> None:
    """Transfers and reversals of one share until nothing is left to move."""
    while True:
        async with transaction() as session:
            pending = await settlement.plan(session, UUID(share_id))
        if pending is None:
            return
        if pending.transfer is not None:
            if not await _transfer(pending):
                return
        else:
            await _reverse(pending)


async def _transfer(pending: settlement.Pending) -> bool:
    """False when it was refused. Either the creator's account turned out not to take money: it waits until that is active
    again. Or the platform's balance doesn't cover it: it waits for the sweep, while what has to be taken back from this
    creator goes on.
    """
    transfer = pending.transfer
    assert transfer is not None
    try:
        provider_id = await vendors().payments.create_transfer(
            amount_minor=transfer.amount_minor, currency=transfer.currency, account_id=transfer.account_id,
            charge_id=pending.charge_id, group=str(pending.order.id), line_id=str(transfer.share_id),
            key=f"transfer:{transfer.id}",
        )  # fmt: skip
    except PaymentRefused as error:
        if await _still_payable(transfer):
            log.warning("orders.transfer_refused", share=str(transfer.share_id), reason=error.text)
            async with transaction() as session:
                await settlement.note_refusal(session, transfer.share_id, error.text)
        return False
    async with transaction() as session:
        await settlement.record_transfer(session, transfer.id, provider_id)
    return True


async def _still_payable(transfer: Transfer) -> bool:
    """After a refusal: forget the intent, and learn from the provider whether the account takes money."""
    async with transaction() as session:
        await settlement.give_up(session, transfer.id)
    state = await vendors().connect.account(transfer.account_id)
    async with transaction() as session:
        await payouts.apply_account(session, state)
        return await payouts.payable_account(session, transfer.creator_id) is not None


async def _reverse(pending: settlement.Pending) -> None:
    reversal, of = pending.reversal, pending.reversed_transfer
    assert reversal is not None
    assert of is not None
    assert of.provider_id is not None
    result = await vendors().payments.reverse_transfer(
        of.provider_id, amount_minor=reversal.asked_minor, key=f"reversal:{reversal.id}"
    )
    async with transaction() as session:
        await settlement.record_reversal(session, reversal.id, result)


async def settle_creator(creator_id: str) -> None:
    """The creator's account became active: everything held for them starts to move."""
    async with transaction() as session:
        for share in await store.unsettled_shares(session, payee_id=UUID(creator_id)):
            await orders.request_settlement(session, share)


async def refund(refund_id: str) -> None:
    """Ask the provider for a refund that was written down; its answer is applied like any webhook's."""
    async with transaction() as session:
        row = await session.get(Refund, UUID(refund_id))
        order = await store.order(session, row.order_id) if row else None
    if row is None or order is None or order.payment_intent_id is None or row.state != "requested":
        return
    try:
        state = await vendors().payments.create_refund(
            payment_intent_id=order.payment_intent_id, amount_minor=row.amount_minor, refund_id=str(row.id),
            key=f"refund:{row.id}",
        )  # fmt: skip
    except PaymentRefused as error:
        async with transaction() as session:
            await refunds.refuse(session, row.id, error.text)
        return
    async with transaction() as session:
        await refunds.apply(session, state)


async def receipt(order_id: str) -> None:
    async with transaction() as session:
        order = await store.order(session, UUID(order_id))
        if order is None:
            return
        buyer = await accounts.account(session, order.buyer_id)
        lines = await store.lines(session, order.id)
        things = Counter(name for name, _gift in dict.fromkeys((x.bundle_title or x.title, x.gift_id) for x in lines))
        gifts = any(line.gift_id for line in lines)
        own = {line.bundle_title or line.title for line in lines if line.gift_id is None}
        paid = order.total_minor + order.tax_minor
        with reading(buyer.language):
            where = [
                _("Order {number}.").format(number=order.number),
                *([_library_words(len(own))] if own else []),
                *(
                    [_("Presents are sent to the people they are for; you can see when on the order's page.")]
                    if gifts
                    else []
                ),
            ]
            thanks = _("Thank you. You paid {amount} for {titles}.")
            titles = joined(title if n == 1 else f"{n} × {title}" for title, n in things.items())
            mail = notifications.compose(
                buyer.email, _receipt_subject(list(things)),
                [
                    notifications.hello(buyer.name),
                    thanks.format(amount=format_minor(paid, order.currency), titles=titles), " ".join(where),
                ],
                key=f"receipt-{order.id}", action=(_("Open your order"), page(f"/orders/{order.id}")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


def _library_words(count: int) -> str:
    return ngettext(
        "It's in your library now, on every device you sign in with.",
        "They are in your library now, on every device you sign in with.",
        count,
    )


def _receipt_subject(titles: list[str]) -> str:
    if not titles:
        return _("Your receipt")
    if len(titles) == 1:
        return _("Your receipt for {title}").format(title=brief(titles[0]))
    more = ngettext("Your receipt for {title} and {n} more", "Your receipt for {title} and {n} more", len(titles) - 1)
    return more.format(title=brief(titles[0]), n=len(titles) - 1)


async def refund_mail(refund_id: str) -> None:
    async with transaction() as session:
        row = await session.get(Refund, UUID(refund_id))
        order = await store.order(session, row.order_id) if row else None
        if row is None or order is None:
            return
        line = await session.get(OrderLine, row.line_id)
        assert line is not None
        buyer = await accounts.account(session, order.buyer_id)
        with reading(buyer.language):
            amount = format_minor(row.amount_minor, row.currency)
            words = _(
                "{amount} for {title} is on its way back to you; banks take up to ten days. You keep access to it."
            )
            if row.revoke_access:
                words = _(
                    "{amount} for {title} is on its way back to you; banks take up to ten days. Access to it has ended."
                )
            mail = notifications.compose(
                buyer.email, _("Refund for order {number}").format(number=order.number),
                [notifications.hello(buyer.name), words.format(amount=amount, title=line.title)],
                key=f"refund-{row.id}", action=(_("Open your order"), page(f"/orders/{order.id}")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def refund_failed_mail(refund_id: str) -> None:
    """To the buyer, who may expect it; to the seller, whose share it is; and to who gave it."""
    async with transaction() as session:
        row = await session.get(Refund, UUID(refund_id))
        order = await store.order(session, row.order_id) if row else None
        line = await session.get(OrderLine, row.line_id) if row else None
        if row is None or order is None or line is None:
            return
        tell = {line.creator_id, *([row.requested_by] if row.requested_by else [])} - {order.buyer_id}
        if row.state == "failed" or row.requested_by == order.buyer_id:
            tell.add(order.buyer_id)
        for account_id in sorted(tell):
            reader = await accounts.account(session, account_id)
            buys = account_id == order.buyer_id
            with reading(reader.language):
                words = _failed_words(row, buys)
                mail = notifications.compose(
                    reader.email, _("The refund for order {number} didn't go through").format(number=order.number),
                    [
                        notifications.hello(reader.name),
                        words.format(
                            amount=format_minor(row.amount_minor, row.currency), title=line.title,
                            reason=refunds.failure_words(row.failure)
                        ),
                    ],
                    key=f"refund-failed-{row.id}-{account_id}",
                    action=(_("Open your order"), page(f"/orders/{order.id}"))
                    if buys
                    else (_("Open the sale"), page(f"/studio/earnings/{line.id}")),
                )  # fmt: skip
            await notifications.queue_mail(session, mail)


def _failed_words(row: Refund, buys: bool) -> str:
    """It came back from the bank (``failed``), or was never sent (``refused``)."""
    if row.state == "refused" and buys:
        return _(
            "{amount} for {title} could not be sent to you, and nothing has changed. You can ask once more on your order's"
            " page."
        )
    if row.state == "refused":
        return _(
            "The payment provider refused to send {amount} for {title} back ({reason}). Nothing has moved. You can try"
            " again on the sale's page."
        )
    if not buys:
        return _(
            "{amount} for {title} came back from the buyer's bank ({reason}). Your part of it is yours again. You can give"
            " the refund once more on the sale's page."
        )
    if row.revoke_access:
        return _(
            "{amount} for {title} could not be sent to you: your bank gave it back to us. You have access to it again, and"
            " can ask once more on your order's page."
        )
    return _(
        "{amount} for {title} could not be sent to you: your bank gave it back to us. You can ask once more on your order's"
        " page."
    )


async def payment_failed_mail(order_id: str) -> None:
    """A slow payment (a debit, a transfer) was declined after the buyer had left."""
    async with transaction() as session:
        order = await store.order(session, UUID(order_id))
        if order is None or order.state != "failed":
            return
        buyer = await accounts.account(session, order.buyer_id)
        titles = dict.fromkeys(line.bundle_title or line.title for line in await store.lines(session, order.id))
        with reading(buyer.language):
            words = _(
                "Your bank declined the payment of {amount} for {titles}. Nothing was charged. You can buy again at any time."
            )
            mail = notifications.compose(
                buyer.email, _("The payment for order {number} didn't go through").format(number=order.number),
                [
                    notifications.hello(buyer.name),
                    words.format(amount=format_minor(order.total_minor, order.currency), titles=joined(titles)),
                ],
                key=f"payment-failed-{order.id}", action=(_("Open your order"), page(f"/orders/{order.id}")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def ask_mail(ask_id: str) -> None:
    """A buyer wants the creator to look at a refund that the policy declined."""
    async with transaction() as session:
        ask = await session.get(RefundAsk, UUID(ask_id))
        line = await session.get(OrderLine, ask.line_id) if ask else None
        if ask is None or line is None:
            return
        creator = await accounts.account(session, ask.creator_id)
        with reading(creator.language):
            mail = notifications.compose(
                creator.email, _("Somebody asks for a refund of {title}").format(title=brief(line.title)),
                [
                    notifications.hello(creator.name),
                    _("The refund policy declined it: {reason}").format(reason=await refunds.reason(session, ask, line)),
                    _("They write: {words}").format(words=ask.words),
                ],
                key=f"ask-{ask.id}", action=(_("Open requests"), page("/studio/requests")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def answer_mail(ask_id: str) -> None:
    async with transaction() as session:
        ask = await session.get(RefundAsk, UUID(ask_id))
        line = await session.get(OrderLine, ask.line_id) if ask else None
        if ask is None or line is None:
            return
        buyer = await accounts.account(session, ask.buyer_id)
        with reading(buyer.language):
            said = _("Your refund was granted.") if ask.state == "granted" else _("Your refund was not granted.")
            mail = notifications.compose(
                buyer.email, _("About your refund of {title}").format(title=brief(line.title)),
                [notifications.hello(buyer.name), said, *([ask.answer] if ask.answer else [])],
                key=f"answer-{ask.id}-{ask.state}", action=(_("Open your order"), page(f"/orders/{line.order_id}")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def dispute_mail(dispute_id: str, status: str) -> None:
    """To every creator of the order: what happened, what it means, and what they can do until when."""
    async with transaction() as session:
        row = await store.dispute(session, dispute_id)
        if row is None:
            return
        order = await store.order(session, row.order_id)
        lines = await store.lines(session, row.order_id)
        assert order is not None
        for creator_id in sorted({line.creator_id for line in lines}):
            creator = await accounts.account(session, creator_id)
            mine = joined(line.title for line in lines if line.creator_id == creator_id)
            minor = disputes.part_of(row, lines, creator_id)
            with reading(creator.language):
                subject, body = _dispute_words(row, order.number, mine, minor, status)
                mail = notifications.compose(
                    creator.email, subject, [notifications.hello(creator.name), body],
                    key=f"dispute-{row.id}-{status}-{creator_id}",
                    action=(_("Open the dispute"), page(f"/studio/disputes/{row.id}")),
                )  # fmt: skip
            await notifications.queue_mail(session, mail)


def _dispute_words(row: Dispute, number: int, titles: str, minor: int, status: str) -> tuple[str, str]:
    if status in ("won", "warning_closed", "prevented"):
        subject = _("The dispute about order {number} is over: the money stays yours")
        body = _("The bank decided for you about {amount} for {titles}. Your share of it is yours again.")
    elif status == "sent":
        subject = _("The answer to the dispute about order {number} goes to the bank")
        body = _("It is one answer for all sellers of this order. Yours is about {amount} for {titles}.")
    elif status == "lost":
        subject = _("The dispute about order {number} was lost")
        body = _("The bank gave {amount} for {titles} back to its customer. Access stays ended.")
    elif status.startswith("warning"):
        subject = _("A bank asks about order {number}")
        body = _("It is about {amount} for {titles}. No money has moved. Answer to avoid a dispute.")
        if row.due_at:
            body = _("It is about {amount} for {titles}. No money has moved. Answer until {day} to avoid a dispute.")
    else:
        subject = _("Order {number} is disputed")
        body = _(
            "The buyer's bank has taken back {amount} for {titles}. Until it decides, your share of it is taken back and"
            " the buyer's access is off. You can send evidence; we have begun it for you."
        )
        if row.due_at:
            body = _(
                "The buyer's bank has taken back {amount} for {titles}. Until it decides, your share of it is taken back"
                " and the buyer's access is off. You can send evidence until {day}; we have begun it for you."
            )
    day = date_words(row.due_at, "d MMMM y") if row.due_at else ""
    amount = format_minor(minor, row.currency)
    return subject.format(number=number), body.format(amount=amount, titles=titles, day=day)


async def dispute_evidence(dispute_id: str) -> None:
    """Write down what we know ourselves: the sale, how it was used, the policy that was shown; and the invoice."""
    async with transaction() as session:
        row = await store.dispute(session, dispute_id)
        order = await store.order(session, row.order_id) if row else None
        if row is None or order is None:
            return
        await disputes.prefill(session, row.id, await evidence.assemble(session, order))
    await evidence.attach_invoice(dispute_id)
    async with transaction() as session:
        if await is_unattended(session, dispute_id):
            await disputes.send_unattended(session, dispute_id)


async def submit_evidence(dispute_id: str) -> None:
    """Send what was confirmed. Its answer comes back like any news of the dispute."""
    async with transaction() as session:
        row = await store.dispute(session, dispute_id)
        files = await evidence_files.files(session, dispute_id)
    if row is None or row.closed_at is not None or row.submitted_at is not None or row.sending_at is None:
        return
    values = {name: str(value) for name, value in row.evidence.items() if str(value).strip()}
    values |= {file.field: file.provider_id for file in files}
    key = f"evidence:{row.id}:{row.sending_at.timestamp()}"
    try:
        state = await vendors().disputes.submit_evidence(row.id, values, submit=True, key=key)
    except PaymentRefused as error:
        async with transaction() as session:
            await disputes.refused(session, row.id, error.text)
        return
    async with transaction() as session:
        await disputes.apply(session, state)


TASKS = {
    "orders.settle": settle, "orders.settle_creator": settle_creator, "orders.refund": refund,
    "orders.receipt": receipt, "orders.refund_mail": refund_mail, "orders.ask_mail": ask_mail,
    "orders.refund_failed_mail": refund_failed_mail, "orders.payment_failed_mail": payment_failed_mail,
    "orders.answer_mail": answer_mail, "orders.dispute_mail": dispute_mail,
    "orders.dispute_evidence": dispute_evidence, "orders.submit_evidence": submit_evidence,
}  # fmt: skip
