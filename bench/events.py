"""Round trips of a real page's event over the websocket, with 1, 50 and 200 people at once.

    python bench/events.py [--seconds 15]

Each person is signed in, has a lesson open and reports the player's position once a second, as the
watch page does: the event passes the door, checks the grant, writes progress and answers with a delta.
Targets on two cores: p95 under 50 ms at 200 people, at most 200 kB of memory each.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
import uuid

import psutil
import psycopg
import socketio
from common import bench_product, summary

WATCH = "reflex___state____state.marketplace___state___library____watch_state"
LESSON = "wedge-clay-like-a-shell"


def people(dsn: str, count: int) -> list[str]:
    """Session tokens of that many learners who own the free lesson."""
    tokens = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        product = connection.execute("SELECT id FROM product WHERE slug = %s", (LESSON,)).fetchone()
        assert product is not None
        for number in range(count):
            account, token = uuid.uuid4(), f"bench-{uuid.uuid4().hex}"
            connection.execute(
                "INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)"
                " VALUES (%s, %s, %s, 'Bench', %s, '', '', 'member', false, now())",
                (account, uuid.uuid4(), f"bench{number}@example.com", f"bench-{account.hex[:12]}"),
            )
            connection.execute(
                "INSERT INTO session (id, account_id, token_digest, created_at, last_seen_at, expires_at, user_agent, ip)"
                " VALUES (%s, %s, encode(sha256(%s::bytea), 'hex'), now(), now(), now() + interval '1 day', '', '')",
                (uuid.uuid4(), account, token.encode()),
            )
            connection.execute(
                'INSERT INTO "grant" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)'
                " VALUES (%s, %s, %s, 'free', %s, now(), '')",
                (uuid.uuid4(), account, product[0], f"{account}:{product[0]}"),
            )
            tokens.append(token)
    return tokens


class Person:
    """One browser: a socket with a session cookie, and the time of each answer."""

    def __init__(self, url: str, session: str) -> None:
        self.url, self.session = url, session
        self.client = socketio.AsyncClient()
        self.answer: asyncio.Future[None] | None = None
        self.times: list[float] = []
        self.client.on("event", self._heard, namespace="/_event")

    async def open(self) -> None:
        token = str(uuid.uuid4())
        await self.client.connect(
            f"{self.url}?token={token}", namespaces=["/_event"], socketio_path="_event", transports=["websocket"],
            headers={"Cookie": f"market_session={self.session}", "Origin": self.url},
        )  # fmt: skip
        await self.ask(f"{WATCH}.on_load", {})
        await self.heard_within(5)

    async def ask(self, name: str, payload: dict[str, object]) -> None:
        where = {"pathname": "/watch/[lesson_slug]", "asPath": f"/watch/{LESSON}", "query": {"lesson_slug": LESSON}}
        self.answer = asyncio.get_running_loop().create_future()
        await self.client.emit("event", {"name": name, "payload": payload, "router_data": where}, namespace="/_event")

    async def _heard(self, *_data: object) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(None)

    async def heard_within(self, seconds: float) -> None:
        assert self.answer is not None
        await asyncio.wait_for(self.answer, seconds)

    async def watch(self, seconds: float, start: float) -> None:
        await asyncio.sleep(start)
        for beat in range(int(seconds)):
            began = time.perf_counter()
            await self.ask(f"{WATCH}.watched", {"position": float(1 + beat % 20), "length": 28.0})
            await self.heard_within(10)
            self.times.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(max(0, 1 - (time.perf_counter() - began)))


async def crowd(url: str, sessions: list[str], seconds: float) -> list[float]:
    everyone = [Person(url, session) for session in sessions]
    for person in everyone:
        await person.open()
    await asyncio.gather(*(p.watch(seconds, number / len(everyone)) for number, p in enumerate(everyone)))
    for person in everyone:
        await person.client.disconnect()
    return [ms for person in everyone for ms in person.times]


def web_memory(product) -> int:  # type: ignore[no-untyped-def]
    """Resident bytes of the process that serves the websocket."""
    for process in psutil.Process(product._process.pid).children(recursive=True):
        for connection in process.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == product.port:
                return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    bench_product("events", lambda product: measure(product, options.seconds))


def measure(product, seconds: float) -> dict[str, object]:  # type: ignore[no-untyped-def]
    sessions = people(product.dsn, 200)
    result: dict[str, object] = {}
    asyncio.run(crowd(product.url, sessions[:1], 3))
    before = web_memory(product)
    for count in (1, 50, 200):
        result[f"{count}_people_ms"] = summary(asyncio.run(crowd(product.url, sessions[:count], seconds)))
    after = web_memory(product)
    result["kilobytes_per_session"] = round((after - before) / 251 / 1000)
    result["load_average"] = os.getloadavg()[0]
    result["targets"] = {"p95_ms_at_200": 50, "kilobytes_per_session": 200}
    return result


if __name__ == "__main__":
    main()
