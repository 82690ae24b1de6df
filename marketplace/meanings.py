"""What was typed as a vector: asked of the embedding model, remembered in memory alone, and never waited for long."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache

import structlog

from marketplace.domain.search.ports import Embedder
from marketplace.errors import MarketplaceError
from marketplace.vendors import vendors

log = structlog.get_logger()
_KEPT = 1000  # queries
_AT_ONCE = 8  # calls under way; who comes then goes without
_FAILS, _REST_S = 3, 30.0  # so often in a row, then it isn't asked for a while


class Meanings:
    """One per process. ``wait_s`` is the longest that a search waits; the call itself goes on, so that the page that
    looks again finds its answer."""

    def __init__(self, embedder: Embedder | None, *, wait_s: float = 0.25) -> None:
        self._embedder, self._wait_s = embedder, wait_s
        self._known: OrderedDict[str, array[float]] = OrderedDict()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failed = 0
        self._rests_until = 0.0

    def peek(self, query: str) -> Sequence[float] | None:
        """Only if it is known already."""
        known = self._known.get(query.casefold())
        if known is not None:
            self._known.move_to_end(query.casefold())
        return known

    async def of(self, query: str) -> Sequence[float] | None:
        """``None``: not in time, or not to be had."""
        if (known := self.peek(query)) is not None or self._embedder is None or time.monotonic() < self._rests_until:
            return known
        key = query.casefold()
        if key not in self._running:
            if len(self._running) >= _AT_ONCE:
                return None
            self._running[key] = asyncio.create_task(self._ask(self._embedder, key))
        await asyncio.wait({self._running[key]}, timeout=self._wait_s)
        found = self._known.get(key)
        self._count(found is not None)
        return found

    async def _ask(self, embedder: Embedder, key: str) -> None:
        try:
            self._known[key] = array("f", await embedder.embed_query(key))
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        except MarketplaceError as error:
            log.warning("search.meaning_unknown", kind=error.kind, reason=error.text)
        except Exception as error:
            log.warning("search.meaning_unknown", error=type(error).__name__)
        finally:
            del self._running[key]

    def _count(self, in_time: bool) -> None:
        self._failed = 0 if in_time else self._failed + 1
        if self._failed >= _FAILS:
            self._failed, self._rests_until = 0, time.monotonic() + _REST_S


@cache
def meanings() -> Meanings:
    return Meanings(vendors().embedder)
