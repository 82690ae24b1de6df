"""What selling needs from a payment provider. Amounts are minor units; currencies lower-case ISO 4217."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One piece of one thing, discounts already taken off ``unit_minor``. ``reference`` is our order line's id and
    comes back with :class:`CheckoutStateLine`; ``tax_code`` is the provider's, empty for its account's preset."""

    name: str
    description: str
    unit_minor: int
    image_url: str | None = None
    tax_code: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """One hosted payment page. ``order_id`` travels as metadata and ``client_reference_id``.

    ``tax`` "exclusive" adds tax to the lines' amounts, "inclusive" finds it within them; either asks the buyer for
    an address and, optionally, a tax number. At most 100 lines, all in the page's currency.
    """

    order_id: str
    currency: str
    lines: Sequence[CheckoutLine]
    customer_email: str
    success_url: str
    cancel_url: str
    expires_at: int  # Unix seconds; the provider allows 30 minutes to 24 hours
    tax: Literal["off", "exclusive", "inclusive"] = "off"


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    id: str
    url: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class CheckoutStateLine:
    """What one line came to: ``amount_minor`` is what the buyer pays for it, ``tax_minor`` the tax in that, and
    ``subtotal_minor`` the rest, whether prices included tax or not. All three change until the page is complete.
    ``tax_percent`` are all its rates together, None if nothing was said; ``reverse_charge``: the buyer owes the tax."""

    reference: str
    amount_minor: int
    subtotal_minor: int
    tax_minor: int
    tax_percent: Decimal | None = None
    reverse_charge: bool = False


@dataclass(frozen=True, slots=True)
class CheckoutState:
    """A Checkout Session as the provider sees it now, its charge included when there is one.

    ``amount_minor`` is the whole total with tax. The buyer's name, country, address and tax number are there once
    the page is complete; without ``tax`` there may be no address. ``buyer_address`` has the parts that are known
    out of ``line1``, ``line2``, ``city``, ``state``, ``postal_code`` and ``country``.
    """

    id: str
    order_id: str
    status: Literal["open", "complete", "expired"]
    payment_status: Literal["paid", "unpaid", "no_payment_required"]
    amount_minor: int
    currency: str
    url: str | None
    payment_intent_id: str | None
    charge_id: str | None
    fee_minor: int | None  # the provider's fee; None until the balance transaction exists
    livemode: bool
    tax_minor: int = 0
    lines: tuple[CheckoutStateLine, ...] = ()
    buyer_country: str = ""  # ISO 3166-1, upper case
    buyer_tax_id: str = ""
    buyer_name: str = ""
    buyer_address: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundState:
    id: str
    refund_id: str | None  # our id, from metadata; None when made in the provider's dashboard
    charge_id: str | None
    payment_intent_id: str | None
    amount_minor: int
    currency: str
    status: Literal["pending", "requires_action", "succeeded", "failed", "canceled"]
    failure_reason: str | None


@dataclass(frozen=True, slots=True)
class ChargeState:
    id: str
    payment_intent_id: str | None
    amount_minor: int
    refunded_minor: int
    currency: str
    paid: bool
    disputed: bool
    fee_minor: int | None


@dataclass(frozen=True, slots=True)
class ReversalResult:
    """``reversed_minor`` may be less than asked: a reversal goes as far as the creator's balance covers."""

    id: str | None
    reversed_minor: int


class PaymentGateway(Protocol):
    """Every write takes ``key``, the idempotency key derived from our own ids.

    Raises ``errors.Unavailable`` when the provider does not answer (5xx, 429, network) and
    ``PaymentRefused`` when it answers no.
    """

    async def create_checkout(self, request: CheckoutRequest, *, key: str) -> CheckoutPage: ...
    async def checkout(self, session_id: str) -> CheckoutState: ...
    async def checkout_of(self, payment_intent_id: str) -> str | None:
        """The page that a payment was made on, None when it was made elsewhere."""

    async def expire_checkout(self, session_id: str) -> None:
        """Close an open page; harmless when it is complete or expired already."""

    async def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        account_id: str,
        charge_id: str | None,
        group: str,
        line_id: str,
        key: str,
    ) -> str:
        """Returns the transfer's id. ``source_transaction`` is the charge; without one, the platform's balance pays.

        Unlike charges and refunds, transfers and reversals aren't bound to ``money.granularity``.
        """

    async def reverse_transfer(self, transfer_id: str, *, amount_minor: int, key: str) -> ReversalResult: ...
    async def create_refund(
        self, *, payment_intent_id: str, amount_minor: int, refund_id: str, key: str
    ) -> RefundState: ...
    async def refund(self, provider_id: str) -> RefundState: ...
    async def refunds_of(self, payment_intent_id: str) -> list[RefundState]: ...
    async def charge(self, charge_id: str) -> ChargeState: ...
