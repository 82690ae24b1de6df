"""What tests and benchmarks run: the sandbox behind real HTTP, and the whole product as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import cached_property
from pathlib import Path

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_database(pg_url: str, name: str) -> str:
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    parts = pg_url.split("?", 1)
    base = parts[0].rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{parts[1]}" if len(parts) > 1 else "")


def hasten(dsn: str) -> None:
    """For a server of tests alone: nothing has to survive the machine, so no commit waits for the disk."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


class SandboxServer:
    """The sandbox served by uvicorn on a free port, in a thread with its own event loop."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        from marketplace.sandbox.app import Sandbox

        self.settings = settings
        self.sandbox = Sandbox(settings, dsn)
        app = Starlette(routes=[Mount("/sandbox", app=self.sandbox.app)])
        self.app = app
        self._wrap = lambda inner: inner
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._asgi,
                host="127.0.0.1",
                port=settings.port,
                log_level="warning",
                lifespan="off",
                interface="asgi3",
            )
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def wrap(self, middleware) -> None:  # type: ignore[no-untyped-def]
        """Put ASGI middleware around the sandbox: the contract test watches all traffic this way."""
        self._wrap = middleware

    async def _asgi(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await self._wrap(self.app)(scope, receive, send)

    def _run(self) -> None:
        async def main() -> None:
            async with self.sandbox.running():
                self._ready.set()
                await self._server.serve()

        asyncio.run(main())

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(20)
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


class Product:
    """The whole product as ``make run`` serves it: built pages, worker, sandbox, demo data."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.folder = folder
        self.log = folder / "product.log"
        self.environment = {
            **os.environ,
            "PORT": str(self.port),
            "DATA_DIR": str(folder / "data"),
            "MARKETPLACE_ENV": "test",
            "DATABASE_URL": "",
            "LANGUAGES": "en,ar",  # each language is a build of its own
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: int = 420) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "marketplace", "run"],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + seconds
        while b"is ready: " not in self.log.read_bytes():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("the product did not start:\n" + self.log.read_text()[-4000:])
            time.sleep(0.2)

    def stop(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    @cached_property
    def dsn(self) -> str:
        """The product's own database, for looking, and for what ``known_as`` and ``hasten`` put there."""
        from marketplace.embedded import ensure_running

        return ensure_running(self.folder / "data")
