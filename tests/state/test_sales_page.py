"""The page of a product made of blocks: who writes it, when it shows, and that paint and live page show the same."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from marketplace import db
from marketplace.api.paint.html import Html
from marketplace.api.paint.lesson import Offer, lesson
from marketplace.api.paint.views import Asked, View, lesson_page
from marketplace.domain.access import service as access
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.bundles import service as bundles
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import exchange
from marketplace.domain.courses import service as courses
from marketplace.domain.media.models import Image
from marketplace.domain.search import service as search
from marketplace.errors import Invalid, Missing
from marketplace.state.lesson import LessonState
from marketplace.state.sales_page import SalesPageState
from tests.domain.test_courses import course_of
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module")
async def maker(world: World) -> Account:
    return await world.creator("Paige Maker")


@pytest.fixture
async def product(world: World, maker: Account) -> Product:
    return await world.lesson(maker, learn=["Stand still"])


def who(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def editor(product: Product, person: Account) -> Open:
    page = Open(SalesPageState, who(person), course_id=str(product.id))
    await page.call("on_load")
    return page


async def save(person: Account, product: Product, page: list[dict[str, Any]]) -> None:
    async with db.transaction() as session:
        await catalog.save(session, who(person), product.id, {"blocks": page}, revision=None)


async def publish(person: Account, product: Product) -> None:
    async with db.transaction() as session:
        await catalog.publish(session, who(person), product.id, revision=None)


async def draft_of(world: World, product: Product) -> list[dict[str, Any]]:
    found = await world.one("SELECT blocks FROM product_draft WHERE product_id = :id", id=product.id)
    return list(found)


async def painted(product: Product, visitor: Actor = ANONYMOUS) -> View:
    path = f"/{'courses' if product.kind == 'course' else 'lessons'}/{product.slug}"
    async with db.transaction() as session:
        return await lesson_page(session, Asked(path, product.slug, {}, visitor))


def block(kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind, **fields}


async def test_it_is_written_shown_to_its_maker_and_published_with_the_rest(
    world: World, maker: Account, product: Product
) -> None:
    page = await editor(product, maker)
    state = page.state
    assert [row.kind for row in state.rows] == []
    assert "Stand still" in state.preview, "the plain form"
    await page.call("add", "quote")
    assert [row.kind for row in state.rows] == ["learn", "description", "creator", "quote"]
    quote = state.opened
    await page.call("write", quote, "text", "It changed my evenings.")
    await page.call("write", quote, "name", "n" * 81)
    assert list(state.errors) == [f"{quote}:name"]
    for _ in range(4):
        await page.call("step", quote, False)
    assert state.rows[0].said == "It changed my evenings."
    assert state.said == "Quote: now at block 1 of 4"
    assert state.has_changes
    assert "It changed my evenings." in state.preview
    assert "It changed my evenings." not in (await painted(product)).main
    await publish(maker, product)
    assert "It changed my evenings." in (await painted(product)).main
    await page.call("remove", quote)
    await page.call("undo")
    assert [row.kind for row in state.rows] == ["quote", "learn", "description", "creator"]
    await page.call("duplicate", quote)
    assert [row.kind for row in state.rows][:2] == ["quote", "quote"]
    await page.call("discard")
    assert not state.has_changes


async def test_nobody_else_reads_or_writes_the_draft(world: World, maker: Account, product: Product) -> None:
    secret = block("text", text="Not out yet")
    await save(maker, product, [secret])
    other = await world.creator("Nosy Creator", outcome="")
    page = await editor(product, other)
    assert page.state.failure
    assert (page.state.rows, page.state.preview, page.state.title) == ([], "", "")
    page.state._product_id = str(product.id)
    for handler, *arguments in (
        ("add", "text"), ("begin",), ("write", secret["id"], "text", "Mine"), ("step", secret["id"], True),
        ("drop", secret["id"], ""), ("duplicate", secret["id"]), ("remove", secret["id"]), ("discard",), ("reload",),
        ("add_question", secret["id"]), ("write_question", secret["id"], 0, "q", "x"), ("offer",),
    ):  # fmt: skip
        await page.call(handler, *arguments)
    assert (page.state.rows, page.state.preview) == ([], "")
    assert await draft_of(world, product) == [secret]
    assert "Not out yet" not in (await painted(product, Actor(other.id, "member", True))).main


async def test_a_second_tab_overwrites_nothing(world: World, maker: Account, product: Product) -> None:
    first, second = await editor(product, maker), await editor(product, maker)
    await first.call("begin")
    await second.call("reload")
    ids = [row.id for row in first.state.rows]
    await first.call("step", ids[0], True)
    await second.call("step", ids[2], False)
    assert second.state.stale
    assert [row["id"] for row in await draft_of(world, product)] == [ids[1], ids[0], ids[2]]
    await first.call("remove", ids[2])
    await second.call("write", ids[2], "text", "Gone meanwhile")
    assert second.state.stale
    await second.call("reload")
    assert [row.id for row in second.state.rows] == [ids[1], ids[0]]


@pytest.mark.parametrize("visitor", ["nobody", "buyer", "maker"])
@pytest.mark.parametrize("kind", ["lesson", "course"])
async def test_the_paint_is_what_the_live_page_shows(world: World, maker: Account, kind: str, visitor: str) -> None:
    product = await (course_of(world, maker, 1) if kind == "course" else world.lesson(maker))
    async with db.transaction() as session:
        image = Image(
            owner_id=maker.id,
            state="ready",
            variants=[[640, "/p-640.webp"]],
            avif=[[640, "/p-640.avif"]],
            width=640,
            height=480,
        )
        session.add(image)
    page = [
        block("text", title="Why", text="Because **it** matters."), block("picture", image=str(image.id), alt="A bowl"),
        block("faq", questions=[{"q": "Do I need a wheel?", "a": "Any wheel."}]), block("cta", title="Ready?"),
        block("learn"), block("description"), block("creator"),
    ]  # fmt: skip
    page += [block("syllabus")] if kind == "course" else []
    await save(maker, product, page)
    async with db.transaction() as session:
        if kind == "course":
            await courses.publish(session, who(maker), product.id, revision=None)
        else:
            await catalog.publish(session, who(maker), product.id, revision=None)
        product = (await catalog.load(session, who(maker), product.id))[0]
    buyer = await world.person()
    async with db.transaction() as session:
        await access.give(session, buyer.id, product.id, "free", f"{buyer.id}:{product.id}")
    actor = {"nobody": ANONYMOUS, "buyer": Actor(buyer.id), "maker": who(maker)}[visitor]
    view = await painted(product, actor)
    live = Open(LessonState, actor, **{f"{kind}_slug": product.slug})
    await live.call("on_load")
    assert f'<div class="contents">{live.state.blocks}</div>' in view.main
    assert "Because <strong>it</strong> matters." in view.main
    assert 'srcset="/p-640.avif 640w"' in view.main
    assert ('href="#buy"' in live.state.blocks) == (visitor == "nobody")
    assert f"image:{image.id}" in view.tags
    assert any(data["@type"] == "FAQPage" for data in view.facts.data if "@type" in data)
    fixed = lesson(
        Offer(live.state.view, [], [], access.Decision(False, "", ""), "", "", "", blocks=Html(live.state.blocks))
    )
    assert "Buy now" in fixed or live.state.view["price_kind"] == "free"
    assert live.state.view["policy"] in fixed, "what one agrees to stays on every page"


async def test_only_public_pictures_of_ones_own(world: World, maker: Account, product: Product) -> None:
    other = await world.creator("Other Painter", outcome="")
    async with db.transaction() as session:
        private = Image(owner_id=maker.id, state="ready", variants=[[640, f"lessons/{uuid4()}/640.webp"]])
        waiting, theirs = Image(owner_id=maker.id), Image(owner_id=other.id, state="ready", variants=[[640, "/x.webp"]])
        session.add_all([private, waiting, theirs])
    for id_, refusal in ((private.id, Invalid), (waiting.id, Invalid), (theirs.id, Missing), (uuid4(), Missing)):
        with pytest.raises(refusal):
            await save(maker, product, [block("picture", image=str(id_))])
    assert await draft_of(world, product) == []


async def test_lists_load_no_pages(maker: Account, product: Product) -> None:
    await save(maker, product, [block("text", text="Long")])
    await publish(maker, product)
    async with db.transaction() as session:
        listed = (await browse.listings(session, [product.id]))[0].product
        with pytest.raises(AttributeError):
            _ = listed.blocks
    async with db.transaction() as session:
        await browse.listings(session, [product.id])
        whole = await browse.lesson(session, product.slug)
        assert whole is not None
        assert whole.product.blocks[0]["text"] == "Long"


async def test_its_words_are_found_and_it_is_copied(world: World, maker: Account, product: Product) -> None:
    page = [block("faq", questions=[{"q": "Is a wobblegrommet needed?", "a": "No."}])]
    await save(maker, product, page)
    await publish(maker, product)
    async with db.transaction() as session:
        hits = (await search.find(session, search.Asked("wobblegrommet"))).hits
        assert [hit.product_id for hit in hits] == [product.id]
        assert hits[0].fields == "D"
        copy = await catalog.duplicate(session, who(maker), product.id)
    assert await draft_of(world, copy) == page


async def test_the_page_of_a_bundle_goes_out_by_itself_and_stays_when_it_is_saved(world: World, maker: Account) -> None:
    parts = [(await world.lesson(maker)).id for _ in range(2)]
    form = bundles.Form(
        title="Both", summary="", description="", price_minor=4000, currency="usd", refund_days=14,
        refund_max_percent=30, products=parts,
    )  # fmt: skip
    async with db.transaction() as session:
        bundle = await bundles.save(session, who(maker), None, form)
        bundle = await bundles.offer(session, who(maker), bundle.id)
    page = await editor(bundle, maker)
    await page.call("add", "quote")
    await page.call("write", page.state.opened, "text", "Worth both evenings")
    assert "Worth both evenings" not in (await painted(bundle)).main
    await page.call("offer")
    main = (await painted(bundle)).main
    assert "Worth both evenings" in main
    assert "In this bundle" in main
    async with db.transaction() as session:
        await bundles.save(session, who(maker), bundle.id, form)
        await bundles.offer(session, who(maker), bundle.id)
    assert "Worth both evenings" in (await painted(bundle)).main


async def test_it_travels_with_the_zip_of_a_course_without_pictures_of_others(world: World, maker: Account) -> None:
    course = await course_of(world, maker, 1)
    async with db.transaction() as session:
        image = Image(owner_id=maker.id, state="ready", variants=[[640, "/z.webp"]])
        session.add(image)
    page = [block("picture", image=str(image.id), alt="Mine"), block("text", text="- a: [b]\n---\n")]
    await save(maker, course, page)
    other = await world.creator("Zip Taker", outcome="")
    async with db.transaction() as session:
        body = exchange.pack(await exchange.pack_up(session, who(maker), course.id))
        own = (await exchange.take_in(session, who(maker), exchange.unpack(body))).product
        theirs = (await exchange.take_in(session, who(other), exchange.unpack(body))).product
    assert await draft_of(world, own) == await draft_of(world, course)
    assert [one.get("image") for one in await draft_of(world, own)] == [str(image.id), None]
    assert [one.get("image") for one in await draft_of(world, theirs)] == [None, None]
