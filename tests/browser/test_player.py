"""A lesson beside its transcript and notes, and without a connection."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, knob, query
from browser.test_buying import wait_for

pytestmark = pytest.mark.browser

QUEUE = "() => Object.keys(localStorage).filter((key) => key.startsWith('progress:')).length"
KEPT = """() => new Promise((done) => { const asked = indexedDB.open("kept", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("lessons");
  asked.onsuccess = () => { const all = asked.result.transaction("lessons").objectStore("lessons").count();
    all.onsuccess = () => { asked.result.close(); done(all.result); }; }; })"""


def test_a_lesson_with_and_without_a_connection(person: Callable[..., Person], product: Product) -> None:
    learner = person("learner@example.com")
    page = learner.page
    page.goto("/learn/a-month-at-the-wheel")
    knob(product, "vimeo", slow_ms=1500)  # the lines of the film are there before it is
    try:
        page.get_by_role("link", name=re.compile("Centre, open, pull")).locator("visible=true").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Centre, open, pull")  # others have lines too
        line = page.locator("[data-cue='3']")
        line.click()
    finally:
        knob(product, "vimeo", slow_ms=0)
    expect(line).to_have_attribute("aria-current", "true")
    at = page.evaluate("document.querySelector('video').currentTime")
    assert at > 3
    page.get_by_label("Search in the transcript").fill("the")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^1 of \d+$"))).to_be_visible()

    page.get_by_role("tab", name=re.compile("Notes")).click()
    page.get_by_role("button", name=re.compile(r"Note at 0:\d\d")).click()
    note = page.get_by_label(re.compile("^Note at 0:")).last
    expect(note).to_be_focused()
    note.fill("Elbow on the hip")
    expect(page.locator("[data-save-status=saved]").filter(has_text="Saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label(re.compile("^Note at 0:")).last).to_have_value("Elbow on the hip")

    page.get_by_role("button", name="Keep offline").click()
    expect(page.get_by_text(re.compile("Kept in this browser until"))).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("video")).to_have_js_property("readyState", 4)
    learner.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("tab", name="Transcript").click()
    page.locator("[data-cue='4']").click()
    page.wait_for_function(QUEUE)
    place = round(page.evaluate("document.querySelector('video').currentTime"))
    assert place > at
    learner.context.set_offline(False)
    page.wait_for_function(f"{QUEUE} === 0", timeout=40_000)
    me = "(SELECT id FROM account WHERE email = 'learner@example.com')"
    wait_for(lambda: query(product, f"SELECT 1 FROM block_progress WHERE account_id = {me} AND position_s = %s", place))

    learner.context.set_offline(True)
    page.goto(page.url.split("#")[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Centre, open, pull")
    expect(page.locator("video")).to_have_js_property("readyState", 4)
    page.get_by_role("link", name="← Kept offline").click()
    expect(page.get_by_text(re.compile("Until .* · .*[kM]B"))).to_be_visible()
    learner.context.set_offline(False)
    assert page.evaluate(KEPT) == 1
    page.goto("/library")
    page.get_by_role("button", name=re.compile("account|Sam", re.I)).first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/$"))
    assert page.evaluate(KEPT) == 0


WATCHED = """
UPDATE {table} SET {column} = now() - interval '1 hour' WHERE account_id = (SELECT id FROM account WHERE email = %s)
AND product_id = (SELECT id FROM product WHERE slug = 'a-month-at-the-wheel') RETURNING 1
"""


def test_an_hour_in_which_nothing_played_is_not_watched(person: Callable[..., Person], product: Product) -> None:
    email = "priya.nair@example.org"
    page = person(email).page
    query(
        product,
        "DELETE FROM block_progress WHERE account_id = (SELECT id FROM account WHERE email = %s) RETURNING 1",
        email,
    )
    page.goto("/learn/a-month-at-the-wheel")
    page.get_by_role("link", name=re.compile("Centre, open, pull")).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Centre, open, pull")
    expect(page.locator("video")).to_have_js_property("readyState", 4)
    lesson = page.url.rsplit("/", 1)[1]
    query(product, WATCHED.format(table="lesson_opened", column="opened_at"), email)

    def furthest() -> list[tuple[object, ...]]:
        return query(
            product,
            "SELECT position_s, furthest_s FROM block_progress b WHERE account_id = (SELECT id FROM account WHERE email = %s)"
            " AND EXISTS (SELECT 1 FROM course_version v WHERE v.outline::text LIKE %s AND v.product_id = b.product_id)",
            email,
            f"%{lesson}%",
        )

    end = round(page.evaluate("document.querySelector('video').duration")) - 1
    seek = "() => { const film = document.querySelector('video'); film.currentTime = film.duration - 1; }"
    page.evaluate(seek)
    page.evaluate("() => document.querySelector('video').play().then(() => document.querySelector('video').pause())")
    wait_for(lambda: [row[0] for row in furthest()] == [end])
    assert furthest()[0][1] < end / 2
    query(product, WATCHED.format(table="block_progress", column="updated_at"), email)
    page.locator("[data-cue='0']").click()
    wait_for(lambda: furthest()[0][0] < 5)
    query(product, WATCHED.format(table="block_progress", column="updated_at"), email)
    page.wait_for_function(
        "since => Date.now() - since > 1000", arg=page.evaluate("() => Date.now()")
    )  # what scrubbing is
    page.evaluate(seek)
    wait_for(lambda: furthest()[0][0] == end)
    assert furthest()[0][1] < end / 2
