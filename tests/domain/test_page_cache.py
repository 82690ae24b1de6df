"""Public pages out of memory, in two web workers on one database: fast, never personal, never of yesterday."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
from built_pages import write
from starlette.responses import PlainTextResponse

from marketplace import db
from marketplace.api.first_paint import FirstPaint
from marketplace.api.page_cache import PageCache
from marketplace.api.security import SecurityHeaders
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.reviews import service as reviews
from marketplace.visits import visits
from tests.domain.test_reviews import owner as review_owner
from tests.domain.test_reviews import write as write_review
from tests.domain.world import World

PATTERNS = (
    "/", "/search", "/topics/[topic_slug]", "/lessons/[lesson_slug]", "/courses/[course_slug]", "/creators/[creator_handle]",
)  # fmt: skip


@dataclass
class Worker:
    """One web process: what it keeps, how often it made a page, and a browser for it."""

    cache: PageCache
    browser: httpx.AsyncClient
    made: list[str]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=headers)

    async def twice(self, path: str) -> str:
        """Until it is from memory: what was changed just now may be heard while the first one is made."""
        async with asyncio.timeout(5):
            while True:
                count = len(self.made)
                answer = await self.get(path)
                assert answer.status_code == 200
                if len(self.made) == count:
                    return answer.text

    async def comes_to(self, path: str, *, shows: str = "", status: int = 200) -> httpx.Response:
        """What was committed is heard within moments."""
        async with asyncio.timeout(5):
            while True:
                answer = await self.get(path)
                if answer.status_code == status and shows in answer.text:
                    return answer
                await asyncio.sleep(0.005)


async def _worker(folder: Path, stack: AsyncExitStack) -> Worker:
    async def rest(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("static", 404)(scope, receive, send)

    painted, made = FirstPaint(rest, patterns=PATTERNS, folder=folder), list[str]()

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        made.append(scope["path"])
        await painted(scope, receive, send)

    cache = PageCache(8 * 1024**2)
    transport = httpx.ASGITransport(cache.around(SecurityHeaders(counted)))
    browser = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://shop"))
    await stack.enter_async_context(cache.listening())
    async with asyncio.timeout(5):
        while not cache._sure:
            await asyncio.sleep(0.005)
    return Worker(cache, browser, made)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("built"))


@pytest.fixture
async def workers(world: World, folder: Path) -> AsyncIterator[list[Worker]]:
    async with AsyncExitStack() as stack:
        yield [await _worker(folder, stack), await _worker(folder, stack)]


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator("Ada Kept", outcome="")


def who(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def lesson(world: World, owner: Account, **changes: Any) -> Product:
    return await world.lesson(owner, **{"price_kind": "free", **changes})


async def change(owner: Account, product: Product, **changes: Any) -> Product:
    async with db.transaction() as session:
        await catalog.save(session, who(owner), product.id, changes, revision=None)
        return await catalog.publish(session, who(owner), product.id, revision=None)


async def test_a_new_title_and_a_withdrawal_show_in_every_worker(
    world: World, owner: Account, workers: list[Worker]
) -> None:
    product = await lesson(world, owner, title="Kept and old", topic="sewing")
    places = [f"/lessons/{product.slug}", "/", "/topics/sewing", f"/creators/{owner.handle}", "/search?q=kept"]
    for worker in workers:
        for place in places:
            assert "Kept and old" in await worker.twice(place)
    await change(owner, product, title="Fresh as bread")
    for worker in workers:
        for place in places[:4]:
            await worker.comes_to(place, shows="Fresh as bread")
    async with db.transaction() as session:
        await catalog.change_state(session, who(owner), product.id, "unpublish")
    for worker in workers:
        await worker.comes_to(places[0], status=404)
        assert "Fresh as bread" not in (await worker.comes_to("/topics/sewing")).text
    async with db.transaction() as session:
        await catalog.change_state(session, who(owner), product.id, "archive")
    for worker in workers:
        await worker.comes_to(places[0], status=410)


async def test_reviews_show_and_go_in_every_worker(world: World, owner: Account, workers: list[Worker]) -> None:
    product = await lesson(world, owner, topic="music")
    path = f"/lessons/{product.slug}"
    people = [await review_owner(world, product, name=f"Rev Iewer {n}") for n in range(3)]
    await write_review(people[0], product, 5, "Kept in every process")
    for worker in workers:
        assert "Kept in every process" in await worker.twice(path)
        assert "Rated" not in await worker.twice("/topics/music")
    for person in people[1:]:
        await write_review(person, product, 4)
    for worker in workers:
        await worker.comes_to("/topics/music", shows="Rated")
        await worker.comes_to(path, shows="3 ratings")
    await world.rows("UPDATE account SET name = 'Renamed Reviewer' WHERE id = :id", id=people[0].account_id)
    for worker in workers:
        await worker.comes_to(path, shows="Renamed Reviewer")
    [(review_id,)] = await world.rows("SELECT id FROM review WHERE account_id = :a", a=people[0].account_id)
    async with db.transaction() as session:
        await reviews.hide(session, Actor(owner.id, "admin"), review_id, "rude")
    for worker in workers:
        answer = await worker.comes_to(path, shows="2 ratings")
        assert "Kept in every process" not in answer.text


async def test_a_price_a_new_address_and_a_creator_s_name_show(
    world: World, owner: Account, workers: list[Worker]
) -> None:
    person = await world.creator("Mona Before")
    product = await lesson(world, person, price_kind="fixed", price_minor=2500)
    path = f"/lessons/{product.slug}"
    for worker in workers:
        assert "$25.00" in await worker.twice(path)
    await change(person, product, price_minor=3100)
    for worker in workers:
        await worker.comes_to(path, shows="$31.00")
    await change(person, product, slug=f"moved-{product.slug}")
    for worker in workers:
        answer = await worker.comes_to(path, status=308)
        assert answer.headers["location"] == f"/lessons/moved-{product.slug}"
        assert "Mona Before" in await worker.twice(answer.headers["location"])
    async with db.transaction() as session:
        account = await accounts.account(session, person.id)
        account.name = "Mona After"
    for worker in workers:
        await worker.comes_to(f"/lessons/moved-{product.slug}", shows="Mona After")
        await worker.comes_to("/", shows="Mona After")


async def test_a_page_s_blocks_show_when_they_are_published_and_their_pictures_when_they_change(
    world: World, owner: Account, workers: list[Worker]
) -> None:
    product, (_video, image) = await lesson(world, owner), await world.media_of(owner)
    path, worker = f"/lessons/{product.slug}", workers[0]
    await worker.twice(path)
    page = [{"id": str(image), "kind": "picture", "image": str(image), "caption": "Out of the kiln"}]
    await change(owner, product, blocks=page)
    await worker.comes_to(path, shows="Out of the kiln")
    await worker.twice(path)
    await world.rows("""UPDATE image SET avif = '[[640, "https://example.com/b.avif"]]' WHERE id = :i""", i=image)
    await worker.comes_to(path, shows="https://example.com/b.avif")


async def test_what_a_bundle_holds_and_its_pictures_count(world: World, owner: Account, workers: list[Worker]) -> None:
    product = await lesson(world, owner)
    path, worker = f"/lessons/{product.slug}", workers[0]
    await worker.twice(path)
    await world.rows(
        """UPDATE image SET variants = '[[640, "https://example.com/new.webp"]]' WHERE id = :i""", i=product.image_id
    )
    await worker.comes_to(path, shows="https://example.com/new.webp")
    one, two = await lesson(world, owner, title="Part the first"), await lesson(world, owner, title="Part the second")
    await world.rows(
        "INSERT INTO bundle_item (bundle_id, product_id, weight, position) VALUES (:b, :p, 1, 0)",
        b=product.id,
        p=one.id,
    )
    await world.rows("UPDATE product SET kind = 'bundle' WHERE id = :b", b=product.id)
    assert "Part the first" in (await worker.comes_to(path, shows="Part the first")).text
    await worker.twice(path)
    await world.rows("UPDATE bundle_item SET product_id = :p WHERE bundle_id = :b", b=product.id, p=two.id)
    await worker.comes_to(path, shows="Part the second")


async def test_what_changes_nothing_that_shows_drops_nothing(
    world: World, owner: Account, workers: list[Worker]
) -> None:
    product, worker = await lesson(world, owner), workers[0]
    other = await lesson(world, await world.creator("Somebody Else", outcome=""), topic="guitar")
    await worker.twice(f"/lessons/{product.slug}")
    async with db.transaction() as session:
        await catalog.save(session, who(owner), product.id, {"title": "Only a draft"}, revision=None)
    await world.rows("UPDATE account SET email = 'new@example.com' WHERE id = :i", i=owner.id)
    await worker.twice("/topics/guitar")
    await world.rows("UPDATE product SET title = 'Heard last' WHERE id = :i", i=other.id)
    await worker.comes_to("/topics/guitar", shows="Heard last")  # everything before was heard, too
    count = len(worker.made)
    assert "Only a draft" not in (await worker.get(f"/lessons/{product.slug}")).text
    assert len(worker.made) == count


async def test_nothing_personal_is_kept_or_given(world: World, owner: Account, workers: list[Worker]) -> None:
    product, worker = await lesson(world, owner), workers[0]
    path = f"/lessons/{product.slug}"
    mine = await worker.get(path, cookie="a=b; market_session=nobody; c=d")
    assert mine.headers["cache-control"] == "private, no-cache"
    assert len(worker.cache.pages) == 0
    linked = await worker.get(f"{path}?via=abcd1234")
    assert "market_via" in linked.headers["set-cookie"]
    assert len(worker.cache.pages) == 0
    await worker.twice(path)
    count = len(worker.made)
    again = await worker.get(path, cookie="market_session=nobody")
    assert again.headers["cache-control"] == "private, no-cache"
    assert len(worker.made) == count + 1
    kept = await worker.get(path)
    assert "set-cookie" not in kept.headers
    assert kept.headers["cache-control"].startswith("public, max-age=0,")
    assert "stale-while-revalidate=" in kept.headers["cache-control"]
    assert "Cookie" in kept.headers["vary"]


async def test_hosts_and_forwarded_headers_are_no_part_of_a_page(
    world: World, owner: Account, workers: list[Worker]
) -> None:
    product, worker = await lesson(world, owner), workers[0]
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher",
            "x-original-url": "/admin", "forwarded": "host=evil.example", "origin": "https://evil.example"}  # fmt: skip
    first = await worker.get(f"/lessons/{product.slug}", **evil)
    assert "evil" not in first.text + str(first.headers)
    assert (await worker.get(f"/lessons/{product.slug}")).text == first.text


async def test_made_up_queries_and_keys_stay_within_their_place(
    world: World, owner: Account, workers: list[Worker]
) -> None:
    product, worker = await lesson(world, owner), workers[0]
    path = f"/lessons/{product.slug}"
    await worker.twice(path)
    count, pages = len(worker.made), len(worker.cache.pages)
    for query in ("utm_source=x", "a=b&c=d", "%00", "cancelled", "x=" + "y" * 500):
        assert (await worker.get(f"{path}?{query}")).status_code == 200
    assert len(worker.made) <= count + 1  # "cancelled" is a word that pages know
    assert (await worker.get(f"{path}?x={'y' * 10_000}")).status_code == 200
    for number in range(40):
        await worker.get(f"/creators/{owner.handle}?key=made-up-{number}")
    assert len(worker.cache.pages) <= pages + 42
    assert worker.cache.pages.size <= 8 * 1024**2
    assert (await worker.get("/lessons/%00")).status_code == 404


async def test_each_browser_gets_what_it_can_read(world: World, owner: Account, workers: list[Worker]) -> None:
    product, worker = await lesson(world, owner), workers[0]
    path = f"/lessons/{product.slug}"
    plain = await worker.get(path, **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert "script-src" in plain.headers["content-security-policy"]
    for encoding, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        async with worker.browser.stream("GET", path, headers={"accept-encoding": encoding}) as answer:
            assert answer.headers["content-encoding"] == encoding
            assert unpack(b"".join([part async for part in answer.aiter_raw()])) == plain.content
    unwanted = await worker.get(path, **{"accept-encoding": "br;q=0, gzip;q=0"})
    assert "content-encoding" not in unwanted.headers
    known = await worker.get(path, **{"if-none-match": plain.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = await worker.browser.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == plain.headers["etag"]


async def test_visits_are_counted_from_memory_too(world: World, owner: Account, workers: list[Worker]) -> None:
    product, worker = await lesson(world, owner), workers[0]
    for number in range(4):
        await worker.get(f"/lessons/{product.slug}", **{"user-agent": f"Mozilla/5.0 Firefox/{number}"})
    await worker.get(f"/lessons/{product.slug}", **{"user-agent": "Mozilla/5.0 Firefox/9", "sec-purpose": "prefetch"})
    await worker.get(f"/lessons/{product.slug}", **{"user-agent": "Googlebot/2.1"})
    assert sum(key[0] == product.id for key in visits._waiting) == 4
    await visits.write()


async def test_a_page_begun_before_a_change_is_not_kept(world: World, owner: Account, workers: list[Worker]) -> None:
    product, worker = await lesson(world, owner, title="Begun before"), workers[0]
    await worker.twice(f"/lessons/{product.slug}")
    since = worker.cache.pages.moment()
    key, page = next(iter(worker.cache.pages._plain.pages.items()))
    worker.cache.drop([f"product:{product.id}"])
    assert worker.cache.pages.put(key, page, since) is False
    assert worker.cache.pages.put(key, page, worker.cache.pages.moment()) is True


async def test_while_nothing_can_be_heard_nothing_is_kept(world: World, owner: Account, workers: list[Worker]) -> None:
    product, worker = await lesson(world, owner), workers[0]
    await worker.twice(f"/lessons/{product.slug}")
    worker.cache.trust(False)
    assert len(worker.cache.pages) == 0
    assert (await worker.get(f"/lessons/{product.slug}")).headers["cache-control"] == "no-cache"
    assert len(worker.cache.pages) == 0


async def test_the_listener_comes_back(world: World, owner: Account, workers: list[Worker]) -> None:
    product, worker = await lesson(world, owner, title="Lost and found"), workers[0]
    await worker.twice(f"/lessons/{product.slug}")
    ended = await world.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN page_news' AND pid <> pg_backend_pid()"
    )
    assert len(ended) == 2
    async with asyncio.timeout(5):
        while worker.cache._sure:
            await asyncio.sleep(0.005)
    assert len(worker.cache.pages) == 0
    await world.rows("UPDATE product SET title = 'Found again' WHERE id = :i", i=product.id)
    async with asyncio.timeout(5):
        while not worker.cache._sure:
            await asyncio.sleep(0.005)
    assert "Found again" in await worker.twice(f"/lessons/{product.slug}")
