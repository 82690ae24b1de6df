"""What is right, and what a learner may see. Pure, and nothing here ever runs what somebody wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marketplace.domain.exercises.exercise import MAX_VALUE, Exercise
from marketplace.i18n import _

_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Got:
    """What the learner's browser says of one case: the ``repr`` of its value, or in which error it ended."""

    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one case. ``got`` and ``expected`` are empty where the case isn't shown."""

    case: str
    passed: bool
    shown: bool
    call: str = ""
    expected: str = ""
    got: str = ""
    error: str = ""


def problems(exercise: Exercise) -> Iterator[str]:
    """What keeps an exercise from being published."""
    if not exercise.prompt.strip():
        yield _("the code exercise doesn't say what to do yet.")
    if not exercise.cases:
        yield _("the code exercise has no tests yet.")
    for number, case in enumerate(exercise.cases, 1):
        if not case.call:
            yield _("test {number} of the code exercise is empty.").format(number=number)
        elif not case.expected:
            yield _("test {number} of the code exercise has no expected value yet.").format(number=number)


def same(expected: str, got: str) -> bool:
    """Do two ``repr``s stand for the same value of the same type? Sets and dictionaries have no order."""
    expected, got = expected.strip(), got.strip()
    if expected == got:
        return True
    try:
        return _plain(ast.parse(expected, mode="eval").body) == _plain(ast.parse(got, mode="eval").body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _plain(node: ast.expr, depth: int = 0) -> str:
    """A literal in one way of writing it. Raises ``ValueError`` for what isn't one: it is never evaluated."""
    if depth > _DEPTH:
        raise ValueError
    if isinstance(node, ast.Constant):
        return repr(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return f"-{_plain(node.operand)}"
    if isinstance(node, ast.List | ast.Tuple):
        return f"{type(node).__name__}({','.join(_plain(part, depth + 1) for part in node.elts)})"
    if isinstance(node, ast.Set):
        return f"Set({','.join(sorted(_plain(part, depth + 1) for part in node.elts))})"
    if isinstance(node, ast.Dict) and all(key is not None for key in node.keys):
        pairs = zip([key for key in node.keys if key is not None], node.values, strict=True)
        return f"Dict({','.join(sorted(f'{_plain(k, depth + 1)}={_plain(v, depth + 1)}' for k, v in pairs))})"
    raise ValueError


def verdicts(exercise: Exercise, got: Mapping[str, Got]) -> list[Verdict]:
    """Case by case, as the learner may see it. What the browser didn't tell of didn't pass."""
    return [_verdict(exercise, number, got) for number in range(len(exercise.cases))]


def _verdict(exercise: Exercise, number: int, got: Mapping[str, Got]) -> Verdict:
    case = exercise.cases[number]
    told = got.get(case.id, Got(error=_("This test was not run.")))
    passed = not told.error and len(told.value) <= MAX_VALUE and same(case.expected, told.value)
    if not case.shown:
        return Verdict(case.id, passed, False)
    return Verdict(case.id, passed, True, case.call, case.expected, told.value, told.error)


def for_browser(exercise: Exercise) -> list[dict[str, str]]:
    """What a learner's browser needs to run: the calls, without a single expected value."""
    return [{"id": case.id, "call": case.call} for case in exercise.cases]
