"""The parts of the hosted payment page: the order, the buyer's address, the card, the test cards."""

from __future__ import annotations

from marketplace.sandbox.html import e
from marketplace.sandbox.store import Row
from marketplace.sandbox.stripe import payments, tax
from marketplace.sandbox.stripe.currencies import money


def lines(session: Row) -> str:
    currency = session["currency"]
    rows = "".join(
        f"<tr><td>{e(line['description'])}{_times(line)}</td>{_amount(line['amount_subtotal'], currency)}</tr>"
        for line in session["_lines"]
    )
    head = '<caption class="muted" style="text-align:left">Your order</caption>'
    total = _amount(session["amount_total"], currency, strong=True)
    foot = f'<tfoot>{_tax_rows(session)}<tr><th scope="row">Total</th>{total}</tr></tfoot>'
    return f'<div class="scroll"><table>{head}<tbody>{rows}</tbody>{foot}</table></div>'


def _amount(minor: int, currency: str, *, strong: bool = False) -> str:
    shown = e(money(minor, currency))
    return f'<td style="text-align:right">{f"<strong>{shown}</strong>" if strong else shown}</td>'


def _tax_rows(session: Row) -> str:
    """Nothing when tax is off; else what it is, or what is still missing to know it."""
    if not session["automatic_tax"]["enabled"]:
        return ""
    place, currency = tax.place_of(session), session["currency"]
    if place is None:
        return '<tr><th scope="row" style="font-weight:400">Tax</th><td style="text-align:right">Choose your country</td></tr>'
    included = any(line["price"]["tax_behavior"] == "inclusive" for line in session["_lines"])
    label = f"{'Included tax' if included else 'Tax'}, {tax.COUNTRIES[place.country].name} {place.percent:g} %"
    if place.reverse_charge:
        label = "Tax: reverse charge"
    taxed = _amount(session["total_details"]["amount_tax"], currency)
    subtotal = (
        f'<tr><th scope="row" style="font-weight:400">Subtotal</th>{_amount(session["amount_subtotal"], currency)}</tr>'
    )
    return f'{subtotal}<tr><th scope="row" style="font-weight:400">{e(label)}</th>{taxed}</tr>'


def _times(line: Row) -> str:
    return f" × {line['quantity']}" if line["quantity"] != 1 else ""


def address(session: Row, form: dict[str, str]) -> str:
    if not session["automatic_tax"]["enabled"]:
        return ""
    number = ""
    if session["tax_id_collection"]["enabled"]:
        number = _field("tax_id", "VAT or tax number (businesses only)", form.get("tax_id", ""), 'autocomplete="off"')
    return (
        '<fieldset class="card"><legend>Billing address</legend>'
        f'<label for="country">Country</label><select id="country" name="country" required>{_countries(form)}</select>'
        + _field("line1", "Address", form.get("line1", ""), 'autocomplete="address-line1"')
        + _field("city", "City", form.get("city", ""), 'autocomplete="address-level2"')
        + _field("postal_code", "Postcode", form.get("postal_code", ""), 'autocomplete="postal-code"')
        + f'{number}<p><button class="quiet" name="action" value="update" formnovalidate>Update total</button></p>'
        '<p class="muted">In the sandbox every country has one rate. United States: 8.25 % in Texas, ZIP codes 75 to '
        "79, and nothing elsewhere.</p></fieldset>"
        f'<input type="hidden" name="total" value="{session["amount_total"]}">'
    )


def _countries(form: dict[str, str]) -> str:
    known = sorted(tax.COUNTRIES.items(), key=lambda item: item[1].name)
    chosen = form.get("country", "").upper()
    options = (
        f'<option value="{code}"{" selected" if code == chosen else ""}>{e(country.name)}</option>'
        for code, country in known
    )
    return '<option value="">Choose…</option>' + "".join(options)


def fields(form: dict[str, str]) -> str:
    bank = form.get("method") == "bank"
    return (
        _field("email", "E-mail", form.get("email", ""), 'type="email" autocomplete="email" required')
        + '<fieldset class="card"><legend>Payment method</legend>'
        + _radio("card", "Card", not bank)
        + _radio("bank", "Bank debit (delayed)", bank)
        + "</fieldset>"
        + _field(
            "card", "Card number", form.get("card", "4242 4242 4242 4242"), 'inputmode="numeric" autocomplete="off"'
        )
        + _field("expiry", "Expiry (MM / YY)", form.get("expiry", "12 / 34"), 'inputmode="numeric" autocomplete="off"')
        + _field("cvc", "CVC", form.get("cvc", "123"), 'inputmode="numeric" autocomplete="off"')
        + _field("name", "Name on card", form.get("name", ""), 'autocomplete="name"')
    )


def _field(name: str, label: str, value: str, attributes: str) -> str:
    return f'<label for="{name}">{e(label)}</label><input id="{name}" name="{name}" value="{e(value)}" {attributes}>'


def _radio(value: str, label: str, checked: bool) -> str:
    mark = " checked" if checked else ""
    field = f'<input type="radio" id="method-{value}" name="method" value="{value}"{mark}>'
    return f'<label for="method-{value}">{field}{e(label)}</label>'


def hints() -> str:
    rows = "".join(
        f'<tr><td style="white-space:nowrap"><code>{_spaced(number)}</code></td><td>{e(card.hint)}</td></tr>'
        for number, card in payments.CARDS.items()
    )
    table = f'<div class="scroll"><table><tbody>{rows}</tbody></table></div>'
    note = '<p class="muted">Any future date, any CVC.</p>'
    return f'<section class="card"><h2>Test cards</h2>{table}{note}</section>'


def _spaced(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
