"""Sends queued webhooks over real HTTP, signed as the vendor signs, retried with back-off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import structlog

from marketplace.sandbox.store import Row, Store

log = structlog.get_logger()

_BACKOFF = (1, 2, 5, 15, 60, 300)


@dataclass(frozen=True)
class Endpoint:
    """Where a vendor's events go, and how its headers are made from the body."""

    url: str
    sign: Callable[[bytes], dict[str, str]]


class Courier:
    """Claims due deliveries (several couriers may run) and posts them."""

    def __init__(self, store: Store, endpoints: dict[str, Endpoint]) -> None:
        self._store = store
        self._endpoints = endpoints

    async def run(self) -> None:
        """Until cancelled."""
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            while True:
                try:
                    sent = await self.step(client)
                except Exception:
                    log.exception("sandbox.delivery_failed")
                    sent = 0
                if not sent:
                    await asyncio.sleep(0.1)

    async def step(self, client: httpx.AsyncClient, batch: int = 8) -> int:
        """Deliver up to ``batch`` due events; returns how many were tried."""
        async with self._store.tx() as tx:
            cursor = await tx.connection.execute(
                "UPDATE sandbox.deliveries SET due_at = now() + interval '20 seconds', attempts = attempts + 1"
                " WHERE id IN (SELECT id FROM sandbox.deliveries WHERE state='pending' AND due_at <= now()"
                " ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *",
                (batch,),
            )
            rows = await cursor.fetchall()
        await asyncio.gather(*(self._send(client, row) for row in rows))
        return len(rows)

    async def _send(self, client: httpx.AsyncClient, row: Row) -> None:
        endpoint = self._endpoints[row["endpoint"]]
        body = bytes(row["body"])
        status, error = None, None
        try:
            answer = await client.post(
                endpoint.url, content=body, headers={"content-type": "application/json", **endpoint.sign(body)}
            )
            status = answer.status_code
        except httpx.HTTPError as problem:
            error = type(problem).__name__
        delivered = status is not None and 200 <= status < 300
        given_up = not delivered and row["attempts"] >= len(_BACKOFF)
        state = "delivered" if delivered else "failed" if given_up else "pending"
        wait = _BACKOFF[min(row["attempts"], len(_BACKOFF)) - 1]
        async with self._store.tx() as tx:
            await tx.connection.execute(
                "UPDATE sandbox.deliveries SET state=%s, last_status=%s, last_error=%s,"
                " due_at = now() + make_interval(secs => %s) WHERE id=%s",
                (state, status, error, wait, row["id"]),
            )
