"""Grading, orders and what may be shown, for any quiz."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.quizzes import quiz as parts
from marketplace.domain.quizzes import rules
from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.errors import Invalid, Missing

MANY = settings(max_examples=150, deadline=None)
CHOICE, TYPED = ("single", "multiple", "ordering", "matching"), ("text", "number")
SEEDS = st.text("0123456789abcdef", min_size=4, max_size=8)


@st.composite
def questions(draw: Any) -> Question:
    """Of any kind, fit to be published."""
    kind = draw(st.sampled_from(parts.KINDS))
    count = draw(st.integers(2, 6))
    right = draw(st.integers(0, count - 1))
    more = draw(st.sets(st.integers(0, count - 1))) if kind == "multiple" else set()
    keys = draw(st.lists(st.text("0123456789abcdef", min_size=4, max_size=4), min_size=13, max_size=13, unique=True))
    asked = Question(
        id=keys[12], kind=kind, prompt="What?", points=draw(st.integers(1, 9)), praise="said-when-right", hint="said-when-wrong",
        options=tuple(
            Option(
                id=keys[n], match_id=keys[6 + n], words=f"option {n}", match=f"match {n // 2 if count > 2 else n}", feedback=f"secret-note-{n}",
                right=kind in ("single", "multiple") and (n == right or n in more),
            )
            for n in range(count)
        ) if kind in CHOICE else (),
        accepted=("Clay", "Tonerde") if kind == "text" else (), number="12.5" if kind == "number" else "",
        tolerance="0.5",
    )  # fmt: skip
    assert rules.problem(asked) == ""
    return asked


QUIZZES = st.builds(
    lambda asked, q, o, share: Quiz(
        questions=tuple(one.model_copy(update={"id": f"{n}-{one.id}"}) for n, one in enumerate(asked)), shuffle_questions=q, shuffle_options=o, draw=round(share * len(asked))
    ),
    st.lists(questions(), min_size=1, max_size=6), st.booleans(), st.booleans(), st.floats(0, 1),
)  # fmt: skip


def best(question: Question) -> Any:
    match question.kind:
        case "single":
            return next(o.id for o in question.options if o.right)
        case "multiple":
            return [o.id for o in question.options if o.right]
        case "ordering":
            return [o.id for o in question.options]
        case "matching":
            offered = {c["words"]: c["id"] for c in rules.shown(question, "s", shuffle=True)["choices"]}
            return {o.id: offered[o.match] for o in question.options}
        case "text":
            return "  tonerde "
    return "12,5"


def some_answer(draw: Any, question: Question) -> Any:
    """Anything that the page could send for this question."""
    ids = [o.id for o in question.options]
    match question.kind:
        case "single":
            return draw(st.sampled_from(ids))
        case "multiple":
            return draw(st.lists(st.sampled_from(ids), unique=True))
        case "ordering":
            return draw(st.permutations(ids))
        case "matching":
            offered = [c["id"] for c in rules.shown(question, "s", shuffle=True)["choices"]]
            return draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(offered)))
    return draw(st.text(max_size=30).filter(str.isprintable))


@MANY
@given(questions())
def test_every_question_has_an_answer_worth_all_its_points(question: Question) -> None:
    answer = rules.accept(question, best(question))
    if question.kind == "long":  # by a person alone
        assert rules.points(question, answer) == 0
        marks = {question.id: {"points": question.points, "words": ""}}
        assert rules.review(question, answer, marks)["right"]
        return
    assert rules.points(question, answer) == question.points
    assert rules.review(question, answer)["right"]


@MANY
@given(st.data())
def test_points_stay_within_bounds_and_all_of_them_mean_wholly_right(data: st.DataObject) -> None:
    question = data.draw(questions())
    answer = rules.accept(question, some_answer(data.draw, question))
    got = rules.points(question, answer)
    assert 0 <= got <= question.points
    if question.kind == "ordering":
        assert (got == question.points) == (answer == best(question))
    if question.kind == "multiple":
        assert (got == question.points) == (set(answer) == set(best(question)))
    assert rules.points(question, None) == 0


@MANY
@given(QUIZZES, SEEDS, st.data())
def test_a_quiz_is_graded_from_its_paper_alone(quiz: Quiz, seed: str, data: st.DataObject) -> None:
    asked = rules.paper(quiz, seed)
    whole = {q.id: {"points": q.points, "words": ""} for q in quiz.questions if q.kind == "long"}
    full = rules.grade(quiz, seed, {q.id: best(q) for q in quiz.questions}, whole)
    assert (full.points, full.percent, full.passed, full.waits) == (sum(q.points for q in asked), 100, True, False)
    some = rules.grade(quiz, seed, {q.id: some_answer(data.draw, q) for q in asked}, whole)
    assert 0 <= some.points <= some.total == full.total
    assert some.passed == (100 * some.points >= quiz.pass_percent * some.total)


@MANY
@given(QUIZZES, SEEDS, st.data())
def test_what_a_person_has_to_look_at_is_neither_worth_points_nor_passed_before(
    quiz: Quiz, seed: str, data: st.DataObject
) -> None:
    answers = {q.id: some_answer(data.draw, q) for q in quiz.questions}
    before = rules.grade(quiz, seed, answers)
    written = [q for q in rules.paper(quiz, seed) if rules.to_mark(q, answers)]
    assert before.waits == bool(written)
    assert not (before.waits and before.passed)
    given = {q.id: (data.draw(st.integers(0, q.points)), "said") for q in written}
    after = rules.grade(quiz, seed, answers, rules.check_marks(quiz, seed, answers, given))
    assert after.points == before.points + sum(points for points, _words in given.values())
    assert not after.waits
    for wrong in ({}, {k: (-1, "") for k in given}, {k: (10_000, "") for k in given}, {**given, "other": (0, "")}):
        if wrong != given:
            with pytest.raises(Invalid):
                rules.check_marks(quiz, seed, answers, wrong)


@MANY
@given(QUIZZES, SEEDS)
def test_a_paper_is_the_same_each_time_and_asks_no_question_twice(quiz: Quiz, seed: str) -> None:
    asked = [q.id for q in rules.paper(quiz, seed)]
    again = [q.id for q in rules.paper(Quiz.model_validate(json.loads(quiz.model_dump_json())), seed)]
    assert asked == again
    assert len(set(asked)) == len(asked) == (quiz.draw or len(quiz.questions))
    place = {q.id: n for n, q in enumerate(quiz.questions)}
    if not quiz.shuffle_questions:
        assert [place[i] for i in asked] == sorted(place[i] for i in asked)


@MANY
@given(questions(), SEEDS, st.booleans())
def test_nothing_shown_tells_what_is_right(question: Question, seed: str, shuffle: bool) -> None:
    """The whole of what leaves the server: with other answers right, not a letter of it is different."""
    shown = rules.shown(question, seed, shuffle=shuffle)
    sent = json.dumps(shown)
    for secret in ("correct", '"right"', "feedback", "secret-note", "said-when", "accepted", "Clay", "Tonerde", "12.5"):
        assert secret not in sent
    assert set(shown) == {"id", "kind", "prompt", "points", "options", "choices"}
    assert all(set(o) == {"id", "words"} for o in [*shown["options"], *shown["choices"]])
    if question.kind in ("single", "multiple"):
        turned = tuple(o.model_copy(update={"right": not o.right}) for o in question.options)
        assert rules.shown(question.model_copy(update={"options": turned}), seed, shuffle=shuffle) == shown
    if question.kind == "ordering":  # its options stand in the right order: another right order looks the same
        back = question.model_copy(update={"options": question.options[::-1]})
        assert rules.shown(back, seed, shuffle=shuffle) == shown
    if question.kind == "matching":
        ids = {c["id"] for c in shown["choices"]}
        assert not ids & {o["id"] for o in shown["options"]}
        assert len({c["words"] for c in shown["choices"]}) == len(shown["choices"])


def test_options_are_not_named_in_the_order_they_were_written() -> None:
    keys = [parts.new_key() for _ in range(200)]
    assert keys != sorted(keys)
    assert len(set(keys)) == 200


@MANY
@given(questions(), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
))  # fmt: skip
def test_what_is_no_answer_is_refused(question: Question, value: object) -> None:
    """Or is one: then it can be graded."""
    try:
        answer = rules.accept(question, value)
    except Invalid:
        return
    assert 0 <= rules.points(question, answer) <= question.points


@pytest.mark.parametrize("kind", parts.KINDS)
def test_crafted_answers(kind: str) -> None:
    question = Question(kind=kind, options=(Option(words="a", match="x"), Option(words="b", match="y")))  # type: ignore[arg-type]
    a, b = (o.id for o in question.options)
    x = question.options[0].match_id
    wrong: list[Any] = [
        None,
        7,
        True,
        1.5,
        "x" * 501,
        "a\x00b",
        {"a": {"b": "c"}},
        [[a]],
        ["nope"],
        {"nope": x},
        {a: 7},
    ]
    wrong += {
        "single": ["nope", "", [a]], "multiple": [a, [a, a]], "ordering": [a, [a], [a, a], [b, a, a]],
        "matching": [{a: a}, {x: a}, [a]], "text": [[a], {a: x}], "number": [[a], {a: x}],
        "long": [[a], {a: x}, "x" * 20_001],
    }[kind]  # fmt: skip
    if kind == "long":
        wrong = [value for value in wrong if not isinstance(value, str) or len(value) > 20_000]
        assert rules.accept(question, "a\x00b\ud800\n c ") == "ab\n c"  # what a database can keep
    for value in wrong:
        with pytest.raises(Invalid):
            rules.accept(question, value)


@pytest.mark.parametrize(
    ("given", "ok"),
    [("clay", True), ("  CLAY\u200b ", True), ("cl ay", False), ("", False), ("\u200b", False), ("ｃｌａｙ", True),
     ("o\u0308fen", True), ("STRASSE", True), ("می\u200cروم", True), ("میروم", True), ("it's", True)],
)  # fmt: skip
def test_short_answers_are_compared_as_people_read_them(given: str, ok: bool) -> None:
    question = Question(kind="text", accepted=("Clay", "Öfen", "Straße", "it’s", " ", "می\u200cروم"))
    assert rules.points(question, rules.accept(question, rules.one_line(given))) == int(ok)


@pytest.mark.parametrize(
    ("number", "tolerance", "given", "ok"),
    [
        ("12.5", "0", "12.5", True), ("12.5", "0", "12,5", True), ("12,5", "0", " 12.50 ", True), ("12.5", "0", "12.6", False),
        ("12.5", "0.1", "12.6", True), ("12.5", "0.1", "12.61", False), ("1250", "0", "1,250", True),
        ("1250", "0", "1 250", True), ("1.25", "0", "1,250", True), ("-3", "0", "−3", True), ("3", "0", "-3", False),
        ("0.125", "0", "125", False), ("3", "0", "３", True), ("3", "0", "3e0", False), ("3", "0", "nan", False),
        ("1000000", "0", "1e6", False), ("3", "0", "9" * 400, False), ("3", "0", "", False), ("0", "0", "-0", True),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(number: str, tolerance: str, given: str, ok: bool) -> None:
    question = Question(kind="number", number=number, tolerance=tolerance)
    assert rules.points(question, given) == int(ok)


def test_what_cannot_be_published_says_which_question() -> None:
    def told(*asked: Question, **fields: Any) -> list[str]:
        return list(rules.problems(Quiz(questions=asked, **fields)))

    two = (Option(words="a", match="x"), Option(words="b", match="y"))
    fine = Question(kind="text", prompt="?", accepted=("a",))
    assert told() == ["the quiz has no questions yet."]
    assert told(fine) == []
    assert told(fine, Question(kind="single", prompt="?", options=two)) == [
        "question 2: mark the answer that is right."
    ]
    assert "no questions" not in str(told(fine, draw=3))
    assert told(fine, draw=3) == ["the quiz asks 3 questions, but has 1."]
    for asked in (
        Question(kind="single", options=two), Question(kind="multiple", prompt="?", options=two),
        Question(kind="ordering", prompt="?", options=two[:1]), Question(kind="ordering", prompt="?", options=two + two[:1]),
        Question(kind="matching", prompt="?", options=(two[0], Option(words="b"))),
        Question(kind="matching", prompt="?", options=(two[0], Option(words="b", match="x"))),
        Question(kind="text", prompt="?", accepted=("\u200b",)), Question(kind="number", prompt="?"),
        Question(kind="number", prompt="?", number="1,250"), Question(kind="number", prompt="?", number="1", tolerance="-1"),
    ):  # fmt: skip
        assert len(told(asked)) == 1, asked


def test_edits_keep_one_right_answer_and_the_order() -> None:
    quiz = parts.add_question(parts.add_question(Quiz(), "single"), "text")
    first, second = quiz.questions
    a, b, c = (o.id for o in first.options)
    quiz = parts.mark(parts.mark(quiz, a, right=True), b, right=True)
    assert [o.right for o in quiz.questions[0].options] == [False, True, False]
    quiz = parts.step(parts.step(quiz, c, -1), second.id, -1)
    assert [q.id for q in quiz.questions] == [second.id, first.id]
    assert [o.id for o in quiz.questions[1].options] == [a, c, b]
    quiz = parts.remove(parts.write(quiz, a, "words", " Clay  pot "), c)
    assert [o.words for o in quiz.questions[1].options] == ["Clay pot", ""]
    with pytest.raises(Missing):
        parts.write(quiz, a, "right", "1")
    with pytest.raises(Missing):
        parts.write(quiz, first.id, "options", "x")
    with pytest.raises(Missing):
        parts.setting(quiz, "questions", "1", "x")
    for words in ("0", "101", "-1", "1.5", "²", "x", "9" * 30):
        with pytest.raises(Invalid):
            parts.write(quiz, first.id, "points", words)


@pytest.mark.parametrize(
    ("stands", "seen", "kept"),
    [(None, "", True), ("", "", True), ("Mine", "Mine", True), ("Mine again", "Mine", True), ("Theirs", "Mine", False),
     ("Theirs", "", False), ("", "Mine", False)],
)  # fmt: skip
def test_words_of_another_tab_are_not_written_over(stands: str | None, seen: str, kept: bool) -> None:
    question, rewrite = Question(kind="long", prompt="Why?"), rules.Rewrite("Mine again", seen)
    if kept:
        assert rules.rewritten(question, stands, rewrite) == "Mine again"
    else:
        with pytest.raises(Invalid, match="Another tab"):
            rules.rewritten(question, stands, rewrite)
