"""One database and one sandbox for all tests of the domain, the jobs and the chaos."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.domain.world import Ground, World, ground, running


@pytest.fixture(scope="session")
def common_ground(pg_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(pg_url, tmp_path_factory.mktemp("domain")) as shared:
        yield shared


@pytest.fixture(scope="module")
async def world(common_ground: Ground) -> AsyncIterator[World]:
    async for one in running(common_ground):
        yield one
