"""Who searches waits a moment for the model at most, and not at all while it is down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from marketplace import meanings as module
from marketplace.domain.search.ports import Space
from marketplace.domain.search.rules import Asked, close_enough, few
from marketplace.errors import Unavailable
from marketplace.meanings import Meanings


class Model:
    """Answers after ``takes_s``, or not at all."""

    space = Space("toy", 8)

    def __init__(self, takes_s: float = 0, *, down: bool = False) -> None:
        self.takes_s, self.down = takes_s, down
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise AssertionError("nobody who waits asks for many")

    async def embed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        await asyncio.sleep(self.takes_s)
        if self.down:
            raise Unavailable
        return [1.0] * 8


async def test_a_query_is_asked_for_once_however_it_is_written() -> None:
    model = Model()
    known = Meanings(model)
    assert known.peek("Torn jeans") is None
    assert list(await known.of("Torn jeans") or ()) == [1.0] * 8
    assert await known.of("torn JEANS") is not None
    assert known.peek("torn jeans") is not None
    assert model.asked == ["torn jeans"]


async def test_a_slow_model_holds_nobody_up_and_what_it_says_late_is_remembered() -> None:
    model = Model(takes_s=0.15)
    known = Meanings(model, wait_s=0.02)
    began = time.monotonic()
    assert await asyncio.gather(known.of("jeans"), known.of("jeans")) == [None, None]
    assert time.monotonic() - began < 0.1
    await asyncio.sleep(0.2)
    assert known.peek("jeans") is not None
    assert model.asked == ["jeans"]


async def test_a_model_that_keeps_failing_is_left_alone_for_a_while() -> None:
    model = Model(down=True)
    known = Meanings(model)
    assert [await known.of(f"query {n}") for n in range(10)] == [None] * 10
    assert len(model.asked) == 3
    model.down = False
    known._rests_until = time.monotonic()
    assert await known.of("query 1") is not None


async def test_no_more_than_a_few_calls_are_under_way(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(module, "_FAILS", 1000)
    model = Model(takes_s=0.1)
    known = Meanings(model, wait_s=0.01)
    await asyncio.gather(*(known.of(f"query {n}") for n in range(50)))
    assert len(model.asked) == module._AT_ONCE
    await asyncio.sleep(0.15)


async def test_without_a_model_there_is_nothing_to_know() -> None:
    assert await Meanings(None).of("jeans") is None


def test_only_a_first_page_of_few_results_is_looked_at_by_meaning() -> None:
    assert few(Asked("jeans"), 0, True)
    assert few(Asked("jeans"), 11, True)
    assert not few(Asked("jeans"), 12, True)
    assert not few(Asked("jeans"), 3, False)
    assert not few(Asked("jeans", key="best.1." + "0" * 32), 3, True)
    assert not few(Asked("…"), 0, True)
    assert not few(Asked(""), 0, True)


def test_what_is_vague_beside_a_clear_answer_is_left_out() -> None:
    assert close_enough([], 300) == 0
    assert close_enough([290, 280], 300) == 0
    assert close_enough([900, 700, 674, 310], 300) == 2
    assert close_enough([360, 320, 301, 299], 300) == 3
