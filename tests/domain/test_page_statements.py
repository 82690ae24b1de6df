"""How often a public page that isn't in memory asks the database: each time costs more than what is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from built_pages import write
from starlette.responses import PlainTextResponse

from marketplace.api.first_paint import FirstPaint
from tests.domain.world import World

PATTERNS = ("/", "/search", "/topics/[topic_slug]", "/lessons/[lesson_slug]", "/creators/[creator_handle]")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """One with the cookie of a session that has ended, which goes past the kept pages."""
    app = FirstPaint(PlainTextResponse("static", 404), patterns=PATTERNS, folder=write(tmp_path))
    headers = {"cookie": "market_session=nobody"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://shop", headers=headers
    ) as visitor:
        yield visitor


async def test_a_page_takes_few_statements(
    world: World, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = await world.creator("Few Statements", outcome="")
    product, *_others = [
        await world.lesson(maker, title=f"Statement {n}", topic="sewing", price_kind="free") for n in range(6)
    ]
    asked: list[str] = []
    execute, here = psycopg.AsyncCursor.execute, asyncio.current_task()

    async def counted(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        if asyncio.current_task() is here:  # the sandbox works beside it
            asked.append(str(query))
        return await execute(self, query, *args, **kwargs)

    pages = {
        f"/lessons/{product.slug}": 4, "/": 4, "/topics/sewing": 3, f"/creators/{maker.handle}": 3,
        "/search?q=statement": 5,
    }  # fmt: skip
    for path in pages:
        await browser.get(path)  # opens connections
    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counted)
    for path, most in pages.items():
        asked.clear()
        assert (await browser.get(path)).status_code == 200
        assert len(asked) <= most, (path, asked)
