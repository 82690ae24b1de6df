"""Pure decisions of search: what a query asks for, how results rank and why, which purchases count.

The ranking is integers throughout, so that the statement that ranks (``store.py``) and this page agree to the point.
See ``docs/decisions/0029-search-and-ranking.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, combinations
from urllib.parse import urlencode
from uuid import UUID

from marketplace.domain.reviews.rules import ON_CARDS
from marketplace.money import EXPONENTS, MINIMUM_CHARGE
from marketplace.text import JOINERS

# PostgreSQL's dictionaries by the language of a product; all others are searched word for word.
DICTIONARIES = {
    "en": "english", "es": "spanish", "fr": "french", "de": "german", "pt": "portuguese", "it": "italian",
    "nl": "dutch", "sv": "swedish", "ar": "arabic", "hi": "hindi", "tr": "turkish",
}  # fmt: skip
MAX_TYPED, MAX_WORDS = 200, 8
# What a word is worth where it is found: in the title; topic or creator; summary or lesson names; any other text.
POINTS = {"A": 1000, "B": 850, "C": 600, "D": 150}
SORTS = ("best", "newest", "popular", "price", "price-down")
FACETS = {"kind": "k", "topic": "o", "level": "l", "price": "p", "language": "g", "length": "d", "rating": "r"}
LENGTHS = {"s": 600, "m": 1800, "l": 5400}  # seconds, up to; "x" is what is longer
RATINGS = ("4", "3")  # stars and up
PRICE_STEPS = (20, 50, 100)  # times the smallest charge in the currency
BANDS = (512, 2048, 8192, 32768, 131072, 524288)  # how many products of best standing are in each
WINDOW, HALF_LIFE = timedelta(days=90), timedelta(days=30)
_IDEOGRAPHS = re.compile("([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_SHAPE = re.compile(r"[a-z0-9-]{1,40}")


def words(query: str) -> list[str]:
    """Up to eight searchable words of what someone typed; operators and other signs mean nothing.

    Words are what the database takes for words. Signs of Chinese and Japanese, which are written without spaces, are
    words of their own."""
    text = unicodedata.normalize("NFKC", query[: 2 * MAX_TYPED])
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in JOINERS else " " for c in text)
    found = [w for w in _IDEOGRAPHS.sub(r" \1 ", kept).split() if any(c.isalnum() for c in w)]
    return [lower(word) for word in found[:MAX_WORDS]]


def lower(word: str) -> str:
    """Sign by sign, as the database does it: what depends on the signs beside it stays as it is."""
    return "".join(c.lower()[:1] for c in word)


def folded(word: str) -> str:
    """Without accents."""
    kept = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", word))
    return unicodedata.normalize("NFC", kept)


def typed(query: str) -> str:
    """The query as it is shown again: one line, without what can't be shown."""
    return " ".join("".join(c if c.isprintable() else " " for c in query[:MAX_TYPED]).split())


# terms


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found. ``ways``: any of them will do; a way is lexemes that all have to be there."""

    word: str
    ways: tuple[tuple[str, ...], ...]

    def query(self, mark: str = "", weight: str = "") -> str:
        """As PostgreSQL's text query. ``mark``: of the lexemes meant, as documents hold them."""
        return " | ".join(
            "(" + " & ".join(_quoted(mark + lexeme) + (f":{weight}" if weight else "") for lexeme in way) + ")"
            for way in self.ways
        )


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def all_of(terms: Sequence[Term], mark: str, filters: Mapping[str, str]) -> str:
    """Every term under ``mark``, and every filter."""
    parts = [f"({term.query(mark)})" for term in terms]
    parts += [_quoted(f"{FACETS[name]} {value}") for name, value in sorted(filters.items()) if value]
    return " & ".join(parts)


def months(last: date, count: int) -> str:
    """Published in one of so many months up to that of ``last``."""
    first = last.year * 12 + last.month - 1
    return _any(f"m {(first - n) // 12:04}-{(first - n) % 12 + 1:02}" for n in range(count))


def prices(rank: int | None, count: int, *, down: bool) -> str:
    """In one of so many ranges of prices, from that of ``price_rank`` on (None: from the first) up or ``down``."""
    highest = len(PRICE_STEPS) + 1
    first = highest if down else 0
    if rank is not None:
        first = 0 if rank <= 0 else 1 + sum(rank >= 100 * step for step in PRICE_STEPS)
    ranges = [n for n in (first + (-i if down else i) for i in range(count)) if 0 <= n <= highest]
    return _any(f"p {value}" for n in ranges for value in ([f"{c}-{n}" for c in MINIMUM_CHARGE] if n else ["free"]))


def _any(lexemes: Iterable[str]) -> str:
    return f"({' | '.join(map(_quoted, lexemes))})"


def runs(found: Sequence[str]) -> list[str]:
    """The words, and those that stand together: up to three, as synonyms may be several words."""
    return [" ".join(found[i : i + n]) for n in (3, 2, 1) for i in range(len(found) - n + 1)]


# ranking


def match(fields: str) -> int:
    """0 to 1000. ``fields``: for each term the letter of the best place it was found in."""
    return sum(POINTS[letter] for letter in fields) // len(fields) if fields else 0


def score(fields: str, quality: int) -> int:
    """What results are ordered by. Standing is worth at most four tenths of a perfect match: what doesn't have the
    words where it matters can't be sold to the top."""
    return match(fields) + quality * 4 // 10


def quality(popularity: int, fresh: int, rated: int = 0) -> int:
    """The standing of a product whatever is searched: 0 to 1000."""
    return max(0, min(1000, (7 * popularity + 3 * fresh) // 10 + rated))


def rated(count: int, total: int) -> int:
    """What ratings add to the standing or take from it, up to 200 points for each star that their mean is away from
    four. The mean is that of them and of ten more of four stars each: a few of them hardly move it."""
    points = STAR * (total - USUAL * count)
    return (points if points >= 0 else -points) // (count + BESIDE) * (1 if points >= 0 else -1)


USUAL, BESIDE, STAR = 4, 10, 200


@dataclass(frozen=True, slots=True)
class Review:
    """``before`` it: of this product, by new accounts on the same day (UTC)."""

    account_age: timedelta
    before: int


def speaks(review: Review) -> bool:
    """Reviews of accounts that were made within the week before don't count for the standing; of those within the month
    before, the first three a day."""
    if review.account_age < NEW_ACCOUNT:
        return False
    return review.account_age >= NEW_REVIEWER or review.before < NEW_A_DAY


def rating_value(count: int, tenths: int) -> str:
    """The filter that a product is found by, ``4`` or ``3`` stars and up, or ``none``."""
    stars = next((value for value in RATINGS if tenths >= 10 * int(value)), "none")
    return stars if count >= ON_CARDS else "none"


def at_least(counted: Mapping[str, int]) -> dict[str, int]:
    """How many have so many stars or more, of how many have just these."""
    sums = accumulate(counted.get(value, 0) for value in RATINGS)
    return {value: count for value, count in zip(RATINGS, sums, strict=True) if count}


def popularity(weight: float) -> int:
    """0 to 1000 from the sum of decayed buyers: each further one counts less than the one before."""
    return int(1000 * weight / (weight + 10)) if weight > 0 else 0


def fresh(age: timedelta) -> int:
    """0 to 1000, in steps: so that a product's standing changes three times and not every day."""
    return next((points for days, points in FRESH if age < timedelta(days=days)), 100)


FRESH = ((30, 1000), (90, 700), (365, 400))


def decayed(age: timedelta) -> float:
    """What a buyer counts after some time."""
    return float(0.5 ** (max(age, timedelta()) / HALF_LIFE)) if age < WINDOW else 0.0


@dataclass(frozen=True, slots=True)
class Purchase:
    """What decides whether a purchase speaks for a product."""

    buyer_is_creator: bool
    buyer_is_partner: bool
    paid_minor: int
    returned_minor: int


NEW_ACCOUNT, NEW_REVIEWER = timedelta(days=7), timedelta(days=30)
NEW_A_DAY, FROM_ONE_CREATOR, PAIRS = 3, 3, 50


def counts(purchase: Purchase) -> bool:
    """Nobody speaks for their own work, and nothing speaks for what was given back."""
    own = purchase.buyer_is_creator or purchase.buyer_is_partner
    return not own and purchase.paid_minor > 0 and purchase.returned_minor * 2 <= purchase.paid_minor


# what is close in meaning

CLOSE = FEW = 12


def few(asked: Asked, counted: int, complete: bool) -> bool:
    """Are the words answered with so little that what is close in meaning helps? Only on the first page."""
    return bool(words(asked.query)) and not asked.key and complete and counted < FEW


def close_enough(closeness: Sequence[int], least: int) -> int:
    """How many of the closest are worth showing. ``closeness`` is a thousand times the cosine, falling: at least
    ``least``, and three quarters of the first, since a clear answer makes vague ones look arbitrary."""
    bar = max(least, closeness[0] * 3 // 4) if closeness else least
    return sum(one >= bar for one in closeness)


# typing mistakes


def near(word: str) -> set[str]:
    """The word with a letter missing, and a long one with two: as ``search_near`` in the database."""
    if not 4 <= len(word) <= 24 or any(c in "0123456789" for c in word):
        return set()
    gone = range(3 if len(word) >= 8 else 2)
    return {
        "".join(c for i, c in enumerate(word) if i not in out)
        for n in gone
        for out in combinations(range(len(word)), n)
    }


def distance(a: str, b: str) -> int:
    """How many letters have to be typed, left out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        oldest, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, oldest[j - 2] + 1)
            row.append(best)
    return row[-1]


def meant(word: str, known: Mapping[str, int]) -> str:
    """The word of the shop's vocabulary (word → uses) that was probably meant; empty when none is near enough."""
    allowed = 2 if len(word) >= 8 else 1
    ranked = [
        (distance(word, other), other[:1] != word[:1], -uses, other) for other, uses in known.items() if other != word
    ]
    best = min((entry for entry in ranked if entry[0] <= allowed), default=None)
    return best[3] if best else ""


# what an address says


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address has it. Unknown values are no values."""

    query: str = ""
    sort: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    exact: bool = False
    key: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        return dict(self.filters)

    @property
    def order(self) -> str:
        """Best match for what was typed, newest for looking around."""
        return self.sort or ("best" if words(self.query) else "newest")

    def address(self, **changes: str) -> str:
        """The address of this search with something changed; empty values are left out, and so is the page."""
        kept = {"q": self.query, **self.chosen, "sort": self.sort, "exact": "1" if self.exact else "", **changes}
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"/search?{query}" if query else "/search"


def asked(parameters: Mapping[str, str]) -> Asked:
    """What a search's address asks for. ``level``, ``kind`` and so on are checked for their shape alone: a value that
    nothing has finds nothing."""
    filters = [(name, parameters.get(name, "")) for name in FACETS]
    sort = parameters.get("sort", "")
    return Asked(
        typed(parameters.get("q", "")), sort if sort in SORTS else "",
        tuple((name, value) for name, value in filters if value and _SHAPE.fullmatch(value)),
        parameters.get("exact") == "1", parameters.get("key", "")[:100],
    )  # fmt: skip


_KEY = re.compile(r"([a-z-]{4,10})\.(-?\d{1,18})\.([0-9a-f]{32})")


def to_key(order: str, place: int, product_id: UUID) -> str:
    return f"{order}.{place}.{product_id.hex}"


def from_key(key: str, order: str) -> tuple[int, UUID] | None:
    """Where a page begins. A key that was tampered with, or is another order's, is none: the first page."""
    found = _KEY.fullmatch(key)
    return (int(found[2]), UUID(found[3])) if found and found[1] == order else None


# filters


def price_steps(currency: str) -> list[int]:
    """Where the ranges of prices in this currency end, in minor units."""
    return [MINIMUM_CHARGE[currency] * step for step in PRICE_STEPS]


def price_value(amount_minor: int, currency: str) -> str:
    """``free``, or the currency and the number of its range: ``usd-2``."""
    if not amount_minor:
        return "free"
    return f"{currency}-{1 + sum(amount_minor >= step for step in price_steps(currency))}"


def price_range(value: str) -> tuple[str, int, int] | None:
    """(currency, from, up to) in minor units; 0: open."""
    currency, _dash, number = value.partition("-")
    if currency not in EXPONENTS or number not in ("1", "2", "3", "4"):
        return None
    edges = [0, *price_steps(currency), 0]
    return currency, edges[int(number) - 1], edges[int(number)]


def within(counted: int, complete: bool) -> tuple[int, bool]:
    """A count as it can be said honestly: exact, or a round number that it is more than."""
    if complete or counted < 10:
        return counted, not complete
    size = 10 ** (len(str(counted)) - 1)
    return counted // size * size, True


def levels(found: int, bands: Sequence[int], sample: int = 0, *, enough: int = 200) -> Iterator[int | None]:
    """Which bands of standing to look in, when ``found`` of those in the band ``sample`` have it: the one where
    ``enough`` are expected, then all."""
    if found > 1:
        for band in bands[sample + 1 :]:
            if found * BANDS[band] // BANDS[sample] >= enough:
                yield band
                break
    yield None
