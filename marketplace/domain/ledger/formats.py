"""The journal for other programs: CSV for spreadsheets, and the plain text that ledger-cli reads. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.money import EXPONENTS, to_input

OTHERS = "others"  # the account of what an entry holds for others than whom the export is for

_PLATFORM = {
    "stripe": "Assets:Stripe", "fees": "Income:Fees", "processing": "Expenses:Processing", "discounts": "Expenses:Discounts",
    "tax": "Liabilities:Tax", "dispute_fees": "Expenses:Dispute fees", "losses": "Expenses:Losses", OTHERS: "Equity:Others",
}  # fmt: skip
_CREATOR = {
    "held": ("Liabilities", "Held"), "available": ("Liabilities", "Available"), "connected": ("Assets", "Connected"),
    "debt": ("Assets", "Debt"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportPosting:
    """``handle`` is the name of the account's creator, empty for the platform's own."""

    account: str
    currency: str
    amount_minor: int
    handle: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """A balanced entry. ``order_number`` and ``line_id`` are empty where it isn't of an order."""

    id: UUID
    key: str
    kind: str
    memo: str
    at: datetime
    order_number: int | None
    line_id: UUID | None
    postings: tuple[ExportPosting, ...]


COLUMNS = ("time", "entry", "kind", "description", "account", "creator", "currency", "amount", "order", "sale", "note")


def csv_head() -> str:
    return _csv([COLUMNS])


def csv_entry(entry: ExportEntry) -> str:
    """One line for each posting. Amounts are signed as in the journal; those of one entry sum to zero."""
    at = entry.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return _csv(
        (
            at, entry.key, entry.kind, _cell(entry.memo), posting.account, _cell(posting.handle), posting.currency.upper(),
            to_input(posting.amount_minor, posting.currency), entry.order_number or "", entry.line_id or "",
            _cell(posting.memo),
        )
        for posting in entry.postings
    )  # fmt: skip


def _csv(rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _cell(text: str) -> str:
    """People's text, which a spreadsheet must not take for a formula."""
    return f"'{text}" if text.lstrip(" \t\r\n\ufeff").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) or (
        text.startswith(("\t", "\r", "\n"))
    ) else text  # fmt: skip


def ledger_head(title: str, currencies: Iterable[str]) -> str:
    """What the amounts look like: the commodity is the currency's code, with its own number of decimals."""
    lines = [f"; {_plain(title)}", "; Debits are positive, credits negative, as in the journal.", ""]
    for currency in currencies:
        example = f"1000.{'0' * EXPONENTS[currency]}" if EXPONENTS[currency] else "1000."
        lines += [f"commodity {currency.upper()}", f"    format {example.rstrip('.')} {currency.upper()}", ""]
    return "\n".join(lines) + "\n"


def ledger_entry(entry: ExportEntry) -> str:
    """The entry's key is its code, in brackets before the description."""
    title = ", ".join(part for part in (entry.kind.replace("_", " "), _plain(entry.memo)) if part)
    lines = [f"{entry.at:%Y-%m-%d} * ({entry.key}) {title}"]
    if entry.order_number:
        lines.append(f"    ; order {entry.order_number}")
    for posting in entry.postings:
        amount = f"{to_input(posting.amount_minor, posting.currency)} {posting.currency.upper()}"
        note = f"  ; {_words(posting.memo)}" if _words(posting.memo) else ""
        lines.append(f"    {account_name(posting):<50}  {amount:>18}{note}")
    return "\n".join(lines) + "\n\n"


LEDGER_TAIL = "; End of the journal: nothing is missing.\n"


def account_name(posting: ExportPosting) -> str:
    """``Liabilities:Creators:mara:Held``."""
    if not posting.handle:
        return _PLATFORM.get(posting.account, f"Other:{_words(posting.account)}")
    root, leaf = _CREATOR.get(posting.account, ("Other", _words(posting.account)))
    return f"{root}:Creators:{_words(posting.handle)}:{leaf}"


def _plain(text: str) -> str:
    """One line without runs of spaces: two of them, or a tab, would end the description."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())


def _words(text: str) -> str:
    """In notes and names, no signs that mean something to the reading program."""
    return " ".join(re.sub(r"[^\w %.,#&+'/-]", " ", text).split())
