"""Products close in meaning to what was typed: their vectors, what is due to be embedded, and the nearest.

Only where an embedding model is configured. The index over the vectors needs PostgreSQL's ``vector`` extension; it is
made here and not by a migration, since its shape is the model's. See ``docs/decisions/0034-close-in-meaning.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.locks import hold
from marketplace.domain.search import making, rules
from marketplace.domain.search.ports import Space
from marketplace.domain.search.store import Hit
from marketplace.errors import ConfigurationError
from marketplace.i18n import N_
from marketplace.sql import rows

MOST_CHARACTERS = 2000  # of a text: small models read no more, and the beginning tells most
_LEAST_VERSION = (0, 8)  # of the extension: scans that go on until filters leave enough
_SCAN = "8000"  # vectors that are looked at when a filter leaves few
_ABSENT = N_("Search by meaning needs PostgreSQL's vector extension, which this server doesn't have.")
_NOT_ALLOWED = N_(
    "Search by meaning needs the vector extension. Let an administrator of the database run: CREATE EXTENSION vector"
)
_TOO_OLD = N_("Search by meaning needs version 0.8 of the vector extension or a newer one; this is {version}.")


@dataclass(frozen=True, slots=True)
class Due:
    """A product whose text isn't the one that was embedded. ``seen``: since when that was so, when it was read."""

    product_id: UUID
    text: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """``looked_at``: also those whose text turned out to be the same."""

    looked_at: int
    due: list[Due]


def _index(space: Space) -> str:
    return "search_meaning_near_" + hashlib.sha256(space.name.encode()).hexdigest()[:12]


def _literal(text: str) -> str:
    """In statements for which a parameter won't do: the index knows its model."""
    return "'" + text.replace("'", "''") + "'"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# making


async def prepare(session: AsyncSession, space: Space) -> None:
    """The extension and the index for this model. Vectors of another one are forgotten with their index."""
    await hold(session, "search:meaning")
    schema = await _extension(session)
    index = _index(space)
    found = await rows(
        session,
        "SELECT indexname FROM pg_indexes WHERE tablename = 'search_meaning' AND schemaname = current_schema()"
        " AND starts_with(indexname, 'search_meaning_near_')",
        {},
    )
    others = [name for (name,) in found if name != index]
    for name in others:
        await rows(session, f"DROP INDEX {name}", {})
    if len(others) < len(found):
        return
    await rows(session, "SET LOCAL statement_timeout = 0", {})
    await rows(session, f"DELETE FROM search_meaning WHERE space <> {_literal(space.name)}", {})
    await rows(
        session,
        f"CREATE INDEX {index} ON search_meaning USING hnsw ((embedding::{schema}.halfvec({space.dimensions}))"
        f" {schema}.halfvec_cosine_ops) WHERE space = {_literal(space.name)}",
        {},
    )


async def _extension(session: AsyncSession) -> str:
    """The schema that the extension is in."""
    found = await _installed(session)
    if found is None:
        await _install(session)
        found = await _installed(session)
    assert found is not None
    schema, version = found
    if tuple(map(int, version.split(".")[:2])) < _LEAST_VERSION:
        raise ConfigurationError(_TOO_OLD, version=version)
    return schema


async def _installed(session: AsyncSession) -> tuple[str, str] | None:
    found = await rows(
        session,
        "SELECT quote_ident(nspname), extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
        " WHERE extname = 'vector'",
        {},
    )
    return (str(found[0][0]), str(found[0][1])) if found else None


async def _install(session: AsyncSession) -> None:
    """Into the schema that hosted databases have for extensions, where there is one."""
    known = await rows(
        session,
        "SELECT to_regnamespace('extensions') IS NOT NULL FROM pg_available_extensions WHERE name = 'vector'",
        {},
    )
    if not known:
        raise ConfigurationError(_ABSENT)
    try:
        await rows(session, "CREATE EXTENSION vector" + (" SCHEMA extensions" if known[0][0] else ""), {})
    except DBAPIError as problem:
        raise ConfigurationError(_NOT_ALLOWED) from problem


_MISSING = """
INSERT INTO search_meaning (product_id, space, digest, stale_since)
SELECT product_id, %(space)s, '', clock_timestamp() FROM search_document d
WHERE to_regclass(%(index)s) IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM search_meaning m WHERE m.product_id = d.product_id) LIMIT %(limit)s
FOR KEY SHARE SKIP LOCKED ON CONFLICT DO NOTHING
"""
_STALE = f"""
SELECT m.product_id, m.stale_since, m.digest, left({making.ABOUT}, {MOST_CHARACTERS})
FROM (SELECT product_id, stale_since, digest FROM search_meaning
      WHERE stale_since IS NOT NULL AND space = %(space)s ORDER BY stale_since LIMIT %(limit)s) m
JOIN product p ON p.id = m.product_id
"""


async def due(session: AsyncSession, space: Space, limit: int) -> Batch:
    """What has to be embedded next, those that wait longest first. Nothing once another model has taken over."""
    values = {"space": space.name, "index": _index(space), "limit": limit}
    await rows(session, _MISSING, values)
    found = await rows(session, _STALE, values)
    changed: list[Due] = []
    same: list[Due] = []
    for product_id, since, digest, text in found:
        (same if digest == _digest(text) else changed).append(Due(product_id, text, since))
    for one in same:
        await _keep(session, space, one, "")
    return Batch(len(found), changed)


async def keep(session: AsyncSession, space: Space, one: Due, vector: Sequence[float] | None) -> None:
    """What a text was embedded as; ``None``: it is refused, and won't be sent again as it is."""
    change = "embedding = CAST(%(vector)s AS real[]), digest = %(digest)s,"
    await _keep(session, space, one, change, vector=list(vector) if vector else None, digest=_digest(one.text))


async def _keep(session: AsyncSession, space: Space, one: Due, change: str, **values: Any) -> None:
    """A row that somebody holds is left for the next time: who publishes never waits for two of these in a circle."""
    await rows(
        session,
        f"UPDATE search_meaning SET {change} stale_since = nullif(stale_since, %(seen)s) WHERE product_id ="
        " (SELECT product_id FROM search_meaning WHERE product_id = %(id)s AND space = %(space)s FOR UPDATE SKIP LOCKED)",
        {"id": one.product_id, "space": space.name, "seen": one.seen, **values},
    )


# finding

_READY = """
SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.max_scan_tuples', %(scan)s, true),
    to_regclass(%(index)s) IS NOT NULL,
    (SELECT quote_ident(nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'vector')
"""


async def near(
    session: AsyncSession,
    space: Space,
    vector: Sequence[float],
    filters: Mapping[str, str],
    seen: Sequence[UUID],
    least: int,
) -> list[Hit]:
    """The closest on offer that pass the filters and aren't ``seen``, in a transaction; ``place`` is how close."""
    ready = (await rows(session, _READY, {"index": _index(space), "scan": _SCAN}))[0]
    if not ready[2] or len(vector) != space.dimensions:
        return []
    schema, wanted = ready[3], rules.all_of((), "", filters)
    kind = f"{schema}.halfvec({space.dimensions})"
    away = f"m.embedding::{kind} OPERATOR({schema}.<=>) CAST(%(vector)s AS {kind})"
    found = await rows(
        session,
        "WITH c AS MATERIALIZED ("
        f" SELECT m.product_id, {away} AS away, d.buyers, d.fresh, d.quality FROM search_meaning m"
        " JOIN search_document d ON d.product_id = m.product_id"
        f" WHERE m.space = {_literal(space.name)} AND m.embedding IS NOT NULL AND m.product_id <> ALL(%(seen)s)"
        + (" AND d.words @@ CAST(%(wanted)s AS tsquery)" if wanted else "")
        + f" ORDER BY {away} LIMIT %(limit)s)"
        " SELECT product_id, round(1000 * (1 - away))::int, '', buyers, fresh, quality FROM c ORDER BY 2 DESC, product_id DESC",
        {"vector": str(list(vector)), "seen": list(seen), "wanted": wanted, "limit": rules.CLOSE},
    )
    hits = [Hit(*row) for row in found]
    return hits[: rules.close_enough([hit.place for hit in hits], least)]
