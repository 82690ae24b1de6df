"""Courses of other systems become ours: order, names, texts and quizzes; and whatever is hostile is refused with words."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.assignments.service import Assignment
from marketplace.domain.courses import carried, exchange, scorm
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from marketplace.domain.courses.live import Session
from marketplace.domain.exercises.exercise import Case, Exercise
from marketplace.domain.quizzes.quiz import Quiz
from marketplace.errors import Invalid


def zip_of(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip_:
        for name, body in files.items():
            zip_.writestr(name, body)
    return out.getvalue()


SCORM = """<?xml version="1.0"?>
<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
 <organizations default="o"><organization identifier="o"><title>Bread &amp; butter</title>
  <item identifier="i0" identifierref="r0"><title>Welcome</title></item>
  <item identifier="s1"><title>Dough</title>
   <item identifier="i1" identifierref="r1"><title>Flour</title></item>
   <item identifier="i2"><title>Water</title><item identifier="i3" identifierref="r2"><title>Cold water</title></item></item>
   <item identifier="i4" identifierref="r1" isvisible="false"><title>Hidden</title></item>
  </item></organization></organizations>
 <resources>
  <resource identifier="r0" type="webcontent" adlcp:scormtype="sco" href="a/index.html"/>
  <resource identifier="r1" type="webcontent" href="flour%20types.html?mode=1#top"/>
  <resource identifier="r2" type="webcontent" href="app/player.html"/>
 </resources>
</manifest>"""
FLOUR = """<html><head><title>no</title><style>p{}</style></head><body><h1>Kinds</h1><p>Use <b>strong</b> flour, see
<a href="https://example.com/x">this</a> and <a href="javascript:alert(1)">that</a>.</p><ul><li>rye</li></ul>
<script>alert(1)</script><video src="media/knead.mp4"></video></body></html>"""


def test_a_scorm_package_becomes_sections_lessons_and_texts() -> None:
    whole = exchange.unpack(
        zip_of({
            "imsmanifest.xml": SCORM, "a/index.html": "<p>Hello</p>", "flour types.html": FLOUR, "media/knead.mp4": b"\0" * 99,
            "app/player.html": "<div id=app></div><script src=app.js></script>", "app/app.js": "boot()",
        })
    )  # fmt: skip
    assert whole.sale == {"title": "Bread & butter"}
    assert [(part.title, [unit.title for unit in part.units]) for part in whole.parts] == [
        ("Bread & butter", ["Welcome"]),
        ("Dough", ["Flour", "Cold water"]),
    ]
    flour, water = whole.parts[1].units
    assert [(p.kind, p.label) for p in flour.pieces] == [("video", "knead.mp4"), ("text", "")]
    words = flour.pieces[1].words
    assert "**strong** flour" in words
    assert "[this](https://example.com/x)" in words
    assert "- rye" in words
    assert "alert" not in words
    assert "javascript" not in words
    assert [(p.kind, p.label) for p in water.pieces] == [("program", "player.html")]


def test_pictures_of_a_package_come_along_once_and_others_are_named() -> None:
    page = (
        '<p>Look <img src="../img/rye%20ear.png" alt="An [ear]"></p><img src="../img/rye%20ear.png"><img src="old.gif" alt="Old">'
        '<img src="https://example.com/far.png"><img src="../../etc/passwd.png"><img src="data:image/png;base64,AAAA">'
        '<img src="http://[x/y.png"><a href="http://[x"></a>'
    )
    whole = exchange.unpack(
        zip_of({"imsmanifest.xml": SCORM, "a/index.html": page, "img/rye ear.png": b"ear", "a/old.gif": b"old"})
    )
    ((id_, body),) = whole.pictures.items()
    assert body == b"ear"
    text, *others = whole.units[0].pieces
    assert text.words == f"Look ![An (ear)](picture:{id_})\n\n![](picture:{id_}) *Old*"
    assert [(p.kind, p.label) for p in others] == [
        ("picture", "old.gif"), ("picture", "far.png"), ("picture", "passwd.png"),
    ]  # fmt: skip


def test_pictures_of_frappe_are_found_by_their_names() -> None:
    blocks = [
        {"type": "image", "data": {"file": {"url": "/files/knead.png"}, "caption": "Kneading"}},
        {"type": "upload", "data": {"file_url": "/private/files/knead.png"}},
        {"type": "image", "data": {"file": {"url": "/files/gone.png"}, "caption": "Gone"}},
        {"type": "image", "data": {"file": 7}},
    ]
    with zipfile.ZipFile(io.BytesIO(frappe(blocks))) as zip_:
        files: dict[str, str | bytes] = {name: zip_.read(name) for name in zip_.namelist()}
    whole = exchange.unpack(zip_of({**files, "assets/knead.png": b"png"}))
    (id_,) = whole.pictures
    assert [(p.kind, p.words, p.label) for p in whole.units[0].pieces] == [
        ("text", f"![Kneading](picture:{id_})\n\n![](picture:{id_})\n\n*Gone*", ""),
        ("picture", "", "gone.png"),
    ]


def test_our_own_scorm_package_comes_back() -> None:
    text = "Some *words*.\n\n- one\n- two"
    whole = Archive(
        sale={"title": "Clay"}, parts=(Part("First", units=(Unit("Wedge", pieces=(Piece("text", words=text),)),)),)
    )
    back = exchange.unpack(scorm.pack(whole))
    assert [(part.title, [unit.title for unit in part.units]) for part in back.parts] == [("First", ["Wedge"])]
    assert text in back.units[0].pieces[0].words


CARTRIDGE = """<?xml version="1.0"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1">
 <organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">
  <item identifier="week1"><title>Week 1</title>
   <item identifier="a" identifierref="page"><title>Read</title></item>
   <item identifier="b" identifierref="web"><title>Watch</title></item>
   <item identifier="c" identifierref="quiz"><title>Quiz</title></item>
   <item identifier="d" identifierref="talk"><title>Discuss</title></item>
  </item></item></organization></organizations>
 <resources>
  <resource identifier="page" type="webcontent" href="page.html"/>
  <resource identifier="web" type="imswl_xmlv1p1"><file href="link.xml"/></resource>
  <resource identifier="quiz" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="quiz.xml"/></resource>
  <resource identifier="talk" type="imsdt_xmlv1p1"><file href="talk.xml"/></resource>
 </resources></manifest>"""
QTI = """<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="q" title="One"><section>
 <item ident="1"><presentation><material><mattext texttype="text/html">&lt;p&gt;Which is &lt;b&gt;rye&lt;/b&gt;?&lt;/p&gt;</mattext></material>
  <response_lid ident="r" rcardinality="Single"><render_choice>
   <response_label ident="A"><material><mattext>Secale</mattext></material></response_label>
   <response_label ident="B"><material><mattext>Triticum</mattext></material></response_label></render_choice></response_lid></presentation>
  <resprocessing><respcondition><conditionvar><varequal respident="r">A</varequal></conditionvar><setvar varname="SCORE">100</setvar></respcondition></resprocessing></item>
 <item ident="2"><presentation><material><mattext>Both</mattext></material>
  <response_lid ident="r" rcardinality="Multiple"><render_choice>
   <response_label ident="A"><material><mattext>a</mattext></material></response_label>
   <response_label ident="B"><material><mattext>b</mattext></material></response_label>
   <response_label ident="C"><material><mattext>c</mattext></material></response_label></render_choice></response_lid></presentation>
  <resprocessing><respcondition><conditionvar><and><varequal respident="r">A</varequal><varequal respident="r">B</varequal><not><varequal respident="r">C</varequal></not></and></conditionvar><setvar>100</setvar></respcondition></resprocessing></item>
 <item ident="3"><presentation><material><mattext>Name it</mattext></material><response_str ident="r"><render_fib/></response_str></presentation>
  <resprocessing><respcondition><conditionvar><varequal respident="r">gluten</varequal></conditionvar><setvar>100</setvar></respcondition></resprocessing></item>
 <item ident="4"><presentation><material><mattext>Essay</mattext></material><response_str ident="r"><render_fib/></response_str></presentation></item>
 <item ident="5"><presentation><material><mattext>Draw it</mattext></material><response_xy ident="r"/></presentation></item>
</section></assessment></questestinterop>"""


def test_a_common_cartridge_brings_its_quizzes() -> None:
    whole = exchange.unpack(
        zip_of({
            "imsmanifest.xml": CARTRIDGE, "page.html": "<p>Read me</p>", "quiz.xml": QTI,
            "link.xml": '<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1"><title>A film</title><url href="https://example.com/f"/></webLink>',
            "talk.xml": '<topic xmlns="x"><title>T</title><text texttype="text/html">&lt;p&gt;Say hello&lt;/p&gt;</text></topic>',
        })
    )  # fmt: skip
    assert [(part.title, [unit.title for unit in part.units]) for part in whole.parts] == [
        ("Week 1", ["Read", "Watch", "Quiz", "Discuss"])
    ]
    read, watch, quiz, discuss = whole.units
    assert read.pieces[0].words == "Read me"
    assert watch.pieces[0].words == "[A film](https://example.com/f)"
    assert discuss.pieces[0].words == "Say hello"
    asked = Quiz.model_validate(quiz.pieces[0].document)
    assert [(q.kind, q.prompt) for q in asked.questions] == [
        ("single", "Which is **rye**?"), ("multiple", "Both"), ("text", "Name it"), ("long", "Essay"),
    ]  # fmt: skip
    assert [o.words for o in asked.questions[0].options if o.right] == ["Secale"]
    assert [o.words for o in asked.questions[1].options if o.right] == ["a", "b"]
    assert asked.questions[2].accepted == ("gluten",)
    assert [(p.kind, p.label) for p in quiz.pieces[1:]] == [("questions", "Draw it")]


def frappe(blocks: list[Any]) -> bytes:
    return zip_of({
        "course.json": json.dumps({
            "name": "bread", "title": "Bread", "short_introduction": "A loaf", "description": "<p>Long <b>story</b></p>",
            "chapters": [{"idx": 2, "chapter": "c2"}, {"idx": 1, "chapter": "c1"}], "enforce_lesson_completion": 1,
        }),
        "chapters/c1.json": json.dumps({"name": "c1", "title": "Dough", "lessons": [{"idx": 1, "lesson": "l1"}]}),
        "chapters/c2.json": json.dumps({"name": "c2", "title": "Oven", "lessons": [{"idx": 1, "lesson": "l2"}]}),
        "lessons/l1.json": json.dumps({"name": "l1", "title": "Flour", "include_in_preview": 1, "content": json.dumps({"blocks": blocks})}),
        "lessons/l2.json": json.dumps({"name": "l2", "title": "Heat", "body": "# Hot\n\nVery."}),
        "assessments/lms_quiz_q1.json": json.dumps({
            "name": "q1", "doctype": "LMS Quiz", "title": "Check", "passing_percentage": 60, "max_attempts": 3, "show_answers": 1,
            "questions": [{"idx": 1, "question": "QTS-1", "marks": 2}, {"idx": 2, "question": "QTS-2", "marks": 1}],
        }),
        "assessments/questions/QTS-1.json": json.dumps({
            "name": "QTS-1", "type": "Choices", "question": "<p>Best?</p>", "option_1": "Rye", "is_correct_1": 1, "option_2": "Sand",
            "explanation_2": "Gritty",
        }),
        "assessments/questions/QTS-2.json": json.dumps({"name": "QTS-2", "type": "User Input", "question": "Name", "possibility_1": "oat"}),
        "assets/knead.mp4": b"\0" * 50,
    })  # fmt: skip


def test_a_course_of_frappe_lms_is_taken_in_order_with_blocks_and_quizzes() -> None:
    blocks = [
        {"type": "header", "data": {"text": "Kinds", "level": 3}},
        {"type": "paragraph", "data": {"text": "Use <b>strong</b> flour"}},
        {"type": "list", "data": {"style": "ordered", "items": ["one", {"content": "two"}]}},
        {"type": "upload", "data": {"file_url": "/private/files/knead.mp4"}},
        {"type": "code", "data": {"code": "x = 1"}},
        {"type": "quiz", "data": {"quiz": "q1"}},
        {"type": "assignment", "data": {"assignment": "gone"}},
        "noise", {"type": "paragraph", "data": 7},
    ]  # fmt: skip
    whole = exchange.unpack(frappe(blocks))
    assert whole.sale == {"title": "Bread", "summary": "A loaf", "description_md": "Long **story**"}
    assert whole.in_order
    assert [(part.title, [unit.title for unit in part.units]) for part in whole.parts] == [
        ("Dough", ["Flour"]),
        ("Oven", ["Heat"]),
    ]
    flour, heat = whole.units
    assert flour.preview
    assert [p.kind for p in flour.pieces] == ["text", "video", "text", "quiz", "assignment"]
    assert flour.pieces[0].words == "### Kinds\n\nUse **strong** flour\n\n1. one\n2. two"
    assert flour.pieces[2].words == "```\nx = 1\n```"
    quiz = Quiz.model_validate(flour.pieces[3].document)
    assert (quiz.pass_percent, quiz.attempts, [q.points for q in quiz.questions]) == (60, 3, [2, 1])
    assert [(o.words, o.right, o.feedback) for o in quiz.questions[0].options] == [
        ("Rye", True, ""),
        ("Sand", False, "Gritty"),
    ]
    assert heat.pieces[0].words == "# Hot\n\nVery."


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><manifest>&b;</manifest>'
OUTSIDE = SCORM.replace("a/index.html", "../../etc/passwd")
DEEP = SCORM.replace("<title>Welcome</title>", "<title>x</title>" + "<item><title>x</title>" * 60 + "</item>" * 60)
HOSTILE: dict[str, tuple[dict[str, str | bytes], str]] = {
    "entities": ({"imsmanifest.xml": ENTITIES}, "isn't XML"),
    "not xml": ({"imsmanifest.xml": b"\xff\xfe\0"}, "isn't XML"),
    "empty": ({"imsmanifest.xml": "<manifest/>"}, "no table of contents"),
    "no lessons": ({"imsmanifest.xml": "<manifest><organizations><organization/></organizations></manifest>"}, "no lessons"),
    "deep": ({"imsmanifest.xml": DEEP}, "nested too deeply"),
    "traversal in the zip": ({"imsmanifest.xml": SCORM, "../x.html": "x"}, "isn't allowed"),
    "not json": ({"course.json": "{", "lessons/a.json": "{}"}, "isn't JSON"),
    "no chapters": ({"course.json": "{}", "lessons/a.json": "{}"}, "no chapters"),
    "something else": ({"readme.txt": "x"}, "no course.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_or_strange_is_refused_with_words(name: str) -> None:
    files, words = HOSTILE[name]
    with pytest.raises(Invalid, match=words):
        exchange.unpack(zip_of(files))


def test_a_reference_out_of_the_zip_is_nothing() -> None:
    whole = exchange.unpack(zip_of({"imsmanifest.xml": OUTSIDE}))
    assert whole.units[0].pieces == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "items", "content", "level", "quiz", "code"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
KINDS = st.sampled_from(
    ["header", "paragraph", "list", "quote", "code", "table", "embed", "image", "quiz", "upload", "markdown"]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.fixed_dictionaries({"type": KINDS, "data": JSON}), max_size=5))
def test_blocks_of_any_shape_never_fail(blocks: list[Any]) -> None:
    assert exchange.unpack(frappe(blocks)).units


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("assignment", Assignment(instructions="Throw three\nbowls", files=2, types=("pictures",)).model_dump(mode="json")),
        ("code", Exercise(prompt="*Add*", starter="def f():\n    pass\n", cases=(Case(call="f()", expected="3"),)).model_dump(mode="json")),
        ("live", Session(day=date(2027, 3, 1), clock=time(18, 0), zone="Europe/Berlin", link="https://example.com/x").model_dump(mode="json")),
        ("live", Session().model_dump(mode="json")),
    ],
)  # fmt: skip
def test_what_a_block_is_made_of_travels_whole(kind: str, body: dict[str, Any]) -> None:
    piece = Piece(kind, document=carried.packed(kind, body))
    whole = Archive(sale={"title": "A"}, parts=(Part("P", units=(Unit("U", pieces=(piece,)),)),))
    (read,) = exchange.unpack(exchange.pack(whole)).units[0].pieces
    assert read.document is not None
    assert carried.unpacked(kind, read.document, "U") == body


def test_a_document_of_another_shape_or_size_is_refused_with_its_place() -> None:
    with pytest.raises(Invalid, match="“files” of its assignment"):
        carried.unpacked("assignment", {"files": "many"}, "U")
    with pytest.raises(Invalid, match="too large"):
        carried.unpacked("quiz", {"questions": "x" * 500_000}, "U")
