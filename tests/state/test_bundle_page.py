"""A bundle's page for everybody who may come: the state holds what the first paint showed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import pytest

from marketplace import db
from marketplace.api.paint.lesson import Offer, lesson
from marketplace.api.paint.views import Asked, lesson_page
from marketplace.domain.access import service as access
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.bundles import service as bundles
from marketplace.domain.catalog.models import Product
from marketplace.recommending import Shelf, shelves
from marketplace.state.lesson import LessonState
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture
async def shop(world: World) -> tuple[Account, Product, list[Product]]:
    """A creator with a bundle of three and one lesson beside it."""
    creator = await world.creator("Bundler")
    await world.lesson(creator, title="Another")
    lessons = [await world.lesson(creator, title=f"Part {n}", price_minor=1000 * n) for n in (1, 2, 3)]
    form = bundles.Form(
        title=f"Three of them {uuid4().hex[:6]}", summary="All at once.", description="Much to learn.", price_minor=4500,
        currency="usd", refund_days=14, refund_max_percent=30, products=[one.id for one in lessons],
    )  # fmt: skip
    async with db.transaction() as session:
        actor = Actor(creator.id, "member", True)
        bundle = await bundles.save(session, actor, None, form)
        await bundles.offer(session, actor, bundle.id)
    return creator, bundle, lessons


def offered(state: LessonState, others: Sequence[Shelf]) -> Offer:
    """What the live page shows, put as the paint would have it."""
    code = "owner" if state.is_owner else "granted" if state.owned else "revoked" if state.revoked else ""
    decision = access.Decision(state.can_watch, code, state.explanation)
    return Offer(
        state.view, state.learn, state.more_by, decision, state.amount, state.edit_href, state.back, state.parts,
        owned_parts=state.owned_parts, may_be_asked=state.may_be_asked, shelves=others,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("visitor", "said", "unsaid"),
    [
        ("nobody", ["Buy now", "Add to cart", "3 lessons for one price"], ["You own"]),
        ("newcomer", ["Buy now", "Add to cart"], ["You own", "Edit"]),
        ("owner of one", ["Buy now", "You own 1 of these 3 lessons already. The price is the same."], ["library"]),
        ("owner of all", ["In your library", "Open your library", "Give as a present"], ["Buy now", "Add to cart"]),
        ("creator", ["Edit bundle"], ["Buy now", "Add to cart", "Edit lesson", "Watch it"]),
    ],
)
async def test_the_first_paint_of_a_bundle_is_what_the_live_page_shows(
    world: World, shop: tuple[Account, Product, list[Product]], visitor: str, said: list[str], unsaid: list[str]
) -> None:
    creator, bundle, lessons = shop
    person = await world.person()
    async with db.transaction() as session:
        for one in {"owner of one": lessons[:1], "owner of all": lessons}.get(visitor, []):
            await access.give(session, person.id, one.id, "free", f"{person.id}:{one.id}")
    who = {"nobody": ANONYMOUS, "creator": Actor(creator.id, "member", True)}.get(visitor, Actor(person.id))
    query = {"cancelled": "1"}
    async with db.transaction() as session:
        view = await lesson_page(session, Asked(f"/lessons/{bundle.slug}", bundle.slug, query, who))
        others = await shelves(session, bundle)
    page = Open(LessonState, who, lesson_slug=bundle.slug, **query)
    await page.call("on_load")
    assert view.main == lesson(offered(page.state, others))
    assert [word for word in said if word not in view.main] == []
    assert [word for word in unsaid if word in view.main] == []
    assert [card["title"] for card in page.state.parts] == ["Part 1", "Part 2", "Part 3"]
    assert [card["title"] for card in page.state.more_by] == ["Another"], "what it holds isn't shown once more"
