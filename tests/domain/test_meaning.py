"""Search by meaning on a real database with the extension, its model over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from product import SandboxServer, free_port
from sqlalchemy import text
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from marketplace import db, finding, page_tags
from marketplace.api.paint import views
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.search import meaning, rules
from marketplace.domain.search.ports import Space
from marketplace.errors import ConfigurationError
from marketplace.jobs import search as jobs
from marketplace.meanings import meanings
from marketplace.settings import get_settings
from marketplace.state.search import SearchState
from marketplace.vendors import vendors
from tests.domain.world import World
from tests.state.pages import Open

QUERY = "ripped jeans"  # words that nothing here has
PATIENT = 5.0  # seconds; how long is waited is for the unit tests


@pytest.fixture(scope="module")
async def maker(world: World) -> Account:
    return await world.creator("Ottoline Mender", outcome="")


async def offer(world: World, maker: Account, title: str, **changes: Any) -> Product:
    return await world.lesson(maker, **{"title": title, "price_kind": "free", "topic": "sewing", **changes})


class Ears:
    """In front of the model: which texts it was sent. Refuses those with "unspeakable" in them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.texts: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        texts = json.loads(message["body"])["input"]
        self.texts += texts
        if any("unspeakable" in text for text in texts):
            return await JSONResponse({"error": {"message": "no"}}, 400)(scope, receive, send)

        async def again() -> Any:
            return message

        await self._app(scope, again, send)


def remake(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for cached in (get_settings, vendors, meanings):
        cached.cache_clear()


@pytest.fixture(scope="module")
def ears(world: World) -> Iterator[Ears]:
    settings = world.settings.model_copy(update={"port": free_port(), "embeddings_url": "sandbox"})
    server = SandboxServer(settings, world.settings.database_url)
    heard = Ears(server.app)
    server.wrap(lambda _app: heard)
    server.start()
    with pytest.MonkeyPatch.context() as patched:
        url = f"{settings.sandbox_internal_url}/embeddings/v1/embeddings"
        remake(patched, EMBEDDINGS_URL=url, EMBEDDINGS_API_KEY="k", EMBEDDINGS_MODEL="toy", EMBEDDINGS_DIMENSIONS="64")
        yield heard
    remake(pytest.MonkeyPatch())
    server.stop()


@pytest.fixture
async def listening(world: World, ears: Ears) -> Ears:
    """Everything is embedded; what is sent from now on is heard."""
    await jobs.mean()
    ears.texts.clear()
    meanings()._wait_s = PATIENT
    return ears


async def painted(query: str, **more: str) -> views.View:
    async with db.reading() as session:
        view = await views.search(session, views.Asked("/search", "search", {"q": query, **more}, ANONYMOUS))
    return await view.then() if view.then else view


class Apart:
    """A state as handlers in the background have it: theirs only within ``async with``."""

    def __init__(self, state: Any) -> None:
        self.__dict__["state"] = state

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.state, name, value)

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_error: object) -> None: ...


async def look_closer(page: Open) -> None:
    await SearchState.event_handlers["look_closer"].fn(Apart(page.state))


async def close_to(query: str, **more: str) -> list[str]:
    """Titles of what the live page shows as close in meaning."""
    page = Open(SearchState, ANONYMOUS, q=query, **more)
    await meanings().of(query)
    await page.call("on_load")
    return [one["title"] for one in page.state.close]


async def test_without_a_model_nothing_is_asked_made_or_shown(world: World, maker: Account) -> None:
    await offer(world, maker, "Patching knees")
    await jobs.mean()
    assert vendors().embedder is None
    assert await world.one("SELECT count(*) FROM search_meaning") == 0
    async with db.reading() as session:
        assert (await finding.shown(session, rules.asked({"q": QUERY}))).wanting == ""
    assert "lose in meaning" not in (await painted(QUERY)).main
    assert page_tags.SHOP in (await painted(QUERY)).tags


async def test_a_database_role_that_may_not_make_the_extension_is_told_what_to_do(world: World) -> None:
    await world.rows("DROP EXTENSION IF EXISTS vector CASCADE")
    await world.rows("CREATE ROLE small_role")
    session_of = db.transaction()
    session = await session_of.__aenter__()
    await session.execute(text("SET LOCAL ROLE small_role"))
    with pytest.raises(ConfigurationError, match="CREATE EXTENSION vector"):
        await meaning.prepare(session, Space("toy", 64))
    await session.rollback()
    await session.close()
    await world.rows("DROP ROLE small_role")


async def test_what_is_close_in_meaning_stands_below_what_has_the_words(
    world: World, maker: Account, ears: Ears
) -> None:
    mending = await offer(world, maker, "Mend a knee with sashiko", summary="Patch torn trousers with a stitch")
    word = await offer(world, maker, "Wexley trousers", summary="A stitch in fabric")
    await offer(world, maker, "A country loaf", topic="bread", summary="Crust and dough")
    await jobs.mean()
    meanings()._wait_s = PATIENT
    page = Open(SearchState, ANONYMOUS, q="wexley")
    await meanings().of("wexley")
    await page.call("on_load")
    assert [one["title"] for one in page.state.items] == [word.title]
    assert word.title not in [one["title"] for one in page.state.close]
    found = await close_to(QUERY)
    assert {mending.title, word.title} <= set(found[:4])
    assert "A country loaf" not in found
    assert len(found) <= rules.CLOSE


async def test_the_painted_page_shows_what_the_live_page_shows(world: World, maker: Account, listening: Ears) -> None:
    view = await painted(QUERY)
    page = Open(SearchState, ANONYMOUS, q=QUERY)
    await page.call("on_load")
    shown = [one["title"] for one in page.state.close]
    assert shown
    assert [view.main.count(f">{title}<") > 0 for title in shown] == [True] * len(shown)
    assert "Close in meaning to what you searched" in view.main
    assert all(one["why"][0] == "Close in meaning to what you searched" for one in page.state.close)
    assert "Nothing matches yet" not in view.main
    async with db.reading() as session:
        listings = await browse.listings(session, page.state._seen + await ids_of(world, shown))
    assert page_tags.of_listings(listings) <= view.tags


async def ids_of(world: World, titles: list[str]) -> list[UUID]:
    return [row[0] for row in await world.rows("SELECT id FROM product WHERE title = ANY(:titles)", titles=titles)]


async def test_a_withdrawn_product_is_gone_at_once_and_a_filter_holds(
    world: World, maker: Account, listening: Ears
) -> None:
    lesson = await offer(world, maker, "Denim and thread", summary="Needle and fabric", level="advanced", language="sv")
    await jobs.mean()
    assert await close_to(QUERY, language="sv") == [lesson.title]
    assert await close_to(QUERY, language="sv", level="beginner") == []
    async with db.transaction() as session:
        await catalog.change_state(session, Actor(maker.id, "member", True), lesson.id, "unpublish")
    assert await close_to(QUERY, language="sv") == []
    assert lesson.title not in await close_to(QUERY)


async def test_only_what_changed_is_sent_again(world: World, maker: Account, listening: Ears) -> None:
    lesson = await offer(world, maker, "Hemming by hand")
    await jobs.mean()
    assert [text.split("\n")[0] for text in listening.texts] == ["Hemming by hand"]
    listening.texts.clear()
    who = Actor(maker.id, "member", True)
    for changes, sent in (({"level": "advanced"}, 0), ({"summary": "Small stitches"}, 1)):
        async with db.transaction() as session:
            await catalog.save(session, who, lesson.id, changes, revision=None)
            await catalog.publish(session, who, lesson.id, revision=None)
        await jobs.mean()
        await jobs.mean()
        assert len(listening.texts) == sent
    assert await world.one("SELECT count(*) FROM search_meaning WHERE stale_since IS NOT NULL") == 0


async def test_what_changes_while_it_is_embedded_is_embedded_again(
    world: World, maker: Account, listening: Ears
) -> None:
    lesson = await offer(world, maker, "Quilting slowly")
    space = vendors().embedder.space  # type: ignore[union-attr]
    async with db.transaction() as session:
        [one] = (await meaning.due(session, space, 10)).due
    await world.rows("UPDATE search_meaning SET stale_since = clock_timestamp() WHERE product_id = :id", id=lesson.id)
    async with db.transaction() as session:
        await meaning.keep(session, space, one, [1.0] * 64)
        assert [each.product_id for each in (await meaning.due(session, space, 10)).due] == []  # its text is the same
        assert await world.one("SELECT count(*) FROM search_meaning WHERE stale_since IS NOT NULL") == 1


async def test_a_text_that_is_refused_keeps_no_other_out_and_is_not_sent_for_ever(
    world: World, maker: Account, listening: Ears
) -> None:
    titles = ["Darning one", "Darning the unspeakable", "Darning three"]
    for title in titles:
        await offer(world, maker, title)
    await jobs.mean()
    found = await world.rows(
        "SELECT title, embedding IS NOT NULL FROM search_meaning JOIN product ON id = product_id"
        " WHERE title LIKE 'Darning%' ORDER BY title"
    )
    assert sorted(map(tuple, found)) == [
        ("Darning one", True),
        ("Darning the unspeakable", False),
        ("Darning three", True),
    ]
    listening.texts.clear()
    await jobs.mean()
    assert listening.texts == []


async def test_the_index_answers_in_the_order_of_closeness(world: World, maker: Account, listening: Ears) -> None:
    embedder = vendors().embedder
    assert embedder is not None
    vector = await embedder.embed_query(QUERY)
    async with db.transaction() as session:
        exact = await meaning.near(session, embedder.space, vector, {}, [], 300)
        for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
            await session.execute(text(f"SET LOCAL {setting} = off"))
        near = await meaning.near(session, embedder.space, vector, {"topic": "sewing"}, [], 300)
        scans = await session.execute(
            text(
                "SELECT sum(pg_stat_get_xact_numscans(c.oid)) FROM pg_class c WHERE relname LIKE 'search_meaning_near_%'"
            )
        )
        assert scans.scalar_one() >= 1
    assert {hit.product_id for hit in near} == {hit.product_id for hit in exact}
    assert [hit.place for hit in near] == sorted((hit.place for hit in near), reverse=True)


async def test_another_model_begins_anew_and_the_words_go_on_meanwhile(
    world: World, maker: Account, listening: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = vendors().embedder
    assert old is not None
    many = await world.one("SELECT count(*) FROM search_meaning")
    remake(monkeypatch, EMBEDDINGS_DIMENSIONS="32")
    meanings()._wait_s = PATIENT
    assert await close_to(QUERY) == []  # nothing of the new model's yet, and no error
    await jobs.mean()
    assert len(listening.texts) >= many
    assert len(await close_to(QUERY)) > 1
    async with db.transaction() as session:
        assert await meaning.near(session, old.space, [1.0] * 64, {}, [], 0) == []
        assert (await meaning.due(session, old.space, 10)).looked_at == 0  # an older process does no harm
    monkeypatch.undo()
    remake(monkeypatch)
    await jobs.mean()


async def test_a_model_that_is_down_leaves_the_words_and_the_page_is_not_kept(
    world: World, maker: Account, listening: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = await offer(world, maker, "Zephyrine pleats")
    remake(monkeypatch, EMBEDDINGS_URL=f"http://127.0.0.1:{free_port()}/v1/embeddings")
    view = await painted("zephyrine")
    assert lesson.title in view.main
    assert view.tags == frozenset()
    page = Open(SearchState, ANONYMOUS, q="zephyrine")
    await page.call("on_load")
    await look_closer(page)
    assert [one["title"] for one in page.state.items] == [lesson.title]
    monkeypatch.setattr("marketplace.gateways.embeddings._FIRST_WAIT_S", 0)
    await jobs.mean()  # says so, and tries again the next minute
    monkeypatch.undo()
    remake(monkeypatch)


@pytest.mark.parametrize(
    "query", ["", "…", "\x00", "🔥", "'", "\\", "a" * 10_000, "焼き物", "أهلا", "%s %(x)s", "\ud800"]
)
async def test_no_query_is_too_odd(query: str, world: World, listening: Ears) -> None:
    assert (await painted(query)).status == 200
    page = Open(SearchState, ANONYMOUS, q=query)
    await page.call("on_load")
    await look_closer(page)
    assert all(len(text) <= rules.MAX_TYPED for text in listening.texts)


async def test_a_page_in_a_browser_gets_it_after_the_words(world: World, maker: Account, listening: Ears) -> None:
    meanings.cache_clear()
    meanings()._wait_s = PATIENT
    page = Open(SearchState, ANONYMOUS, q=QUERY)
    event = await page.call("on_load")
    assert event is SearchState.look_closer
    assert (page.state.loaded, page.state.close) == (True, [])
    await look_closer(page)
    assert any("sashiko" in one["title"] for one in page.state.close)
