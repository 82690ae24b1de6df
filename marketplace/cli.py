"""The command line: what ``make`` calls, each also usable by itself."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from marketplace import logs
from marketplace.i18n import DEFAULT_LOCALE
from marketplace.settings import get_settings

ROOT = Path(__file__).resolve().parent.parent
WEBSOCKET_BYTES = 1024 * 1024


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m marketplace")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="migrate, add demo data, build and serve production mode on one port")
    commands.add_parser("dev", help="the same with hot reload, for working on the code")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    commands.add_parser("seed", help="add the demo data, where there is none and the sandbox is on")
    commands.add_parser("worker", help="work on background jobs, beside the web process")
    commands.add_parser("build", help="build the pages, unless they are up to date")
    commands.add_parser("serve", help="serve built pages; migrate first")
    commands.add_parser("setup", help="create what the vendors' accounts need once, and print the webhook addresses")
    commands.add_parser("messages", help="bring the catalogues of translations up to date with the code")
    change = commands.add_parser("promote", help="change someone's role")
    change.add_argument("email")
    change.add_argument("role", choices=("member", "moderator", "admin"))
    args = vars(parser.parse_args(argv))
    logs.configure(json=get_settings().is_production)
    simple = {
        "run": run, "dev": dev, "migrate": migrate, "seed": seed, "worker": worker, "build": build, "serve": serve,
        "setup": setup, "messages": messages, "promote": promote,
    }  # fmt: skip
    simple[args.pop("command")](**args)


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
            loop = asyncio.get_running_loop()
            ended = asyncio.Event()
            for sign in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(sign, ended.set)
            await ended.wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(forever())


def setup() -> None:
    """What the vendors' accounts need once: storage buckets. Prints the addresses to register with them."""
    from marketplace.vendors import vendors

    settings = get_settings()
    asyncio.run(vendors().files.ensure_buckets())
    print("Storage buckets are there. Register these webhook endpoints:")
    for source in ("stripe", "stripe-connect", "stripe-thin", "vimeo"):
        print(f"  {settings.api_url}/webhooks/{source}")
    print(f"And this redirect URL for sign-in: {settings.api_url}/auth/callback")


def messages() -> None:
    from marketplace.messages import update

    update()


def promote(email: str, role: str) -> None:
    """Make someone moderator or admin, or a member again."""
    from marketplace.domain.accounts import service as accounts

    async def change() -> None:
        from marketplace.db import transaction

        async with transaction() as session:
            await accounts.set_role(session, email, role)

    asyncio.run(change())
    print(f"{email} is now {role}.")


def run() -> None:
    _need_port(get_settings().port)
    build()
    _serve(["-m", "marketplace", "serve"])


def _need_port(port: int) -> None:
    """Say so at once when another program has the port, not after the build."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104
        except OSError:
            sys.exit(f"Port {port} is in use. Choose another one, for instance: PORT={port + 1} make run")


def build() -> None:
    """Compile the pages and build the frontend, unless what is there was made of the same sources and settings."""
    marker, wanted = ROOT / ".web" / "built", _fingerprint()
    if marker.is_file() and marker.read_text() == wanted and (ROOT / ".web/build/client/index.html").is_file():
        return
    marker.unlink(missing_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    subprocess.run(command, cwd=ROOT, env=_environment(), check=True)  # noqa: S603 - our own
    marker.write_text(wanted)


def serve() -> None:
    """The server alone, over pages that are built already."""
    import uvicorn
    from reflex_base.environment import environment

    settings = get_settings()
    os.chdir(ROOT)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    uvicorn.run(
        "marketplace.marketplace:app",
        factory=True,
        host="0.0.0.0",  # noqa: S104
        port=settings.port,
        workers=settings.web_processes,
        ws="websockets-sansio",
        ws_max_size=WEBSOCKET_BYTES,
        ws_per_message_deflate=False,  # 100 kB for each browser
        ws_ping_interval=None,  # Engine.IO has its own
        proxy_headers=False,  # TRUSTED_PROXY_HOPS says whom to believe
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


def _fingerprint() -> str:
    """Of everything that goes into the pages."""
    settings = get_settings()
    seen = hashlib.sha256(
        repr((sys.version, settings.site_name, settings.public_url, settings.api_url, settings.platform_fee_percent,
              settings.sandboxed_vendors, settings.demo_data, settings.page_languages)).encode()
    )  # fmt: skip
    files = [ROOT / name for name in ("rxconfig.py", "requirements.txt", "reflex.lock/bun.lock")]
    code = [path for ending in ("*.py", "*.po") for path in sorted((ROOT / "marketplace").rglob(ending))]
    for file in (*files, *code, *sorted((ROOT / "assets").rglob("*"))):
        if file.is_file():
            seen.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()


def _environment() -> dict[str, str]:
    return {
        **os.environ, "REFLEX_ENV_MODE": "prod", "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false", "WORKER_IN_WEB": "false",
    }  # fmt: skip


def dev() -> None:
    """In English only, so that pages are ready sooner; ``LANGUAGES`` names others."""
    os.environ.setdefault("LANGUAGES", DEFAULT_LOCALE)
    _serve(["-m", "reflex", "run", "--env", "preview", "--backend-host", "0.0.0.0"])  # noqa: S104 - a server


def _serve(arguments: list[str]) -> None:
    """Everything before the server starts happens here, once; the server is Reflex's own command."""
    from marketplace.db import dsn

    dsn()
    migrate()
    threading.Thread(target=_announce, daemon=True).start()
    environment = _environment()
    commands = ([sys.executable, *arguments], [sys.executable, "-m", "marketplace", "worker"])
    children = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in commands]  # noqa: S603 - our own
    signal.signal(signal.SIGTERM, lambda *_: _stop(children))
    try:
        code = children[0].wait()
    except KeyboardInterrupt:
        code = 0
    _stop(children)
    sys.exit(code)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End both, the worker first: its running jobs get a moment to finish."""
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


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
