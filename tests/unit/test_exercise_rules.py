"""What counts as right in a code exercise, when a session's door is open, and how files become titles: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.courses import live
from marketplace.domain.exercises.exercise import Case, Exercise, code, take_results, write, write_case
from marketplace.domain.exercises.rules import Got, for_browser, problems, same, verdicts
from marketplace.domain.media import files
from marketplace.domain.media.errors import FileTooLarge, NotAllowedFile
from marketplace.errors import Invalid
from marketplace.text import readable_name

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    | st.sets(st.integers(), max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
def test_every_value_is_the_same_as_itself(value: Any) -> None:
    assert same(repr(value), f" {value!r} ")


@given(st.dictionaries(st.text(max_size=4), st.integers(), min_size=2, max_size=5), st.randoms())
def test_dictionaries_and_sets_have_no_order(value: dict[str, int], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    assert same(repr(value), repr({key: value[key] for key in keys}))
    numbers = list({hash(key) for key in keys})
    assert same("{" + ", ".join(map(str, numbers)) + "}", "{" + ", ".join(map(str, reversed(numbers))) + "}")


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("1", "True"), ("1", "1.0"), ("[1, 2]", "(1, 2)"), ("[1, 2]", "[2, 1]"), ("'1'", "1"), ("{1: 2}", "{1: 3}"),
        ("2", "1 + 1"), ("2", "__import__('os').getpid()"), ("2", ""), ("[1]", "[" * 5000), ("0", "-0" * 900), ("1", "{**x}"),
    ],
)  # fmt: skip
def test_what_differs_or_is_no_value_is_not_the_same(expected: str, got: str) -> None:
    assert not same(expected, got)


TWO = Exercise(
    prompt="Do it",
    solution="canary",
    cases=(Case(call="f(1)", expected="2"), Case(call="f(2)", expected="3", shown=False)),
)


def test_a_hidden_test_tells_only_whether_it_passed() -> None:
    shown, hidden = TWO.cases
    marks = verdicts(TWO, {shown.id: Got("5"), hidden.id: Got("4"), "made-up": Got("2")})
    assert (marks[0].passed, marks[0].expected, marks[0].got) == (False, "2", "5")
    assert (marks[1].passed, marks[1].call, marks[1].expected, marks[1].got, marks[1].error) == (False, "", "", "", "")
    assert "3" not in str(for_browser(TWO)).replace(hidden.id, "").replace(shown.id, "")
    assert [m.passed for m in verdicts(TWO, {shown.id: Got("2"), hidden.id: Got("3")})] == [True, True]
    assert not any(m.passed for m in verdicts(TWO, {}))
    assert not verdicts(TWO, {shown.id: Got("2", "ZeroDivisionError")})[0].passed


def test_an_exercise_says_what_it_lacks() -> None:
    assert [*problems(TWO)] == []
    assert "what to do" in next(problems(Exercise()))
    assert "no tests" in next(problems(Exercise(prompt="x")))
    bare = Exercise(prompt="x", cases=(Case(call="f(1)"),))
    assert "no expected value" in next(problems(bare))
    assert [*problems(take_results(bare, {(bare.cases[0].id, "f(1)"): "2"}))] == []
    assert take_results(bare, {(bare.cases[0].id, "f(0)"): "2"}) == bare  # the call was changed meanwhile


def test_code_keeps_its_indents_and_has_an_end() -> None:
    assert code("def f():\r\n\treturn 1\x00\n", field="") == "def f():\n\treturn 1\n"
    for field, words in (("solution", "x" * 20_001), ("seconds", "0"), ("seconds", "9999"), ("seconds", "ten")):
        with pytest.raises(Invalid):
            write(TWO, field, words, "place")
    with pytest.raises(Invalid):
        write_case(TWO, TWO.cases[0].id, "call", "f" * 501)


def session(**typed: str) -> live.Session:
    made = live.Session()
    for field, words in typed.items():
        made = live.write(made, field, words, field)
    return made


EVENING = session(
    day="2027-03-27", clock="18:30", zone="Europe/Madrid", minutes="60", link="https://meet.example.com/x"
)


def test_the_way_in_is_known_from_a_quarter_of_an_hour_before_to_the_end() -> None:
    starts = datetime(2027, 3, 27, 17, 30, tzinfo=UTC)
    assert EVENING.starts == starts
    for minutes, stage in ((-15.1, "upcoming"), (-15, "now"), (0, "now"), (59.9, "now"), (60, "over")):
        at = starts + timedelta(minutes=minutes)
        assert live.stage(EVENING, at) == stage
        assert bool(live.way_in(EVENING, at)) == (stage == "now")
    summer = live.write(EVENING, "day", "2027-03-28", "day")  # the clocks went forward that night
    assert summer.starts == datetime(2027, 3, 28, 16, 30, tzinfo=UTC)
    assert not live.way_in(session(), datetime.now(UTC))
    assert "no date" in live.problem(session())
    assert "no link" in live.problem(session(day="2027-03-27", clock="18:30"))
    assert live.problem(EVENING) == ""


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("link", "http://meet.example.com"), ("link", "javascript:alert(1)"), ("link", "https://a b.com/"),
        ("link", "https://user:pw@evil.com"), ("link", "https://[x"), ("link", "https://localhost"), ("day", "tomorrow"),
        ("day", "9999-01-01"), ("clock", "25:00"), ("zone", "Mars/Base"), ("minutes", "0"), ("minutes", "9999"),
    ],
)  # fmt: skip
def test_what_makes_no_session_is_refused(field: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        live.write(EVENING, field, words, "here")
    assert caught.value.field == "here"


@given(st.text(max_size=120))
def test_a_calendar_entry_has_no_way_in_and_short_lines(title: str) -> None:
    entry = live.calendar(
        EVENING, uid="1@x", title=title, url="https://site.example/learn/a/b", at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert EVENING.link not in entry
    assert "DTSTART:20270327T173000Z\r\n" in entry
    assert "DTEND:20270327T183000Z\r\n" in entry
    lines = entry.removesuffix("\r\n").split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert sum(line.startswith(("BEGIN:", "END:")) for line in lines) == 6


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("03_center-and-open.final.mp4", "Center and open final"), ("C:\\films\\01 - Wedging.MOV", "Wedging"),
        ("2024.mp4", "2024"), ("IMG_0042.mov", "IMG 0042"), ("été à Paris.webm", "Été à Paris"), (".mp4", "Untitled"),
        ("12 angry men.mp4", "Angry men"), ("___.mp4", "Untitled"),
    ],
)  # fmt: skip
def test_a_file_s_name_becomes_a_title(name: str, title: str) -> None:
    assert readable_name(name, limit=150) == title


@given(st.text(max_size=400))
def test_every_name_gives_some_title(name: str) -> None:
    assert 0 < len(readable_name(name, limit=150)) <= 150


def test_files_are_what_the_operator_allows() -> None:
    assert files.check("../../etc/Glaze card.PDF", 5, endings={"pdf"}, max_bytes=10) == "Glaze card.PDF"
    for name in ("run.exe", "page.html", "pdf", "", "a.pdf.exe"):
        with pytest.raises(NotAllowedFile):
            files.check(name, 5, endings={"pdf"}, max_bytes=10)
    with pytest.raises(FileTooLarge):
        files.check("a.pdf", 11, endings={"pdf"}, max_bytes=10)
    with pytest.raises(Invalid):
        files.check("a.pdf", 0, endings={"pdf"}, max_bytes=10)


@given(st.text(min_size=1, max_size=100))
def test_a_renamed_file_keeps_its_ending_and_stays_a_name(wanted: str) -> None:
    try:
        name = files.renamed("card.pdf", wanted, field="x")
    except Invalid:
        return
    assert name.endswith(".pdf")
    assert not set(name) & set('/\\<>:"|?*\r\n')
