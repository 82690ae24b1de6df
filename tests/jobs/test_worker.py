"""The worker outlives its database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from product import make_database

from marketplace import db
from marketplace.jobs import app
from marketplace.queue import enqueue
from marketplace.settings import Settings
from tests.domain.world import environment, migrate

_LIMIT = 30


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(_LIMIT):
        while not condition():
            await asyncio.sleep(0.05)


async def test_jobs_run_again_when_the_database_is_back(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = make_database(pg_url, "outage")
    migrate(url)
    monkeypatch.setattr(app, "_PAUSE", 0.2)
    settings = Settings(_env_file=None, marketplace_env="test", data_dir=tmp_path, public_url="", database_url=url)

    def waiting() -> int:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
            return int(row[0]) if row else 0

    def let_in(allowed: bool) -> None:
        with psycopg.connect(pg_url, autocommit=True) as outside:
            outside.execute(f"ALTER DATABASE outage ALLOW_CONNECTIONS {str(allowed).lower()}")
            if not allowed:
                outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'outage'")

    async def add() -> None:
        async with db.transaction() as session:
            await enqueue(session, "media.poll", {"video_id": str(uuid4())})

    with environment(settings):
        async with app.working():
            await add()
            await _until(lambda: waiting() == 0)
            let_in(False)
            await _until(lambda: "stopping worker" in caplog.text)
            let_in(True)
            await add()
            await _until(lambda: waiting() == 0)
        await db.engine().dispose()
