"""Two edits of one outline that began at the same one: do they meet? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketplace.domain.courses.outline import Outline


def apart(seen: Outline, mine: Outline, theirs: Outline) -> bool:
    """Nothing that differs between ``seen`` and ``mine`` differs between ``seen`` and ``theirs``: what made ``mine`` can
    be done to ``theirs``, and takes nothing back."""
    return not _changed(seen, mine) & _changed(seen, theirs)


def _changed(old: Outline, new: Outline) -> set[tuple[object, str]]:
    before, after = dict(_facts(old)), dict(_facts(new))
    return {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def _facts(shown: Outline) -> Iterator[tuple[tuple[object, str], Any]]:
    """Each by itself, by whose it is and its name; of what has parts, which and in which order."""
    for section in shown.sections:
        yield (section.id, "title"), section.title
        yield (section.id, "lessons"), [lesson.id for lesson in section.lessons]
        for lesson in section.lessons:
            yield from (((lesson.id, name), value) for name, value in lesson if name != "blocks")
            yield (lesson.id, "blocks"), [block.id for block in lesson.blocks]
            yield from (((block.id, "block"), block) for block in lesson.blocks)
    yield from (((None, name), value) for name, value in shown if name != "sections")
    yield (None, "sections"), [section.id for section in shown.sections]
