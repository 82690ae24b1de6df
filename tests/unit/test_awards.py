"""Certificates on paper and as a picture: everything is on it, also when names are long or from right to left."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import segno
from PIL import Image, ImageChops
from pypdf import PdfReader
from pypdf.generic import ContentStream

from marketplace.domain.certificates.models import Certificate
from marketplace.domain.certificates.rules import Standing
from marketplace.i18n import use_locale
from marketplace.paper import award_html, award_pdf, award_png
from marketplace.paper.award import Award, award
from marketplace.paper.pen import _seen

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
URL = "https://shop.example.com/certificates/kZ3x9QmT4r8WvB1nY6sPqA"
LONG = ("Wilhelmina Anastasia von Hohenstaufen-Löwenberg", "Everything there is to know about glazing stoneware " * 2, "Bartholomew Featherstonehaugh-Cholmondeley")  # fmt: skip
NAMES = {
    "plain": ("Sam Okafor", "A month at the wheel", "Mara Kiln"),
    "long": LONG,
    "one word": ("W" * 80, "M" * 120, "Ł" * 60),
    "arabic": ("محمد الأمين", "الخزف", "ليلى"),
    "other letters": ("Ёлка Петрова", "Αγγεία", "שרה"),
}


def of(name: str, title: str, creator: str, *, standing: Standing | None = None, at: datetime = AT) -> Award:
    row = Certificate(
        token="x", account_id=UUID(int=1), product_id=UUID(int=2), creator_id=UUID(int=3), name=name, title=title,
        creator_name=creator, version=3, lessons=12, completed_at=at, issued_at=AT,
    )  # fmt: skip
    return award(row, standing or Standing(), brand="Atelier", url=URL)


def words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("case", NAMES)
def test_the_pdf_is_one_sheet_across_and_links_to_where_it_is_checked(case: str) -> None:
    [sheet] = PdfReader(io.BytesIO(award_pdf.render(of(*NAMES[case]), issued_at=AT))).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (842, 595)
    links = [note.get_object()["/A"]["/URI"] for note in sheet["/Annots"]]
    assert links
    assert set(links) == {URL}
    text = words(sheet.extract_text())
    for part in ("12lessons", "21November2026", "Versionofthecourse", URL):
        assert part in text
    if case != "arabic":  # extracted in the order of drawing
        assert words(NAMES[case][0]) in text
        assert words(NAMES[case][1]) in text


@pytest.mark.parametrize("case", NAMES)
def test_nothing_is_written_over_something_else(case: str) -> None:
    """What stands above the line, above it; and what stands beside the QR code, beside it."""
    [sheet] = PdfReader(io.BytesIO(award_pdf.render(of(*NAMES[case]), issued_at=AT))).pages
    heights: dict[str, float] = {}

    def note(text: str, _cm: Any, tm: Any, _font: Any, size: float) -> None:
        if text.strip():
            heights[text.strip()] = tm[5] or _cm[5]

    sheet.extract_text(visitor_text=note)
    assert heights
    rule = (210 - 126) / 25.4 * 72
    lowest = min(y for text, y in heights.items() if y > rule - 1)
    assert lowest > rule + 2
    assert min(heights.values()) > (210 - 195) / 25.4 * 72


def test_the_qr_code_is_the_address() -> None:
    """The squares that were drawn, put into a grid again."""
    reader = PdfReader(io.BytesIO(award_pdf.render(of(*NAMES["plain"]), issued_at=AT)))
    stream = ContentStream(reader.pages[0].get_contents(), reader)
    boxes = [[float(n) for n in operands] for operands, operator in stream.operations if operator == b"re"]
    left, top, side = 104 / 25.4 * 72, (210 - 162) / 25.4 * 72, 28 / 25.4 * 72
    expected = [[bool(cell) for cell in row] for row in segno.make(URL, error="m", micro=False).matrix]
    step = side / len(expected)
    grid = [[False] * len(expected) for _ in expected]
    for x, y, w, h in boxes:
        row = round((top - max(y, y + h)) / step)
        if left - 1 < x < left + side and 0 <= row < len(grid) and abs(abs(h) - step) < 0.1:
            for column in range(round((x - left) / step), round((x - left + w) / step)):
                grid[row][column] = True
    assert grid == expected


def test_one_that_is_not_valid_says_so() -> None:
    void = of(*NAMES["plain"], standing=Standing("revoked", AT, "x"))
    [sheet] = PdfReader(io.BytesIO(award_pdf.render(void, issued_at=AT))).pages
    assert "No longer valid" in sheet.extract_text()
    assert award_png.render(void) != award_png.render(of(*NAMES["plain"]))


@pytest.mark.parametrize("case", NAMES)
def test_the_picture_keeps_its_edges(case: str) -> None:
    image = Image.open(io.BytesIO(award_png.render(of(*NAMES[case])))).convert("RGB")
    assert image.size == (1200, 630)
    edge = image.crop((1150, 0, 1200, 630))
    assert ImageChops.difference(edge, Image.new("RGB", edge.size, edge.getpixel((49, 0)))).getbbox() is None
    above_the_line = image.crop((404, 505, 1130, 518))
    plain = Image.new("RGB", above_the_line.size, edge.getpixel((49, 0)))
    assert ImageChops.difference(above_the_line, plain).getbbox() is None


def test_a_picture_in_arabic_has_its_numbers() -> None:
    """Our Arabic font has no digits."""
    with use_locale("ar"):
        earlier, later = of(*NAMES["plain"]), of(*NAMES["plain"], at=AT.replace(year=2031))
        foot = (404, 530, 1140, 590)
        before, after = (
            Image.open(io.BytesIO(award_png.render(one))).convert("RGB").crop(foot) for one in (earlier, later)
        )
    assert ImageChops.difference(before, after).getbbox() is not None


@pytest.mark.parametrize(
    ("read", "seen", "leftwards"),
    [
        ("1 ديسمبر 2026 · درسان", "درسان · 2026 ديسمبر 1", True),
        ("من Mara Lindqvist 7 · درسان", "درسان · Mara Lindqvist 7 من", True),
        ("Clay: محمد الأمين 3 and more", "Clay: 3 الأمين محمد and more", False),
    ],
)
def test_words_of_two_directions_stand_as_they_are_read(read: str, seen: str, leftwards: bool) -> None:
    assert " ".join(_seen(read.split(), leftwards)) == seen


@pytest.mark.parametrize(("locale", "way"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_the_page_is_read_the_way_its_language_is(locale: str, way: str) -> None:
    told = {
        "id": URL, "issuer": {"name": "Atelier", "id": URL}, "validFrom": "", "awardedDate": "", "credentialStatus": {"id": URL},
        "credentialSubject": {"achievement": {"description": "", "criteria": {"narrative": ""}}},
    }  # fmt: skip
    with use_locale(locale):
        page = award_html.page(
            of(*NAMES["plain"]), stands=("Valid.", ""), credential=told, keys=[], ways=award_html.Ways("/x", "/")
        )
    assert f'<html lang="{locale}" dir="{way}">' in page


def test_a_badge_is_drawn_like_a_certificate_and_says_what_it_is_for() -> None:
    row = Certificate(
        token="x", account_id=UUID(int=1), badge_id=UUID(int=2), name="Mara", title="Knows clay", creator_name="",
        narrative="Finished “Clay”. " * 30, skills=["Clay bodies", "Wedging"], completed_at=AT, issued_at=AT,
    )  # fmt: skip
    shown = award(row, Standing(), brand="Atelier", url=URL)
    assert (shown.kind, shown.did) == ("Skill badge", "earned the badge")
    assert dict(shown.facts)["Given by"] == "Atelier"
    assert dict(shown.facts)["Skills"] == "Clay bodies, Wedging"
    assert award_pdf.render(shown, issued_at=AT, fonts=[]).startswith(b"%PDF")
    assert award_png.render(shown).startswith(b"\x89PNG")
