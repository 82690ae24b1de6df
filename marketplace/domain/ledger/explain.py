"""Why a balance is what it is: sums by kind of event, put into a sentence that adds up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.domain.ledger import rules

PAYOUTS = ("payout", "payout_failed")
# Each with what puts it right again, in one addend.
_WHAT = {"sale": ("sale",), "refund": ("refund", "refund_failed"), "dispute": ("dispute", "dispute_won")}
_ORDER = (
    "sale", "refund", "refund_failed", "dispute", "dispute_won", "transfer", "reversal", "debt", "debt_paid", "payout", "payout_failed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One addend, from the creator's side: what they gain is positive. ``what`` is a kind of entry, or ``fees``."""

    what: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Explained:
    """One currency. ``earned`` adds up to ``total_minor``, and so do ``held + available + paid_out − debt``.

    ``held_steps`` add up to ``held_minor``, and likewise the others: every kind of entry that touched the account.
    """

    earned: tuple[Step, ...]
    total_minor: int
    held_minor: int
    available_minor: int
    paid_out_minor: int
    debt_minor: int
    held_steps: tuple[Step, ...]
    available_steps: tuple[Step, ...]
    paid_out_steps: tuple[Step, ...]
    debt_steps: tuple[Step, ...]


def explain(flows: Mapping[tuple[str, str], int]) -> Explained:
    """``flows``: (kind of entry, account) → signed minor units, as the journal has them for one creator."""
    held, available = _steps(flows, rules.HELD, -1), _steps(flows, rules.AVAILABLE, -1)
    debt = _steps(flows, rules.DEBT, 1)
    paid = tuple(Step(s.what, s.amount_minor) for s in _steps(flows, rules.CONNECTED, -1) if s.what in PAYOUTS)
    earned = _earned(flows)
    return Explained(
        earned=earned, total_minor=_sum(earned), held_minor=_sum(held), available_minor=_sum(available),
        paid_out_minor=_sum(paid), debt_minor=_sum(debt), held_steps=held, available_steps=available,
        paid_out_steps=paid, debt_steps=debt,
    )  # fmt: skip


def _sum(steps: tuple[Step, ...]) -> int:
    return sum(step.amount_minor for step in steps)


def _steps(flows: Mapping[tuple[str, str], int], account: str, sign: int) -> tuple[Step, ...]:
    found = {kind: sign * minor for (kind, name), minor in flows.items() if name == account and minor}
    return tuple(Step(kind, found[kind]) for kind in sorted(found, key=_place))


def _place(kind: str) -> tuple[int, str]:
    return (_ORDER.index(kind), "") if kind in _ORDER else (len(_ORDER), kind)


def _earned(flows: Mapping[tuple[str, str], int]) -> tuple[Step, ...]:
    """Sales at their price, less the fees on them, less refunds and less disputes as the buyers got them; then what else gave
    or took.

    Moving money between the creator's own accounts, and to their bank, earns nothing."""
    gained: dict[str, int] = {}
    for (kind, account), minor in flows.items():
        if kind not in PAYOUTS and account in (rules.HELD, rules.AVAILABLE, rules.DEBT):
            gained[kind] = gained.get(kind, 0) - minor
    fees = {kind: flows.get((kind, rules.FEES), 0) for kind in gained}
    fee = sum(fees.get(kind, 0) for kinds in _WHAT.values() for kind in kinds)
    steps = [
        Step(what, sum(gained.pop(kind, 0) - fees.get(kind, 0) for kind in kinds)) for what, kinds in _WHAT.items()
    ]
    steps.insert(1, Step("fees", fee))
    steps += [Step(kind, gained[kind]) for kind in sorted(gained, key=_place)]
    return tuple(step for step in steps if step.amount_minor)
