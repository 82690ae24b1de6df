"""Does our journal agree with the provider's books? Pure: facts of both sides in, a verdict out.

**When a mismatch counts.** Money is always under way somewhere, and that is no mistake:

1. What is younger than ten minutes, on whichever side it stands, is left out of all figures of both sides.
   So is what our own tables say is under way: a transfer that is intended and not yet recorded, a charge
   whose fee isn't known yet.
2. What is left and differs is *suspected*. It counts (is *confirmed*, and freezes the money) when the inbox
   is drained for that account: what the provider says of its payouts was taken in just before, no event of
   the account waits, and no transfer or reversal is intended. Otherwise it counts when a second look, at
   least ten minutes after the first, still sees one of the same differences.
3. What an admin released doesn't count again while the same differences, and no others, are seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

YOUNG = timedelta(minutes=10)  # what happened less than this ago doesn't count yet
AGAIN = timedelta(minutes=10)  # a suspicion is confirmed by a second look this much later
OVERLAP = timedelta(days=3)  # a look begins this long before the last that matched
LATE = timedelta(days=1)  # and expects of us what we booked this long after that, or later

Why = Literal["missing_here", "missing_there", "amount"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One movement of the balance at the provider, as one of the two sides has it. ``amount_minor`` is signed.

    ``open``: something of it is known to be under way.
    """

    kind: str
    object_id: str
    amount_minor: int
    at: datetime
    open: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """``None`` is "not there". Of totals: the kind ``balance`` is what no object explains, ``books`` are two accounts
    of ours that must mirror each other, ``sum`` is a kept sum that isn't that of its postings."""

    kind: str
    object_id: str
    here_minor: int | None
    there_minor: int | None

    @property
    def why(self) -> Why:
        if self.here_minor is None:
            return "missing_here"
        return "missing_there" if self.there_minor is None else "amount"

    @property
    def key(self) -> str:
        """The same difference seen again has the same key. The amounts of a total move on with every sale: of a
        total only how far the sides are apart says that it is the same."""
        if self.kind in ("balance", "books"):
            return f"{self.kind}::{_apart(self)}"
        return f"{self.kind}:{self.object_id}:{self.here_minor}:{self.there_minor}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The three figures without what is under way, what differs, and what was left out."""

    journal_minor: int
    objects_minor: int
    statement_minor: int
    differences: tuple[Difference, ...]
    waiting: tuple[Difference, ...]

    @property
    def matched(self) -> bool:
        return not self.differences


def prove(
    *,
    journal_minor: int,
    statement_minor: int,
    here: Iterable[Fact],
    there: Iterable[Fact],
    strays: Iterable[Fact] = (),
    intents: Iterable[tuple[str, int]] = (),
    cut: datetime,
    complete_since: datetime | None = None,
    comparable: bool = True,
) -> Verdict:
    """Match object by object, then the totals.

    Args:
        journal_minor: The balance at the provider by our journal, everything included.
        statement_minor: The same as the provider states it.
        here: Our facts.
        there: The provider's objects.
        strays: Movements that the provider states and that no object of ours could be behind.
        intents: (kind, most) of movements that we are about to make.
        cut: What happened after it is under way.
        complete_since: Where only a part was read: what we booked from then on must be there.
        comparable: False where the provider's statement is of converted money: then only objects are compared.
    """
    if not comparable:
        statement_minor, strays = journal_minor, ()
    ours, theirs = _by_object(here), _by_object([*there, *strays])
    left = list(intents)
    differences: list[Difference] = []
    waiting: list[Difference] = []
    for key in sorted({*ours, *theirs}):
        our, their = ours.get(key), theirs.get(key)
        if _same(our, their) or (their is None and our is not None and _elsewhere(our, complete_since)):
            continue
        found = Difference(*key, our.amount_minor if our else None, their.amount_minor if their else None)
        under_way = _young(our, their, cut) or _intended(our, their, left)
        (waiting if under_way else differences).append(found)
    for one in waiting:
        journal_minor -= one.here_minor or 0
        statement_minor -= (one.there_minor if comparable else one.here_minor) or 0
    stray = {(one.kind, one.object_id) for one in strays}
    objects_minor = journal_minor + sum(_apart(one) for one in differences if (one.kind, one.object_id) not in stray)
    explained = journal_minor + sum(_apart(one) for one in differences)
    if comparable and statement_minor not in (explained, journal_minor):
        differences.append(Difference("balance", "", explained, statement_minor))
    return Verdict(journal_minor, objects_minor, statement_minor, tuple(differences), tuple(waiting))


def with_books(verdict: Verdict, *, connected: int, available: int) -> Verdict:
    """Money at the provider is somebody's: the two accounts that say so must mirror each other."""
    if connected + available == 0:
        return verdict
    return replace(verdict, differences=(*verdict.differences, Difference("books", "", -available, connected)))


def _apart(one: Difference) -> int:
    return (one.there_minor or 0) - (one.here_minor or 0)


def _by_object(facts: Iterable[Fact]) -> dict[tuple[str, str], Fact]:
    """One fact for each object: the sum, from when it began, under way when a part of it is."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.kind, fact.object_id)
        before = found.get(key)
        found[key] = fact if before is None else replace(
            before, amount_minor=before.amount_minor + fact.amount_minor, at=min(before.at, fact.at),
            open=before.open or fact.open,
        )  # fmt: skip
    return found


def _same(our: Fact | None, their: Fact | None) -> bool:
    return (our.amount_minor if our else 0) == (their.amount_minor if their else 0)


def _elsewhere(our: Fact, complete_since: datetime | None) -> bool:
    """Booked before the part of the provider's books that was read: an earlier look proved it."""
    return complete_since is not None and our.at < complete_since


def _young(our: Fact | None, their: Fact | None, cut: datetime) -> bool:
    """The provider's object says how old a movement is; where it has none, our booking does."""
    began = their.at if their is not None else our.at if our is not None else cut
    return began > cut or any(fact is not None and fact.open for fact in (our, their))


def _intended(our: Fact | None, their: Fact | None, left: list[tuple[str, int]]) -> bool:
    """The provider did what we are about to ask it for: its answer was lost, and we'll ask with the same key."""
    if our is not None or their is None:
        return False
    for intent in left:
        if intent[0] == their.kind and abs(their.amount_minor) <= intent[1]:
            left.remove(intent)
            return True
    return False


def counts(*, first_seen: datetime, now: datetime, drained: bool) -> bool:
    """Is a suspicion confirmed? See the top of this page."""
    return drained or now - first_seen >= AGAIN


def seen_again(before: Sequence[str], differences: Sequence[Difference]) -> bool:
    """Is one of the differences that were seen before still there?"""
    return bool(set(before) & {one.key for one in differences})


def accepted(released: Sequence[str], differences: Sequence[Difference]) -> bool:
    """Are all of the differences among those that an admin released?"""
    return {one.key for one in differences} <= set(released)
