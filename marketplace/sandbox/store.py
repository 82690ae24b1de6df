"""The sandbox's own store: JSON objects by vendor, kind and id, in the schema ``sandbox``.

Independent of the product's tables and migrations on purpose: it plays other companies' databases.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

Row = dict[str, Any]

_SCHEMA = """
SELECT pg_advisory_xact_lock(723001);
CREATE SCHEMA IF NOT EXISTS sandbox;
CREATE TABLE IF NOT EXISTS sandbox.objects (
    vendor text NOT NULL, kind text NOT NULL, id text NOT NULL,
    data jsonb NOT NULL, seq bigserial NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vendor, kind, id));
CREATE INDEX IF NOT EXISTS objects_by_seq ON sandbox.objects (vendor, kind, seq DESC);
CREATE INDEX IF NOT EXISTS objects_by_data ON sandbox.objects USING gin (data jsonb_path_ops);
CREATE TABLE IF NOT EXISTS sandbox.replies (
    vendor text NOT NULL, key text NOT NULL, request text NOT NULL, status int, body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (vendor, key));
CREATE TABLE IF NOT EXISTS sandbox.deliveries (
    id bigserial PRIMARY KEY, vendor text NOT NULL, endpoint text NOT NULL, event_id text NOT NULL,
    event_type text NOT NULL, body bytea NOT NULL, due_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'pending', attempts int NOT NULL DEFAULT 0,
    last_status int, last_error text, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS deliveries_due ON sandbox.deliveries (due_at) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS sandbox.knobs (vendor text PRIMARY KEY, data jsonb NOT NULL);
"""


class Tx:
    """One transaction on the sandbox's store."""

    def __init__(self, connection: AsyncConnection[Row], offset: timedelta) -> None:
        self.connection = connection
        self._offset = offset

    def now(self) -> datetime:
        """The sandbox's clock: real time plus what the chaos panel advanced."""
        return datetime.now(UTC) + self._offset

    def timestamp(self) -> int:
        return int(self.now().timestamp())

    async def get(self, vendor: str, kind: str, id: str, *, lock: bool = False) -> Row | None:
        tail = " FOR UPDATE" if lock else ""
        cursor = await self.connection.execute(
            f"SELECT data FROM sandbox.objects WHERE vendor=%s AND kind=%s AND id=%s{tail}", (vendor, kind, id)
        )
        row = await cursor.fetchone()
        return row["data"] if row else None

    async def put(self, vendor: str, kind: str, id: str, data: Row) -> Row:
        """Insert or replace."""
        await self.connection.execute(
            "INSERT INTO sandbox.objects (vendor, kind, id, data) VALUES (%s,%s,%s,%s)"
            " ON CONFLICT (vendor, kind, id) DO UPDATE SET data = EXCLUDED.data",
            (vendor, kind, id, Jsonb(data)),
        )
        return data

    async def delete(self, vendor: str, kind: str, id: str) -> None:
        await self.connection.execute(
            "DELETE FROM sandbox.objects WHERE vendor=%s AND kind=%s AND id=%s", (vendor, kind, id)
        )

    async def find(
        self,
        vendor: str,
        kind: str,
        where: Row | None = None,
        *,
        limit: int = 100,
        before: str | None = None,
        after: str | None = None,
        lock: bool = False,
    ) -> list[Row]:
        """Newest first. ``where`` is JSON containment; ``before``/``after`` are ids (Stripe's cursors:
        ``starting_after=x`` is ``before=x`` in time, since lists run backwards)."""
        clauses, params = ["vendor=%s", "kind=%s"], [vendor, kind]
        if where:
            clauses.append("data @> %s")
            params.append(Jsonb(where))  # type: ignore[arg-type]
        order = "DESC"
        cursor_seq = "(SELECT seq FROM sandbox.objects WHERE vendor=%s AND kind=%s AND id=%s)"
        if before:
            clauses.append(f"seq < {cursor_seq}")
            params += [vendor, kind, before]
        if after:
            clauses.append(f"seq > {cursor_seq}")
            params += [vendor, kind, after]
            order = "ASC"
        query = (
            f"SELECT data FROM sandbox.objects WHERE {' AND '.join(clauses)} ORDER BY seq {order} LIMIT {int(limit)}"
        )
        if lock:
            query += " FOR UPDATE"
        cursor = await self.connection.execute(query, params)
        rows = [row["data"] for row in await cursor.fetchall()]
        return rows if order == "DESC" else rows[::-1]

    async def knobs(self, vendor: str) -> Row:
        cursor = await self.connection.execute("SELECT data FROM sandbox.knobs WHERE vendor=%s", (vendor,))
        row = await cursor.fetchone()
        return row["data"] if row else {}

    async def set_knobs(self, vendor: str, data: Row) -> None:
        await self.connection.execute(
            "INSERT INTO sandbox.knobs VALUES (%s,%s) ON CONFLICT (vendor) DO UPDATE SET data = EXCLUDED.data",
            (vendor, Jsonb(data)),
        )

    async def deliver(self, vendor: str, endpoint: str, event_id: str, event_type: str, body: Row) -> None:
        """Queue a webhook for ``endpoint`` (a name such as ``stripe-connect``), as chaos allows.

        Knobs of the vendor: ``drop`` and ``duplicate`` (0–100 percent), ``delay`` (seconds),
        ``reorder`` (true: each delivery waits a random part of three seconds).
        """
        knobs = await self.knobs(vendor)
        dice = secrets.randbelow(100)
        copies = 0 if dice < int(knobs.get("drop", 0)) else 1
        if copies and secrets.randbelow(100) < int(knobs.get("duplicate", 0)):
            copies += 1
        state = "pending" if copies else "dropped"
        for _ in range(max(copies, 1)):
            wait = float(knobs.get("delay", 0))
            if knobs.get("reorder"):
                wait += secrets.randbelow(3000) / 1000
            await self.connection.execute(
                "INSERT INTO sandbox.deliveries (vendor, endpoint, event_id, event_type, body, due_at, state)"
                " VALUES (%s,%s,%s,%s,%s, now() + make_interval(secs => %s), %s)",
                (vendor, endpoint, event_id, event_type, json.dumps(body).encode(), wait, state),
            )
        await self.connection.execute("NOTIFY sandbox_deliveries")


class Store:
    """The pool, the schema and the folder of files."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.folder = folder
        self._pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=8,
            open=False,
            kwargs={"row_factory": dict_row},
            check=AsyncConnectionPool.check_connection,
        )

    async def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        await self._pool.open(wait=True)
        async with self._pool.connection() as connection:
            await connection.execute(_SCHEMA)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Tx]:
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute("SELECT data FROM sandbox.knobs WHERE vendor='clock'")
            row = await cursor.fetchone()
            yield Tx(connection, timedelta(seconds=float(row["data"].get("offset", 0)) if row else 0))

    def path(self, *parts: str) -> Path:
        """A file's path below the sandbox folder; refuses to leave it."""
        target = self.folder.joinpath(*parts).resolve()
        if not target.is_relative_to(self.folder.resolve()):
            raise ValueError("path leaves the sandbox folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


async def in_thread(function: Any, *args: Any) -> Any:
    """Blocking work off the event loop."""
    return await asyncio.to_thread(function, *args)
