"""What search engines are told of: everything on offer once, in as many files as it takes, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import seo
from marketplace.domain.catalog import browse
from tests.domain.world import World


@pytest.fixture
async def robot() -> Any:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=seo.routes)), base_url="http://x"
    ) as one:
        yield one


async def addresses(robot: httpx.AsyncClient, path: str) -> list[str]:
    return re.findall("<loc>http://[^/]+([^<]+)</loc>", (await robot.get(path)).text)


async def test_one_file_or_an_index_of_several_tell_the_same(
    world: World, robot: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await world.creator("Sim Sitemap", outcome="")
    kept = [await world.lesson(owner, price_kind="free") for _ in range(5)]
    hidden = await world.lesson(owner, price_kind="free")
    await world.rows("UPDATE product SET state = 'unpublished' WHERE id = :i", i=hidden.id)
    whole = await addresses(robot, "/sitemap.xml")
    assert {f"/lessons/{one.slug}" for one in kept} < set(whole)
    assert {"/", "/search", "/topics/pottery", f"/creators/{owner.handle}"} < set(whole)
    assert f"/lessons/{hidden.slug}" not in whole
    monkeypatch.setattr(seo, "_ONE_FILE", 3)
    monkeypatch.setattr(seo, "_PART", 2)
    monkeypatch.setattr(seo, "_MOST", 2)
    files = await addresses(robot, "/sitemap.xml")
    assert files[0] == "/sitemaps/0.xml"
    monkeypatch.setattr(seo, "_MOST", 50)
    fixed = await addresses(robot, files[0])
    monkeypatch.setattr(seo, "_MOST", 2)
    told = [address for file in files[1:] for address in await addresses(robot, file)]
    assert len(told) == len(set(told))
    assert set(told) | set(fixed) == set(whole)
    assert (await robot.get(f"/sitemaps/{len(files)}.xml")).status_code == 404
    assert (await robot.get("/sitemaps/9999999999.xml")).status_code == 404


async def test_pieces_are_looked_for_once_in_a_while(world: World) -> None:
    async with db.transaction() as session:
        assert await browse.sitemap_parts(session, 7) is await browse.sitemap_parts(session, 7)
