"""Which rule says what the platform takes of a sale. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from marketplace.errors import Invalid

KINDS = ("lesson", "course")  # what order lines are of: a bundle is sold as the products in it, each with its own fee
HIGHEST = 90


class Rule(Protocol):
    """``creator_id`` empty: of everybody; ``kind`` empty: of every kind. Both empty is no rule but the default."""

    @property
    def creator_id(self) -> UUID | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def percent(self) -> Decimal: ...


R = TypeVar("R", bound=Rule)


def winner(rules: Iterable[R], creator_id: UUID | None, kind: str) -> R | None:
    """The most exact rule that covers this sale: creator and kind, then creator, then kind; none is the default."""
    covering = (r for r in rules if r.creator_id in (None, creator_id) and r.kind in ("", kind))
    return max(covering, key=lambda rule: (rule.creator_id is not None, rule.kind != ""), default=None)


def check(creator_id: UUID | None, kind: str, percent: Decimal) -> None:
    """Is this a rule that there can be?"""
    if not (percent.is_finite() and 0 <= percent <= HIGHEST):
        raise Invalid("The fee is between 0 and {highest} percent.", field="percent", highest=HIGHEST)
    if percent != round(percent, 3):
        raise Invalid("The fee has at most three decimals.", field="percent")
    if kind and kind not in KINDS:
        raise Invalid("Choose a kind from the list.", field="kind")
    if creator_id is None and not kind:
        raise Invalid("Choose a creator, a kind of product, or both. The default fee is a setting.", field="creator")
