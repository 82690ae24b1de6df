"""A course as a zip: whatever is written is read back the same, and whatever is hostile is refused with words."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace import text
from marketplace.domain.courses import archive, plain_yaml, zips
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.errors import Invalid

NASTY = [
    "---\ntitle: not front matter\n---\n", "```python\nprint('<!-- block: text -->')\n```", "<!-- block: text -->",
    "\\<!-- block: video -->\n\\\\<!-- block: ", "key: &a [*a, !!python/object:os.system]", "- *list*\n\n\n\nfar below",
    "خزف 陶芸 👩‍👩‍👧 e\u0301", "| a | b |\n|---|---|", "    indented\n\ttab", "...\n%YAML 1.2", "<!-- block:", "~", "null", "",
]  # fmt: skip
TITLES = st.one_of(
    st.sampled_from(["No", "1e3", "2024-01-01", "- a: b", "# x", "“Öfen”: 100 %", "{{}}", "'", '"', "!tag", "&a", "*a", "---", "~"]),
    st.text(max_size=60),
).map(lambda words: text.clean_line(words, limit=99, field="", label="", required=False) or "x")  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY), st.lists(st.sampled_from(NASTY), max_size=4).map("\n".join), st.text(max_size=200)
).map(lambda words: text.clean_text(words, limit=9999, field="", label=""))
IDS = st.builds(uuid4)


def as_text(value: Any) -> Any:
    """As a document is read: every value is text."""
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


QUIZZES = st.builds(
    Quiz, attempts=st.integers(0, 9), shuffle_questions=st.booleans(),
    questions=st.lists(
        st.one_of(
            st.builds(Question, kind=st.just("text"), prompt=TEXTS, accepted=st.lists(TITLES, max_size=2).map(tuple)),
            st.builds(
                Question, kind=st.just("single"), prompt=TEXTS,
                options=st.lists(st.builds(Option, words=TITLES, right=st.booleans()), max_size=3).map(tuple),
            ),
        ),
        max_size=3,
    ).map(tuple),
).map(lambda quiz: as_text(quiz.model_dump(mode="json")))  # fmt: skip
PIECES = st.one_of(
    st.builds(Piece, st.just("text"), IDS, TEXTS),
    st.builds(
        Piece,
        st.just("quiz"),
        IDS,
        document=QUIZZES,
    ),
    st.builds(
        Piece, st.sampled_from(["video", "quiz", "some_thing"]), IDS, label=st.sampled_from(["", "a.mp4, 10:00"])
    ),
)
DAYS = st.none() | st.dates().map(lambda day: datetime.combine(day, time(), UTC))
UNITS = st.builds(
    Unit, TITLES, IDS, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 365), DAYS,
    st.lists(PIECES, max_size=4).map(tuple), st.lists(IDS, max_size=3, unique=True).map(tuple),
    st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.integers(0, 365),
    st.booleans(),
)  # fmt: skip
PARTS = st.builds(Part, TITLES, IDS, st.lists(UNITS, max_size=4).map(tuple))
SALES = st.fixed_dictionaries({
    "title": TITLES, "summary": TITLES, "language": st.just("en"), "level": st.just("all"), "topic": st.just("pottery"),
    "learn": st.lists(TITLES, max_size=3), "description_md": TEXTS,
})  # fmt: skip
ARCHIVES = st.builds(
    Archive, IDS, SALES, st.lists(PARTS, max_size=4).map(tuple), st.booleans(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)  # fmt: skip


def test_a_page_made_of_blocks_is_read_back_the_same() -> None:
    nasty = [text.clean_text(words, limit=9999, field="", label="") for words in NASTY]
    page: list[dict[str, Any]] = [
        {"id": str(uuid4()), "kind": "text", "title": "- a: b", "text": words} for words in nasty if words
    ]
    page += [
        {"id": str(uuid4()), "kind": "faq", "questions": [{"q": "~", "a": words} for words in nasty]},
        {"id": str(uuid4()), "kind": "learn", "points": ["No", "1e3", "&a"]},
        {"id": str(uuid4()), "kind": "picture", "alt": "null", "image": str(uuid4())},
    ]
    for blocks in (page, []):
        assert archive.unpack(archive.pack(Archive(uuid4(), {"blocks": blocks}))).sale["blocks"] == blocks
    with pytest.raises(Invalid):
        archive.unpack(archive.pack(Archive(uuid4(), {"blocks": [{"id": str(uuid4()), "kind": "script"}]})))


@settings(max_examples=200, deadline=None)
@given(ARCHIVES)
def test_what_is_written_is_read_back_the_same(whole: Archive) -> None:
    read = archive.unpack(archive.pack(whole))
    description = text.clean_text(str(read.sale["description_md"]), limit=9999, field="", label="")
    assert (
        Archive(read.id, {**read.sale, "description_md": description}, read.parts, read.in_order, read.time_zone)
        == whole
    )


def zip_of(files: dict[str, str | bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path, words in files.items():
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change and path != "course.yaml":
                change(info)
            packed.writestr(info, words)
    return out.getvalue()


LESSON = "title: A\nsections:\n- title: One\n  lessons:\n  - title: First\n    file: 1/a.md\n"


def course(yaml: str = LESSON, **files: str) -> bytes:
    return zip_of({"course.yaml": yaml, "1/a.md": "Hello", **files})


def test_a_course_may_be_written_by_hand() -> None:
    """No ids, no front matter, no lines that name blocks; packed with its folder, on a Mac."""
    read = archive.unpack(
        zip_of({
            "my course/course.yaml": LESSON, "my course/1/a.md": "# Hello\r\n\r\nYou", "__MACOSX/my course/._x": b"\0\1",
            "my course/.DS_Store": b"\0", "my course/README.md": "About",
        })
    )  # fmt: skip
    assert read == Archive(
        None, {"title": "A"}, (Part("One", None, (Unit("First", pieces=(Piece("text", words="# Hello\n\nYou"),)),)),)
    )


def test_text_below_a_video_is_a_text_of_its_own() -> None:
    read = archive.unpack(course(**{"1/a.md": "Before\n<!-- block: video -->\nAfter"}))
    assert [(p.kind, p.words) for p in read.units[0].pieces] == [("text", "Before"), ("video", ""), ("text", "After")]


def link(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


def bomb(count: int = 1, size: int = 2 * 1024**2) -> bytes:
    return zip_of({"course.yaml": LESSON, **{f"1/{n}.md": b"a" * size for n in range(count)}})


def with_password() -> bytes:
    body = bytearray(course())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = body.rfind(sign)
        body[place + at] |= 1
    return bytes(body)


def lying_about_size() -> bytes:
    """The list of files says that each has one byte."""
    body = bytearray(bomb(1, 11 * 1024**2))
    place = body.rfind(b"PK\x01\x02")
    struct.pack_into("<I", body, place + 24, 1)
    return bytes(body)


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("course.yamL", LESSON)
        packed.writestr("course.yaml", LESSON)
    return out.getvalue().replace(b"course.yamL", b"course.yaml")


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"hello", "isn't a zip"),
    "empty": (lambda: b"", "isn't a zip"),
    "cut off": (lambda: course()[:-30], "isn't a zip"),
    "damaged": (lambda: course().replace(b"Hello"[:2], b"\xff\xff", 1).replace(b"PK\x01\x02", b"PK\x01\x03"), "can't be read"),
    "too large": (lambda: b"P" * (zips.MAX_ZIP + 1), "at most 50 MB"),
    "above": (lambda: course(**{"../../etc/passwd.md": "x"}), "isn't allowed: “../../etc/passwd.md”"),
    "above in the middle": (lambda: course(**{"1/../../a.md": "x"}), "isn't allowed"),
    "absolute": (lambda: course(**{"/etc/passwd": "x"}), "isn't allowed"),
    "drive": (lambda: course(**{"C:/a.md": "x"}), "isn't allowed"),
    "backslash": (lambda: course(**{"a\\b.md": "x"}), "isn't allowed"),
    "control character": (lambda: course(**{"1/a\x1b[31m.md": "x"}), "isn't allowed"),
    "deep": (lambda: course(**{"/".join("abcdefghijklm") + ".md": "x"}), "isn't allowed"),
    "huge name": (lambda: course(**{"1/" + "a" * 5000 + ".md": "x"}), "too long"),
    "link": (lambda: zip_of({"course.yaml": LESSON, "1/a.md": "/etc/passwd"}, link), "link or a device"),
    "bomb by ratio": (bomb, "too tightly"),
    "bomb by size": (lambda: bomb(1, 11 * 1024**2), "too large: at most 10 MB"),
    "bomb by sum": (lambda: zip_of({f"{n}.md": bytes(range(256)) * 3900 for n in range(70)}), "at most 60 MB"),
    "bomb that lies": (lying_about_size, "can't be read|too large|too tightly"),
    "many files": (lambda: zip_of({f"{n}.md": "" for n in range(zips.MAX_FILES + 1)}), "at most 2,500 files"),
    "password": (with_password, "has a password"),
    "the same name twice": (twice, "twice"),
    "no course.yaml": (lambda: zip_of({"1/a.md": "x"}), "no course.yaml"),
    "broken yaml": (lambda: course("title: [a\nsections: }"), "isn't valid YAML, line 2"),
    "a list": (lambda: course("- a"), "names and values"),
    "nothing in it": (lambda: course(""), "names and values"),
    "no sections": (lambda: course("title: A"), "“sections” must be a list"),
    "sections of words": (lambda: course("sections: [a]"), "“sections” must be a list"),
    "title of lists": (lambda: course("title: [a]\nsections: []"), "“title” must be one line"),
    "aliases": (lambda: course("a: &a [x]\nb: [*a, *a]\nsections: []"), "line 1: references"),
    "tags": (lambda: course("a: !!python/object/apply:os.system [id]\nsections: []"), r"line 1: tags \(!\)"),
    "two documents": (lambda: course("sections: []\n---\nsections: []"), "more than one document"),
    "a name twice": (lambda: course("title: A\ntitle: B\nsections: []"), "“title” is there twice"),
    "nested": (lambda: course("a: " + "[" * 500 + "]" * 500 + "\nsections: []"), "nested too deeply|isn't valid YAML"),
    "not utf-8": (lambda: zip_of({"course.yaml": b"title: \xff\xfe"}), "isn't text in UTF-8"),
    "nul": (lambda: course("title: a\0b\nsections: []"), "isn't valid YAML"),
    "no such file": (lambda: course(LESSON.replace("a.md", "b.md")), "names “1/b.md”, which isn't in the zip"),
    "one file for two": (lambda: course(LESSON + "  - {title: Second, file: 1/a.md}\n"), "for two lessons"),
    "unlisted": (lambda: course(**{"1/b.md": "x"}), "no lesson in course.yaml names it"),
    "no title": (lambda: course(LESSON.replace("First", "''")), "lesson's name can't be empty"),
    "long title": (lambda: course(LESSON.replace("First", "x" * 151)), "at most 150 characters"),
    "wrong id": (lambda: course("id: 7\n" + LESSON), "isn't an id"),
    "one id for two": (lambda: zip_of({"course.yaml": "sections:\n" + f"- {{id: {uuid4()}, title: A}}\n" * 2}), "used twice"),
    "wrong switch": (lambda: course(LESSON + "    preview: maybe\n"), "must be true or false"),
    "newer": (lambda: course("format: 2\n" + LESSON), "newer version"),
    "front matter without end": (lambda: course(**{"1/a.md": "---\ntitle: x\n"}), "never ends"),
    "alias in front matter": (lambda: course(**{"1/a.md": "---\na: &x 1\nb: *x\n---\n"}), "references"),
    "another's file": (
        lambda: course(LESSON + f"    id: {uuid4()}\n", **{"1/a.md": f"---\nid: {uuid4()}\n---\nHi"}), "of another lesson",
    ),
    "a line that names no block": (lambda: course(**{"1/a.md": "<!-- block: text 7 -->"}), "should name a block"),
    "long text": (lambda: course(**{"1/a.md": "x" * 50_001}), "at most 50,000 characters"),
    "many blocks": (lambda: course(**{"1/a.md": "<!-- block: video -->\n" * 41}), "at most 40 blocks"),
    "many sections": (lambda: course("sections:\n" + "- title: x\n" * 101), "at most 100 sections"),
    "2,001 lessons": (
        lambda: course("sections:\n- title: x\n  lessons:\n" + "  - title: y\n" * 2001), "at most 2,000 lessons",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_with_words(name: str) -> None:
    body, words = HOSTILE[name]
    with pytest.raises(Invalid, match=words):
        archive.unpack(body())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.data())
def test_noise_is_refused_and_never_fails_otherwise(noise: bytes, data: st.DataObject) -> None:
    body = bytearray(course())
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    for hostile in (noise, bytes(body)):
        with contextlib.suppress(Invalid):
            archive.unpack(hostile)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120))
def test_yaml_is_read_as_text_or_refused(words: str) -> None:
    try:
        found = plain_yaml.read(words, "x.yaml")
    except Invalid:
        return
    assert plain_yaml.read(plain_yaml.write(found), "x.yaml") == found
