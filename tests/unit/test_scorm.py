"""A course for other learning platforms: the manifest is whole, and pages load and run nothing of others."""

from __future__ import annotations

import io
import re
import zipfile
from uuid import uuid4
from xml.etree import ElementTree as Xml

from hypothesis import given, settings

from marketplace.domain.courses import scorm
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from tests.unit.test_course_archives import ARCHIVES

CP = "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}"
ADL = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


@settings(max_examples=60, deadline=None)
@given(ARCHIVES)
def test_the_manifest_is_whole_and_in_order(whole: Archive) -> None:
    with zipfile.ZipFile(io.BytesIO(scorm.pack(whole))) as zip_:
        files = set(zip_.namelist())
        root = Xml.fromstring(zip_.read("imsmanifest.xml"))
    assert [child.tag for child in root] == [f"{CP}metadata", f"{CP}organizations", f"{CP}resources"]
    assert [e.text for e in root[0]] == ["ADL SCORM", "1.2"]
    identifiers = [e.attrib["identifier"] for e in root.iter() if "identifier" in e.attrib]
    assert len(identifiers) == len(set(identifiers))
    assert all(NAME.fullmatch(i) for i in identifiers)
    assert root[1].attrib["default"] == root[1][0].attrib["identifier"]
    resources = {e.attrib["identifier"]: e for e in root[2]}
    items = [e for e in root[1].iter(f"{CP}item") if "identifierref" in e.attrib]
    assert [e.attrib["identifierref"] for e in items] == list(resources)
    assert [e.findtext(f"{CP}title") for e in items] == [unit.title for unit in whole.units]
    for resource in resources.values():
        assert (resource.attrib["type"], resource.attrib[f"{ADL}scormtype"]) == ("webcontent", "sco")
        named = {file.attrib["href"] for file in resource}
        assert resource.attrib["href"] in named
        assert named <= files
    assert files == {"imsmanifest.xml", "lesson.js", "lesson.css", *(r.attrib["href"] for r in resources.values())}


def test_pages_hold_texts_and_run_nothing_of_others() -> None:
    evil = "<script src='https://evil.example/x.js'></script>\n\n![x](https://evil.example/x.png)\n\n[go](javascript:alert(1))"
    unit = Unit(
        "<b>Title</b>",
        uuid4(),
        pieces=(Piece("text", words=f"**Hello** & خزف\n\n{evil}"), Piece("video", label="a.mp4, 1:00")),
    )
    with zipfile.ZipFile(
        io.BytesIO(scorm.pack(Archive(uuid4(), {"title": "T"}, (Part("One", None, (unit,)),))))
    ) as zip_:
        page = zip_.read("lessons/0001.html").decode()
    assert "<strong>Hello</strong> &amp; خزف" in page
    assert "a.mp4, 1:00" in page
    assert "&lt;b&gt;Title&lt;/b&gt;" in page
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*>", page) == [
        '<link rel="stylesheet" href="../lesson.css">', '<script src="../lesson.js">',
    ]  # fmt: skip
    assert 'href="javascript' not in page
