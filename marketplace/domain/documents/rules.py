"""Pure decisions of invoicing: what a document may say, how it adds up, what its number is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from uuid import UUID

from marketplace.errors import Invalid
from marketplace.money import EXPONENTS, format_minor, prorate

Kind = Literal["invoice", "credit_note", "correction"]
_SERIES: dict[Kind, str] = {"invoice": "", "credit_note": "CN-", "correction": "COR-"}
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_JOINERS = "\u200c\u200d"  # of Persian words and of emoji
_TAX_ID = re.compile(r"[A-Z0-9][A-Z0-9 .,/&+*-]{1,38}[A-Z0-9]")
MAX_TITLE, MAX_NAME, MAX_LINE, MAX_EMAIL = 300, 160, 120, 320

_ISO_3166 = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_ISO_3166.split())
_REGION_BEFORE_CODE = ("US", "CA", "AU", "IN", "BR", "MX", "GB", "IE", "NZ", "ZA", "SG", "HK", "PH", "TH", "ID", "MY")


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys, as printed. ``address`` is its lines without the country; ``country`` a code."""

    name: str
    company: str = ""
    email: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """The seller of record. ``key`` is ``platform`` or a creator's account id; ``prefix`` begins their numbers."""

    key: str
    party: Party
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing sold, all amounts for the whole quantity. ``ref`` names it for credit notes: the order line's id.

    ``net + tax = total``. ``list − discount`` is the net, or with prices that include tax the total.
    """

    title: str
    quantity: int
    list_minor: int
    discount_minor: int
    net_minor: int
    tax_rate: Decimal
    tax_minor: int
    total_minor: int
    ref: str = ""
    tax_name: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceSpec:
    """What was paid to one seller in one order."""

    order_id: UUID
    order_number: int
    buyer_id: UUID
    seller: Seller
    buyer: Party
    currency: str
    lines: tuple[Line, ...]
    total_minor: int
    paid_at: datetime
    tax_included: bool = False
    reverse_charge: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """What goes back of one line. Without ``tax_minor`` the tax is the line's share, over all credit notes exact."""

    ref: str
    amount_minor: int
    tax_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CreditSpec:
    """What one refund gives back of one seller's invoice."""

    order_id: UUID
    refund_id: UUID
    seller_key: str
    credits: tuple[Credit, ...]
    total_minor: int
    refunded_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    list_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class TaxSum:
    """All lines with one rate."""

    name: str
    rate: Decimal
    net_minor: int
    tax_minor: int
    total_minor: int


def series_of(kind: Kind, prefix: str, year: int) -> str:
    """Each seller counts each of these by itself: ``2026``, ``CN-2026``, with a prefix ``ATL-2026``."""
    return f"{prefix}{_SERIES[kind]}{year}"


def number_of(series: str, count: int) -> str:
    return f"{series}-{count:06d}"


def check_prefix(prefix: str) -> str:
    """Letters, digits and hyphens; not such that invoices would count among the credit notes."""
    if not re.fullmatch(r"[A-Za-z0-9-]{0,12}", prefix) or prefix.endswith(("CN-", "COR-")):
        raise Invalid("An invoice prefix has at most 12 letters, digits or hyphens, and doesn't end in CN- or COR-.")
    return prefix


def rate_of(net_minor: int, tax_minor: int) -> Decimal:
    """The percentage that makes this tax of this net: the roundest one that fits, as tax laws have them. Tax is
    computed of the net, or out of the whole where prices contain it; each rounds differently."""
    if not net_minor or not tax_minor:
        return Decimal(0)
    exact = Decimal(tax_minor) * 100 / net_minor
    for step in (Decimal(1), Decimal("0.5"), Decimal("0.25"), Decimal("0.1"), Decimal("0.01")):
        rate = (exact / step).quantize(Decimal(1)) * step
        of_net, of_whole = net_minor * rate / 100, (net_minor + tax_minor) * rate / (100 + rate)
        if min(abs(of_net - tax_minor), abs(of_whole - tax_minor)) <= Decimal("0.5"):
            return rate.normalize() + Decimal(0)
    return exact.quantize(Decimal("0.001"))


def check_invoice(spec: InvoiceSpec) -> Totals:
    """Its totals, when everything adds up; else ``Invalid``."""
    if spec.currency not in EXPONENTS:
        raise Invalid("The currency {currency} isn't supported.", field="currency", currency=f"{spec.currency!r}")
    if not spec.lines:
        raise Invalid("An invoice needs a line.", field="lines")
    check_prefix(spec.seller.prefix)
    refs = [line.ref for line in spec.lines if line.ref]
    if len(refs) != len(set(refs)):
        raise Invalid("Two lines of an invoice have the same reference.", field="lines")
    for line in spec.lines:
        _check_line(line, tax_included=spec.tax_included)
    found = totals(spec.lines)
    if found.total_minor != spec.total_minor:
        raise Invalid(
            "The lines add up to {amount}, not to {amount_2}.",
            field="total",
            amount=format_minor(found.total_minor, spec.currency),
            amount_2=format_minor(spec.total_minor, spec.currency),
        )
    if spec.reverse_charge and (found.tax_minor or not spec.buyer.tax_id):
        raise Invalid("A reverse charge needs the buyer's tax number, and carries no tax.", field="reverse_charge")
    return found


def _check_line(line: Line, *, tax_included: bool) -> None:
    amounts = (line.list_minor, line.discount_minor, line.net_minor, line.tax_minor, line.total_minor)
    if any(isinstance(amount, bool) or not isinstance(amount, int) for amount in (*amounts, line.quantity)):
        raise Invalid("Amounts and quantities are whole numbers.", field="lines")
    if line.quantity < 1 or min(amounts) < 0:
        raise Invalid("A line has a quantity of at least one, and no negative amount.", field="lines")
    if not line.tax_rate.is_finite() or not 0 <= line.tax_rate <= 100 or (line.tax_rate == 0 and line.tax_minor):
        raise Invalid("A tax rate lies between 0 and 100, and 0 means no tax.", field="lines")
    if line.net_minor + line.tax_minor != line.total_minor:
        raise Invalid("A line's net and tax don't add up to its total.", field="lines")
    paid = line.total_minor if tax_included else line.net_minor
    if line.list_minor - line.discount_minor != paid:
        raise Invalid("A line's price less its discount isn't what was paid for it.", field="lines")


def totals(lines: Iterable[Line]) -> Totals:
    kept = list(lines)
    return Totals(
        sum(line.list_minor for line in kept), sum(line.discount_minor for line in kept),
        sum(line.net_minor for line in kept), sum(line.tax_minor for line in kept),
        sum(line.total_minor for line in kept),
    )  # fmt: skip


def tax_summary(lines: Iterable[Line]) -> list[TaxSum]:
    """By rate, the highest first."""
    groups: dict[tuple[Decimal, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.tax_rate, line.tax_name), []).append(line)
    found = []
    for (rate, name), group in sorted(groups.items(), key=lambda item: (-item[0][0], item[0][1])):
        sums = totals(group)
        found.append(TaxSum(name, rate, sums.net_minor, sums.tax_minor, sums.total_minor))
    return found


def credit_lines(
    invoiced: Sequence[Line], before: Sequence[Line], credits: Sequence[Credit], *, tax_included: bool
) -> tuple[Line, ...]:
    """The lines of a credit note. ``before`` are those of earlier ones that stand.

    Tax is prorated on running totals, so that credit notes for the whole amount give back exactly the whole tax.
    """
    known = {line.ref: line for line in invoiced if line.ref}
    if not credits or len({credit.ref for credit in credits}) != len(credits):
        raise Invalid("A credit note names each of its lines once.", field="credits")
    made = []
    for credit in credits:
        line = known.get(credit.ref)
        if line is None:
            raise Invalid("That line isn't on the invoice.", field="credits")
        made.append(_credit_line(line, [old for old in before if old.ref == line.ref], credit, tax_included))
    return tuple(made)


def _credit_line(line: Line, before: Sequence[Line], credit: Credit, tax_included: bool) -> Line:
    gone, tax_gone = sum(old.total_minor for old in before), sum(old.tax_minor for old in before)
    if credit.amount_minor < 1:
        raise Invalid("A credit note gives something back.", field="credits")
    tax = credit.tax_minor
    if tax is None:
        tax = prorate(line.tax_minor, gone + credit.amount_minor, line.total_minor) - tax_gone
        tax = max(0, min(tax, credit.amount_minor))
    net = credit.amount_minor - tax
    if tax < 0 or net < 0 or tax_gone + tax > line.tax_minor or gone - tax_gone + net > line.net_minor:
        raise Invalid("A credit note can't give back more than is left of its invoice.", field="credits")
    return Line(
        line.title, 1, credit.amount_minor if tax_included else net, 0, net, line.tax_rate, tax, credit.amount_minor,
        line.ref, line.tax_name,
    )  # fmt: skip


def tidy(text: str, limit: int) -> str:
    """One printable line, whatever it was: an invoice has to be issued also for what nobody foresaw."""
    normal = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    kept = "".join(c if c.isprintable() or c in _JOINERS else " " for c in _BIDI_CONTROLS.sub("", normal))
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else f"{kept[: limit - 1].rstrip()}…"


def tidy_party(party: Party) -> Party:
    address = tuple(line for raw in party.address[:8] if (line := tidy(raw, MAX_LINE)))
    return Party(
        tidy(party.name, MAX_NAME), tidy(party.company, MAX_NAME), tidy(party.email, MAX_EMAIL), address,
        party.country if party.country in COUNTRIES else "", tidy(party.tax_id, 40),
    )  # fmt: skip


def pack_party(party: Party) -> dict[str, Any]:
    """As JSON."""
    kept = asdict(tidy_party(party))
    return {**kept, "address": list(kept["address"])}


def unpack_party(packed: dict[str, Any]) -> Party:
    known = {field.name: packed[field.name] for field in fields(Party) if field.name in packed}
    return Party(**{**known, "address": tuple(packed.get("address", ()))})


def pack_line(line: Line) -> dict[str, Any]:
    """As JSON: the rate as text, since it isn't a float."""
    return {
        **asdict(line), "title": tidy(line.title, MAX_TITLE) or "—", "tax_rate": rate_text(line.tax_rate),
        "tax_name": tidy(line.tax_name, 40), "ref": tidy(line.ref, 80),
    }  # fmt: skip


def unpack_line(packed: dict[str, Any]) -> Line:
    try:
        return Line(**{**packed, "tax_rate": Decimal(packed["tax_rate"])})
    except InvalidOperation as error:
        raise Invalid("A stored document can't be read.") from error


def rate_text(rate: Decimal) -> str:
    """``21``, ``8.875``: without trailing zeros or an exponent."""
    return f"{rate.normalize():f}"


def check_country(code: str) -> str:
    """Empty, or a country's two letters."""
    country = code.strip().upper()
    if country and country not in COUNTRIES:
        raise Invalid("Choose a country from the list.", field="country")
    return country


def check_tax_id(text: str) -> str:
    """Empty, or something that may be a tax number; whether it is one, only the tax office knows."""
    tax_id = " ".join(text.split()).upper()
    if tax_id and not _TAX_ID.fullmatch(tax_id):
        raise Invalid("A tax number has 3 to 40 letters and digits, such as DE123456789.", field="tax_id")
    return tax_id


def address_lines(line1: str, line2: str, postal_code: str, city: str, region: str, country: str) -> tuple[str, ...]:
    """As people there write it, roughly: the postal code after the region, or before the town."""
    if country in _REGION_BEFORE_CODE:
        town = " ".join(part for part in (", ".join(p for p in (city, region) if p), postal_code) if part)
    else:
        town = ", ".join(part for part in (" ".join(p for p in (postal_code, city) if p), region) if part)
    return tuple(line for line in (line1, line2, town) if line)
