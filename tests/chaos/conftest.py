"""One database and one sandbox for all tests of the domain, the jobs and the chaos."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.chaos.faults import Faults
from tests.chaos.machine import MoneyMachine
from tests.chaos.stage import Stage
from tests.domain.fixtures import common_ground, world
from tests.domain.world import World

__all__ = ["common_ground", "machine", "world"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much was played, and how to play it again."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, words in getattr(report, "user_properties", ()):
                if name == "chaos" and report.when == "call":
                    terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {words}")


@pytest.fixture(scope="module")
async def machine(world: World) -> AsyncIterator[type[MoneyMachine]]:
    """The state machine, on its stage."""
    faults = Faults()
    MoneyMachine.stage = Stage(world, faults)
    MoneyMachine.loop, MoneyMachine.moves = asyncio.get_running_loop(), Counter()
    await MoneyMachine.stage.set_up()
    with faults.installed():
        yield MoneyMachine
