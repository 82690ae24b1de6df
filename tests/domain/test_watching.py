"""Nobody has watched more than time allows, whatever their player says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import clock, db
from marketplace.domain.courses import pace, taking
from marketplace.domain.learning import service as learning
from marketplace.domain.media import service as media
from tests.domain.test_courses import as_creator, course_of, editing, enter, publish
from tests.domain.world import World


async def test_a_crafted_report_of_everything_counts_for_what_time_allows(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 1)
    await publish(as_creator(owner), product.id)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[0]
    began = clock.now()

    async def report(after_s: float, position: float) -> tuple[int, int]:
        with clock.frozen(began + timedelta(seconds=after_s)):
            async with db.transaction() as session:
                block = lesson.blocks[0].id
                furthest = await taking.watched(
                    session, learner.id, product.id, block, position_s=position, seconds=600, lesson_id=lesson.id
                )
                return furthest, (await taking.places(session, learner.id, product.id, lesson))[block].position_s

    with clock.frozen(began):
        await enter(learner, product.id, lesson.id)
    assert await report(4, 600) == (24, 600), "the place is kept, and four seconds are four seconds"
    assert await report(4, 600) == (24, 600), "saying it again adds nothing"
    assert await report(14, 1e12) == (46, 600)
    assert await report(14, float("nan")) == (46, 0)
    assert await report(14, -5) == (46, 0)
    assert await report(10, 300) == (46, 0), "one made before is late: it moves nothing back"
    assert await report(314, 600) == (600, 600), "at double speed it can be done"


async def test_a_late_report_moves_nothing_back(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 1)
    await publish(as_creator(owner), product.id)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[0]
    await enter(learner, product.id, lesson.id)
    block, moment = lesson.blocks[0].id, clock.now()
    with clock.frozen(moment + timedelta(hours=1)):
        async with db.transaction() as session:
            for position, at in ((400, moment + timedelta(hours=9)), (200, moment), (300, moment)):
                await taking.watched(
                    session, learner.id, product.id, block, position_s=position, seconds=600, lesson_id=lesson.id, at=at
                )
            row = (await taking.places(session, learner.id, product.id, lesson))[block]
    assert (row.position_s, row.furthest_s) == (400, 400)


async def test_a_single_lesson_isnt_finished_by_a_word(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product, began = await world.lesson(owner), clock.now()

    async def report(after_s: float, position: float) -> tuple[int, bool]:
        with clock.frozen(began + timedelta(seconds=after_s)):
            async with db.transaction() as session:
                return await learning.save(session, learner.id, product.id, position_s=position, duration_s=600)

    with clock.frozen(began):
        async with db.transaction() as session:
            await learning.opened(session, learner.id, product.id, duration_s=600)
    assert await report(4, 600) == (24, False)
    assert await report(4, 600) == (24, False)
    assert await report(274, 600) == (600, True)


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0.5, 10))), st.floats(0, 60), st.integers(1, 10_000))
def test_reports_never_add_up_to_more_than_time(reports: list[tuple[float, float]], since: float, seconds: int) -> None:
    furthest, passed = None, since
    for position, wait in reports:
        passed += wait if furthest is not None else 0
        elapsed = since if furthest is None else wait
        after = pace.reached(furthest, pace.second(position, seconds), elapsed)
        assert after >= (furthest or 0)
        furthest = after
    assert (furthest or 0) <= min(seconds, pace.SLACK_S + pace.FASTEST * passed)


@pytest.mark.parametrize("speed", [1.0, 1.5, 2.0])
def test_who_watches_at_any_speed_keeps_up(speed: float) -> None:
    furthest = pace.reached(None, 3, 3 / speed)
    for n in range(1, 100):
        furthest = pace.reached(furthest, round(3 + n * 5 * speed), 5)
    assert furthest == round(3 + 99 * 5 * speed)


async def test_a_transcript_comes_with_its_captions_and_goes_with_them(world: World) -> None:
    owner = await world.creator()
    video_id, _image = await world.media_of(owner)
    source = b"1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> &amp; welcome\nto clay\n\n2\n01:00:00,000 --> 01:00:01,000\nBye"
    async with db.transaction() as session:
        caption = await media.add_caption(session, as_creator(owner), video_id, language="en", source=source)
        row = await media.transcripts.one(session, video_id, "en")
        assert row is not None
        assert row.words == "Hello & welcome to clay Bye"
        assert [(c.start, c.end, c.text) for c in media.transcripts.cues(row.vtt)] == [
            (1.0, 2.5, "Hello & welcome to clay"), (3600.0, 3601.0, "Bye"),
        ]  # fmt: skip
        await media.remove_caption(session, as_creator(owner), caption.id)
        assert await media.transcripts.of(session, [video_id]) == []
