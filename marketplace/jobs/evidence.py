"""What the product itself can say to a bank about a disputed sale: in English, which every bank reads."""

from __future__ import annotations

import asyncio
import hashlib

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.documents import service as documents
from marketplace.domain.learning import service as learning
from marketplace.domain.orders import evidence as files
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.models import Order, OrderLine
from marketplace.i18n import DEFAULT_LOCALE, use_locale
from marketplace.money import format_minor
from marketplace.paper.sheet import href_of, sheet
from marketplace.settings import get_settings
from marketplace.vendors import vendors

_RECEIPT = "receipt"


async def assemble(session: AsyncSession, order: Order) -> dict[str, str]:
    """Evidence fields of the provider, filled from orders, the access log, progress and the policy as it was shown."""
    buyer = await accounts.account(session, order.buyer_id)
    lines = await store.lines(session, order.id)
    said = await session.execute(
        text(
            "SELECT ip, last_seen_at FROM session WHERE account_id = :a AND ip <> '' ORDER BY last_seen_at DESC LIMIT 1"
        ),
        {"a": order.buyer_id},
    )
    seen = said.first()
    asks = [ask for line in lines if (ask := await store.ask_of(session, line.id))]
    return {
        "product_description": "\n".join(_sold(line) for line in lines),
        "access_activity_log": "\n".join([await _used(session, order, line) for line in lines]),
        "customer_name": buyer.name,
        "customer_email_address": buyer.email,
        **({"customer_purchase_ip": seen[0]} if seen else {}),
        "refund_policy_disclosure": "\n".join(
            f"{line.title}: {_policy(line)}"
            " Shown on the product's page and at checkout."
            for line in lines
        ),
        **({"refund_refusal_explanation": "\n".join(f"{a.created_at:%Y-%m-%d}: {a.reason}" for a in asks)} if asks else {}),
    }  # fmt: skip


def _policy(line: OrderLine) -> str:
    with use_locale(DEFAULT_LOCALE):
        return rules.policy_words(rules.Policy(line.refund_days, line.refund_max_percent))


def _sold(line: OrderLine) -> str:
    return f"{line.title}: online video teaching, {format_minor(line.amount_minor + line.tax_minor, line.currency)}"


async def _used(session: AsyncSession, order: Order, line: OrderLine) -> str:
    at = f"{order.paid_at:%Y-%m-%d %H:%M} UTC" if order.paid_at else "unknown"
    course = (await learning.consumed(session, order.buyer_id, [line.product_id])).get(line.product_id)
    progress = await learning.progress(session, order.buyer_id, line.product_id)
    if progress is None and course is not None:
        return f"{line.title}: opened to the buyer at {at}; {course} % of the course used."
    if progress is None:
        return f"{line.title}: opened to the buyer at {at}, not played yet."
    percent = learning.rules.percent(progress.furthest_s, progress.duration_s, bool(progress.completed_at))
    return (
        f"{line.title}: opened to the buyer at {at}; first played {progress.started_at:%Y-%m-%d %H:%M} UTC, last"
        f" {progress.updated_at:%Y-%m-%d %H:%M} UTC; watched up to {percent} %."
    )


async def attach_invoice(dispute_id: str) -> None:
    """The order's invoice as its receipt. With several sellers of record there are several, and none is chosen."""
    async with transaction() as session:
        row = await store.dispute(session, dispute_id)
        invoices = await documents.invoices(session, row.order_id) if row else []
        if row is None or len(invoices) != 1 or not await files.wants(session, row, _RECEIPT, 1):
            return
        related = await documents.related(session, invoices[0])
    from marketplace.paper.pdf import render  # the library takes a while to load, and most processes never need it

    settings, invoice = get_settings(), invoices[0]
    paper = sheet(invoice, related, brand=settings.site_name)
    url = f"{settings.api_url}{href_of(invoice)}"
    content = await asyncio.to_thread(render, paper, issued_at=invoice.issued_at, url=url, fonts=settings.font_files)
    found = files.look_at(paper.filename, content)
    async with transaction() as session:
        if not await files.wants(session, row, _RECEIPT, len(content)):
            return
    key = f"evidence-invoice:{dispute_id}:{hashlib.sha256(content).hexdigest()[:24]}"
    provider_id = await vendors().disputes.upload_evidence_file(found.name, content, key=key)
    async with transaction() as session:
        await files.attach_own(session, dispute_id, _RECEIPT, found, provider_id)
