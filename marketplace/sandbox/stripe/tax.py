"""What Stripe Tax would find out: one standard rate per country, whatever is sold.

The platform that the stand-in plays is registered wherever a rate stands below. In the United States it is
registered in Texas alone (ZIP codes that begin with 75 to 79), so that the postcode matters; everywhere else
there the tax is zero. A business of the EU and its neighbours that gives its tax number accounts for the tax
itself: reverse charge, nothing is added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import stripe

from marketplace.sandbox.store import Row
from marketplace.sandbox.stripe.currencies import step
from marketplace.sandbox.stripe.objects import shape


@dataclass(frozen=True, slots=True)
class Country:
    name: str
    percent: str
    tax_id: str  # what Stripe calls this country's tax numbers; empty when it takes none


COUNTRIES = {
    "AE": Country("United Arab Emirates", "5", "ae_trn"),
    "AT": Country("Austria", "20", "eu_vat"),
    "AU": Country("Australia", "10", "au_abn"),
    "BE": Country("Belgium", "21", "eu_vat"),
    "BG": Country("Bulgaria", "20", "eu_vat"),
    "BH": Country("Bahrain", "10", "bh_vat"),
    "BR": Country("Brazil", "0", "br_cnpj"),
    "CA": Country("Canada", "5", "ca_gst_hst"),
    "CH": Country("Switzerland", "8.1", "ch_vat"),
    "CY": Country("Cyprus", "19", "eu_vat"),
    "CZ": Country("Czech Republic", "21", "eu_vat"),
    "DE": Country("Germany", "19", "eu_vat"),
    "DK": Country("Denmark", "25", "eu_vat"),
    "EE": Country("Estonia", "24", "eu_vat"),
    "ES": Country("Spain", "21", "eu_vat"),
    "FI": Country("Finland", "25.5", "eu_vat"),
    "FR": Country("France", "20", "eu_vat"),
    "GB": Country("United Kingdom", "20", "gb_vat"),
    "GR": Country("Greece", "24", "eu_vat"),
    "HK": Country("Hong Kong", "0", "hk_br"),
    "HR": Country("Croatia", "25", "eu_vat"),
    "HU": Country("Hungary", "27", "eu_vat"),
    "IE": Country("Ireland", "23", "eu_vat"),
    "IL": Country("Israel", "18", "il_vat"),
    "IN": Country("India", "18", "in_gst"),
    "IS": Country("Iceland", "24", "is_vat"),
    "IT": Country("Italy", "22", "eu_vat"),
    "JO": Country("Jordan", "16", ""),
    "JP": Country("Japan", "10", "jp_trn"),
    "KR": Country("South Korea", "10", "kr_brn"),
    "KW": Country("Kuwait", "0", ""),
    "LT": Country("Lithuania", "21", "eu_vat"),
    "LU": Country("Luxembourg", "17", "eu_vat"),
    "LV": Country("Latvia", "21", "eu_vat"),
    "MT": Country("Malta", "18", "eu_vat"),
    "MX": Country("Mexico", "16", "mx_rfc"),
    "MY": Country("Malaysia", "8", "my_sst"),
    "NL": Country("Netherlands", "21", "eu_vat"),
    "NO": Country("Norway", "25", "no_vat"),
    "NZ": Country("New Zealand", "15", "nz_gst"),
    "OM": Country("Oman", "5", "om_vat"),
    "PH": Country("Philippines", "12", "ph_tin"),
    "PL": Country("Poland", "23", "eu_vat"),
    "PT": Country("Portugal", "23", "eu_vat"),
    "RO": Country("Romania", "21", "eu_vat"),
    "SE": Country("Sweden", "25", "eu_vat"),
    "SG": Country("Singapore", "9", "sg_gst"),
    "SI": Country("Slovenia", "22", "eu_vat"),
    "SK": Country("Slovakia", "23", "eu_vat"),
    "TH": Country("Thailand", "7", "th_vat"),
    "TN": Country("Tunisia", "19", ""),
    "TW": Country("Taiwan", "5", "tw_vat"),
    "UG": Country("Uganda", "18", "ug_tin"),
    "US": Country("United States", "0", "us_ein"),
    "ZA": Country("South Africa", "15", "za_vat"),
}
_TEXAS = Decimal("8.25")
_REVERSE_CHARGE = {"eu_vat", "gb_vat", "ch_vat", "no_vat", "is_vat"}
_EU_NUMBER = re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,12}")
_NUMBER = re.compile(r"[A-Z0-9./-]{5,20}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the buyer is, as typed into the page."""

    country: str
    postal_code: str = ""
    line1: str = ""
    city: str = ""
    tax_id: str = ""

    @classmethod
    def of(cls, form: dict[str, str]) -> Place:
        given = {name: form.get(name, "").strip()[:100] for name in ("country", "postal_code", "line1", "city")}
        number = re.sub(r"[\s.-]", "", form.get("tax_id", "")).upper()[:30]
        return cls(**given | {"country": given["country"].upper()}, tax_id=number)

    @property
    def reverse_charge(self) -> bool:
        return bool(self.tax_id) and COUNTRIES[self.country].tax_id in _REVERSE_CHARGE

    @property
    def percent(self) -> Decimal:
        if self.reverse_charge:
            return Decimal(0)
        if self.country == "US":
            return _TEXAS if "75" <= self.postal_code[:2] <= "79" else Decimal(0)
        return Decimal(COUNTRIES[self.country].percent)


def problem(place: Place) -> str:
    """What is wrong with it, in the buyer's words; empty when tax can be computed."""
    country = COUNTRIES.get(place.country)
    if country is None:
        return "Choose your country."
    if place.country == "US" and not re.fullmatch(r"\d{5}(-?\d{4})?", place.postal_code):
        return "Type your ZIP code, five digits."
    if not place.tax_id:
        return ""
    if not country.tax_id:
        return f"Tax numbers of {country.name} can't be used here. Leave the field empty."
    return "" if _fits(place, country) else "Your tax number is invalid."


def _fits(place: Place, country: Country) -> bool:
    if country.tax_id != "eu_vat":
        return _NUMBER.fullmatch(place.tax_id) is not None
    prefix = "EL" if place.country == "GR" else place.country
    return _EU_NUMBER.fullmatch(place.tax_id) is not None and place.tax_id.startswith(prefix)


def amount(price: int, percent: Decimal, behavior: str, currency: str) -> int:
    """The tax on top of ``price``, or within it when it is inclusive; whole steps of the currency."""
    whole = 100 + percent if behavior == "inclusive" else Decimal(100)
    steps = (price * percent / whole / step(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(steps) * step(currency)


def apply(session: Row, place: Place) -> None:
    """Computes every line anew for a buyer at ``place``."""
    for line in session["_lines"]:
        behavior = line["price"]["tax_behavior"]
        tax = amount(line["amount_subtotal"], place.percent, behavior, line["currency"])
        line["amount_tax"] = tax
        line["taxes"] = [_tax(line, place, tax, inclusive=behavior == "inclusive")]
        line["amount_total"] = line["amount_subtotal"] + (0 if behavior == "inclusive" else tax)
    session["amount_total"] = sum(line["amount_total"] for line in session["_lines"])
    session["total_details"]["amount_tax"] = sum(line["amount_tax"] for line in session["_lines"])
    session["automatic_tax"]["status"] = "complete"
    session["_place"] = {name: getattr(place, name) for name in Place.__slots__}


def _tax(line: Row, place: Place, tax: int, *, inclusive: bool) -> Row:
    reason = "reverse_charge" if place.reverse_charge else "standard_rated" if place.percent else "not_collecting"
    rate = shape(stripe.TaxRate, {
        "id": f"txr_{place.country.lower()}", "object": "tax_rate", "active": True, "country": place.country,
        "display_name": "Tax", "percentage": float(place.percent), "effective_percentage": float(place.percent),
        "inclusive": inclusive, "livemode": False, "created": 0, "metadata": {},
    })  # fmt: skip
    return {
        "amount": tax, "rate": rate, "taxability_reason": reason,
        "taxable_amount": line["amount_subtotal"] - (tax if inclusive else 0) if place.percent else 0,
    }  # fmt: skip


def place_of(session: Row) -> Place | None:
    return Place(**session["_place"]) if session.get("_place") else None


def customer_details(session: Row, email: str, name: str) -> Row:
    """What the page learned about the buyer; an address only where tax asked for it."""
    values: Row = {"email": email, "name": name or None, "tax_exempt": "none", "tax_ids": []}
    if place := place_of(session):
        parts = ("country", "postal_code", "line1", "city")
        values["address"] = {part: getattr(place, part) or None for part in parts}
        values["tax_exempt"] = "reverse" if place.reverse_charge else "none"
        if place.tax_id:
            values["tax_ids"] = [{"type": COUNTRIES[place.country].tax_id, "value": place.tax_id}]
    return shape(stripe.checkout.Session.CustomerDetails, values)
