"""Pages kept in memory: within so many bytes, the longest unused ones go first, and what changed goes at once."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from marketplace.page_news import EVERYTHING
from marketplace.visits import Shown

Key = tuple[str, str, str]  # path, query, language
_NEWS = 512  # of the latest changes that are remembered
_OWN_BYTES = 2000  # of an entry beside its bodies: tags, headers


@dataclass(slots=True)
class Kept:
    """``bodies`` by content encoding, ``""`` for none; ``until`` in seconds of the monotonic clock."""

    headers: list[tuple[bytes, bytes]]
    etag: bytes
    bodies: dict[str, bytes]
    tags: frozenset[str]
    shown: Shown | None
    until: float
    hits: int = 0

    @property
    def size(self) -> int:
        return _OWN_BYTES + sum(map(len, self.bodies.values())) + 60 * len(self.tags)


@dataclass(slots=True)
class _Shelf:
    most: int
    pages: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    tagged: dict[str, set[Key]] = field(default_factory=dict)
    size: int = 0

    def put(self, key: Key, page: Kept) -> None:
        self.remove(key)
        if page.size > self.most:
            return
        while self.pages and self.size + page.size > self.most:
            self.remove(next(iter(self.pages)))
        self.pages[key] = page
        self.size += page.size
        for tag in page.tags:
            self.tagged.setdefault(tag, set()).add(key)

    def remove(self, key: Key) -> None:
        page = self.pages.pop(key, None)
        if page is None:
            return
        self.size -= page.size
        for tag in page.tags:
            keys = self.tagged[tag]
            keys.discard(key)
            if not keys:
                del self.tagged[tag]


class KeptPages:
    """Addresses with a query have a smaller place of their own: they can't push the others out, however many there are."""

    def __init__(self, most: int) -> None:
        self._plain, self._asked = _Shelf(most * 3 // 4), _Shelf(most // 4)
        self._news: deque[frozenset[str]] = deque(maxlen=_NEWS)
        self._count = 0

    def __len__(self) -> int:
        return len(self._plain.pages) + len(self._asked.pages)

    @property
    def size(self) -> int:
        return self._plain.size + self._asked.size

    def _shelf(self, key: Key) -> _Shelf:
        return self._asked if key[1] else self._plain

    def get(self, key: Key) -> Kept | None:
        shelf = self._shelf(key)
        page = shelf.pages.get(key)
        if page is None:
            return None
        if page.until < time.monotonic():
            shelf.remove(key)
            return None
        shelf.pages.move_to_end(key)
        return page

    def moment(self) -> int:
        """Taken before a page is read from the database, and given to :meth:`put`."""
        return self._count

    def put(self, key: Key, page: Kept, since: int) -> bool:
        """Not when something that it shows changed while it was made: it may show what was before."""
        if self._changed(page.tags, since):
            return False
        self._shelf(key).put(key, page)
        return True

    def _changed(self, tags: frozenset[str], since: int) -> bool:
        missed = self._count - since
        if missed > len(self._news):
            return True
        latest = (self._news[-n] for n in range(1, missed + 1))
        return any(EVERYTHING in changed or not tags.isdisjoint(changed) for changed in latest)

    def drop(self, tags: Iterable[str]) -> None:
        """Everything with one of these tags goes; ``*`` is all there is."""
        changed = frozenset(tags)
        self._count += 1
        self._news.append(changed)
        for shelf in (self._plain, self._asked):
            if EVERYTHING in changed:
                shelf.pages.clear()
                shelf.tagged.clear()
                shelf.size = 0
                continue
            for key in [key for tag in changed for key in shelf.tagged.get(tag, ())]:
                shelf.remove(key)
