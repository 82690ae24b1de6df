"""First paint: what is in the HTML before any script ran, and that it looks as the live page will."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
import reflex as rx
from built_pages import FALLBACK, write
from starlette.responses import HTMLResponse, JSONResponse
from starlette.testclient import TestClient

from marketplace import reviewing
from marketplace.api import first_paint
from marketplace.api.first_paint import FirstPaint
from marketplace.api.paint import head, people, search, starting, storefront, structured
from marketplace.api.paint.head import Facts
from marketplace.api.paint.html import Html, h
from marketplace.api.paint.lesson import Offer, lesson
from marketplace.api.paint.views import View
from marketplace.domain.access.rules import Decision
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product
from marketplace.domain.media.models import Image
from marketplace.finding import Choice, Facet, Result, Shown
from marketplace.pages import creator as creator_page
from marketplace.pages import lesson as lesson_page
from marketplace.pages import missing as missing_page
from marketplace.pages import search as search_page
from marketplace.pages import storefront as storefront_page
from marketplace.present import card, fee_example, first_sentences, lesson_view, story, story_cards

NASTY = '</script><script>alert(1)</script> & "quotes" \''
PATTERNS = ("/", "/search", "/lessons/[lesson_slug]", "/creators/[creator_handle]", "/login", "404")

SALE = fee_example(Decimal(10))


def listing(**fields: object) -> Listing:
    creator = Account(
        auth_id=uuid4(), email="m@example.com", name="Mara", handle="mara", bio="I throw pots.\n\n- daily"
    )
    product = Product(
        **{
            "creator_id": creator.id, "slug": "a-bowl", "state": "published", "title": "A bowl", "summary": "Clay.",
            "description_md": "# Hello\n\nText", "learn": ["Centre"], "topic": "pottery", "duration_s": 720,
            "price_kind": "fixed", "price_minor": 2400, "published_at": datetime(2026, 5, 3, tzinfo=UTC), **fields,
        }
    )  # fmt: skip
    image = Image(owner_id=creator.id, variants=[[320, "/c-320.webp"], [1280, "/c-1280.webp"]], color="#aabbcc")
    return Listing(product, creator, image)


def offer(of: Listing, decision: Decision | None = None, **fields: object) -> Offer:
    known: dict[str, object] = {
        "view": lesson_view(of), "learn": of.product.learn, "more_by": [card(of)],
        "decision": decision or Decision(False, "signed_out", "Sign in.", "sign_in"), "amount": "24.00",
        "edit_href": "", "back": "",
    }  # fmt: skip
    return Offer(**{**known, **fields})  # type: ignore[arg-type]


def test_text_is_escaped_and_html_is_not() -> None:
    assert h("p", NASTY, title=NASTY).count("<script") == 0
    assert h("p", h("b", "x"), None, "") == "<p><b>x</b></p>"
    assert h("input", disabled=True, value=None) == "<input disabled>"


def test_user_text_never_becomes_markup() -> None:
    of = listing(title=NASTY, summary=NASTY, description_md=NASTY, learn=[NASTY])
    facts = Facts(title=NASTY, description=NASTY, data=[structured.lesson(of)])
    told = story([of])
    painted = [
        lesson(offer(of)),
        storefront.home([card(of)] * 6, [("pottery", NASTY)], told, story_cards([of], told), SALE),
        search.search(Shown(NASTY, [Result(**card(of), why=[NASTY])], notes=[[NASTY, NASTY, "/search?q=x"]])),
        people.missing(NASTY, [card(of)]),
        head.tags(facts),
    ]
    assert all("<script" not in html for html in painted)
    block = head.data_blocks(facts)
    assert block.count("<") == 2
    assert json.loads(block[block.index(">") + 1 : block.rindex("<")])["@graph"][0]["name"] == NASTY


def test_structured_data_tells_price_and_length_but_no_video_address() -> None:
    product, video = structured.lesson(listing())["@graph"]
    assert product["offers"]["price"] == "24.00"
    assert product["offers"]["priceCurrency"] == "USD"
    assert video["duration"] == "PT720S"
    assert not {"contentUrl", "embedUrl"} & video.keys()


@pytest.mark.parametrize(
    ("decision", "expected", "absent"),
    [
        (Decision(False, "signed_out", "Sign in."), "Buy now", "Continue watching"),
        (Decision(True, "granted", "You bought it."), "Continue watching", "Buy now"),
        (Decision(False, "revoked", "It was refunded."), "It was refunded.", "Continue watching"),
    ],
)
def test_the_box_offers_what_this_visitor_may_do(decision: Decision, expected: str, absent: str) -> None:
    html = lesson(offer(listing(), decision))
    assert expected in html
    assert absent not in html


@pytest.mark.parametrize(
    ("kind", "decision", "said"),
    [
        ("fixed", Decision(False, "signed_out", ""), True), ("pwyw", Decision(False, "not_bought", ""), True),
        ("fixed", Decision(False, "revoked", ""), True), ("free", Decision(False, "signed_out", ""), False),
        ("fixed", Decision(True, "granted", ""), False), ("fixed", Decision(True, "owner", ""), False),
    ],
)  # fmt: skip
def test_how_paying_is_secured_is_said_where_one_pays(kind: str, decision: Decision, said: bool) -> None:
    assert ("Secure payment" in lesson(offer(listing(price_kind=kind), decision))) is said


def test_buying_without_scripts_is_a_plain_form() -> None:
    html = lesson(offer(listing()))
    assert 'action="/buy/a-bowl" method="post"' in html


def _classes(html: str) -> set[str]:
    """The class lists of all elements but icons, whose own names come from the icon library."""
    found = re.findall(r'class="([^"]+)"', re.sub(r"<svg.*?</svg>", "", html))
    return {unescape(classes) for classes in found}


OFFERS = [
    offer(listing()),
    offer(listing(price_kind="pwyw", min_minor=300, preview_video_id=uuid4()), back="You left the payment page."),
    offer(listing(), Decision(True, "owner", "Yours."), edit_href="/studio/new?id=1"),
    offer(listing(), Decision(False, "revoked", "Refunded.")),
]
ITEM = {
    "id": "1", "name": "Ida", "avatar": "", "day": "3 May 2026", "stars": "4 of 5 stars", "percent": "80%",
    "words": "Good clay", "edited": " · edited", "about": "", "reply": "Thank you", "reply_by": "Mara",
    "reply_day": "4 May 2026", "reported": "", "action": "/reviews/a-bowl/1",
}  # fmt: skip
FIGURES = {"average": "4.7", "count": "23 ratings", "percent": "94%", "words": "4.7 of 5 stars"}
BARS = [{"label": f"{n} stars", "count": "7", "percent": "30%"} for n in (5, 4, 3, 2)]
MINE = {
    "may": "yes", "why": "", "action": "/reviews/a-bowl", "has": "", "chosen": "", "stars": "", "percent": "", "words": "",
    "hidden": "",
}  # fmt: skip
WRITTEN = {
    **MINE,
    "has": "yes",
    "chosen": "4",
    "stars": "4 of 5 stars",
    "percent": "80%",
    "words": "Mine",
    "hidden": "Why",
}
REVIEWS = [
    reviewing.Shown(FIGURES, BARS, [ITEM, {**ITEM, "edited": "", "reply": "", "about": "A bowl"}], "k", "/lessons/a?k"),
    reviewing.Shown(mine=MINE),
    reviewing.Shown(FIGURES, BARS, [ITEM], mine=WRITTEN, told="Thank you."),
    reviewing.Shown(mine={**MINE, "may": "", "why": "Later"}),
    reviewing.Shown(FIGURES, BARS, [ITEM, {**ITEM, "reply": "", "reported": "yes"}], answers=True),
]
OFFERS += [offer(listing(), reviews=each) for each in REVIEWS]
BUNDLE = listing(kind="bundle", slug="two-bowls", title="Two bowls")
PARTS = [card(listing()), card(listing(slug="a-cup", title="A cup"))]
BUNDLES = [
    offer(BUNDLE, parts=PARTS),
    offer(BUNDLE, Decision(False, "not_bought", ""), parts=PARTS, owned_parts=1, back="You left the payment page."),
    offer(BUNDLE, Decision(True, "granted", "All of it."), parts=PARTS, owned_parts=2),
    offer(BUNDLE, Decision(True, "owner", "Yours."), parts=PARTS, edit_href="/studio/bundles/1"),
]
TOLD = story([listing()])
CARDS = [{**card(listing()), "rating": "4.7"}] * 6
CHOICE = Choice(label="Pottery", count="3", href="/search?topic=pottery", on=True)
FULL = Shown(
    "2 results", [Result(**CARDS[0], why=["In the title: “bowl”"]), Result(**CARDS[1], why=[])], "k", "/search?key=k",
    [["Did you mean “bowl”?", "Search for “bowl”", "/search?q=bowl"]],
    [Facet(name="topic", label="Topic", choices=[CHOICE, Choice(label="Bread", count="1+", href="/search", on=False)])],
    [CHOICE], [CHOICE], clear_href="/search",
)  # fmt: skip
LOOKS: list[tuple[str, Callable[[], rx.Component], list[Html]]] = [
    (
        "home",
        storefront_page.home,
        [
            storefront.home(CARDS, [("pottery", "Pottery")], TOLD, CARDS[:2], SALE),
            storefront.home([], [], {}, [], SALE),
        ],
    ),
    (
        "search",
        search_page.search,
        [
            search.search(FULL),
            search.search(Shown("No results", [], ways=[CHOICE], popular=CARDS[:2])),
            search.search(replace(FULL, close=FULL.items)),
            search.search(Shown("No results", [], ways=[CHOICE], close=FULL.items)),
        ],
    ),
    ("lesson", lesson_page.lesson, [lesson(each) for each in OFFERS]),
    ("bundle", lesson_page.lesson, [lesson(each) for each in BUNDLES]),
    (
        "creator",
        creator_page.creator,
        [people.creator(listing().creator, CARDS, "key"), people.creator(listing().creator, [], "")],
    ),
    ("missing", missing_page.missing, [people.missing("Nothing", CARDS)]),
]


@pytest.mark.parametrize(("live", "painted"), [look[1:] for look in LOOKS], ids=[look[0] for look in LOOKS])
def test_the_paint_uses_the_live_page_s_classes(live: Callable[[], rx.Component], painted: list[Html]) -> None:
    """Else something would jump when the live page takes over."""
    there = str(live().render()).replace("\\'", "'")
    assert {look for html in painted for look in _classes(html) if look not in there} == set()


@pytest.mark.parametrize("shown", [*OFFERS, *BUNDLES])
def test_the_paint_uses_the_live_page_s_words(shown: Offer) -> None:
    """What isn't from the database, and isn't a number, is said by the live page in the same words."""
    there = unescape(str(lesson_page.lesson().render())).replace("\\'", "'")
    data = {
        *shown.view.values(),
        *shown.learn,
        shown.decision.message,
        shown.back,
        *(v for c in (*shown.parts, *shown.more_by) for v in c.values()),
        *(v for c in (*shown.reviews.items, *shown.reviews.bars) for v in c.values()),
        *(*shown.reviews.figures.values(), *shown.reviews.mine.values(), shown.reviews.told),
    }
    painted = unescape(re.sub(r"<svg.*?</svg>", "", lesson(shown)).replace(shown.view["description"], ""))
    known = "|".join(re.escape(str(each)) for each in sorted(data, key=len, reverse=True) if len(each) > 1)
    texts = [
        part.strip(" .") for text in re.findall(r">([^<>]+)<", painted) for part in re.split(rf"{known}|\d+", text)
    ]
    assert {text for text in texts if text and text not in there} == set()


def test_a_quote_ends_with_a_sentence() -> None:
    assert first_sentences("One two. Three four. Five six seven.", 24) == "One two. Three four."
    assert first_sentences("Short.", 24) == "Short."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path)


@pytest.fixture
def client(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The middleware over an app with one API route, its views answering without a database."""

    async def inner(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        answer = JSONResponse({"ok": True}) if scope["path"] == "/api" else HTMLResponse("static", 404)
        await answer(scope, receive, send)

    async def look(_viewing, request):  # type: ignore[no-untyped-def]
        name = request.url.path.rsplit("/", 1)[-1]
        if name == "down":
            raise OSError
        if name == "old":
            return View(Facts(""), Html(""), 308, moved="/lessons/new"), None
        if name in ("gone", "nowhere"):
            return View(Facts("Nothing", indexed=False), h("h1", "Nothing"), 404), None
        return View(Facts("Title", path="/x", data=[{"@type": "Thing"}]), h("h1", "Hello"), search="a “b”"), None

    monkeypatch.setattr(first_paint, "_view", look)
    return TestClient(FirstPaint(inner, patterns=PATTERNS, folder=folder), follow_redirects=False)


def test_a_public_page_is_painted(client: TestClient) -> None:
    answer = client.get("/lessons/a-bowl")
    html = answer.text
    assert answer.status_code == 200
    assert re.search(r'<main id="first-paint"[^>]*class="mx-auto"><h1>Hello</h1></main>', html)
    assert "<title data-first-paint>Title</title>" in html
    assert '<link rel="waiting-module" href="/l.js"><link rel="waiting-module" href="/i.js">' in html
    assert "modulepreload" not in html.split("<script>(() =>")[0], "nothing of scripts comes before the page"
    assert 'id="first-search"' in html
    assert 'value="a “b”"' in html
    assert 'href="#first-paint"' in html


def test_scripts_wait_in_painted_pages_only(client: TestClient) -> None:
    painted, bare = client.get("/lessons/a-bowl").text, client.get("/login").text
    assert '<script type="text/plain" data-held-module="">start()</script>' in painted
    assert 'type="module"' not in painted
    assert starting.TAG in painted
    assert starting.TAG not in bare


def test_a_build_that_starts_otherwise_is_left_alone() -> None:
    known = '<link rel="modulepreload" href="/a.js"/><script type="module" async="">go()</script>'
    other = known.replace(' async=""', "")
    assert starting.hold(other) == other != starting.hold(known) != known


def test_styles_are_inside_and_block_nothing(client: TestClient) -> None:
    html = client.get("/").text
    assert "h1{color:red}</style>" in html
    assert 'rel="waiting-stylesheet" media="print"' in html
    assert 'rel="stylesheet"' not in html
    assert 'as="style"' not in html


def test_the_policy_names_the_build_s_scripts_only(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert policy.count("'sha256-") == 4, (
        "the theme, whose typefaces are there, what waits to be started, and what starts it"
    )
    assert "unsafe-eval" not in policy


def test_data_blocks_come_after_the_framework_s_scripts(client: TestClient) -> None:
    html = client.get("/").text
    assert html.index("theme()") < html.index("application/ld+json") < html.index("</head>")


def test_etag_and_head(client: TestClient) -> None:
    first = client.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    short = client.head("/")
    assert (short.status_code, short.content) == (200, b"")
    assert short.headers["etag"] == first.headers["etag"]


def test_a_signed_in_answer_is_private(client: TestClient) -> None:
    client.cookies.set("market_session", "x")
    assert client.get("/").headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(("path", "status"), [("/lessons/gone", 404), ("/nowhere", 404), ("/nowhere.js", 404)])
def test_what_is_not_there_is_a_404(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert ("first-paint" in answer.text) == (not path.endswith(".js"))


def test_moved_addresses_redirect_and_keep_the_query(client: TestClient) -> None:
    answer = client.get("/lessons/old?ref=1")
    assert (answer.status_code, answer.headers["location"]) == (308, "/lessons/new?ref=1")
    answer = client.get("/search/?q=a")
    assert (answer.status_code, answer.headers["location"]) == (308, "/search?q=a")
    assert client.get("//evil.example/login/").headers.get("location", "").startswith("//") is False


def test_private_pages_are_served_as_built_and_not_indexed(client: TestClient) -> None:
    answer = client.get("/login")
    assert answer.text.endswith("login</body>")
    assert '<meta name="robots" content="noindex">' in answer.text


def test_without_a_database_the_built_page_is_served(client: TestClient) -> None:
    answer = client.get("/lessons/down")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.text == FALLBACK


def test_the_api_and_other_methods_pass(client: TestClient) -> None:
    assert client.get("/api").json() == {"ok": True}
    assert client.post("/").status_code == 404


def test_without_a_build_nothing_is_painted(tmp_path: Path) -> None:
    async def inner(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await HTMLResponse("static")(scope, receive, send)

    assert TestClient(FirstPaint(inner, patterns=PATTERNS, folder=tmp_path)).get("/").text == "static"


def test_courses_that_come_first_are_painted_with_their_state() -> None:
    from marketplace.api.paint.first_courses import first_courses

    row = {
        "title": "<b>Clay</b>",
        "href": "/courses/clay",
        "required": "1",
        "state": "done",
        "words": "You finished it",
    }
    painted = str(first_courses([row, {**row, "required": "", "state": "", "words": ""}]))
    assert "You need first" in painted
    assert "&lt;b&gt;Clay" in painted
    assert "You finished it" in painted
    assert painted.count("<svg") == 2
    assert first_courses([]) is None
