"""Reading the provider's books. Calls the provider, so never inside a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marketplace.clock import now
from marketplace.domain.proof.ports import Balance, BalanceEntry, Books, Payout, Transfer
from marketplace.domain.proof.rules import Fact
from marketplace.errors import Unavailable

_PAGE, _TRIES = 1000, 3

# What a connected account's movements are when our objects are behind them.
_EXPLAINED = {"payment", "payment_refund", "payment_reversal", "payout", "payout_failure", "payout_cancel"}
# Movements of the platform's balance that sales, refunds, transfers and disputes are behind.
_BUSINESS = {
    "charge": "charge", "payment": "charge", "refund": "refund", "payment_refund": "refund",
    "refund_failure": "refund_failed", "payment_failure_refund": "refund_failed", "transfer": "transfer",
    "transfer_refund": "reversal", "transfer_cancel": "reversal", "transfer_failure": "reversal",
    "adjustment": "dispute", "payment_reversal": "dispute",
}  # fmt: skip
# Movements that are the operator's own business: not booked here, and left out of the comparison.
_OWN = {
    "payout", "payout_failure", "payout_cancel", "topup", "topup_reversal", "stripe_fee", "stripe_fx_fee", "tax_fee",
    "reserve_transaction", "reserved_funds", "contribution", "climate_order_purchase", "climate_order_refund",
    "issuing_authorization_hold", "issuing_authorization_release", "issuing_transaction", "obligation_outbound",
    "obligation_reversal_inbound",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the platform's statement was read in one currency: what it came to, the operator's own part apart."""

    business_minor: int = 0
    own_minor: int = 0

    def __add__(self, other: Mark) -> Mark:
        return Mark(self.business_minor + other.business_minor, self.own_minor + other.own_minor)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the provider's books say, by currency. ``since`` is empty when all of them were read.

    In the currencies of ``converted`` the provider changed money on arrival: there its statement says nothing
    about ours.
    """

    at: datetime
    since: datetime | None = None
    statement: dict[str, int] = field(default_factory=dict)
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    strays: dict[str, list[Fact]] = field(default_factory=dict)
    converted: frozenset[str] = frozenset()
    cursor: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def currencies(self) -> set[str]:
        moved = {currency for currency, mark in self.marks.items() if mark != Mark()}
        return {currency for currency, minor in self.statement.items() if minor} | {*self.facts, *self.strays} | moved


async def at_account(books: Books, account_id: str, since: datetime | None) -> Seen:
    """A creator's account: its balance, and its transfers, reversals and payouts. When everything is read, also its
    movements, to find those that none of these is behind.

    Read between two equal looks at the balance, so that nothing moved meanwhile.
    """
    start = int(since.timestamp()) if since else 0
    for _attempt in range(_TRIES):
        at, before = now(), _total(await books.balance(account_id))
        transfers = await books.transfers_of(account_id, since=start)
        payouts = await books.payouts(account_id, since=start)
        entries = [] if since else [entry async for entry in _entries(books, account_id, 0)]
        if _total(await books.balance(account_id)) == before:
            break
    else:
        raise Unavailable
    seen = Seen(at, since, before, converted=_converted(transfers, entries))
    for transfer in transfers:
        _add(
            seen.facts, transfer.currency, Fact("transfer", transfer.id, transfer.amount_minor, _time(transfer.created))
        )
        for back in transfer.reversals:
            _add(seen.facts, transfer.currency, Fact("reversal", back.id, -back.amount_minor, _time(back.created)))
    for payout in payouts:
        for fact in _payout(payout):
            _add(seen.facts, payout.currency, fact)
    for entry in entries:
        if entry.type not in _EXPLAINED and entry.net_minor:
            _add(seen.strays, entry.currency, _fact(f"entry:{entry.type}", entry.id, entry))
    return seen


async def at_platform(
    books: Books, since: datetime | None = None, cursor: str = "", marks: Mapping[str, Mark] | None = None
) -> Seen:
    """The platform's own balance, movement by movement. What was read before is in ``marks``, up to ``cursor``.

    While sales come in no two looks at the balance are equal; then the statement is what its movements add up to.
    """
    for _attempt in range(_TRIES):
        at, before = now(), _total(await books.balance(None))
        read = await _read_platform(books, since, cursor)
        quiet = _total(await books.balance(None)) == before
        if quiet:
            break
    known = dict(marks or {})
    sums = {c: known.get(c, Mark()) + read.fresh.get(c, Mark()) for c in {*known, *read.fresh}}
    statement = {
        currency: before.get(currency, 0) - mark.own_minor if quiet else mark.business_minor
        for currency, mark in {**dict.fromkeys(before, Mark()), **sums}.items()
    }
    return Seen(at, since, statement, read.facts, read.strays, cursor=read.last or cursor, marks=sums)


@dataclass
class _Read:
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    strays: dict[str, list[Fact]] = field(default_factory=dict)
    fresh: dict[str, Mark] = field(default_factory=dict)  # of what came after the cursor
    last: str = ""


async def _read_platform(books: Books, since: datetime | None, cursor: str) -> _Read:
    read = _Read()
    async for entry in _entries(books, None, int(since.timestamp()) if since else 0):
        own, kind = entry.type in _OWN, _BUSINESS.get(entry.type)
        mark = Mark(0, entry.net_minor) if own else Mark(entry.net_minor, 0)
        read.fresh[entry.currency] = read.fresh.get(entry.currency, Mark()) + mark
        read.last = entry.id
        if entry.id == cursor:
            read.fresh.clear()
        if kind:
            _add(read.facts, entry.currency, _fact(kind, entry.source_id or entry.id, entry))
        elif not own:
            _add(read.strays, entry.currency, _fact(f"entry:{entry.type}", entry.id, entry))
    return read


async def _entries(books: Books, account_id: str | None, since: int) -> AsyncIterator[BalanceEntry]:
    page = await books.balance_entries(account_id, since=since, limit=_PAGE)
    while page:
        for entry in page:
            yield entry
        page = await books.balance_entries(account_id, after=page[-1].id, limit=_PAGE)


def _payout(payout: Payout) -> list[Fact]:
    at = _time(payout.created)
    left = [Fact("payout", payout.id, -payout.amount_minor, at)]
    came_back = payout.status in ("failed", "canceled")
    return [*left, Fact("payout_failed", payout.id, payout.amount_minor, at)] if came_back else left


def _fact(kind: str, object_id: str, entry: BalanceEntry) -> Fact:
    return Fact(kind, object_id, entry.net_minor, _time(entry.created))


def _add(facts: dict[str, list[Fact]], currency: str, fact: Fact) -> None:
    facts.setdefault(currency, []).append(fact)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _total(balance: Balance) -> dict[str, int]:
    return {
        currency: balance.available.get(currency, 0) + balance.pending.get(currency, 0)
        for currency in sorted({*balance.available, *balance.pending})
    }


def _converted(transfers: Sequence[Transfer], entries: Sequence[BalanceEntry]) -> frozenset[str]:
    """All transfers arrived, but not all in their own currency: the currencies where the numbers differ."""
    sent = Counter(transfer.currency for transfer in transfers)
    arrived = Counter(entry.currency for entry in entries if entry.type == "payment")
    if sent.total() != arrived.total():
        return frozenset()
    return frozenset(currency for currency in {*sent, *arrived} if sent[currency] != arrived[currency])
