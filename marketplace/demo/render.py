"""Draw all covers, portraits and clips again: ``python -m marketplace.demo.render [slug …]``."""

from __future__ import annotations

import sys

from marketplace.demo.art import avatar, cover
from marketplace.demo.clips import clip
from marketplace.demo.content import ACCOUNTS, COURSES, CREATORS, LEARNERS, LESSONS, Account, Creator, Lesson
from marketplace.demo.shapes import MEDIA


def lesson_media(lesson: Lesson) -> None:
    cover(lesson.topic, lesson.art).save(lesson.cover_path, quality=86, method=6)
    clip(lesson.topic, lesson.art, lesson.seconds, lesson.clip_path, list(lesson.lines))
    if lesson.preview_path:
        clip(lesson.topic, lesson.art, lesson.preview_seconds, lesson.preview_path)


def avatars() -> None:
    people: tuple[Creator | Account, ...] = (*CREATORS, *ACCOUNTS, *LEARNERS)
    for person in people:
        avatar(person.avatar).save(person.avatar_path, quality=86, method=6)


def main(slugs: list[str]) -> None:
    MEDIA.mkdir(exist_ok=True)
    avatars()
    for lesson in LESSONS:
        if not slugs or lesson.slug in slugs:
            lesson_media(lesson)
    for course in COURSES:
        if not slugs or course.slug in slugs:
            cover(course.topic, course.art).save(course.cover_path, quality=86, method=6)
    total = sum(file.stat().st_size for file in MEDIA.iterdir())
    print(f"{MEDIA}: {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
