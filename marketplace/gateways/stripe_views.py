"""Between Stripe's objects and the domain's: what goes out, and what is kept of what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import stripe

from marketplace.domain.orders.ports import (
    ChargeState,
    CheckoutLine,
    CheckoutRequest,
    CheckoutState,
    CheckoutStateLine,
    RefundState,
)
from marketplace.domain.payouts.ports import ConnectedAccount, PayoutState, Requirement

if TYPE_CHECKING:
    from stripe.params.checkout._session_create_params import SessionCreateParams, SessionCreateParamsLineItem
    from stripe.v2.core import Account


def id_of(reference: Any) -> str | None:
    """The id of what may be an id, an expanded object or nothing."""
    if reference is None or isinstance(reference, str):
        return reference
    return str(reference.id)


def metadata_of(thing: Any) -> dict[str, str]:
    return dict(thing.metadata.to_dict()) if thing.metadata is not None else {}


def checkout_params(request: CheckoutRequest) -> SessionCreateParams:
    """Separate charges and transfers: the group ties them together, and there is no application fee."""
    ids = {"order_id": request.order_id}
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [_line(line, request) for line in request.lines],
        "client_reference_id": request.order_id,
        "customer_email": request.customer_email,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": request.expires_at,
        "metadata": ids,
        "payment_intent_data": {"transfer_group": request.order_id, "metadata": ids},
    }
    if request.tax != "off":  # the platform sells and owes the tax, also of what creators made
        params["automatic_tax"] = {"enabled": True, "liability": {"type": "self"}}
        params["tax_id_collection"] = {"enabled": True}
        params["billing_address_collection"] = "required"
    return params


def _line(line: CheckoutLine, request: CheckoutRequest) -> SessionCreateParamsLineItem:
    """Stripe refuses empty texts, and takes absolute addresses of images only."""
    product: dict[str, Any] = {"name": line.name}
    if line.description:
        product["description"] = line.description
    if line.tax_code:
        product["tax_code"] = line.tax_code
    if line.reference:
        product["metadata"] = {"line_id": line.reference}
    if line.image_url and line.image_url.startswith(("http://", "https://")):
        product["images"] = [line.image_url]
    price = {"currency": request.currency, "unit_amount": line.unit_minor, "product_data": product}
    if request.tax != "off":
        price["tax_behavior"] = request.tax
    return {"quantity": 1, "price_data": cast(Any, price)}


def checkout_state(session: stripe.checkout.Session, items: Iterable[stripe.LineItem]) -> CheckoutState:
    """``session`` with its charge, ``items`` with their products."""
    intent = cast("stripe.PaymentIntent | None", session.payment_intent)
    charge = cast("stripe.Charge | None", intent.latest_charge) if intent else None
    buyer = session.customer_details
    address = buyer.address.to_dict() if buyer and buyer.address else {}
    return CheckoutState(
        id=session.id,
        order_id=metadata_of(session).get("order_id") or session.client_reference_id or "",
        status=cast(Any, session.status),
        payment_status=cast(Any, session.payment_status),
        amount_minor=session.amount_total or 0,
        currency=session.currency or "",
        url=session.url,
        payment_intent_id=id_of(intent),
        charge_id=id_of(charge),
        fee_minor=_fee(charge) if charge else None,
        livemode=session.livemode,
        tax_minor=session.total_details.amount_tax if session.total_details else 0,
        lines=tuple(_state_line(item) for item in items),
        buyer_country=address.get("country") or "",
        buyer_tax_id=next((found.value or "" for found in (buyer and buyer.tax_ids) or []), ""),
        buyer_name=(buyer and (buyer.business_name or buyer.name)) or "",
        buyer_address={part: value for part, value in address.items() if value},
    )


def _state_line(item: stripe.LineItem) -> CheckoutStateLine:
    """``amount_subtotal`` counts tax that a price includes; what is left of the total never does."""
    product = cast("stripe.Product | None", item.price.product) if item.price else None
    return CheckoutStateLine(
        reference=metadata_of(product).get("line_id", "") if product else "",
        amount_minor=item.amount_total,
        subtotal_minor=item.amount_total - item.amount_tax,
        tax_minor=item.amount_tax,
        tax_percent=_percent(item.taxes or []),
        reverse_charge=any(tax.taxability_reason == "reverse_charge" for tax in item.taxes or []),
    )


def _percent(taxes: Sequence[stripe.LineItem.Tax]) -> Decimal | None:
    """Of one line, in one place: a state's and a city's rates add up."""
    rates = [tax.rate.effective_percentage or tax.rate.percentage for tax in taxes if tax.amount]
    return sum((Decimal(str(rate)) for rate in rates), Decimal(0)) if rates else None


def _fee(charge: stripe.Charge) -> int | None:
    entry = charge.balance_transaction
    return None if entry is None or isinstance(entry, str) else entry.fee


def charge_state(charge: stripe.Charge) -> ChargeState:
    return ChargeState(
        id=charge.id,
        payment_intent_id=id_of(charge.payment_intent),
        amount_minor=charge.amount,
        refunded_minor=charge.amount_refunded,
        currency=charge.currency,
        paid=charge.paid,
        disputed=charge.disputed,
        fee_minor=_fee(charge),
    )


def refund_state(refund: stripe.Refund) -> RefundState:
    return RefundState(
        id=refund.id,
        refund_id=metadata_of(refund).get("refund_id"),
        charge_id=id_of(refund.charge),
        payment_intent_id=id_of(refund.payment_intent),
        amount_minor=refund.amount,
        currency=refund.currency,
        status=cast(Any, refund.status or "pending"),
        failure_reason=refund.failure_reason,
    )


def account_state(account: Account) -> ConnectedAccount:
    status, reasons = _transfers(account)
    country = account.identity.country if account.identity else None
    return ConnectedAccount(
        id=account.id,
        creator_id=metadata_of(account).get("creator_id", ""),
        transfers=cast(Any, "restricted" if status == "rejected" else status),
        requirements=tuple(_requirements(account)),
        status_reasons=reasons,
        country=(country or "").upper(),
        closed=bool(account.closed),
    )


def _transfers(account: Account) -> tuple[str, tuple[str, ...]]:
    """The status of ``stripe_balance.stripe_transfers`` and its reasons; an account without it can't be paid."""
    recipient = account.configuration.recipient if account.configuration else None
    balance = recipient.capabilities.stripe_balance if recipient and recipient.capabilities else None
    transfers = balance.stripe_transfers if balance else None
    if transfers is None:
        return "unsupported", ()
    return transfers.status, tuple(detail.code for detail in transfers.status_details)


def _requirements(account: Account) -> list[Requirement]:
    entries = (account.requirements.entries if account.requirements else None) or []
    return [
        Requirement(
            name=entry.description,
            reason=" ".join(error.description for error in entry.errors),
            deadline=entry.minimum_deadline.status,
        )
        for entry in entries
        if entry.awaiting_action_from == "user"
    ]


def sums(entries: Sequence[Any]) -> dict[str, int]:
    return {entry.currency: entry.amount for entry in entries}


def payout_state(payout: stripe.Payout, account_id: str) -> PayoutState:
    return PayoutState(
        id=payout.id,
        account_id=account_id,
        amount_minor=payout.amount,
        currency=payout.currency,
        status=cast(Any, payout.status),
        arrival_date=payout.arrival_date,
        failure_message=payout.failure_message,
        failure_code=payout.failure_code,
        trace_id=payout.trace_id.value if payout.trace_id else None,
        automatic=payout.automatic,
        method=payout.method,
        created=payout.created,
    )
