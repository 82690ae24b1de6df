"""Pure decisions about reviews: who may write one, what it may say, what the stars come to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from marketplace import text
from marketplace.errors import Invalid
from marketplace.i18n import _, number_words

SHORTEST, LONGEST, LONGEST_REPLY, LONGEST_REASON = 10, 2_000, 2_000, 300
ON_CARDS = 3  # ratings from which on an average says something
PAGE = 10

Standing = Literal["signed_out", "own", "partner", "not_owned", "not_used", "may"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether somebody may review a product. ``has_grant``: a live one, bought, free or given;
    ``used``: they have opened the lesson's player or a lesson of the course."""

    signed_in: bool
    is_creator: bool
    is_partner: bool
    has_grant: bool
    used: bool


def standing(facts: Facts) -> Standing:
    """Only who has it and has opened it, and earns nothing with it."""
    if not facts.signed_in:
        return "signed_out"
    if facts.is_creator:
        return "own"
    if not facts.has_grant:
        return "not_owned"
    if facts.is_partner:
        return "partner"
    return "may" if facts.used else "not_used"


def why_not(found: Standing) -> str:
    """For the person; empty where nothing is in the way."""
    return {
        "signed_out": _("Sign in to review what you own."),
        "own": _("This is your own product; others review it."),
        "not_owned": _("Only people who own it can review it."),
        "partner": _("You have or had a share in what it earns, so you can't review it."),
        "not_used": _("You can review it once you have started it."),
    }.get(found, "")


def clean_stars(stars: int) -> int:
    if not 1 <= stars <= 5:
        raise Invalid("Choose one to five stars.", field="stars")
    return stars


def clean_words(words: str) -> str:
    """Plain text, or none at all."""
    kept = _tidy(words, limit=LONGEST, field="words", label="A review")
    if kept and len(kept) < SHORTEST:
        raise Invalid("Write at least {least} characters, or nothing.", field="words", least=SHORTEST)
    return kept


def clean_reply(words: str) -> str:
    return _tidy(words, limit=LONGEST_REPLY, field="reply", label="A reply")


def clean_reason(words: str) -> str:
    return text.clean_line(words, limit=LONGEST_REASON, field="reason", label="The reason")


def _tidy(words: str, *, limit: int, field: str, label: str) -> str:
    """Without walls of empty lines."""
    kept = text.clean_text(words, limit=limit, field=field, label=label)
    lines = [line.rstrip() for line in kept.split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or lines[n - 1])


@dataclass(frozen=True, slots=True)
class Rating:
    """How many stars how many people gave together."""

    count: int = 0
    total: int = 0

    @property
    def tenths(self) -> int:
        """The average in tenths of a star, rounded half up; 0 without any."""
        return (20 * self.total + self.count) // (2 * self.count) if self.count else 0

    @property
    def words(self) -> str:
        """``4.7``; empty without any."""
        return number_words(Decimal(self.tenths) / 10, 1) if self.count else ""

    @property
    def telling(self) -> bool:
        return self.count >= ON_CARDS


NONE = Rating()
