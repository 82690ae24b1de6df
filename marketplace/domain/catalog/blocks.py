"""The blocks of a product's page. Pure: what each kind holds, and each edit from one list of blocks to the next.

A block is plain JSON: ``id``, ``kind``, and the fields of its kind. Amounts of text are limited here, whoever sends them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from marketplace import text
from marketplace.errors import Invalid, Missing
from marketplace.i18n import N_
from marketplace.ids import new_id, parse_id

Block: TypeAlias = dict[str, Any]
Blocks: TypeAlias = list[Block]

MOST, MOST_CHARS = 40, 60_000
MAX_LINES, MAX_LINE = 12, 160
MAX_QUESTIONS, MAX_QUESTION, MAX_ANSWER = 20, 200, 2_000


@dataclass(frozen=True, slots=True)
class Kind:
    """``lines`` and ``texts``: the longest that fields of one and of many lines may be. ``once``: on a page; ``of``: which
    products have it."""

    lines: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    points: bool = False
    questions: bool = False
    picture: bool = False
    once: bool = False
    of: tuple[str, ...] = ("lesson", "course", "bundle")


KINDS: dict[str, Kind] = {
    "text": Kind({"title": 120}, {"text": 10_000}),
    "picture": Kind({"alt": 300, "caption": 300}, picture=True),
    "learn": Kind({"title": 120}, points=True),
    "audience": Kind({"title": 120}, points=True),
    "faq": Kind({"title": 120}, questions=True),
    "quote": Kind({"name": 80, "role": 80}, {"text": 800}),
    "cta": Kind({"title": 120}, {"text": 300}),
    "description": Kind(once=True),
    "syllabus": Kind(once=True, of=("course",)),
    "creator": Kind(once=True),
}
_LABELS = {
    "title": N_("The heading"), "text": N_("The text"), "alt": N_("The description"), "caption": N_("The caption"),
    "name": N_("The name"), "role": N_("The remark"),
}  # fmt: skip


def plain(product_kind: str) -> Blocks:
    """What the page of a product without blocks shows, as blocks."""
    return [_new(kind) for kind in ("learn", "syllabus", "description", "creator") if product_kind in KINDS[kind].of]


def _new(kind: str) -> Block:
    return {"id": str(new_id()), "kind": kind}


def find(blocks: Blocks, block_id: UUID) -> Block:
    found = next((block for block in blocks if block["id"] == str(block_id)), None)
    if found is None:
        raise Missing
    return found


def _changed(blocks: Blocks, block_id: UUID, **fields: Any) -> Blocks:
    find(blocks, block_id)
    return [{**block, **fields} if block["id"] == str(block_id) else block for block in blocks]


def add(blocks: Blocks, kind: str, product_kind: str) -> Blocks:
    """At the end. An empty page begins with what it shows without blocks: adding takes nothing away."""
    if kind not in KINDS:
        raise Invalid("Choose one from the list.")
    begun = blocks or plain(product_kind)
    if not blocks and KINDS[kind].once:
        return begun
    return [*begun, _new(kind)]


def write(blocks: Blocks, block_id: UUID, name: str, words: str) -> Blocks:
    """A field of one or many lines, or the points of a list, one in each line."""
    kind = KINDS[find(blocks, block_id)["kind"]]
    if name == "points" and kind.points:
        return _changed(blocks, block_id, points=words.split("\n"))
    if name not in kind.lines and name not in kind.texts:
        raise Missing
    return _changed(blocks, block_id, **{name: words})


def set_picture(blocks: Blocks, block_id: UUID, image_id: UUID) -> Blocks:
    return _changed(blocks, block_id, image=str(image_id))


def add_question(blocks: Blocks, block_id: UUID) -> Blocks:
    return _changed(blocks, block_id, questions=[*_questions(blocks, block_id), {"q": "", "a": ""}])


def write_question(blocks: Blocks, block_id: UUID, number: int, name: str, words: str) -> Blocks:
    rows = _questions(blocks, block_id)
    if number >= len(rows) or name not in ("q", "a"):
        raise Missing
    rows[number] = {**rows[number], name: words}
    return _changed(blocks, block_id, questions=rows)


def remove_question(blocks: Blocks, block_id: UUID, number: int) -> Blocks:
    rows = _questions(blocks, block_id)
    return _changed(blocks, block_id, questions=[row for n, row in enumerate(rows) if n != number])


def _questions(blocks: Blocks, block_id: UUID) -> list[dict[str, str]]:
    return list(find(blocks, block_id).get("questions", []))


def step(blocks: Blocks, block_id: UUID, by: int) -> Blocks:
    """One place up or down; at the end it stays where it is."""
    block = find(blocks, block_id)
    rest = [each for each in blocks if each is not block]
    place = min(max(0, blocks.index(block) + by), len(rest))
    return [*rest[:place], block, *rest[place:]]


def drop(blocks: Blocks, block_id: UUID, before: UUID | None) -> Blocks:
    """Above another one, or at the end."""
    block = find(blocks, block_id)
    rest = [each for each in blocks if each is not block]
    ids = [each["id"] for each in rest]
    place = ids.index(str(before)) if str(before) in ids else len(rest)
    return blocks if before == block_id else [*rest[:place], block, *rest[place:]]


def duplicate(blocks: Blocks, block_id: UUID) -> Blocks:
    """Below itself."""
    block = find(blocks, block_id)
    place = blocks.index(block) + 1
    return [*blocks[:place], {**block, "id": str(new_id())}, *blocks[place:]]


def remove(blocks: Blocks, block_id: UUID) -> Blocks:
    block = find(blocks, block_id)
    return [each for each in blocks if each is not block]


def checked(value: Any, product_kind: str) -> Blocks:
    """Anything, as blocks that may be stored. Raises ``Invalid`` with ``<id of the block>:<name>`` for its field."""
    if not isinstance(value, list) or not all(isinstance(block, dict) for block in value):
        raise Invalid("Choose one from the list.", field="blocks")
    if len(value) > MOST:
        raise Invalid("A page has at most {most} blocks.", field="blocks", most=MOST)
    found = [_checked(block, product_kind) for block in value]
    ids = [block["id"] for block in found]
    singles = [block["kind"] for block in found if KINDS[block["kind"]].once]
    if len(ids) != len(set(ids)) or len(singles) != len(set(singles)):
        raise Invalid("That is on the page already: it can be there once.", field="blocks")
    if sum(len(words) for block in found for words in words_of(block)) > MOST_CHARS:
        raise Invalid(
            "The page is too long: its blocks have at most {most} characters.", field="blocks", most=MOST_CHARS
        )
    return found


def _checked(block: Mapping[str, Any], product_kind: str) -> Block:
    id_, name = parse_id(block.get("id")), str(block.get("kind"))
    kind = KINDS.get(name)
    if id_ is None or kind is None or product_kind not in kind.of:
        raise Invalid("Choose one from the list.", field="blocks")
    known: Block = {"id": str(id_), "kind": name}
    for key, limit in kind.lines.items():
        known[key] = text.clean_line(
            str(block.get(key, "")), limit=limit, field=f"{id_}:{key}", label=_LABELS[key], required=False
        )
    for key, limit in kind.texts.items():
        known[key] = text.clean_text(str(block.get(key, "")), limit=limit, field=f"{id_}:{key}", label=_LABELS[key])
    if kind.points:
        known["points"] = _points(block.get("points", []), f"{id_}:points")
    if kind.questions:
        known["questions"] = _answered(block.get("questions", []), str(id_))
    if kind.picture:
        image_id = parse_id(block.get("image"))
        known["image"] = str(image_id) if image_id else ""
    return {key: said for key, said in known.items() if said}


def _points(value: Any, place: str) -> list[str]:
    rows = value if isinstance(value, list) else []
    lines = [
        text.clean_line(str(row), limit=MAX_LINE, field=place, label=N_("Each point"), required=False) for row in rows
    ]
    kept = [line for line in lines if line]
    if len(kept) > MAX_LINES:
        raise Invalid("At most {most} points: choose the ones that matter.", field=place, most=MAX_LINES)
    return kept


def _answered(value: Any, id_: str) -> list[dict[str, str]]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    if len(rows) > MAX_QUESTIONS:
        raise Invalid("At most {most} questions: choose the ones that matter.", field=f"{id_}:q", most=MAX_QUESTIONS)
    return [
        {
            "q": text.clean_line(
                str(row.get("q", "")), limit=MAX_QUESTION, field=f"{id_}:q:{n}", label=N_("The question"), required=False
            ),
            "a": text.clean_text(
                str(row.get("a", "")), limit=MAX_ANSWER, field=f"{id_}:a:{n}", label=N_("The answer")
            ),
        }
        for n, row in enumerate(rows)
    ]  # fmt: skip


def words_of(block: Block) -> list[str]:
    """Everything that somebody wrote in it."""
    kind = KINDS[block["kind"]]
    questions = [words for row in block.get("questions", []) for words in (row["q"], row["a"])]
    return [*(block.get(key, "") for key in (*kind.lines, *kind.texts)), *block.get("points", []), *questions]


def faq(blocks: Blocks) -> list[tuple[str, str]]:
    """The questions that have an answer, of all blocks."""
    rows = [row for block in blocks for row in block.get("questions", [])]
    return [(row["q"], row["a"]) for row in rows if row["q"] and row["a"]]


def picture_ids(blocks: Sequence[Block]) -> list[UUID]:
    found = [parse_id(block.get("image")) for block in blocks if block.get("image")]
    return [id_ for id_ in dict.fromkeys(found) if id_ is not None]
