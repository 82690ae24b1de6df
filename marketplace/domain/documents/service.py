"""Issuing invoices and credit notes, reading them, and the names and addresses that go on the next ones.

A number is drawn in the transaction that writes its document, under a lock on the seller's series. So issue in a short
transaction of its own: others who issue for the same seller wait for it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.documents import rules, store
from marketplace.domain.documents.models import Address, BillingProfile, Document, SellerProfile
from marketplace.domain.documents.rules import (
    Credit,
    CreditSpec,
    InvoiceSpec,
    Line,
    Party,
    Seller,
    TaxSum,
    Totals,
    check_prefix,
    tax_summary,
    totals,
    unpack_party,
)
from marketplace.errors import Invalid, Missing
from marketplace.i18n import N_

__all__ = [
    "PLATFORM", "Credit", "CreditSpec", "InvoiceSpec", "Line", "Party", "Seller", "TaxSum", "Totals", "billing", "buyer_of",
    "check_prefix", "correct_credit_note", "creator_seller", "document", "for_order", "forget", "invoices", "issue_credit_note",
    "issue_invoice", "lines_of", "platform_seller", "related", "save_billing", "save_seller", "seller_profile",
    "tax_summary", "totals", "unpack_party",
]  # fmt: skip

PLATFORM = "platform"


async def issue_invoice(session: AsyncSession, spec: InvoiceSpec) -> Document:
    """The invoice of one seller for one order; the same one whenever it is asked for again.

    An order with several sellers has several invoices: issue them in the order of ``seller.key``, or each in its own
    transaction, so that two orders can't wait for each other.
    """
    known = await store.invoice(session, spec.order_id, spec.seller.key)
    if known is not None:
        return known
    sums = rules.check_invoice(spec)
    at = now()
    series = rules.series_of("invoice", spec.seller.prefix, at.year)
    row = await store.lock_series(session, spec.seller.key, "invoice", series)
    known = await store.invoice(session, spec.order_id, spec.seller.key)  # another may have been first
    if known is not None:
        return known
    made = Document(
        kind="invoice", seller_key=spec.seller.key, number=rules.number_of(series, row.next_number),
        order_id=spec.order_id, order_number=spec.order_number, buyer_id=spec.buyer_id, currency=spec.currency,
        seller={**rules.pack_party(spec.seller.party), "prefix": spec.seller.prefix}, buyer=rules.pack_party(spec.buyer),
        lines=[rules.pack_line(line) for line in spec.lines], net_minor=sums.net_minor, tax_minor=sums.tax_minor,
        total_minor=sums.total_minor, tax_included=spec.tax_included, reverse_charge=spec.reverse_charge,
        paid_at=spec.paid_at, issued_at=at,
    )  # fmt: skip
    row.next_number += 1
    session.add(made)
    await session.flush()
    return made


async def issue_credit_note(session: AsyncSession, spec: CreditSpec) -> Document:
    """What a refund gives back of this seller's invoice, once per refund; issue the invoice first.

    The names on it are those of the invoice, and its tax is that of the invoice's lines.
    """
    known = await store.credit_note(session, spec.refund_id, spec.seller_key)
    if known is not None:
        return known
    invoice = await store.invoice(session, spec.order_id, spec.seller_key)
    if invoice is None:
        raise Missing("There is no invoice to credit.")
    at = now()
    series = rules.series_of("credit_note", str(invoice.seller.get("prefix", "")), at.year)
    row = await store.lock_series(session, spec.seller_key, "credit_note", series)
    known = await store.credit_note(session, spec.refund_id, spec.seller_key)
    if known is not None:
        return known
    before = [line for note in await _standing(session, invoice) for line in lines_of(note)]
    lines = rules.credit_lines(lines_of(invoice), before, spec.credits, tax_included=invoice.tax_included)
    if rules.totals(lines).total_minor != spec.total_minor:
        raise Invalid("The credited lines don't add up to the refund.", field="total")
    made = _following("credit_note", invoice, rules.number_of(series, row.next_number), lines, at)
    made.refund_id, made.paid_at = spec.refund_id, spec.refunded_at
    row.next_number += 1
    session.add(made)
    await session.flush()
    return made


async def correct_credit_note(session: AsyncSession, refund_id: UUID, seller_key: str) -> Document | None:
    """For a refund whose money came back: the credit note no longer stands. None when there never was one."""
    note = await store.credit_note(session, refund_id, seller_key)
    if note is None:
        return None
    at = now()
    series = rules.series_of("correction", str(note.seller.get("prefix", "")), at.year)
    row = await store.lock_series(session, seller_key, "correction", series)
    known = await store.made_from(session, [note.id])
    if known:
        return known[0]
    made = _following("correction", note, rules.number_of(series, row.next_number), lines_of(note), at)
    made.refund_id = refund_id
    row.next_number += 1
    session.add(made)
    await session.flush()
    return made


def _following(
    kind: rules.Kind, original: Document, number: str, lines: tuple[Line, ...] | list[Line], at: datetime
) -> Document:
    """A document about another one, with the same names."""
    sums = rules.totals(lines)
    return Document(
        kind=kind, seller_key=original.seller_key, number=number, order_id=original.order_id,
        order_number=original.order_number, original_id=original.id, buyer_id=original.buyer_id,
        currency=original.currency, seller=original.seller, buyer=original.buyer,
        lines=[rules.pack_line(line) for line in lines], net_minor=sums.net_minor, tax_minor=sums.tax_minor,
        total_minor=sums.total_minor, tax_included=original.tax_included, reverse_charge=original.reverse_charge,
        issued_at=at,
    )  # fmt: skip


async def _standing(session: AsyncSession, invoice: Document) -> list[Document]:
    """The credit notes of an invoice that weren't corrected."""
    notes = await store.made_from(session, [invoice.id])
    corrected = {made.original_id for made in await store.made_from(session, [note.id for note in notes])}
    return [note for note in notes if note.id not in corrected]


def lines_of(document: Document) -> list[Line]:
    return [rules.unpack_line(packed) for packed in document.lines]


async def document(session: AsyncSession, actor: Actor, document_id: UUID) -> Document:
    """For its buyer, its seller and admins; for others it doesn't exist."""
    found = await store.document(session, document_id)
    if found is None or not access.is_party(actor, found.buyer_id, found.seller_key):
        raise Missing("That document doesn't exist.")
    return found


async def for_order(session: AsyncSession, actor: Actor, order_id: UUID) -> list[Document]:
    """The order's documents that concern the actor, oldest first; for a stranger there are none."""
    found = await store.of_order(session, order_id)
    return [one for one in found if access.is_party(actor, one.buyer_id, one.seller_key)]


async def invoices(session: AsyncSession, order_id: UUID) -> list[Document]:
    """For the marketplace's own use: one for each seller of record."""
    return [one for one in await store.of_order(session, order_id) if one.kind == "invoice"]


async def related(session: AsyncSession, document: Document) -> list[Document]:
    """What a document is about and what is about it, of the same two parties: its credit notes, its invoice…"""
    found = await store.of_order(session, document.order_id)
    return [one for one in found if one.seller_key == document.seller_key and one.id != document.id]


def platform_seller(*, name: str, address: tuple[str, ...], tax_id: str, prefix: str) -> Seller:
    """The platform as the seller of record, as its settings say."""
    return Seller(PLATFORM, Party(name, address=address, tax_id=tax_id), prefix)


async def creator_seller(session: AsyncSession, creator_id: UUID, *, prefix: str) -> Seller:
    """A creator as the seller of record: their invoice details, or just their name."""
    profile = await store.seller(session, creator_id) or SellerProfile(creator_id=creator_id)
    name = profile.name or (await accounts.account(session, creator_id)).name
    party = Party(name, address=_lines(profile), country=profile.country, tax_id=profile.tax_id)
    return Seller(str(creator_id), party, prefix)


async def buyer_of(session: AsyncSession, account_id: UUID) -> Party:
    """The buyer as they want to stand on their next invoice."""
    account = await accounts.account(session, account_id)
    profile = await store.billing(session, account_id) or BillingProfile(account_id=account_id)
    return Party(
        profile.name or account.name, profile.company, account.email, _lines(profile), profile.country, profile.tax_id
    )


def _lines(row: Address) -> tuple[str, ...]:
    return rules.address_lines(row.line1, row.line2, row.postal_code, row.city, row.region, row.country)


async def billing(session: AsyncSession, account_id: UUID) -> BillingProfile:
    """Empty when nothing was filled in."""
    return await store.billing(session, account_id) or BillingProfile(account_id=account_id)


async def save_billing(session: AsyncSession, actor: Actor, form: dict[str, str]) -> BillingProfile:
    """The buyer's own billing details. Raises ``Invalid`` with the field's name. Issued invoices stay as they are."""
    account_id = access.require_signed_in(actor)
    clean = {
        "name": text.clean_line(form.get("billing_name", ""), limit=120, field="billing_name", label="The name", required=False),
        "company": text.clean_line(form.get("company", ""), limit=120, field="company", label="The company", required=False),
        **_clean_address(form),
    }  # fmt: skip
    await session.execute(insert(BillingProfile).values(account_id=account_id, **clean, updated_at=now()).on_conflict_do_update(
        index_elements=["account_id"], set_={**clean, "updated_at": now()}
    ))  # fmt: skip
    found = await store.billing(session, account_id, lock=True)
    assert found is not None
    return found


async def seller_profile(session: AsyncSession, creator_id: UUID) -> SellerProfile:
    """Empty when nothing was filled in."""
    return await store.seller(session, creator_id) or SellerProfile(creator_id=creator_id)


async def save_seller(session: AsyncSession, actor: Actor, form: dict[str, str]) -> SellerProfile:
    """The creator's own invoice details. Raises ``Invalid`` with the field's name."""
    creator_id = access.require_creator(actor)
    clean = {
        "name": text.clean_line(form.get("business_name", ""), limit=120, field="business_name", label="The business name"),
        **_clean_address(form),
    }  # fmt: skip
    for field, words in (
        ("line1", N_("Your invoices need an address.")),
        ("city", N_("Your invoices need a town.")),
        ("country", N_("Choose the country where your business is.")),
    ):
        if not clean[field]:
            raise Invalid(words, field=field)
    await session.execute(insert(SellerProfile).values(creator_id=creator_id, **clean, updated_at=now()).on_conflict_do_update(
        index_elements=["creator_id"], set_={**clean, "updated_at": now()}
    ))  # fmt: skip
    found = await store.seller(session, creator_id, lock=True)
    assert found is not None
    return found


_ADDRESS = (
    ("line1", N_("The address"), 120), ("line2", N_("The address"), 120), ("postal_code", N_("The postal code"), 20),
    ("city", N_("The town"), 80), ("region", N_("The region"), 80),
)  # fmt: skip


def _clean_address(form: dict[str, str]) -> dict[str, str]:
    clean = {
        name: text.clean_line(form.get(name, ""), limit=limit, field=name, label=label, required=False)
        for name, label, limit in _ADDRESS
    }
    country = rules.check_country(form.get("country", ""))
    return {**clean, "country": country, "tax_id": rules.check_tax_id(form.get("tax_id", ""))}


async def forget(session: AsyncSession, actor: Actor) -> None:
    """Someone leaves: their details go. Documents stay, since the books have to be kept."""
    await store.forget(session, access.require_signed_in(actor))
