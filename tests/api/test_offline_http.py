"""The installable app over HTTP, and what of a lesson a browser may keep."""

from __future__ import annotations

import re
import secrets
from typing import Any
from uuid import UUID

import pytest
from test_documents_http import browser, person
from visitor import ELSEWHERE, HERE, add, all_of, somebody, visitor

from marketplace.domain.access.models import Grant
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses.models import CourseVersion, LessonDone


def wheel(product: Any) -> tuple[UUID, dict[str, Any]]:
    """The demo's course, and its second lesson: a film and a text."""
    course = all_of(product, Product, Product.slug == "a-month-at-the-wheel")[0]
    versions = all_of(product, CourseVersion, CourseVersion.product_id == course.id)
    newest = max(versions, key=lambda version: version.number)
    return course.id, newest.outline["sections"][0]["lessons"][1]


def test_the_app_is_the_same_for_everybody_and_runs_nothing_foreign(product: Any) -> None:
    with visitor(product) as client:
        worker = client.get("/sw.js")
        assert worker.headers["content-type"].startswith("text/javascript")
        assert (worker.headers["service-worker-allowed"], worker.headers["cache-control"]) == ("/", "no-cache")
        page = client.get("/offline")
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        told = client.get("/manifest.webmanifest").json()
        assert (told["display"], told["scope"]) == ("standalone", "/")
        for address in [icon["src"] for icon in told["icons"]] + ["/offline.js", "/offline.css"]:
            assert client.get(address).status_code == 200, address
        assert re.search(r'<link [^>]*"/manifest.webmanifest"', client.get("/").text)


def test_a_lesson_is_kept_by_who_has_it(product: Any) -> None:
    course, lesson = wheel(product)
    learner, address = somebody(product), f"/offline/lessons/{course}/{lesson['id']}"
    with browser(product, learner) as client:
        refused = client.get(address, headers=HERE)
        assert (refused.status_code, "blocks" in refused.json()) == (403, False)
        add(product, Grant(account_id=learner, product_id=course, source="free", source_id=secrets.token_hex(8)))
        assert client.get(address, headers=ELSEWHERE).status_code == 403
        kept = client.get(address, headers=HERE)
        assert kept.headers["cache-control"] == "private, no-store"
        told = kept.json()
        assert sorted(block["kind"] for block in told["blocks"]) == ["text", "video"]
        film = next(block for block in told["blocks"] if block["kind"] == "video")
        assert client.get(film["url"]).headers["content-type"] == "video/mp4"
        assert film["transcripts"][0]["cues"]
        fresh = client.post("/offline/check", json={"passes": [told["pass"], "made up"]}, headers=HERE).json()
        assert (list(fresh["kept"]), fresh["owner"]) == ([lesson["id"]], told["owner"])
        row = {"lesson": lesson["id"], "block": "", "position": 0.0, "done": True, "at": 1e12}
        for _twice in range(2):
            answer = client.post("/offline/progress", json={"product": str(course), "rows": [row]}, headers=HERE)
            assert answer.status_code == 200
        assert len(all_of(product, LessonDone, LessonDone.account_id == learner)) == 1
    with browser(product, person(product, "ravi@example.com")) as other:
        assert other.post("/offline/check", json={"passes": [told["pass"]]}, headers=HERE).json()["kept"] == {}
        other.post("/offline/progress", json={"product": str(course), "rows": [row]}, headers=HERE)
        ravi = person(product, "ravi@example.com")
        assert not all_of(product, LessonDone, LessonDone.account_id == ravi, LessonDone.product_id == course)
    with visitor(product) as nobody:
        assert nobody.get(address, headers=HERE).status_code == 401
        assert nobody.post("/offline/check", json={"passes": [told["pass"]]}, headers=HERE).status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"passes": [1]}', b'{"passes": ["x"], "more": 1}', b'{"passes": "' + b"x" * 1_100_000 + b'"}'],
)
def test_what_isnt_understood_is_refused(product: Any, body: bytes) -> None:
    with browser(product, person(product, "learner@example.com")) as client:
        assert client.post("/offline/check", content=body, headers=HERE).status_code == 422


def test_notes_are_exported_to_their_writer(product: Any) -> None:
    with browser(product, person(product, "learner@example.com")) as client:
        answer = client.get("/notes/a-month-at-the-wheel.md")
        assert answer.text.startswith("# A month at the wheel")
        assert client.get("/notes/no-such-course.md").status_code == 404
    with visitor(product) as nobody:
        assert nobody.get("/notes/a-month-at-the-wheel.md").status_code == 303
