"""The way from a finished course to its certificate."""

from __future__ import annotations

from marketplace.domain.access.service import Actor
from marketplace.state.learn import LearnState
from tests.domain.test_certificates import all_of, course, give, lessons_of
from tests.domain.test_courses import as_creator, with_lesson
from tests.domain.test_courses import publish as publish_course
from tests.domain.world import World
from tests.state.pages import Open


async def test_it_is_there_when_the_last_lesson_is_done_and_at_every_later_visit(world: World) -> None:
    owner, product = await course(world, 2)
    learner = await world.person()
    await give(learner, product.id)
    first, second = await lessons_of(owner, product.id)
    page = Open(LearnState, Actor(learner.id), course_slug=product.slug, lesson_id=str(first))
    await page.call("on_load")
    await page.call("complete")
    assert page.state.certificate == ""
    page.go(course_slug=product.slug, lesson_id=str(second))
    await page.call("on_load")
    await page.call("complete")
    [row] = await all_of(world, learner)
    assert page.state.certificate == f"/certificates/{row.token}"
    await with_lesson(world, owner, product.id, "Later", video=False)
    await publish_course(as_creator(owner), product.id)
    again = Open(LearnState, Actor(learner.id), course_slug=product.slug, lesson_id=str(first))
    await again.call("on_load")
    assert again.state.certificate == f"/certificates/{row.token}"


async def test_the_maker_of_a_course_is_led_to_none(world: World) -> None:
    owner, product = await course(world, 1)
    [lesson] = await lessons_of(owner, product.id)
    page = Open(LearnState, as_creator(owner), course_slug=product.slug, lesson_id=str(lesson))
    await page.call("on_load")
    await page.call("complete")
    assert (page.state.finished, page.state.certificate) == (False, "")
    other, elsewhere = await course(world, 1)
    page.go(course_slug=elsewhere.slug, lesson_id=str((await lessons_of(other, elsewhere.id))[0]))
    await page.call("on_load")
    assert page.state.certificate == ""
