"""The process is killed (SIGKILL) at random moments and started again; after it has caught up every cent is looked at.

``CHAOS_KILLS`` sets how often it dies, ``CHAOS_SEED`` what happens.
"""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.chaos.faults import Faults
from tests.chaos.killing import KilledGame, Victim, short_life, victim_of
from tests.chaos.stage import Stage
from tests.domain.world import World

DEATHS = 4  # in one game


@pytest.fixture
async def victim(world: World, tmp_path: Path) -> AsyncIterator[Victim]:
    async with victim_of(world, tmp_path / "victim.log") as one:
        yield one


async def test_a_killed_process_loses_nothing(
    world: World, victim: Victim, record_property: Callable[[str, object], None]
) -> None:
    kills, seed = int(os.environ.get("CHAOS_KILLS", "16")), int(os.environ.get("CHAOS_SEED", "7"))
    dice, stage, moves, deaths = random.Random(seed), Stage(world, Faults()), 0, 0
    await stage.set_up()
    while deaths < kills:
        await world.knobs("stripe", delay=0, duplicate=30, reorder=False, drop=dice.choice((0, 0, 10)))
        await stage.clear()
        game = KilledGame(stage, victim)
        game.lossy = True
        for _ in range(DEATHS):
            await short_life(game, dice)
            deaths += 1
        await game.settle()
        await victim.kill()
        moves += sum(game.moves.values())
    record_property("chaos", f"seed {seed}: killed {deaths} times in {moves} steps")
