"""What people, and hostile people, type: money, words to search for, titles, captions, pictures."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from marketplace import text
from marketplace.domain.accounts import rules as people
from marketplace.domain.catalog import rules as catalog
from marketplace.domain.learning import rules as learning
from marketplace.domain.media import pictures, rules
from marketplace.domain.media.errors import FileTooLarge, NotAnImage, NotAVideo, NotCaptions
from marketplace.domain.search.rules import words
from marketplace.errors import Invalid
from marketplace.money import EXPONENTS, MAX_MINOR, decimals, format_minor, granularity, parse, to_input


@given(st.integers(0, MAX_MINOR), st.sampled_from(sorted(EXPONENTS)))
def test_money_survives_the_form(some: int, currency: str) -> None:
    minor = some // granularity(currency) * granularity(currency)
    assert parse(to_input(minor, currency), currency) == minor
    shown = format_minor(minor, currency)
    hidden = EXPONENTS[currency] - decimals(minor, currency)
    assert int("".join(c for c in shown if c.isdigit())) * 10**hidden == minor


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("0", "usd", 0), ("12.50", "usd", 1250), ("12,50", "usd", 1250), (" 12 ", "usd", 1200), ("1 200", "usd", 120000),
        (".5", "usd", 50), ("5.", "usd", 500), ("１２", "usd", 1200), ("12.5000", "usd", 1250), ("1250", "jpy", 1250),
        ("1.250", "kwd", 1250), ("999999.99", "usd", MAX_MINOR), ("-0", "usd", 0), ("500", "isk", 50000),
        ("500.00", "isk", 50000), ("10.45", "huf", 1045), ("999999", "ugx", 99_999_900),
    ],
)  # fmt: skip
def test_money_that_is_understood(typed: str, currency: str, minor: int) -> None:
    assert parse(typed, currency) == minor


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "-1", "-0.01", "1000000000", "12.505", "1,234.56", "1.234,56", "1e2", "1e1000000", "1e-1000000", "NaN",
        "sNaN", "Infinity", "-Infinity", "0x10", "12.50$", "1_000", "--1", "1.2.3", "\x00", "12\x00", "٫5", "½", "²",
        "9" * 60_000, "0." + "1" * 60_000, "十二",
    ],
)  # fmt: skip
def test_money_that_is_refused_with_a_sentence(typed: str) -> None:
    began = time.monotonic()
    with pytest.raises(Invalid) as refused:
        parse(typed, "usd")
    assert time.monotonic() - began < 1
    assert refused.value.text.endswith(".")
    assert refused.value.field == "price"


@pytest.mark.parametrize("typed", ["12.50", "0.5", "12,5"])
def test_yen_have_no_decimals(typed: str) -> None:
    with pytest.raises(Invalid, match="no decimals"):
        parse(typed, "jpy")


@given(st.text(max_size=30), st.sampled_from([*EXPONENTS, "xyz", ""]))
def test_any_text_is_an_amount_or_refused(typed: str, currency: str) -> None:
    with suppress(Invalid):
        assert 0 <= parse(typed, currency) <= MAX_MINOR


@given(st.one_of(st.floats(), st.integers()), st.integers(0, 100_000))
def test_a_position_lies_inside_the_video(position: float, duration: int) -> None:
    assert 0 <= learning.clamp(position, duration) <= duration


@pytest.mark.parametrize(("furthest", "complete"), [(0, False), (89, False), (90, True), (100, True)])
def test_a_lesson_is_complete_at_ninety_percent(furthest: int, complete: bool) -> None:
    assert learning.is_complete(furthest, 100) is complete
    assert not learning.is_complete(furthest, 0)


@given(st.text(max_size=300))
def test_slugs_are_addresses(title: str) -> None:
    slug = catalog.slug_from(title)
    assert slug
    assert len(slug) <= 80
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Fire & Glaze!", "fire-glaze"),
        ("Crème brûlée", "creme-brulee"),
        ("日本語", "lesson"),
        ("🔥", "lesson"),
        ("", "lesson"),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert catalog.slug_from(title) == slug


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("sour dough", "sour dough"), ("a & b | !c <-> (d):*", "a b c d"), ("'; DROP TABLE x", "drop table x"),
        ("\x00", ""), ("a\x00b", "a b"), ("🔥", ""), ("", ""), ("___", ""), ("Straße", "straße"), ("\u0301 \u200d", ""),
        ("轆轤の引き方", "轆 轤 の 引 き 方"), ("İSTANBUL", "istanbul"), ("x " * 5000, "x x x x x x x x"),
    ],
)  # fmt: skip
def test_search_words(typed: str, query: str) -> None:
    assert " ".join(words(typed)) == query


@pytest.mark.parametrize(
    "handle", ["ab", "-abc", "abc-", "a--b", "admin", "a" * 31, "a b", "абв", "a\x00b", "", "a/b", "ＡＢＣ"]
)
def test_handles_that_are_refused(handle: str) -> None:
    with pytest.raises(Invalid):
        people.check_handle(handle)


@pytest.mark.parametrize(("typed", "handle"), [("@Bea", "bea"), (" cy-3 ", "cy-3"), ("a1b", "a1b")])
def test_handles_that_are_taken_as_typed(typed: str, handle: str) -> None:
    assert people.check_handle(typed) == handle


@pytest.mark.parametrize(
    "path",
    ["//evil.com", "/\\evil.com", "https://evil.com", "javascript:x", "", "x", "/a\\b", "/\x00", "/" + "a" * 600],
)
def test_the_way_back_never_leaves_the_site(path: str) -> None:
    assert people.safe_next(path) == "/"


SRT = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nHello <b>there</b>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nBye\r\n"


@pytest.mark.parametrize(
    "source", [SRT, SRT.replace(b"\r\n", b"\n"), SRT.replace(b"\r\n", b"\r"), b"\xef\xbb\xbf" + SRT,
               SRT.replace(b"\r\n\r\n", b"\r\n \t\r\n")],
)  # fmt: skip
def test_subrip_becomes_webvtt(source: bytes) -> None:
    assert rules.to_vtt(source) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello <b>there</b>\n\n00:00:03.000 --> 00:00:04.000\nBye\n"
    )


def test_only_cues_survive_of_webvtt() -> None:
    source = (
        "WEBVTT - x\n\nSTYLE\n::cue { background: url(http://x) }\n\nNOTE secret\n\nid\n00:01.000 --> 00:02.000 line:0\n"
        "<v Bob>Hi <script>alert(1)</script> <i>you</i> 1 < 2 <img src=x onerror=y>\n"
    )
    assert rules.to_vtt(source.encode()) == (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nHi alert(1) <i>you</i> 1 &lt; 2 \n".replace(" \n", "\n")
    )


@pytest.mark.parametrize(
    "said", ["<scr<b>ipt>x", "<<b>script>x", "<scr\tipt>", "<" * 300 + "script>x", "</x", "<b onclick=x>"]
)
def test_no_tag_but_the_three_plain_ones_survives(said: str) -> None:
    vtt = rules.to_vtt(f"00:01.000 --> 00:02.000\nkept {said}".encode())
    for opened in vtt.split("\n", 3)[3].split("<")[1:]:
        assert opened.lstrip("/")[:2] in ("b>", "i>", "u>")


@pytest.mark.parametrize(
    "junk", [b"", b"hello", b"\x00\xff\xfe", b"WEBVTT\n\n", b"00:01 --> 00:02\nx", bytes(range(256)) * 9]
)
def test_what_is_no_captions(junk: bytes) -> None:
    with pytest.raises(NotCaptions):
        rules.to_vtt(junk)


@pytest.mark.parametrize("filler", [b"<", b"<b", b"\n", b" \n", b"0", b"--> ", b"00:00:00.000"])
def test_captions_are_read_in_no_time(filler: bytes) -> None:
    size = rules.MAX_CAPTION_BYTES - 100
    began = time.monotonic()
    rules.to_vtt(b"00:01.000 --> 00:02.000\nx" + filler * (size // len(filler)))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("name", "size", "mime", "why"),
    [
        ("a.mp4", 0, "video/mp4", Invalid), ("a.mp4", -1, "video/mp4", Invalid), ("a.mp4", 5 * 1024**3, "video/mp4", FileTooLarge),
        ("a.txt", 9, "text/plain", NotAVideo), ("a.mp4", 9, "text/plain", NotAVideo), ("a.exe", 9, "", NotAVideo),
        ("a.mp4.html", 9, "video/mp4", NotAVideo), ("", 9, "image/svg+xml", NotAVideo),
    ],
)  # fmt: skip
def test_what_is_no_video_gets_no_link(name: str, size: int, mime: str, why: type[Invalid]) -> None:
    with pytest.raises(why) as refused:
        rules.check_video(name, size, mime, max_bytes=4 * 1024**3)
    assert refused.value.text.endswith(".")


@pytest.mark.parametrize("typed", ["", " ", "\u200d", " \u200c \u200d\u200d", "\u202e", "\x00\n", "\u2066\u2069"])
def test_a_line_that_nobody_could_see_is_empty(typed: str) -> None:
    with pytest.raises(Invalid, match="can't be empty"):
        text.clean_line(typed, limit=10, field="title", label="The title")


def test_a_video_keeps_its_name_but_no_path() -> None:
    assert rules.check_video("C:\\films\\../Töpfern 🏺 <b>.MP4", 9, "", max_bytes=10) == "Töpfern _ _b_.MP4"
    assert len(rules.check_video("x" * 9_000 + ".mov", 9, "video/quicktime", max_bytes=10)) == 120


def test_captions_have_a_size() -> None:
    with pytest.raises(FileTooLarge):
        rules.to_vtt(b"x" * (rules.MAX_CAPTION_BYTES + 1))


def picture(width: int, height: int, kind: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(more.pop("mode", "RGB"), (width, height), more.pop("color", 0)).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    ("source", "widths"),
    [
        (picture(2000, 1000), [320, 640, 960, 1280, 1600]), (picture(700, 10, "JPEG"), [320, 640, 700]),
        (picture(10, 10, "WEBP"), [10]), (picture(320, 10, "AVIF"), [320]), (picture(1, 1), [1]),
        (picture(50, 50, mode="LA"), [50]), (picture(50, 50, mode="P"), [50]), (picture(1600, 16000), [320, 640, 960, 1280, 1600]),
    ],
)  # fmt: skip
def test_pictures_are_never_larger_than_they_were(source: bytes, widths: list[int]) -> None:
    assert [rendition.width for rendition in pictures.render(source).renditions] == widths


def test_a_picture_keeps_its_orientation_and_loses_its_place() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    made = pictures.render(picture(40, 20, "JPEG", exif=exif.tobytes()))
    assert (made.width, made.height) == (20, 40)
    assert b"Camera" not in made.renditions[0].body


@pytest.mark.filterwarnings("ignore:Image size")
@pytest.mark.parametrize(
    "source",
    [
        b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", picture(300, 300)[:-60],
        picture(300, 300, "JPEG")[:400], picture(10, 10, "GIF"), picture(10, 10, "BMP"), picture(100, 20_000),
        picture(9000, 9000, mode="1"), b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64,
    ],
    ids=["empty", "gif head", "svg", "cut png", "cut jpeg", "gif", "bmp", "tall", "bomb", "pdf", "png head"],
)  # fmt: skip
def test_what_is_no_picture(source: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(NotAnImage):
        pictures.render(source)
    assert time.monotonic() - began < 2


@given(st.binary(max_size=40), st.integers(0, 200), st.sampled_from(["PNG", "JPEG", "WEBP", "AVIF"]))
def test_a_damaged_picture_is_read_or_refused(noise: bytes, at: int, kind: str) -> None:
    source = bytearray(picture(30, 30, kind))
    source[at : at + len(noise)] = noise
    with suppress(NotAnImage):
        pictures.render(bytes(source), (96,))
