"""Thousands of steps of buying, failing, refunding, crashing and losing messages; then every cent is looked at.

A step is one thing that a person, a bank, the network or a worker does. ``CHAOS_RULES`` sets how many rules hypothesis
plays, most of which are several steps, and ``CHAOS_SEED`` which ones; ``make chaos`` sets both. ``CHAOS_SHRINK=1`` looks
for the shortest way to a failure, which can take long.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.machine import MoneyMachine, runs

RULES = 60  # of one game


def test_no_money_and_no_access_is_ever_lost(
    machine: type[MoneyMachine], record_property: Callable[[str, object], None]
) -> None:
    wanted, chosen = int(os.environ.get("CHAOS_RULES", "300")), os.environ.get("CHAOS_SEED", "")
    shrink = "CHAOS_SHRINK" in os.environ
    run_state_machine_as_test(
        seed(int(chosen))(machine) if chosen else machine,
        settings=runs(max(1, wanted // RULES), RULES, shrink=shrink, same=not chosen),
    )
    steps = sum(machine.moves.values())
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in machine.moves.most_common())
    record_property("chaos", f"seed {chosen or '(none)'}: {steps} steps: {words}")
    assert steps >= wanted
