"""Balances, payouts and transfers of connected accounts behind the domain's port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import stripe

from marketplace.domain.payouts.ports import (
    BalanceEntry,
    Interval,
    PayoutSettings,
    PayoutState,
    ProviderBalance,
    TransferReversal,
    TransferState,
    Weekday,
)
from marketplace.gateways.stripe_calls import PAGE, StripePart, call, for_account, once, paged
from marketplace.gateways.stripe_views import id_of, metadata_of, payout_state, sums

if TYPE_CHECKING:
    from stripe._request_options import RequestOptions
    from stripe.params._balance_transaction_list_params import BalanceTransactionListParams
    from stripe.params._payout_list_params import PayoutListParams
    from stripe.params._transfer_list_params import TransferListParams


class StripePayouts(StripePart):
    """Implements what ``ConnectGateway`` has of money."""

    async def balance(self, account_id: str | None) -> ProviderBalance:
        found = await call(self._client.v1.balance.retrieve_async({}, for_account(account_id)))
        return ProviderBalance(available=sums(found.available), pending=sums(found.pending))

    async def payouts(self, account_id: str, *, limit: int = 20, since: int | None = None) -> list[PayoutState]:
        params: PayoutListParams = {"limit": limit}
        if since is not None:
            params = {"limit": PAGE, "created": {"gte": since}}
        found = await call(self._client.v1.payouts.list_async(params, for_account(account_id)))
        if since is None:
            return [payout_state(payout, account_id) for payout in found.data]
        return [payout_state(payout, account_id) async for payout in paged(found.auto_paging_iter())]

    async def payout(self, account_id: str, payout_id: str) -> PayoutState:
        found = await call(self._client.v1.payouts.retrieve_async(payout_id, {}, for_account(account_id)))
        return payout_state(found, account_id)

    async def create_payout(self, account_id: str, *, amount_minor: int, currency: str, key: str) -> PayoutState:
        payouts = self._client.v1.payouts
        made = await call(payouts.create_async({"amount": amount_minor, "currency": currency}, _as(account_id, key)))
        return payout_state(made, account_id)

    async def payout_settings(self, account_id: str) -> PayoutSettings:
        return _settings(await call(self._client.v1.balance_settings.retrieve_async({}, for_account(account_id))))

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
        schedule: dict[str, Any] = {"interval": interval}
        if weekly_days:
            schedule["weekly_payout_days"] = list(weekly_days)
        if monthly_days:
            schedule["monthly_payout_days"] = list(monthly_days)
        payouts: dict[str, Any] = {"schedule": schedule}
        if minimum is not None:
            by_currency = {currency: amount or "" for currency, amount in minimum.items()}
            payouts["minimum_balance_by_currency"] = by_currency or ""
        params: Any = {"payments": {"payouts": payouts}}
        return _settings(await call(self._client.v1.balance_settings.update_async(params, _as(account_id, key))))

    async def balance_entries(
        self,
        account_id: str | None,
        *,
        since: int | None = None,
        after: str | None = None,
        payout_id: str | None = None,
        limit: int = 1000,
    ) -> list[BalanceEntry]:
        """Stripe lists the newest first, but from a cursor it also goes forward."""
        params: BalanceTransactionListParams = {"limit": PAGE}
        if since is not None:
            params["created"] = {"gte": since}
        if payout_id is not None:
            params["payout"] = payout_id
        if after is not None:
            params["ending_before"] = after
        found = await call(self._client.v1.balance_transactions.list_async(params, for_account(account_id)))
        entries = []
        async for entry in paged(found.auto_paging_iter()):
            entries.append(_entry(entry))
            if after is not None and len(entries) == limit:
                break
        return entries if after is not None else entries[::-1][:limit]

    async def transfers_of(self, account_id: str | None, *, since: int | None = None) -> list[TransferState]:
        params: TransferListParams = {"limit": PAGE}
        if account_id is not None:
            params["destination"] = account_id
        if since is not None:
            params["created"] = {"gte": since}
        found = await call(self._client.v1.transfers.list_async(params))
        transfers = [transfer async for transfer in paged(found.auto_paging_iter())]
        return [_transfer(transfer, await self._reversals(transfer)) for transfer in reversed(transfers)]

    async def _reversals(self, transfer: stripe.Transfer) -> list[stripe.TransferReversal]:
        """A transfer shows its last ten reversals; more are listed."""
        if not transfer.reversals.has_more:
            return list(transfer.reversals.data)
        found = await call(self._client.v1.transfers.reversals.list_async(transfer.id, {"limit": PAGE}))
        return [made async for made in paged(found.auto_paging_iter())]


def _as(account_id: str, key: str) -> RequestOptions:
    return {**for_account(account_id), **once(key)}


def _settings(found: stripe.BalanceSettings) -> PayoutSettings:
    payouts = found.payments.payouts
    schedule = payouts.schedule if payouts else None
    minimum = payouts.minimum_balance_by_currency if payouts else None
    return PayoutSettings(
        interval=cast(Any, (schedule and schedule.interval) or "manual"),
        weekly_days=tuple(cast(Any, (schedule and schedule.weekly_payout_days) or ())),
        monthly_days=tuple((schedule and schedule.monthly_payout_days) or ()),
        minimum=dict(minimum.to_dict()) if minimum else {},
        enabled=payouts is not None and payouts.status == "enabled",
        delay_days=found.payments.settlement_timing.delay_days,
    )


def _entry(found: stripe.BalanceTransaction) -> BalanceEntry:
    return BalanceEntry(
        id=found.id,
        type=found.type,
        category=found.reporting_category,
        amount_minor=found.amount,
        fee_minor=found.fee,
        net_minor=found.net,
        currency=found.currency,
        source_id=id_of(found.source),
        created=found.created,
        available_on=found.available_on,
        description=found.description or "",
    )


def _transfer(transfer: stripe.Transfer, reversals: Sequence[stripe.TransferReversal]) -> TransferState:
    return TransferState(
        id=transfer.id,
        account_id=id_of(transfer.destination) or "",
        amount_minor=transfer.amount,
        reversed_minor=transfer.amount_reversed,
        currency=transfer.currency,
        charge_id=id_of(transfer.source_transaction),
        group=transfer.transfer_group or "",
        line_id=metadata_of(transfer).get("line_id", ""),
        created=transfer.created,
        reversals=tuple(TransferReversal(made.id, made.amount, made.created) for made in reversed(reversals)),
    )
