"""One database and one sandbox for all tests of the domain, the jobs and the chaos."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.faults import Faults
from tests.chaos.machine import MoneyMachine
from tests.chaos.stage import Stage
from tests.domain.fixtures import common_ground, world
from tests.domain.world import World

__all__ = ["common_ground", "machine", "world"]


@pytest.fixture(scope="module")
async def machine(world: World) -> AsyncIterator[type[MoneyMachine]]:
    """The state machine, on its stage."""
    faults = Faults()
    MoneyMachine.stage = Stage(world, faults)
    MoneyMachine.loop, MoneyMachine.steps = asyncio.get_running_loop(), 0
    await MoneyMachine.stage.set_up()
    with faults.installed():
        yield MoneyMachine
