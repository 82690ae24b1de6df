"""Notes are their writer's alone, and two tabs lose nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import clock, db
from marketplace.domain.accounts.models import Account
from marketplace.domain.notes import service as notes
from marketplace.domain.notes.errors import ChangedElsewhere, TooManyNotes
from marketplace.domain.notes.rules import Told, markdown, pattern, place
from marketplace.errors import Invalid, Missing
from tests.domain.world import World, together


async def made(world: World) -> tuple[Account, notes.Note]:
    owner, learner = await world.creator(), await world.person()
    product = await world.lesson(owner)
    async with db.transaction() as session:
        note = await notes.add(
            session, learner.id, product.id, product.id, block_id=product.id, at_s=134, words="Thumb"
        )
    return learner, note


async def test_nobody_else_reads_changes_or_deletes_a_note(world: World) -> None:
    learner, note = await made(world)
    stranger = await world.person()
    for act in (
        lambda s: notes.read(s, stranger.id, note.id),
        lambda s: notes.write(s, stranger.id, note.id, "Mine now", revision=None),
        lambda s: notes.remove(s, stranger.id, note.id),
        lambda s: notes.restore(s, stranger.id, note.id),
    ):
        with pytest.raises(Missing):
            async with db.transaction() as session:
                await act(session)
    async with db.transaction() as session:
        assert (await notes.of_course(session, stranger.id, note.product_id)).notes == []
        assert [n.words for n in (await notes.of_course(session, learner.id, note.product_id)).notes] == ["Thumb"]


async def test_a_second_tab_that_came_late_is_told_and_nothing_is_lost(world: World) -> None:
    learner, note = await made(world)

    async def write(words: str, revision: int | None) -> notes.Note:
        async with db.transaction() as session:
            return await notes.write(session, learner.id, note.id, words, revision=revision)

    answers = await together(write("First tab", 1), write("Second tab", 1))
    assert sum(isinstance(a, ChangedElsewhere) for a in answers) == 1
    assert (await write("Second tab again", None)).revision == 3
    assert (await write("Second tab again", 1)).revision == 3, "the same words again are no change"


async def test_deleting_can_be_undone_for_a_week(world: World) -> None:
    learner, note = await made(world)
    async with db.transaction() as session:
        await notes.remove(session, learner.id, note.id)
        assert (await notes.of_lesson(session, learner.id, note.product_id, note.lesson_id)).notes == []
        await notes.purge(session)
        await notes.restore(session, learner.id, note.id)
        assert len((await notes.of_lesson(session, learner.id, note.product_id, note.lesson_id)).notes) == 1
        await notes.remove(session, learner.id, note.id)
    with clock.frozen(clock.now() + timedelta(days=8)):
        async with db.transaction() as session:
            await notes.purge(session)
            with pytest.raises(Missing):
                await notes.restore(session, learner.id, note.id)


async def test_notes_come_page_by_page_are_found_and_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    learner, first = await made(world)
    product_id = first.product_id
    async with db.transaction() as session:
        for n in range(notes.PAGE):
            await notes.add(session, learner.id, product_id, product_id, words=f"100 % of {n}_")
    async with db.transaction() as session:
        page = await notes.of_course(session, learner.id, product_id)
        rest = await notes.of_course(session, learner.id, product_id, key=page.next_key)
        assert (len(page.notes), [n.words for n in rest.notes], rest.next_key) == (notes.PAGE, ["Thumb"], "")
        for wanted, found in (("thumb", 1), ("100 %", notes.PAGE), ("%", notes.PAGE), ("_", notes.PAGE), ("é", 0)):
            got = await notes.of_course(session, learner.id, product_id, search=wanted)
            assert len(got.notes) == found, wanted
    monkeypatch.setattr(notes.rules, "MAX_NOTES", notes.PAGE + 1)
    with pytest.raises(TooManyNotes):
        async with db.transaction() as session:
            await notes.add(session, learner.id, product_id, uuid4())


@pytest.mark.parametrize("words", ["x" * 5_001])
async def test_a_note_too_long_is_refused(world: World, words: str) -> None:
    learner, note = await made(world)
    with pytest.raises(Invalid, match="at most 5,000"):
        async with db.transaction() as session:
            await notes.write(session, learner.id, note.id, words, revision=None)


@given(st.floats() | st.none(), st.integers(0, 10**6) | st.none())
def test_a_place_is_always_within_the_video(position: float | None, seconds: int | None) -> None:
    found = place(position, seconds)
    assert found is None or (seconds is not None and 0 <= found <= seconds)


def test_the_export_is_markdown_under_the_lessons_names() -> None:
    notes_told = [
        Told("Bowls", 134, False, "Elbow on the hip\nand left there", "https://x/learn/a/b#t=134"),
        Told("Bowls", 3725, True, "", "https://x/l"),
        Told("Mugs\n# nonsense", None, False, "Plain", ""),
    ]
    assert markdown("A month", notes_told) == (
        "# A month\n\n## Bowls\n\n- [2:14](https://x/learn/a/b#t=134) Elbow on the hip\n  and left there\n\n"
        "- [1:02:05](https://x/l) ★\n\n## Mugs # nonsense\n\n- Plain\n"
    )
    assert (pattern("  50%_\\ "), pattern(" ")) == ("%50\\%\\_\\\\%", "")
