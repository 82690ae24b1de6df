"""Stripe's own account of what happened, for the proof of balance. Only reading."""

from __future__ import annotations

from typing import Any

import stripe

from marketplace.domain.payouts.ports import PayoutState, ProviderBalance
from marketplace.domain.proof.ports import EntryState, ReversalState, TransferState
from marketplace.gateways.stripe_calls import call, paged
from marketplace.gateways.stripe_views import id_of, payout_state, sums

_PAGE = 100


class StripeBooks:
    """Implements ``proof.ports.Books``."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    async def balance(self, account_id: str | None) -> ProviderBalance:
        found = await call(self._client.v1.balance.retrieve_async({}, _for(account_id)))
        return ProviderBalance(available=sums(found.available), pending=sums(found.pending))

    async def balance_entries(
        self, account_id: str | None, *, since: int | None = None, after: str | None = None, limit: int = 1000
    ) -> list[EntryState]:
        if after is not None:
            return [_entry(one) for one in await self._entries_after(account_id, after, limit)]
        params: dict[str, Any] = {"limit": _PAGE, "created": {"gte": since or 0}}
        page = await call(self._client.v1.balance_transactions.list_async(params, _for(account_id)))  # type: ignore[arg-type]
        return [_entry(one) async for one in paged(page.auto_paging_iter())][::-1]

    async def _entries_after(self, account_id: str | None, after: str, limit: int) -> list[Any]:
        """Stripe's lists run backwards: ``ending_before`` is what came later, a page at a time."""
        found: list[Any] = []
        while len(found) < limit:
            params: dict[str, Any] = {"limit": _PAGE, "ending_before": found[-1].id if found else after}
            page = await call(self._client.v1.balance_transactions.list_async(params, _for(account_id)))  # type: ignore[arg-type]
            found += page.data[::-1]
            if not page.has_more:
                break
        return found

    async def transfers_of(self, account_id: str | None, *, since: int | None = None) -> list[TransferState]:
        params: dict[str, Any] = {"limit": _PAGE, "created": {"gte": since or 0}}
        if account_id is not None:
            params["destination"] = account_id
        page = await call(self._client.v1.transfers.list_async(params))  # type: ignore[arg-type]
        return [await self._transfer(one) async for one in paged(page.auto_paging_iter())][::-1]

    async def _transfer(self, transfer: stripe.Transfer) -> TransferState:
        """A transfer carries its last ten reversals; when they don't add up there are more."""
        found = list(transfer.reversals.data)
        if sum(one.amount for one in found) != transfer.amount_reversed:
            page = await call(self._client.v1.transfers.reversals.list_async(transfer.id, {"limit": _PAGE}))
            found = [one async for one in paged(page.auto_paging_iter())]
        reversals = tuple(ReversalState(one.id, one.amount, one.created) for one in reversed(found))
        return TransferState(transfer.id, transfer.amount, transfer.currency, transfer.created, reversals)

    async def payouts(self, account_id: str, *, limit: int = 20, since: int | None = None) -> list[PayoutState]:
        params: dict[str, Any] = {"limit": limit} if since is None else {"limit": _PAGE, "created": {"gte": since}}
        page = await call(self._client.v1.payouts.list_async(params, _for(account_id)))  # type: ignore[arg-type]
        found = page.data if since is None else [one async for one in paged(page.auto_paging_iter())]
        return [payout_state(one, account_id) for one in found]


def _entry(one: stripe.BalanceTransaction) -> EntryState:
    return EntryState(one.id, one.type, one.net, one.currency, id_of(one.source), one.created)


def _for(account_id: str | None) -> Any:
    return {"stripe_account": account_id} if account_id else {}
