"""What paying creators needs from a provider (Stripe Connect, Accounts v2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


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
    created: int = 0  # Unix seconds


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

    async def payouts(self, account_id: str, *, limit: int = 20) -> list[PayoutState]: ...
    async def payout(self, account_id: str, payout_id: str) -> PayoutState: ...
