"""What may be handed in, and what a grade adds up to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.assignments import assignment as parts
from marketplace.domain.assignments import rules
from marketplace.domain.assignments.assignment import Assignment, Criterion, Level
from marketplace.domain.assignments.errors import TooMuchSent, WrongFile
from marketplace.errors import Invalid

PHOTOS = Assignment(instructions="Throw.", files=2, megabytes=1, types=("pictures", "documents"))
LEVELS = st.lists(st.integers(0, 9), min_size=2, max_size=5)
RUBRICS = st.lists(LEVELS, min_size=1, max_size=5).map(
    lambda rows: tuple(Criterion(name="c", levels=tuple(Level(words="w", points=p) for p in row)) for row in rows)
)


@settings(max_examples=100, deadline=None)
@given(RUBRICS, st.integers(0, 100), st.data())
def test_a_grade_is_the_sum_of_one_level_of_each_criterion(
    criteria: tuple[Criterion, ...], share: int, data: st.DataObject
) -> None:
    made = Assignment(criteria=criteria, pass_percent=share)
    chosen = {c.id: data.draw(st.sampled_from(c.levels)) for c in criteria}
    got = rules.grade(made, {key: level.id for key, level in chosen.items()}, points=999)
    assert got.points == sum(level.points for level in chosen.values()) <= got.total
    assert got.passed == (100 * got.points >= share * got.total)
    dropped = data.draw(st.sampled_from(criteria)).id
    levels = {key: level.id for key, level in chosen.items()}
    for wrong in (
        {key: level for key, level in levels.items() if key != dropped},
        {**levels, dropped: "made-up"},
        {**levels, "made-up": levels[dropped]},
        {**levels, dropped: 7},
    ):
        with pytest.raises(Invalid):
            rules.grade(made, wrong, points=0)


@pytest.mark.parametrize("points", [-1, 11, 10**9])
def test_points_beyond_what_there_is_are_refused(points: int) -> None:
    assert rules.grade(Assignment(points=10), {}, 10).passed
    with pytest.raises(Invalid, match="from 0 to 10"):
        rules.grade(Assignment(points=10), {}, points)
    with pytest.raises(Invalid):
        rules.grade(Assignment(points=10, criteria=(Criterion(levels=(Level(points=1),)),)), {}, 1)


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("bowl.exe", 10, "kind of file"), ("bowl", 10, "kind of file"), ("page.html", 10, "kind of file"),
        ("drawing.svg", 10, "kind of file"), ("bowl.jpg.exe", 10, "kind of file"), ("bowl.png", 0, "is empty"),
        ("bowl.png", -5, "is empty"), ("bowl.png", 1024**2 + 1, "at most 1 MB"), ("bowl.png", 2**60, "at most 1 MB"),
    ],
)  # fmt: skip
def test_files_that_may_not_come(name: str, size: int, why: str) -> None:
    assert rules.check_file(PHOTOS, "bowl.PNG", 1024**2) == "bowl.PNG"
    with pytest.raises(Invalid, match=why):
        rules.check_file(PHOTOS, name, size)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_names_of_files_are_safe_everywhere(name: str) -> None:
    kept = rules.file_name(name)
    assert 0 < len(kept) <= 111
    assert not set(kept) & set('/\\"\r\n\0<>|:*?')
    assert not kept.startswith(".")
    assert rules.file_name(kept) == kept


@pytest.mark.parametrize(
    ("name", "body", "fits"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n...", True), ("a.png", b"<svg onload=alert(1)>", False), ("a.jpg", b"\xff\xd8\xff\xe0", True),
        ("a.pdf", b"%PDF-1.7", True), ("a.pdf", b"MZ\x90", False), ("a.docx", b"PK\x03\x04", True), ("a.mp4", b"\0\0\0\x18ftypmp42", True),
        ("a.mp4", b"#!/bin/sh", False), ("a.txt", "Töpfern".encode(), True), ("a.txt", b"MZ\0\0", False), ("a.mp3", b"ID3\x04", True),
        ("a.mp3", b" <html>", False),
    ],
)  # fmt: skip
def test_a_file_is_what_its_name_says(name: str, body: bytes, fits: bool) -> None:
    if fits:
        rules.check_content(name, body)
    else:
        with pytest.raises(WrongFile):
            rules.check_content(name, body)


@pytest.mark.parametrize(
    ("last", "tries", "graded", "may"),
    [
        ("", 1, 0, True), ("draft", 0, 0, False), ("waiting", 0, 0, False), ("sent_back", 1, 0, True),
        ("graded", 1, 1, False), ("graded", 2, 1, True), ("graded", 2, 2, False), ("graded", 0, 30, True),
        ("sent_back", 2, 2, True),
    ],
)  # fmt: skip
def test_when_it_may_be_handed_in_again(last: str, tries: int, graded: int, may: bool) -> None:
    assert rules.may_begin(Assignment(tries=tries), last, graded) is may


def test_a_rubric_is_edited_part_by_part() -> None:
    made = parts.add_criterion(parts.add_criterion(Assignment()))
    first, second = (c.id for c in made.criteria)
    made = parts.write(made, first, "name", "Even\nwalls")
    made = parts.write(made, made.criteria[0].levels[2].id, "points", "7")
    assert (made.criteria[0].name, made.total) == ("Even walls", 9)
    assert [c.id for c in parts.step(made, second, -1).criteria] == [second, first]
    assert parts.remove(made, first).criteria == made.criteria[1:]
    assert len(parts.remove(made, made.criteria[0].levels[0].id).criteria[0].levels) == 2
    with pytest.raises(Invalid, match="from 0 to 1000"):
        parts.write(made, made.criteria[0].levels[0].id, "points", "-3")
    for _ in range(parts.MAX_CRITERIA - 2):
        made = parts.add_criterion(made)
    with pytest.raises(Invalid, match="at most"):
        parts.add_criterion(made)


@pytest.mark.parametrize(
    ("made", "lacks"),
    [
        (Assignment(), "what is to be done"), (Assignment(instructions="x", words=False), "text, files or both"),
        (PHOTOS.model_copy(update={"types": ()}), "kinds of files"), (PHOTOS, ""),
        (PHOTOS.model_copy(update={"criteria": (Criterion(name="a", levels=(Level(words="x"),)),)}), "two levels"),
        (PHOTOS.model_copy(update={"criteria": (Criterion(name="a", levels=(Level(words="x"), Level(words="y"))),)}), "gives points"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_being_published(made: Assignment, lacks: str) -> None:
    assert lacks in parts.problem(made) if lacks else parts.problem(made) == ""


def test_what_one_learner_sends_is_bounded() -> None:
    many = {str(n): 1 for n in range(rules.MAX_LINKS)}
    rules.check_sent(many, many, 5)  # all of it was handed in
    with pytest.raises(TooMuchSent):
        rules.check_sent({}, many, 5)
    rules.check_sent({"a": rules.MAX_BYTES - 9}, {"a": 9, "b": 4}, 5)
    for size in (6, rules.MAX_BYTES):
        with pytest.raises(TooMuchSent):
            rules.check_sent({"a": rules.MAX_BYTES - 9}, {"b": 4}, size)
