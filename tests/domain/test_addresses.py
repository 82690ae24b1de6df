"""Where a lesson is: wished in the draft, given when it is published, and every earlier address leads there."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace import db
from marketplace.api.paint.views import Asked, lesson_page
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import AddressTaken, NotReady
from marketplace.domain.catalog.models import Product
from marketplace.errors import Invalid, Missing, SignInNeeded
from tests.domain.world import World, together


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator("Ada Address", outcome="")


def as_creator(account: Account) -> Actor:
    return Actor(account.id, "member", True)


def word() -> str:
    return f"w{uuid4().hex[:10]}"


async def lesson(world: World, owner: Account, **changes: Any) -> Product:
    return await world.lesson(owner, price_kind="free", **changes)


async def wish(owner: Account, product: UUID, slug: str) -> str:
    async with db.transaction() as session:
        draft = await catalog.save(session, as_creator(owner), product, {"slug": slug}, revision=None)
    return draft.slug


async def publish(owner: Account, product: UUID) -> str:
    async with db.transaction() as session:
        return (await catalog.publish(session, as_creator(owner), product, revision=None)).slug


async def move(owner: Account, product: UUID, slug: str) -> str:
    await wish(owner, product, slug)
    return await publish(owner, product)


async def leads_to(slug: str) -> str:
    """Where a visitor's first request for this address ends: at a lesson's address, or nowhere."""
    for _step in range(3):
        async with db.transaction() as session:
            view = await lesson_page(session, Asked(f"/lessons/{slug}", slug, {}, ANONYMOUS))
        if not view.moved:
            return slug if view.status == 200 else ""
        assert view.status == 308
        slug = view.moved.removeprefix("/lessons/")
    raise AssertionError("redirected without end")


async def test_the_first_address_comes_from_the_title_and_stays(world: World, owner: Account) -> None:
    name = word()
    product = await lesson(world, owner, title=f"Draft {name} étude!")
    assert product.slug == f"draft-{name}-etude"
    async with db.transaction() as session:
        await catalog.save(session, as_creator(owner), product.id, {"title": "Another title"}, revision=None)
    assert await publish(owner, product.id) == f"draft-{name}-etude"


async def test_a_wished_address_is_the_first_one(world: World, owner: Account) -> None:
    name = word()
    video, image = await world.media_of(owner)
    async with db.transaction() as session:
        product = await catalog.create(session, as_creator(owner))
    fields = {
        "title": "T", "summary": "S", "description_md": "D", "topic": "pottery", "video_id": video, "image_id": image,
        "slug": f"  My {name} ",
    }  # fmt: skip
    async with db.transaction() as session:
        await catalog.save(session, as_creator(owner), product.id, fields, revision=None)
    temporary = product.slug
    assert await publish(owner, product.id) == f"my-{name}"
    assert await leads_to(temporary) == ""


async def test_a_new_address_waits_for_publishing_and_every_old_one_leads_there(world: World, owner: Account) -> None:
    product, second, third = await lesson(world, owner), word(), word()
    first = product.slug
    assert await wish(owner, product.id, second) == second
    assert (await leads_to(first), await leads_to(second)) == (first, "")
    assert await publish(owner, product.id) == second
    assert await move(owner, product.id, third) == third
    assert [await leads_to(slug) for slug in (first, second, third, third.upper())] == [third] * 4
    async with db.transaction() as session:
        page = await browse.sitemap(session, 100)
    assert {first, second, third} & {slug for _kind, slug, _at in page[0]} == {third}


async def test_a_lesson_may_return_to_its_old_address(world: World, owner: Account) -> None:
    product, second = await lesson(world, owner), word()
    first = product.slug
    await move(owner, product.id, second)
    assert await move(owner, product.id, first) == first
    assert [await leads_to(slug) for slug in (first, second)] == [first, first]
    assert await move(owner, product.id, second) == second
    assert [await leads_to(slug) for slug in (first, second)] == [second, second]


async def test_the_present_address_and_an_empty_one_change_nothing(world: World, owner: Account) -> None:
    product = await lesson(world, owner)
    for typed in (product.slug, product.slug.upper(), "", "  "):
        assert await wish(owner, product.id, typed) == ""
    assert await publish(owner, product.id) == product.slug
    assert await world.rows("SELECT 1 FROM slug_history WHERE product_id = :p", p=product.id) == []


async def test_an_address_that_somebody_has_or_had_is_taken(world: World, owner: Account) -> None:
    theirs, mine = await lesson(world, await world.creator("Other", outcome="")), await lesson(world, owner)
    former, present = theirs.slug, word()
    await move(await _owner_of(theirs), theirs.id, present)
    for taken in (former, present, f" {present.upper()}! "):
        with pytest.raises(AddressTaken) as refused:
            await wish(owner, mine.id, taken)
        assert refused.value.field == "slug"
    assert await leads_to(former) == present


async def _owner_of(product: Product) -> Account:
    async with db.transaction() as session:
        found = await session.get(Account, product.creator_id)
    assert found is not None
    return found


@pytest.mark.parametrize("typed", ["!!!", "日本語", "🔥", "---", "/"])
async def test_an_address_needs_a_letter_or_a_digit(world: World, owner: Account, typed: str) -> None:
    product = await lesson(world, owner)
    with pytest.raises(Invalid) as refused:
        await wish(owner, product.id, typed)
    assert refused.value.field == "slug"


async def test_an_address_is_short(world: World, owner: Account) -> None:
    product = await lesson(world, owner)
    assert len(await wish(owner, product.id, f"{word()} " * 20)) <= 80


async def test_nobody_else_moves_a_lesson(world: World, owner: Account) -> None:
    product, other = await lesson(world, owner), await world.creator("Other", outcome="")

    async def attempt(who: Actor) -> None:
        async with db.transaction() as session:
            await catalog.save(session, who, product.id, {"slug": word()}, revision=None)

    for stranger in (as_creator(other), Actor(other.id, "admin", True), Actor(other.id, "moderator", True)):
        with pytest.raises(Missing):
            await attempt(stranger)
    with pytest.raises(SignInNeeded):
        await attempt(ANONYMOUS)
    assert await publish(owner, product.id) == product.slug


async def test_of_many_who_publish_at_one_address_one_gets_it(world: World, owner: Account) -> None:
    """Also when one of them moves away from it at once: an address that was given stays its lesson's."""
    wanted = word()
    others = [await world.creator(f"Rival {n}", outcome="") for n in range(4)]
    rivals = [(maker, await lesson(world, maker)) for maker in others]
    for maker, product in rivals:
        assert await wish(maker, product.id, wanted) == wanted
    answers = await together(*(publish(maker, product.id) for maker, product in rivals))
    assert answers.count(wanted) == 1
    assert sum(isinstance(a, AddressTaken | NotReady) for a in answers) == 3, answers
    winner, product = rivals[answers.index(wanted)]
    away = await move(winner, product.id, word())
    again = await together(*(publish(maker, other.id) for maker, other in rivals if other.id != product.id))
    assert all(isinstance(a, AddressTaken | NotReady) for a in again), again
    assert await leads_to(wanted) == away


async def test_who_lost_the_address_is_told_before_publishing(world: World, owner: Account) -> None:
    wanted, rival = word(), await world.creator("Rival", outcome="")
    mine, theirs = await lesson(world, owner), await lesson(world, rival)
    for maker, product in ((owner, mine), (rival, theirs)):
        await wish(maker, product.id, wanted)
    await publish(rival, theirs.id)
    async with db.transaction() as session:
        _product, draft = await catalog.load(session, as_creator(owner), mine.id)
        assert [p.field for p in await catalog.problems(session, product, draft)] == ["slug"]
    with pytest.raises(NotReady) as refused:
        await publish(owner, mine.id)
    assert refused.value.field == "slug"
    await wish(owner, mine.id, "")
    assert await publish(owner, mine.id) == mine.slug


async def test_lessons_of_one_title_published_together_get_an_address_each(world: World) -> None:
    title, makers = word(), [await world.creator(f"Twin {n}", outcome="") for n in range(4)]
    answers = await together(*(lesson(world, maker, title=title) for maker in makers))
    slugs = [a.slug for a in answers if isinstance(a, Product)]
    assert len(set(slugs)) == 4, answers
    assert title in slugs


async def test_two_tabs_publish_one_move(world: World, owner: Account) -> None:
    product, wanted = await lesson(world, owner), word()
    await wish(owner, product.id, wanted)
    answers = await together(*(publish(owner, product.id) for _ in range(2)))
    assert answers == [wanted, wanted]
    assert await leads_to(product.slug) == wanted


async def test_who_has_the_old_page_open_buys_the_lesson_that_moved(world: World, owner: Account) -> None:
    product, buyer = await lesson(world, owner), await world.person()
    old, new = product.slug, await move(owner, product.id, word())
    assert await start_purchase(Actor(buyer.id), old, "") == f"/watch/{new}"
    with pytest.raises(Missing):
        await start_purchase(Actor(buyer.id), word(), "")


async def test_a_wish_is_a_change_to_publish(world: World, owner: Account) -> None:
    product = await lesson(world, owner)
    await wish(owner, product.id, word())
    async with db.transaction() as session:
        assert catalog.has_changes(*await catalog.load(session, as_creator(owner), product.id))
    await publish(owner, product.id)
    async with db.transaction() as session:
        assert not catalog.has_changes(*await catalog.load(session, as_creator(owner), product.id))


async def _start(owner: Account) -> UUID:
    async with db.transaction() as session:
        return (await catalog.start(session, as_creator(owner))).id


async def test_a_new_lesson_is_the_draft_nobody_wrote_into(world: World) -> None:
    maker = await world.creator("Starter", outcome="")
    started = await together(*(_start(maker) for _ in range(6)))
    assert len(set(started)) == 1, started
    async with db.transaction() as session:
        await catalog.save(session, as_creator(maker), started[0], {"topic": "bread"}, revision=None)
        copied = await catalog.duplicate(session, as_creator(maker), started[0])
    fresh = await _start(maker)
    assert fresh not in (started[0], copied.id)
    assert await _start(maker) == fresh
