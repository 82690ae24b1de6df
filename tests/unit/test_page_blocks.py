"""Blocks of a product's page: edits, limits, and that nothing anybody writes in them becomes markup of its own."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace.api.paint import blocks as paint
from marketplace.api.paint import head, structured
from marketplace.api.paint.head import Facts
from marketplace.domain.catalog import blocks
from marketplace.domain.catalog.blocks import Block, Blocks
from marketplace.domain.media.models import Image
from marketplace.errors import Invalid, Missing

NASTY = '</script><script>alert(1)</script><img src=x onerror=alert(2)> " onclick="x" [a](javascript:alert(3)) ![p](//evil/p)'
IMAGE = uuid4()


def block(kind: str, **fields: Any) -> Block:
    return {"id": str(uuid4()), "kind": kind, **fields}


def one_of_each(words: str) -> Blocks:
    return [
        block("text", title=words, text=words),
        block("picture", image=str(IMAGE), alt=words, caption=words),
        block("learn", title=words, points=[words]),
        block("audience", title=words, points=[words]),
        block("faq", title=words, questions=[{"q": words, "a": words}]),
        block("quote", text=words, name=words[:80], role=words[:80]),
        block("cta", title=words, text=words),
        block("description"), block("syllabus"), block("creator"),
    ]  # fmt: skip


def shown(words: str = "Mara") -> paint.Shown:
    view = {"description": "<p>Safe</p>", "about": words, "creator": words, "creator_avatar": "", "creator_href": "/c"}
    image = Image(
        id=IMAGE, owner_id=uuid4(), variants=[[640, "/c-640.webp"], [1280, "/c-1280.webp"]], width=1280, height=900
    )
    rows = [{"kind": "lesson", "title": words, "meta": "", "href": "", "preview": "", "terms": words}]
    return paint.Shown(view, [words], words, ("Buy now", "#buy"), rows, {IMAGE: image})


def test_what_creators_write_never_becomes_markup() -> None:
    html = paint.page(blocks.checked(one_of_each(NASTY), "course"), shown(NASTY))
    assert html.count("Buy now") == 1
    tags = re.findall(r"<([a-z0-9]+)([^>]*)>", html)
    assert not {"script", "iframe", "form", "object"} & {name for name, _rest in tags}
    assert not [rest for _name, rest in tags if re.search(r"(^|\s)on[a-z]+=", re.sub(r'"[^"]*"', '""', rest))]
    assert {href for href in re.findall(r'href="([^"]*)"', html)} == {"#buy", "/c"}
    assert set(re.findall(r'\bsrc="([^"]*)"', html)) == {"/c-1280.webp"}


def test_answers_stand_in_structured_data_and_end_no_script() -> None:
    data = structured.faq([block("faq", questions=[{"q": NASTY, "a": f"**Yes.** {NASTY}"}, {"q": "Open", "a": ""}])])
    said = head.data_blocks(Facts("x", data=data))
    assert said.count("<") == 2
    entries = json.loads(said[said.index(">") + 1 : said.rindex("<")])["mainEntity"]
    assert [entry["name"] for entry in entries] == [NASTY]
    assert entries[0]["acceptedAnswer"]["text"].startswith("Yes.")
    assert structured.faq([block("faq"), block("text", text="Hi")]) == []


def test_a_picture_keeps_its_place_and_has_every_size() -> None:
    html = paint.page(one_of_each("Words")[1:2], shown())
    assert 'width="1280" height="900"' in html
    assert 'srcset="/c-640.webp 640w, /c-1280.webp 1280w"' in html
    assert 'loading="lazy"' in html
    assert 'alt="Words"' in html


def test_what_is_empty_is_not_on_the_page() -> None:
    empty = [block(kind) for kind in ("text", "picture", "audience", "faq", "quote")]
    assert paint.page(blocks.checked(empty, "lesson"), shown()) == ""


@pytest.mark.parametrize(
    "page",
    [
        "text", ["text"], [block("script")], [{"kind": "text"}], [block("syllabus")], [block("creator"), block("creator")],
        [block("text")] * 2, [block("text") for _ in range(41)], [block("text", text="x" * 10_001)],
        [block("text", text="x" * 9_000) for _ in range(7)], [block("learn", points=["a"] * 13)],
        [block("learn", points=["a" * 161])], [block("faq", questions=[{"q": "q", "a": "a"}] * 21)],
        [block("quote", name="n" * 81)],
    ],
)  # fmt: skip
def test_what_is_too_much_or_unknown_is_refused(page: Any) -> None:
    with pytest.raises(Invalid):
        blocks.checked(page, "lesson")


def test_unknown_fields_and_control_characters_go() -> None:
    found = blocks.checked([block("quote", text="a\u202eb\x00", html="<b>", points=["x"])], "lesson")
    assert [key for key in found[0]] == ["id", "kind", "text"]
    assert found[0]["text"] == "ab"


def test_what_is_too_long_is_said_at_its_field() -> None:
    page = [block("faq", questions=[{"q": "a", "a": "b"}, {"q": "x" * 201, "a": ""}])]
    with pytest.raises(Invalid) as refused:
        blocks.checked(page, "lesson")
    assert refused.value.field == f"{page[0]['id']}:q:1"


def test_blocks_move_multiply_and_go() -> None:
    page = [block("text", text=name) for name in "abc"]
    a, b, c = (UUID(each["id"]) for each in page)

    def order(of: Blocks) -> str:
        return "".join(each["text"] for each in of)

    assert order(blocks.step(page, a, 1)) == "bac"
    assert order(blocks.step(page, a, -1)) == "abc"
    assert order(blocks.step(page, c, 1)) == "abc"
    assert order(blocks.drop(page, c, a)) == "cab"
    assert order(blocks.drop(page, a, None)) == "bca"
    assert order(blocks.drop(page, b, b)) == "abc"
    twice = blocks.duplicate(page, b)
    assert order(twice) == "abbc"
    assert len({each["id"] for each in twice}) == 4
    assert order(blocks.remove(page, b)) == "ac"
    with pytest.raises(Missing):
        blocks.remove(page, uuid4())


def test_the_first_block_takes_nothing_away_from_the_plain_page() -> None:
    assert [each["kind"] for each in blocks.add([], "quote", "course")] == [
        "learn", "syllabus", "description", "creator", "quote",
    ]  # fmt: skip
    assert [each["kind"] for each in blocks.add([], "creator", "lesson")] == ["learn", "description", "creator"]


def test_only_fields_of_the_kind_can_be_written() -> None:
    page = [block("faq", questions=[{"q": "", "a": ""}]), block("text")]
    faq, words = (UUID(each["id"]) for each in page)
    assert blocks.write_question(page, faq, 0, "a", "Yes")[0]["questions"] == [{"q": "", "a": "Yes"}]
    assert blocks.write(page, words, "text", "Hi")[1]["text"] == "Hi"
    for change in (
        lambda: blocks.write(page, words, "kind", "creator"), lambda: blocks.write(page, words, "points", "x"),
        lambda: blocks.write(page, words, "id", "x"), lambda: blocks.write_question(page, faq, 1, "a", "x"),
        lambda: blocks.write_question(page, faq, 0, "href", "x"),
    ):  # fmt: skip
        with pytest.raises(Missing):
            change()
