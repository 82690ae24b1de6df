"""Public pages for visitors who aren't signed in: from memory, and made anew for each request.

    python bench/pages.py [--url http://localhost:3000] [--seconds 8] [--connections 16]

Without ``--url`` it starts the product itself. The load comes from a process of its own over loopback, with kept-alive
connections, taking Brotli as browsers do. ``made`` sends a session cookie that nobody has, which goes past the cache.
Targets on two cores, of a lesson's page: 2,000 answers a second from memory with p99 under 25 ms, 400 made anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from typing import cast
from urllib.parse import urlsplit

from common import bench_product, report, summary

LESSON = "/lessons/hand-cut-dovetails"
PAGES = {"lesson": LESSON, "home": "/", "topic": "/topics/bread", "search": "/search?q=clay"}


class Visitor(asyncio.Protocol):
    """One connection that asks again as soon as it was answered."""

    def __init__(self, request: bytes, until: float, done: asyncio.Future[None]) -> None:
        self._request, self._until, self._done = request, until, done
        self._transport: asyncio.Transport | None = None
        self._sent = 0.0
        self._missing = -1
        self._head = b""
        self.times: list[float] = []
        self.failures = 0
        self.size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            head, found, data = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            self.size = self._missing = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.failures += not head.startswith(b"HTTP/1.1 200")
        self._missing -= len(data)
        if self._missing <= 0:
            now = time.perf_counter()
            self.times.append((now - self._sent) * 1000)
            self._missing, self._head = -1, b""
            if now < self._until:
                return self._ask()
            self._finish()

    def connection_lost(self, _error: Exception | None) -> None:
        self._finish()

    def _finish(self) -> None:
        if not self._done.done():
            self._done.set_result(None)


async def load(url: str, cookie: str, seconds: float, connections: int) -> dict[str, object]:
    """Answers a second, and how long each took in milliseconds."""
    parts, loop = urlsplit(url), asyncio.get_running_loop()
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", "Accept-Encoding: gzip, deflate, br", "User-Agent: bench"]
    request = "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""]).encode()
    start, visitors, ends = time.perf_counter(), [], []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        visitor = Visitor(request, start + seconds, done)
        await loop.create_connection(lambda one=visitor: one, parts.hostname, parts.port)
        visitors.append(visitor)
        ends.append(done)
    await asyncio.wait(ends, timeout=seconds + 20)
    times = [time_ for visitor in visitors for time_ in visitor.times]
    return {
        "per_second": round(len(times) / (time.perf_counter() - start)), "ms": summary(times),
        "failures": sum(visitor.failures for visitor in visitors), "bytes": max(visitor.size for visitor in visitors),
    }  # fmt: skip


def elsewhere(url: str, cookie: str, seconds: float, connections: int) -> dict[str, object]:
    """:func:`load` in a process of its own."""
    arguments = [sys.executable, __file__, "--load", url, "--cookie", cookie]
    arguments += ["--seconds", str(seconds), "--connections", str(connections)]
    return dict(json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout))


def measure(url: str, seconds: float, connections: int) -> dict[str, object]:
    result: dict[str, object] = {"connections": connections}
    for name, path in PAGES.items():
        elsewhere(url + path, "", 1, connections)  # into memory, and into its smallest form
        result[f"{name}_kept"] = elsewhere(url + path, "", seconds, connections)
        result[f"{name}_made"] = elsewhere(url + path, "market_session=nobody", seconds, connections)
    return {**result, "targets": {"lesson_kept": 2000, "lesson_kept_p99_ms": 25, "lesson_made": 400}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--load", default="", help=argparse.SUPPRESS)
    parser.add_argument("--cookie", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        import uvloop

        print(json.dumps(uvloop.run(load(options.load, options.cookie, options.seconds, options.connections))))
    elif options.url:
        report("pages", measure(options.url, options.seconds, options.connections))
    else:
        bench_product("pages", lambda product: measure(product.url, options.seconds, options.connections))


if __name__ == "__main__":
    main()
