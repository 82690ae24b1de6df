"""What a proof needs from a payment provider: its own account of what happened. Only reading.

Written as protocols of what is read, so that a gateway may answer with richer objects of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Balance(Protocol):
    """Minor units by currency."""

    @property
    def available(self) -> Mapping[str, int]: ...
    @property
    def pending(self) -> Mapping[str, int]: ...


class BalanceEntry(Protocol):
    """One movement of a balance. ``net_minor`` is what the balance changed by."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def net_minor(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def source_id(self) -> str | None: ...
    @property
    def created(self) -> int: ...


class Reversal(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def created(self) -> int: ...


class Transfer(Protocol):
    """Money sent to a creator's account; ``reversals`` are all of it."""

    @property
    def id(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def created(self) -> int: ...
    @property
    def reversals(self) -> Sequence[Reversal]: ...


class Payout(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def created(self) -> int: ...


class Books(Protocol):
    """The provider's books. Times are Unix seconds. Raises ``errors.Unavailable`` when it doesn't answer."""

    async def balance(self, account_id: str | None) -> Balance:
        """``None`` is the platform's own."""

    async def balance_entries(
        self, account_id: str | None, *, since: int | None = None, after: str | None = None, limit: int = 1000
    ) -> Sequence[BalanceEntry]:
        """The oldest first: created from ``since`` on, or those that came after the entry ``after``."""

    async def transfers_of(self, account_id: str | None, *, since: int | None = None) -> Sequence[Transfer]: ...
    async def payouts(self, account_id: str, *, limit: int = 20, since: int | None = None) -> Sequence[Payout]:
        """With ``since``, all that were created from then on."""
