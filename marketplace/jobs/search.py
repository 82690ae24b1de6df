"""What was bought speaks for products, products age, and those without a document get one."""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog

from marketplace.db import transaction
from marketplace.domain.search import meaning, rating, taste
from marketplace.domain.search import service as search
from marketplace.domain.search.meaning import Due
from marketplace.domain.search.ports import Embedder
from marketplace.errors import Invalid, MarketplaceError
from marketplace.vendors import vendors

log = structlog.get_logger()
_BATCH = 500
_EMBEDDED = 128  # products between two commits
_AT_MOST_S = 50  # of one run: the next minute's goes on, and two don't send the same


async def fold(timestamp: int = 0) -> None:
    """Every minute. One transaction for each batch: what a crash undoes is looked at again."""
    while True:
        async with transaction() as session:
            if not await taste.fold(session, _BATCH):
                return


async def rate(timestamp: int = 0) -> None:
    """Every minute: what ratings changed."""
    while True:
        async with transaction() as session:
            if not await rating.fold(session, _BATCH):
                return


async def fill(timestamp: int = 0) -> None:
    """Products that were on offer before search had documents; and any that lack one for another reason."""
    while True:
        async with transaction() as session:
            if await search.make_missing(session, _BATCH) < _BATCH:
                return


async def stand(timestamp: int = 0) -> None:
    """Every hour: popularity as it is now, what isn't new any more, and who is among the best."""
    async with transaction() as session:
        await taste.count(session)
    while True:
        async with transaction() as session:
            if not await taste.age(session):
                break
    while True:
        async with transaction() as session:
            if not await taste.sort_into_bands(session):
                return


async def mean(timestamp: int = 0) -> None:
    """Every minute, where a model is configured: what is new, was changed, or is another model's."""
    embedder = vendors().embedder
    if embedder is None:
        return
    until = time.monotonic() + _AT_MOST_S
    try:
        async with transaction() as session:
            await meaning.prepare(session, embedder.space)
        while time.monotonic() < until:
            async with transaction() as session:
                batch = await meaning.due(session, embedder.space, _EMBEDDED)
            await _embed(embedder, batch.due)
            if batch.looked_at < _EMBEDDED:
                return
    except MarketplaceError as error:
        log.warning("search.not_embedded", kind=error.kind, reason=error.text)


async def _embed(embedder: Embedder, due: Sequence[Due]) -> None:
    """A text that is refused doesn't keep the others out: those it came with are sent again in halves. A server that
    refuses any text is none that these should be given up for."""
    if not due:
        return
    try:
        vectors: Sequence[list[float] | None] = await embedder.embed([one.text for one in due])
    except Invalid:
        await embedder.embed_query("clay")
        if len(due) > 1:
            await _embed(embedder, due[: len(due) // 2])
            return await _embed(embedder, due[len(due) // 2 :])
        log.warning("search.text_refused", product=str(due[0].product_id))
        vectors = [None]
    async with transaction() as session:
        for one, vector in zip(due, vectors, strict=True):
            await meaning.keep(session, embedder.space, one, vector)


PERIODIC = {
    "search.fold": ("* * * * *", fold),
    "search.rate": ("* * * * *", rate),
    "search.fill": ("* * * * *", fill),
    "search.mean": ("* * * * *", mean),
    "search.stand": ("41 * * * *", stand),
}
