"""Invoices for what was paid, credit notes for what went back. Each in a short transaction of its own."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.documents import rules
from marketplace.domain.documents import service as documents
from marketplace.domain.documents.service import PLATFORM, Credit, CreditSpec, InvoiceSpec, Line, Party
from marketplace.domain.orders import store as orders
from marketplace.domain.orders.models import Order, OrderLine, Refund
from marketplace.errors import Missing
from marketplace.sellers import seller_of
from marketplace.settings import get_settings


async def invoice(order_id: str) -> None:
    """One invoice per seller of record."""
    async with transaction() as session:
        order = await orders.order(session, UUID(order_id))
        lines = await orders.lines(session, UUID(order_id)) if order else []
    if order is None or order.paid_at is None or order.total_minor + order.tax_minor == 0:
        return
    for key, mine in groupby(sorted(lines, key=_seller_key), key=_seller_key):
        async with transaction() as session:
            await documents.issue_invoice(session, await _spec(session, order, key, list(mine)))


def _seller_key(line: OrderLine) -> str:
    return PLATFORM if get_settings().seller_of_record == "platform" else str(line.creator_id)


async def _spec(session: AsyncSession, order: Order, key: str, lines: list[OrderLine]) -> InvoiceSpec:
    """Where prices contain tax, the price and the discount are those that the buyer saw."""
    assert order.paid_at is not None
    buyer = await _buyer(session, order)
    taxed = any(line.tax_minor for line in lines)
    return InvoiceSpec(
        order_id=order.id, order_number=order.number, buyer_id=order.buyer_id, seller=await seller_of(session, lines[0].creator_id),
        buyer=buyer, currency=order.currency,
        reverse_charge=bool(order.buyer_details.get("reverse_charge") and buyer.tax_id and not taxed),
        lines=tuple(
            Line(
                _title(line), 1, line.list_minor + (line.tax_minor if order.tax_included else 0), line.discount_minor, line.amount_minor,
                _rate(line), line.tax_minor, line.amount_minor + line.tax_minor,
                ref=str(line.id),
            )
            for line in lines
        ),
        total_minor=sum(line.amount_minor + line.tax_minor for line in lines), paid_at=order.paid_at,
        tax_included=order.tax_included,
    )  # fmt: skip


def _rate(line: OrderLine) -> Decimal:
    """As the provider said it; else as the amounts have it."""
    said = line.tax_percent if line.tax_minor else None
    return rules.rate_of(line.amount_minor, line.tax_minor) if said is None else said


def _title(line: OrderLine) -> str:
    return f"{line.title} ({line.bundle_title})" if line.bundle_id else line.title


async def _buyer(session: AsyncSession, order: Order) -> Party:
    """As they want to stand on invoices; what the payment page asked for, where they said nothing themselves."""
    party = await documents.buyer_of(session, order.buyer_id)
    said = order.buyer_details
    place = said.get("address") or {}
    country = party.country or str(said.get("country", ""))
    if not party.address and place:
        address = rules.address_lines(
            *(str(place.get(part, "")) for part in ("line1", "line2", "postal_code", "city", "state")), country
        )
    else:
        address = party.address
    return Party(
        party.name, party.company, party.email, address, country if country in rules.COUNTRIES else "",
        party.tax_id or str(said.get("tax_id", "")),
    )  # fmt: skip


async def credit(refund_id: str) -> None:
    """A credit note for a refund that stands; taken back when its money came back."""
    async with transaction() as session:
        refund = await session.get(Refund, UUID(refund_id))
        line = await session.get(OrderLine, refund.line_id) if refund else None
    if refund is None or line is None:
        return
    key = _seller_key(line)
    if refund.state == "succeeded":
        await _credit_note(refund, line, key)
    elif refund.state == "failed":
        async with transaction() as session:
            await documents.correct_credit_note(session, refund.id, key)


async def _credit_note(refund: Refund, line: OrderLine, key: str) -> None:
    spec = CreditSpec(
        order_id=refund.order_id, refund_id=refund.id, seller_key=key, total_minor=refund.amount_minor,
        credits=(Credit(str(line.id), refund.amount_minor, refund.tax_minor),), refunded_at=refund.settled_at or refund.created_at,
    )  # fmt: skip
    try:
        async with transaction() as session:
            await documents.issue_credit_note(session, spec)
    except Missing:  # the invoice's own job has not run yet
        await invoice(str(refund.order_id))
        async with transaction() as session:
            await documents.issue_credit_note(session, spec)


TASKS = {"documents.invoice": invoice, "documents.credit": credit}
