"""The demo's drawings, clips and catalogue hold together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketplace.demo.art import TOPICS, avatar, cover, frame
from marketplace.demo.captions import captions_vtt, timed
from marketplace.demo.clips import clip
from marketplace.demo.content import ACCOUNTS, COURSES, CREATORS, LEARNERS, LESSONS, PURCHASES
from marketplace.money import EXPONENTS, MINIMUM_CHARGE


def test_cover_is_a_full_sheet_and_the_same_every_time():
    first = cover("pottery", 0)
    assert first.size == (1600, 900)
    assert first.tobytes() == cover("pottery", 0).tobytes()


@pytest.mark.parametrize("topic", [*TOPICS, "weaving"])
def test_neighbouring_seeds_look_different(topic):
    one, two = (frame(topic, seed, width=320) for seed in (0, 1))
    assert one.tobytes() != two.tobytes()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_scene_moves(topic):
    for seed in range(len(TOPICS[topic][0])):
        assert frame(topic, seed, 0.0, width=640).tobytes() != frame(topic, seed, 0.3, width=640).tobytes()


def test_avatars_are_square_and_varied():
    faces = [avatar(seed) for seed in range(8)]
    assert {face.size for face in faces} == {(512, 512)}
    assert len({face.tobytes() for face in faces}) == 8


def test_captions_fill_the_clip_in_order_without_overlap():
    captions = timed(["Short.", "A line that takes longer to say."], 10)
    (a, b, _), (c, d, _) = captions
    assert 0 < a < b < c < d < 10
    assert d - c > b - a


def test_vtt_escapes_and_keeps_cues_whole():
    vtt = captions_vtt([(0, 1.5, "1 < 2 & so on\n\nsecond"), (3661.25, 3662, "late")])
    assert vtt.startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\n1 &lt; 2 &amp; so on\nsecond\n")
    assert "01:01:01.250 --> 01:01:02.000" in vtt


def test_clip_is_a_small_faststart_mp4_with_picture_and_sound(tmp_path: Path):
    path = tmp_path / "clip.mp4"
    clip("sewing", 1, 2, path, ["One.", "Two."])
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"avc1" in data
    assert b"mp4a" in data
    assert len(data) < 100_000


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_lessons_are_complete(lesson):
    assert lesson.creator in {creator.handle for creator in CREATORS}
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", lesson.slug)
    assert 120 <= len(lesson.description_md.split()) <= 250
    assert 4 <= len(lesson.learn) <= 5
    assert 5 <= len(lesson.lines) <= 8
    assert lesson.currency in EXPONENTS
    assert lesson.captions[-1][1] <= lesson.seconds
    assert lesson.cover_path.stat().st_size < 120_000
    assert lesson.clip_path.stat().st_size < 350_000
    assert lesson.preview_path is None or lesson.preview_path.exists()
    match lesson.price_kind:
        case "free":
            assert lesson.price_minor == 0
        case "pwyw":
            assert MINIMUM_CHARGE[lesson.currency] <= lesson.min_minor <= lesson.price_minor
        case "fixed":
            assert lesson.price_minor >= MINIMUM_CHARGE[lesson.currency]


def test_the_catalogue_shows_every_case():
    assert len({lesson.slug for lesson in LESSONS}) == len(LESSONS) == 14
    assert {lesson.price_kind for lesson in LESSONS} == {"free", "fixed", "pwyw"}
    assert {lesson.currency for lesson in LESSONS} == {"usd", "eur", "gbp", "jpy"}
    assert max(len(lesson.title) for lesson in LESSONS) > 130
    assert {creator.handle for creator in CREATORS} - {lesson.creator for lesson in LESSONS} == {"juno"}


def test_people_are_distinct_and_have_faces():
    people = (*CREATORS, *ACCOUNTS, *LEARNERS)
    assert len({person.email for person in people}) == len({person.avatar for person in people}) == len(people)
    assert all(person.avatar_path.exists() for person in people)


def test_purchases_point_at_lessons_that_were_out_and_cost_that():
    lessons = {one.slug: one for one in (*LESSONS, *COURSES)}
    buyers = {account.email for account in (*ACCOUNTS, *LEARNERS)}
    for purchase in PURCHASES:
        lesson = lessons[purchase.lesson]
        assert purchase.buyer in buyers
        assert purchase.days_ago < lesson.days_ago
        assert purchase.paid_minor >= lesson.min_minor
        assert purchase.paid_minor == lesson.price_minor or lesson.price_kind == "pwyw"
    assert len({(purchase.buyer, purchase.lesson) for purchase in PURCHASES}) == len(PURCHASES)
    assert {purchase.status for purchase in PURCHASES} == {"paid", "refunded", "disputed"}
