"""Thousands of steps of buying, failing, refunding, crashing and losing messages; then every cent is looked at.

``CHAOS_STEPS`` sets how many (the suite runs a few hundred); ``CHAOS_SHRINK=1`` looks for the shortest way to a failure.
"""

from __future__ import annotations

import os

from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.machine import MoneyMachine, runs

STEPS = 60


def test_no_money_and_no_access_is_ever_lost(machine: type[MoneyMachine]) -> None:
    wanted = int(os.environ.get("CHAOS_STEPS", "720"))
    run_state_machine_as_test(
        machine, settings=runs(max(1, wanted // STEPS), STEPS, shrink="CHAOS_SHRINK" in os.environ)
    )
    assert machine.steps >= wanted / 2
