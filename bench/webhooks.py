"""Stripe events through the running product: ingested durably per second, and fully handled per second.

    python bench/webhooks.py [--events 6000] [--handled 1500] [--clients 16]

Ingested: signed, verified, stored once and queued in one transaction before the answer. Handled: the job
fetched the object from the (sandbox) vendor again and applied it in its own transaction.
Targets on two cores: 1,500/s with p99 under 30 ms; 150/s handled.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import time

from common import bench_product, summary

SECRET = "whsec_sandbox_platform"


def bodies(first: int, count: int, type_: str, object_id: str, object_: str) -> list[tuple[bytes, str]]:
    """(body, signature) of distinct events, made before the clock starts."""
    import stripe

    made = []
    for number in range(first, first + count):
        body = json.dumps(
            {
                "id": f"evt_bench_{number}", "object": "event", "api_version": "2026-10-28.endive", "created": int(time.time()),
                "data": {"object": {"id": object_id, "object": object_, "metadata": {}}}, "livemode": False,
                "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None}, "type": type_,
            }
        )  # fmt: skip
        made.append((body.encode(), stripe.WebhookSignature.generate_signature_header(body, SECRET)))
    return made


def post(port: int, events: list[tuple[bytes, str]], out) -> None:  # type: ignore[no-untyped-def]
    """One client with one connection, as fast as it is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for body, signature in events:
        started = time.perf_counter()
        connection.request(
            "POST", "/webhooks/stripe", body, {"stripe-signature": signature, "content-type": "application/json"}
        )
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        times.append((time.perf_counter() - started) * 1000)
    out.put(times)


def flood(port: int, events: list[tuple[bytes, str]], clients: int) -> tuple[list[float], float]:
    """Milliseconds of each, and seconds of all. The clients are threads of one other process."""
    queue: multiprocessing.Queue = multiprocessing.Queue()
    started = time.perf_counter()
    process = multiprocessing.Process(target=_clients, args=(port, events, clients, queue))
    process.start()
    times = queue.get()
    process.join()
    return times[0], times[1] if times[1] else time.perf_counter() - started


def _clients(port: int, events: list[tuple[bytes, str]], clients: int, queue) -> None:  # type: ignore[no-untyped-def]
    import queue as local
    import threading

    out: local.Queue = local.Queue()
    started = time.perf_counter()
    threads = [threading.Thread(target=post, args=(port, events[i::clients], out)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    queue.put(([ms for _ in threads for ms in out.get()], seconds))


async def drain(dsn: str, wanted: int) -> float:
    """Seconds until that many bench events are handled or ignored."""
    import psycopg

    started = time.perf_counter()
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        while True:
            cursor = await connection.execute(
                "SELECT count(*) FROM webhook_event WHERE event_id LIKE 'evt_bench_%' AND state IN ('handled', 'ignored')"
            )
            row = await cursor.fetchone()
            if row and row[0] >= wanted:
                return time.perf_counter() - started
            await asyncio.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=6000)
    parser.add_argument("--handled", type=int, default=1500)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    bench_product("webhooks", lambda product: measure(product, options.events, options.handled, options.clients))


def measure(product, events: int, handled: int, clients: int) -> dict[str, object]:  # type: ignore[no-untyped-def]
    import psycopg

    flood(product.port, bodies(10_000_000, 200, "transfer.updated", "tr_1", "transfer"), clients)
    times, seconds = flood(product.port, bodies(0, events, "transfer.updated", "tr_1", "transfer"), clients)
    asyncio.run(drain(product.dsn, events + 200))
    with psycopg.connect(product.dsn) as connection:
        row = connection.execute("SELECT checkout_id FROM \"order\" WHERE state = 'paid' LIMIT 1").fetchone()
    assert row is not None
    started = time.perf_counter()
    flood(product.port, bodies(20_000_000, handled, "checkout.session.completed", row[0], "checkout.session"), clients)
    asyncio.run(drain(product.dsn, events + 200 + handled))
    both = time.perf_counter() - started
    return {
        "ingested_per_second": round(events / seconds), "answer_ms": summary(times),
        "handled_per_second": round(handled / both), "clients": clients,
        "targets": {"ingested_per_second": 1500, "p99_ms": 30, "handled_per_second": 150},
    }  # fmt: skip


if __name__ == "__main__":
    main()
