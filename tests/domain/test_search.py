"""Search over real rows: what is found by what, in which order and why, and what doesn't push anything up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import service as courses
from marketplace.domain.media import service as media
from marketplace.domain.search import rules, store, suggesting, taste
from marketplace.domain.search import service as search
from marketplace.domain.search.rules import Asked, asked
from marketplace.errors import Denied, Invalid, Missing
from marketplace.jobs import search as jobs
from tests.domain.test_courses import course_of, publish, with_lesson
from tests.domain.world import World

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nNow the zirconium glimmers\n"


@pytest.fixture(scope="module")
async def maker(world: World) -> Account:
    return await world.creator("Ottoline Vexler", outcome="")


async def offer(world: World, maker: Account, title: str, **changes: Any) -> Product:
    return await world.lesson(maker, **{"title": title, "price_kind": "free", **changes})


async def found(query: str, **more: Any) -> search.Found:
    async with db.transaction() as session:
        return await search.find(session, Asked(query, **more))


async def ids(query: str, **more: Any) -> list[UUID]:
    return [hit.product_id for hit in (await found(query, **more)).hits]


async def test_every_field_is_searched_and_weighs_less_the_deeper_it_is(world: World, maker: Account) -> None:
    word = "quokkafield"
    deep = await offer(world, maker, "Deep", description_md=f"About {word}s.")
    under = await offer(world, maker, "Under", summary=f"The {word}.")
    top = await offer(world, maker, f"{word.title()} at dawn")
    hits = (await found(word)).hits
    assert [hit.product_id for hit in hits] == [top.id, under.id, deep.id]
    assert [hit.fields for hit in hits] == ["A", "C", "D"]


async def test_what_is_spoken_is_found_and_forgotten_with_its_captions(world: World, maker: Account) -> None:
    lesson = await offer(world, maker, "Bright stones")
    who = Actor(maker.id, "member", True)
    assert lesson.video_id is not None
    async with db.transaction() as session:
        caption = await media.add_caption(session, who, lesson.video_id, language="en", source=VTT)
    assert await ids("zirconium") == [lesson.id]
    assert await ids("webvtt", exact=True) == []
    async with db.transaction() as session:
        await media.remove_caption(session, who, caption.id)
    assert await ids("zirconium", exact=True) == []


@pytest.mark.parametrize(
    ("language", "title", "query"),
    [
        ("de", "Die Häuserwelten", "haus häuserwelt"), ("fr", "Crème pâtissière", "creme patissieres"),
        ("es", "Canciones antiguas", "cancion antigua"), ("sv", "Trädgårdarna", "trädgård"),
    ],
)  # fmt: skip
async def test_words_are_found_in_the_product_s_language(
    world: World, maker: Account, language: str, title: str, query: str
) -> None:
    lesson = await offer(world, maker, title, language=language)
    assert lesson.id in await ids(query.split()[-1])


async def test_a_word_mistyped_is_corrected_and_can_be_searched_all_the_same(world: World, maker: Account) -> None:
    lesson = await offer(world, maker, "Marquetrybird patterns")
    for wrong in ("marquetrybrid", "marquetribird", "maquetrybird", "marquettrybirdd"):
        page = await found(wrong)
        assert ([hit.product_id for hit in page.hits], page.corrected) == ([lesson.id], "marquetrybird")
    assert await ids("marquetrybrid", exact=True) == []
    assert (await found("zzzzqqqq")).corrected == ""


async def test_synonyms_work_in_both_directions_and_are_the_operators(world: World, maker: Account) -> None:
    sourdough = await offer(world, maker, "Zwieback sourdough")
    apart = await offer(world, maker, "Zwieback sour dough", summary="by hand")
    assert set(await ids("zwieback sour dough")) == set(await ids("zwieback sourdough")) == {sourdough.id, apart.id}
    admin = Actor(maker.id, "admin", True)
    assert await ids("zwieback rusk", exact=True) == []
    async with db.transaction() as session:
        await search.add_synonyms(session, admin, " Rusk, sourdough ")
    assert await ids("zwieback rusk") == [sourdough.id]
    async with db.transaction() as session:
        [(group, words)] = await search.own_synonyms(session, admin)
        assert words == ["rusk", "sourdough"]
        await search.remove_synonyms(session, admin, group)
    assert await ids("zwieback rusk", exact=True) == []


async def test_only_admins_change_synonyms(world: World, maker: Account) -> None:
    async with db.transaction() as session:
        for work in (
            search.add_synonyms(session, Actor(maker.id, "member", True), "a, b"),
            search.remove_synonyms(session, Actor(maker.id, "moderator", True), uuid4()),
            search.own_synonyms(session, Actor(maker.id, "member", True)),
        ):
            with pytest.raises(Denied):
                await work
        with pytest.raises(Invalid):
            await search.add_synonyms(session, Actor(maker.id, "admin", True), "alone")
        with pytest.raises(Missing):
            await search.remove_synonyms(session, Actor(maker.id, "admin", True), uuid4())


async def test_what_is_not_on_offer_is_not_found_nor_suggested(world: World, maker: Account) -> None:
    lesson = await offer(world, maker, "Xylographer evenings")
    assert await ids("xylographer") == [lesson.id]
    async with db.transaction() as session:
        await catalog.change_state(session, Actor(maker.id, "member", True), lesson.id, "unpublish")
    assert await ids("xylographer", exact=True) == []
    async with db.transaction() as session:
        assert (await suggesting.suggest(session, "xylogr")).queries == ()


async def test_suggestions_end_words_and_name_people_topics_and_titles(world: World, maker: Account) -> None:
    lesson = await offer(world, maker, "Fjordlight washes", topic="watercolour")
    async with db.transaction() as session:
        assert (await suggesting.suggest(session, "fjor")).queries == ("fjordlight",)
        assert [t.slug for t in (await suggesting.suggest(session, "washes fjordl")).titles] == [lesson.slug]
        assert ("Ottoline Vexler", maker.handle) in (await suggesting.suggest(session, "ottol")).people
        assert (await suggesting.suggest(session, "waterc", {"watercolour": "Watercolour"})).topics == ("watercolour",)
        for odd in ("", "\x00", "🔥", "'", "\\", "a" * 10_000, "ß", "%", "轆", "ّ"):
            await suggesting.suggest(session, odd)


async def test_filters_narrow_and_say_how_many_they_leave(world: World, maker: Account) -> None:
    word = "plinthorama"
    await offer(world, maker, f"{word} one", topic="bread", level="beginner")
    await offer(world, maker, f"{word} two", topic="bread", level="advanced", language="de")
    paid = await offer(world, await world.creator("Paid"), f"{word} three", price_kind="fixed", price_minor=1500)
    async with db.transaction() as session:
        counted = await search.facets(session, Asked(word, filters=(("topic", "bread"),)))
        helped = await search.facets(session, Asked(word))
    assert (dict(counted.counts["topic"]), dict(counted.counts["level"])) == (
        {"bread": 2, "pottery": 1},
        {"beginner": 1, "advanced": 1},
    )
    assert (counted.total, counted.complete) == (2, True)
    assert dict(helped.counts["price"]) == {"free": 2, "usd-2": 1}
    assert await ids(word, filters=(("price", "usd-2"),)) == [paid.id]
    nothing = Asked(word, filters=(("topic", "sewing"),))
    async with db.transaction() as session:
        page = await search.find(session, nothing)
        assert page.hits == []
        assert await search.helpful(session, nothing, page.meant) == [("topic", 3, False)]


@pytest.mark.parametrize("sort", rules.SORTS)
async def test_pages_in_every_order_show_everything_once(world: World, sort: str) -> None:
    maker = await world.creator(f"Pager {sort}", outcome="")
    word = f"pagery{sort.replace('-', '')}"
    made = {(await offer(world, maker, f"{word} {n}", summary=word * (n % 2) or "short")).id for n in range(7)}
    seen: list[UUID] = []
    key = ""
    for _page in range(10):
        async with db.transaction() as session:
            page = await search.find(session, Asked(word, sort=sort, key=key), limit=2)
        seen += [hit.product_id for hit in page.hits]
        key = page.next_key
        if not key:
            break
    assert (len(seen), set(seen)) == (7, made)
    first = await ids(word, sort=sort)
    other = "newest" if sort != "newest" else "popular"
    for tampered in ("x", "best.9", f"{sort}.{'9' * 40}.{'0' * 32}", f"{other}.5.{'0' * 32}", "\x00", f"{sort}.1.zz"):
        assert await ids(word, sort=sort, key=tampered) == first


async def test_the_statement_ranks_as_the_rules_do(world: World, maker: Account) -> None:
    for n in range(12):
        places = {"title": "rankword", "summary": "other", "description_md": "words"}
        places[list(places)[n % 3]] += " tundra meadow"
        await offer(world, maker, **{**places, "title": f"{places['title']} {n}"})
    async with db.transaction() as session:
        await session.execute(text("UPDATE search_document SET quality = (hashtext(product_id::text) % 500) + 500"))
    page = await found("tundra meadow")
    assert len(page.hits) == 12
    assert [hit.place for hit in page.hits] == [rules.score(hit.fields, hit.quality) for hit in page.hits]
    assert page.hits == sorted(page.hits, key=lambda hit: (hit.place, hit.product_id), reverse=True)


@pytest.mark.parametrize(
    ("band", "index"), [(None, "search_document_words"), (0, "search_document_words_0"), (3, "search_document_words_3")]
)
async def test_common_words_can_be_answered_from_the_index_of_their_band(
    world: World, band: int | None, index: str
) -> None:
    """In a shop as small as this one all are alike, so the others are away."""
    async with db.transaction() as session:
        meant = await search.meaning(session, "fire glaze")
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        for other in ("", *(f"_{n}" for n in range(len(rules.BANDS)))):
            if f"search_document_words{other}" != index:
                await session.execute(text(f"DROP INDEX search_document_words{other}"))
        plan = await session.execute(
            text(f"EXPLAIN SELECT heads FROM search_document WHERE words @@ CAST(:q AS tsquery){store.within(band)}"),
            {"q": rules.all_of(meant.terms, "t ", {"topic": "pottery"})},
        )
        used = str(plan.all())
        await session.rollback()
    assert f"Bitmap Index Scan on {index} " in used


async def test_in_a_large_shop_the_best_of_a_common_word_are_found(
    world: World, maker: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With bands of a few products each, the pages are those of the full ranking."""
    monkeypatch.setattr(rules, "BANDS", (8, 32))
    monkeypatch.setattr(search, "ENOUGH", 6)
    for n in range(20):
        await offer(world, maker, f"Commonplace {n}" if n % 2 else f"Other {n}", description_md="commonplace things")
    async with db.transaction() as session:
        full = [hit.product_id for hit in (await search.find(session, Asked("commonplace"), limit=6)).hits]
    try:
        async with db.transaction() as session:
            await session.execute(text("INSERT INTO search_band SELECT 0, quality, product_id FROM search_document"
                                       " ORDER BY quality DESC, product_id DESC OFFSET 7 LIMIT 1"))  # fmt: skip
            await session.execute(text("INSERT INTO search_band SELECT 1, quality, product_id FROM search_document"
                                       " ORDER BY quality DESC, product_id DESC OFFSET 31 LIMIT 1"))  # fmt: skip
            while await session.scalar(text("SELECT 1")) and await taste.sort_into_bands(session):
                pass
        async with db.transaction() as session:
            page = await search.find(session, Asked("commonplace"), limit=6)
            every = [hit.product_id for hit in (await search.find(session, Asked("commonplace"), limit=50)).hits]
        assert [hit.product_id for hit in page.hits] == full
        assert len(every) == 20
    finally:
        monkeypatch.undo()
        async with db.transaction() as session:
            await session.execute(text("DELETE FROM search_band"))
        await jobs.stand()


async def test_the_newest_of_a_common_word_come_by_months_as_they_come_without(
    world: World, maker: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, over months without any."""
    made = [await offer(world, maker, f"Calendar {n}") for n in range(12)]
    async with db.transaction() as session:
        for n, product in enumerate(made):
            await session.execute(
                text("UPDATE product SET published_at = now() - make_interval(days => :days) WHERE id = :id"),
                {"days": n * n * 9, "id": product.id},
            )
        await search.changed(session, *(product.id for product in made))
        await session.execute(text("INSERT INTO search_band VALUES (0, 0, '00000000-0000-0000-0000-000000000000')"))
    monkeypatch.setattr(search, "SOME", 0)
    monkeypatch.setattr(search, "MOST", 10**9)
    try:
        page, found = Asked("calendar", sort="newest", exact=True), list[UUID]()
        async with db.transaction() as session:
            while True:
                shown = await search.find(session, page, limit=3)
                found += [hit.product_id for hit in shown.hits]
                if not shown.next_key:
                    break
                page = replace(page, key=shown.next_key)
    finally:
        async with db.transaction() as session:
            await session.execute(text("DELETE FROM search_band"))
    assert found == [product.id for product in made]


@pytest.mark.parametrize("down", [False, True])
async def test_the_cheapest_and_dearest_of_a_common_word_come_by_ranges_as_they_come_without(
    world: World, maker: Account, monkeypatch: pytest.MonkeyPatch, down: bool
) -> None:
    """Page by page, over ranges without any, in several currencies."""
    word, order = ("dearest", "price-down") if down else ("cheapest", "price")
    prices = [
        ("usd", 0), ("eur", 0), ("usd", 100), ("eur", 900), ("usd", 900), ("jpy", 1200), ("usd", 5100), ("kwd", 90_000),
    ]  # fmt: skip
    made = [await offer(world, maker, f"{word} {n}") for n in range(len(prices))]
    async with db.transaction() as session:
        for product, (currency, minor) in zip(made, prices, strict=True):
            await session.execute(
                text(
                    "UPDATE product SET price_kind = :kind, price_minor = :minor, currency = :currency WHERE id = :id"
                ),
                {"kind": "fixed" if minor else "free", "minor": minor, "currency": currency, "id": product.id},
            )
        await search.changed(session, *(product.id for product in made))

    async def pages() -> list[tuple[int, UUID]]:
        page, found = Asked(word, sort=order, exact=True), list[tuple[int, UUID]]()
        async with db.transaction() as session:
            while True:
                shown = await search.find(session, page, limit=3)
                found += [(hit.place, hit.product_id) for hit in shown.hits]
                if not shown.next_key:
                    return found
                page = replace(page, key=shown.next_key)

    whole = await pages()
    assert whole == sorted(whole, reverse=down)
    assert {id_ for _place, id_ in whole} == {product.id for product in made}
    async with db.transaction() as session:
        await session.execute(text("INSERT INTO search_band VALUES (0, 0, '00000000-0000-0000-0000-000000000000')"))
    monkeypatch.setattr(search, "SOME", 0)
    try:
        assert await pages() == whole
    finally:
        async with db.transaction() as session:
            await session.execute(text("DELETE FROM search_band"))


async def test_what_lacks_a_document_gets_one_and_what_was_new_ages(world: World, maker: Account) -> None:
    product = await offer(world, maker, "Lost and foundling")
    async with db.transaction() as session:
        await store.drop(session, [product.id])
    assert await ids("foundling", exact=True) == []
    await jobs.fill()
    assert await ids("foundling") == [product.id]
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE search_document SET published_at = now() - interval '100 days' WHERE product_id = :id"),
            {"id": product.id},
        )
    await jobs.stand()
    [hit] = (await found("foundling")).hits
    assert hit.fresh == rules.fresh(timedelta(days=100))


@pytest.mark.parametrize(
    "query",
    [
        "a" * 10_000,
        "x " * 5_000,
        "a & b | !c <-> (d):*",
        "\x00",
        "a\x00b",
        "🔥",
        "'",
        "\\",
        "q 0",
        "t x",
        "%",
        "--",
        "ّ",
        "a\ud800b",
    ],
)
@pytest.mark.parametrize("sort", ["best", "price"])
async def test_any_query_is_answered(world: World, query: str, sort: str) -> None:
    wanted = asked({"q": query, "sort": sort, "topic": "'; --", "level": "beginner", "key": query})
    async with db.transaction() as session:
        page = await search.find(session, wanted)
        await search.facets(session, wanted, page)
        await search.facets(session, replace(wanted, filters=()))


async def test_the_database_and_the_rules_leave_out_the_same_letters(world: World) -> None:
    async with db.transaction() as session:
        for word in ("kiln", "wheel", "marquetry", "ab", "日本語日", "1200", "x" * 30, "fjordlightwashes"):
            there = await session.scalar(text("SELECT search_near(:word)"), {"word": word})
            assert set(there or []) == rules.near(word)


async def test_the_names_of_a_course_s_lessons_and_their_videos_are_searched(world: World, maker: Account) -> None:
    course = await course_of(world, maker, lessons=0, title="Slow course")
    who = Actor(maker.id, "member", True)
    await with_lesson(world, maker, course.id, "Sgraffitoline first")
    assert await ids("sgraffitoline", exact=True) == []
    await publish(who, course.id)
    [hit] = (await found("sgraffitoline")).hits
    assert (hit.product_id, hit.fields) == (course.id, "C")
    async with db.transaction() as session:
        [video] = await courses.videos(session, who, course.id)
        await media.add_caption(session, who, video, language="en", source=VTT.replace(b"zirconium", b"tourmaline"))
    assert await ids("tourmaline") == [course.id]
