"""What paying creators needs from a provider (Stripe Connect, Accounts v2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Interval = Literal["daily", "weekly", "monthly", "manual"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the provider still wants; ``reason`` is its own explanation, may be empty."""

    name: str
    reason: str
    deadline: str  # currently_due, past_due, eventually_due


@dataclass(frozen=True, slots=True)
class ConnectedAccount:
    """``transfers`` is the status of ``stripe_balance.stripe_transfers``: ready when ``active``."""

    id: str
    creator_id: str
    transfers: Literal["active", "pending", "restricted", "unsupported"]
    requirements: tuple[Requirement, ...]
    status_reasons: tuple[str, ...]  # e.g. "rejected_other", "requirements_past_due"
    country: str
    closed: bool


@dataclass(frozen=True, slots=True)
class ProviderBalance:
    """Minor units by currency."""

    available: dict[str, int]
    pending: dict[str, int]


@dataclass(frozen=True, slots=True)
class PayoutState:
    id: str
    account_id: str
    amount_minor: int
    currency: str
    status: Literal["pending", "in_transit", "paid", "failed", "canceled"]
    arrival_date: int  # Unix seconds
    failure_message: str | None
    failure_code: str | None = None  # e.g. "account_closed"
    trace_id: str | None = None  # by which the bank finds it, some time after it is paid
    automatic: bool = False  # made by the schedule, not by us
    method: str = "standard"
    created: int = 0  # Unix seconds


@dataclass(frozen=True, slots=True)
class PayoutSettings:
    """``minimum`` is what automatic payouts leave in the balance, by currency. ``enabled`` is false while the
    provider can't pay out, as after a payout that the bank sent back."""

    interval: Interval
    weekly_days: tuple[Weekday, ...]  # with "weekly" only
    monthly_days: tuple[int, ...]  # with "monthly" only; 29 to 31 are the last day of shorter months
    minimum: dict[str, int]
    enabled: bool
    delay_days: int  # from a charge until its money is available


@dataclass(frozen=True, slots=True)
class BalanceEntry:
    """One movement of a balance. ``net_minor`` is what the balance changed by: ``amount_minor`` less ``fee_minor``.
    ``source_id`` is the charge, refund, transfer, payout or dispute that it belongs to."""

    id: str
    type: str  # "charge", "refund", "transfer", "payment", "payout", "payout_failure", "adjustment", …
    category: str  # the same for accountants: "dispute", "payout_reversal", …
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    source_id: str | None
    created: int  # Unix seconds, as available_on
    available_on: int
    description: str


@dataclass(frozen=True, slots=True)
class TransferReversal:
    id: str
    amount_minor: int
    created: int


@dataclass(frozen=True, slots=True)
class TransferState:
    """Money sent to a creator's account. ``line_id`` is our order line, empty when it was made elsewhere."""

    id: str
    account_id: str
    amount_minor: int
    reversed_minor: int
    currency: str
    charge_id: str | None
    group: str
    line_id: str
    created: int
    reversals: tuple[TransferReversal, ...]  # the oldest first


class ConnectGateway(Protocol):
    async def create_account(
        self, *, creator_id: str, email: str, display_name: str, country: str, key: str
    ) -> str: ...
    async def onboarding_url(self, account_id: str, *, refresh_url: str, return_url: str) -> str:
        """A single-use page of the provider; never stored."""

    async def account(self, account_id: str) -> ConnectedAccount: ...
    async def dashboard_url(self, account_id: str) -> str:
        """A single-use login link to the provider's Express dashboard."""

    async def balance(self, account_id: str | None) -> ProviderBalance:
        """``None`` is the platform's own balance."""

    async def account_session(self, account_id: str, components: Sequence[str]) -> str:
        """A secret with which the creator's own browser shows these parts of the provider's dashboard, once."""

    async def payouts(self, account_id: str, *, limit: int = 20, since: int | None = None) -> list[PayoutState]:
        """The newest first: the last ``limit``, or with ``since`` all that were created from then on."""

    async def payout(self, account_id: str, payout_id: str) -> PayoutState: ...
    async def create_payout(self, account_id: str, *, amount_minor: int, currency: str, key: str) -> PayoutState:
        """``amount_minor`` in steps of ``money.payout_granularity``, and within the available balance."""

    async def payout_settings(self, account_id: str) -> PayoutSettings: ...
    async def set_payout_settings(
        self,
        account_id: str,
        *,
        interval: Interval,
        weekly_days: Sequence[Weekday] = (),
        monthly_days: Sequence[int] = (),
        minimum: Mapping[str, int] | None = None,
        key: str,
    ) -> PayoutSettings:
        """Days are given with their interval, and only with it. ``minimum`` changes the currencies that it names,
        0 takes one away; empty takes all away, ``None`` leaves them."""

    async def balance_entries(
        self,
        account_id: str | None,
        *,
        since: int | None = None,
        after: str | None = None,
        payout_id: str | None = None,
        limit: int = 1000,
    ) -> list[BalanceEntry]:
        """Movements of an account, or with ``None`` of the platform, the oldest first: created from ``since`` on, or
        those that came after the entry ``after``. Go on with the id of the last until there are no more.

        ``payout_id`` gives what an automatic payout paid out, itself included; they come to nothing. The provider
        knows that of automatic payouts only.
        """

    async def transfers_of(self, account_id: str | None, *, since: int | None = None) -> list[TransferState]:
        """Everything sent to the account, or with ``None`` to any, the oldest first."""
