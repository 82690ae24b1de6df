"""What stands on a document, as text: the web page and the PDF draw the same sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from babel.numbers import get_currency_name

from marketplace.domain.documents import service as documents
from marketplace.domain.documents.models import Document
from marketplace.domain.documents.service import Line, Party
from marketplace.i18n import N_, _, current_locale, percent_words
from marketplace.money import format_minor
from marketplace.present import country_name, day

Tone = Literal["good", "back"]


@dataclass(frozen=True, slots=True)
class Block:
    """A party with their address."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is text, the others are numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """``mark`` is the stamp: "Paid", "Refunded"… ``links`` are the documents that belong to this one."""

    title: str
    number: str
    filename: str
    brand: str
    mark: str
    tone: Tone
    facts: tuple[tuple[str, str], ...]
    seller: Block
    buyer: Block
    lines: Table
    sums: tuple[Sum, ...]
    taxes: Table | None
    notes: tuple[str, ...]
    links: tuple[Link, ...]


_TITLES = {"invoice": N_("Invoice"), "credit_note": N_("Credit note"), "correction": N_("Correction")}
_FILES = {"invoice": "invoice", "credit_note": "credit-note", "correction": "correction"}


def title_of(document: Document) -> str:
    """“Invoice”, “Credit note”."""
    return _(_TITLES[document.kind])


def filename_of(document: Document) -> str:
    """``invoice-2026-000123.pdf``"""
    return f"{_FILES[document.kind]}-{document.number}.pdf"


def href_of(document: Document) -> str:
    return f"/documents/{document.id}"


def sheet(document: Document, related: Sequence[Document], *, brand: str) -> Sheet:
    """``related`` as :func:`marketplace.domain.documents.service.related` finds them."""
    lines = documents.lines_of(document)
    original = next((one for one in related if one.id == document.original_id), None)
    credits = _standing_credits(document, related)
    mark, tone = _mark(document, credits, related)
    return Sheet(
        title=title_of(document), number=document.number, filename=filename_of(document), brand=brand, mark=mark, tone=tone,
        facts=_facts(document, original),
        seller=_block(_("Sold by"), documents.unpack_party(document.seller)),
        buyer=_block(_("Billed to"), documents.unpack_party(document.buyer)),
        lines=_lines(document, lines), sums=_sums(document, lines, credits), taxes=_taxes(document, lines),
        notes=_notes(document, related),
        links=tuple(Link(f"{title_of(one)} {one.number}", href_of(one)) for one in _near(document, related)),
    )  # fmt: skip


def _near(document: Document, related: Sequence[Document]) -> list[Document]:
    """What this one is about, and what is about it."""
    return [one for one in related if one.id == document.original_id or one.original_id == document.id]


def _standing_credits(document: Document, related: Sequence[Document]) -> list[Document]:
    """An invoice's credit notes without those that were corrected."""
    corrected = {one.original_id for one in related if one.kind == "correction"}
    return [one for one in related if one.original_id == document.id and one.id not in corrected]


def _mark(document: Document, credits: Sequence[Document], related: Sequence[Document]) -> tuple[str, Tone]:
    if document.kind == "correction":
        return _("Paid"), "good"
    if document.kind == "credit_note":
        corrected = any(one.original_id == document.id for one in related)
        return (_("Corrected") if corrected else _("Refunded")), "back"
    credited = sum(one.total_minor for one in credits)
    if credited:
        return (_("Refunded") if credited >= document.total_minor else _("Partly refunded")), "back"
    return _("Paid"), "good"


def _facts(document: Document, original: Document | None) -> tuple[tuple[str, str], ...]:
    facts = [(_("Date"), day(document.issued_at))]
    if original is not None:
        label = _("For invoice") if original.kind == "invoice" else _("For credit note")
        facts.append((label, _("{number} of {day}").format(number=original.number, day=day(original.issued_at))))
    if document.paid_at:
        facts.append((_("Paid on") if document.kind == "invoice" else _("Refunded on"), day(document.paid_at)))
    return (*facts, (_("Order"), f"#{document.order_number}"))


def _block(title: str, party: Party) -> Block:
    names = [party.company, party.name] if party.company else [party.name]
    place = [country_name(party.country)] if party.country else []
    tax = [_("Tax number: {number}").format(number=party.tax_id)] if party.tax_id else []
    email = [party.email] if party.email else []
    return Block(title, tuple([*names, *party.address, *place, *email, *tax]))


def _has_tax(lines: Sequence[Line]) -> bool:
    return any(line.tax_rate for line in lines)


def _lines(document: Document, lines: Sequence[Line]) -> Table:
    """Only the columns that say something: discounts and tax where there are any."""
    discounts, taxes = any(line.discount_minor for line in lines), _has_tax(lines)
    columns = [_("Description"), _("Quantity")]
    columns += [_("Price"), _("Discount")] if discounts else []
    columns += [_("Net"), _("Rate"), _("Tax")] if taxes else []
    columns += [_("Total")]
    return Table(tuple(columns), tuple(_line(document, line, columns) for line in lines))


def _line(document: Document, line: Line, columns: Sequence[str]) -> tuple[str, ...]:
    def money(minor: int) -> str:
        return format_minor(minor, document.currency)

    cells = {
        _("Description"): line.title, _("Quantity"): str(line.quantity), _("Price"): money(line.list_minor),
        _("Discount"): money(-line.discount_minor) if line.discount_minor else "–", _("Net"): money(line.net_minor),
        _("Rate"): percent_words(line.tax_rate.normalize()), _("Tax"): money(line.tax_minor),
        _("Total"): money(line.total_minor),
    }  # fmt: skip
    return tuple(cells[column] for column in columns)


def _sums(document: Document, lines: Sequence[Line], credits: Sequence[Document]) -> tuple[Sum, ...]:
    def money(minor: int) -> str:
        return format_minor(minor, document.currency)

    totals = documents.totals(lines)
    sums = []
    if totals.discount_minor:
        sums += [Sum(_("Before discount"), money(totals.list_minor)), Sum(_("Discount"), money(-totals.discount_minor))]
    if _has_tax(lines):
        sums += [Sum(_("Net"), money(totals.net_minor)), Sum(_("Tax"), money(totals.tax_minor))]
    if document.kind == "credit_note":
        return (*sums, Sum(_("Refunded"), money(document.total_minor), strong=True))
    if document.kind == "correction":
        return (*sums, Sum(_("Owed again and paid"), money(document.total_minor), strong=True))
    sums += [Sum(_("Total"), money(document.total_minor), strong=True), Sum(_("Paid"), money(document.total_minor))]
    if credits:
        sums += [Sum(_("Refunded, {number}").format(number=one.number), money(-one.total_minor)) for one in credits]
        left = document.total_minor - sum(one.total_minor for one in credits)
        sums.append(Sum(_("Paid in the end"), money(left), strong=True))
    return tuple(sums)


def _taxes(document: Document, lines: Sequence[Line]) -> Table | None:
    """By rate."""
    if not _has_tax(lines):
        return None
    rows = [
        (
            f"{group.name} {percent_words(group.rate.normalize())}".strip(), format_minor(group.net_minor, document.currency),
            format_minor(group.tax_minor, document.currency), format_minor(group.total_minor, document.currency),
        )
        for group in documents.tax_summary(lines)
    ]  # fmt: skip
    return Table((_("Tax by rate"), _("Net"), _("Tax"), _("Total")), tuple(rows))


def _notes(document: Document, related: Sequence[Document]) -> tuple[str, ...]:
    notes = []
    if document.reverse_charge:
        notes.append(_("Reverse charge: the tax is to be accounted for by the buyer."))
    if document.tax_included and document.tax_minor:
        notes.append(_("Prices include tax."))
    if document.kind == "correction":
        notes.append(
            _("The refund didn't arrive and the money came back to the seller, so the credit note no longer stands.")
        )
    for one in related:
        if one.original_id == document.id and one.kind == "correction":
            notes.append(
                _("The refund came back: this credit note was corrected by {number}.").format(number=one.number)
            )
    name = get_currency_name(document.currency.upper(), locale=current_locale.get())
    notes.append(_("All amounts are in {code} ({name}).").format(code=document.currency.upper(), name=name))
    return tuple(notes)
