"""The command line: what ``make`` calls, each also usable by itself."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from marketplace.settings import get_settings

ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m marketplace")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="migrate, add demo data, build and serve production mode on one port")
    commands.add_parser("dev", help="the same with hot reload, for working on the code")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    commands.add_parser("seed", help="add the demo data, where there is none and the sandbox is on")
    commands.add_parser("worker", help="work on background jobs, beside the web process")
    args = parser.parse_args(argv)
    {"run": run, "dev": dev, "migrate": migrate, "seed": seed, "worker": worker}[args.command]()


def migrate() -> None:
    from alembic.config import Config

    from alembic import command

    command.upgrade(Config(str(ROOT / "alembic.ini"), attributes={"configure_logger": False}), "head")


def seed() -> None:
    from marketplace.demo.seed import seed as plant

    asyncio.run(plant())


def worker() -> None:
    """Until SIGTERM or Ctrl-C. Run as many as wanted."""
    from marketplace.jobs.app import working

    async def forever() -> None:
        async with working(concurrency=12):
            await asyncio.Event().wait()

    try:
        asyncio.run(forever())
    except KeyboardInterrupt:
        sys.exit(0)


def run() -> None:
    _serve(["run", "--env", "prod", "--single-port", "--backend-host", "0.0.0.0"])  # noqa: S104 - a server


def dev() -> None:
    _serve(["run", "--env", "dev"])


def _serve(arguments: list[str]) -> None:
    """Everything before the server starts happens here, once; the server is Reflex's own command."""
    from marketplace.db import dsn

    dsn()
    migrate()
    threading.Thread(target=_announce, daemon=True).start()
    environment = {**os.environ, "REFLEX_TELEMETRY_ENABLED": "false"}
    child = subprocess.Popen([sys.executable, "-m", "reflex", *arguments], cwd=ROOT, env=environment)  # noqa: S603 - our own arguments
    try:
        sys.exit(child.wait())
    except KeyboardInterrupt:
        child.wait(20)


def _announce() -> None:
    """Say where it is and who may sign in, once it answers."""
    settings = get_settings()
    url = f"http://127.0.0.1:{settings.port}/readyz"
    while True:
        time.sleep(0.5)
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    break
        except OSError:
            continue
    if settings.sandboxed_vendors and settings.demo_data:
        from marketplace.demo.seed import seed as plant

        asyncio.run(plant())
    print(f"\n  {settings.site_name} is ready: {settings.public_url}\n", flush=True)
    if settings.sandboxed_vendors and settings.demo_data:
        people = ("learner", "creator", "moderator", "admin")
        print("  Sign in as " + ", ".join(f"{p}@example.com" for p in people) + " with demo-password-1")
        print(f"  Mails, payments and chaos: {settings.public_url}/sandbox/\n", flush=True)
