"""Reviews over real rows: who may write them, what shows and counts, and what search makes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from marketplace import db, leaving, reviewing
from marketplace.api import reviews as routes
from marketplace.api.paint.views import Asked, lesson_page
from marketplace.cookies import SESSION
from marketplace.domain.access import service as access
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.learning import service as learning
from marketplace.domain.reviews import service as reviews
from marketplace.domain.reviews.errors import NotAllowed
from marketplace.domain.search import rules
from marketplace.domain.search import service as search
from marketplace.errors import Denied, Invalid, Missing, SignInNeeded
from marketplace.finding import shown
from marketplace.jobs import search as search_jobs
from tests.domain.world import World, together

NASTY = '</script><script>alert(1)</script>\u202e"onload="x" ' + "w" * 900


@pytest.fixture(scope="module")
async def maker(world: World) -> Account:
    return await world.creator("Rhea Viewed", outcome="")


async def lesson(world: World, maker: Account, **changes: Any) -> Product:
    return await world.lesson(maker, **{"price_kind": "free", **changes})


async def owner(world: World, product: Product, *, used: bool = True, days: int = 60, name: str = "Olive") -> Actor:
    """Somebody who has it; with an account of so many days."""
    person = await world.person(name)
    await world.rows("UPDATE account SET created_at = now() - make_interval(days => :d) WHERE id = :id", d=days,
                     id=person.id)  # fmt: skip
    async with db.transaction() as session:
        await access.give(session, person.id, product.id, "free", f"{person.id}:{product.id}")
        if used:
            await learning.opened(session, person.id, product.id, duration_s=600)
    return Actor(person.id)


async def write(who: Actor, product: Product, stars: int = 5, words: str = "") -> UUID:
    async with db.transaction() as session:
        return (await reviews.write(session, who, product, stars=stars, words=words)).id


async def reviewed(world: World, product: Product, *stars: int) -> list[Actor]:
    people = [await owner(world, product) for _ in stars]
    for who, given_ in zip(people, stars, strict=True):
        await write(who, product, given_)
    return people


async def figures(product: Product) -> tuple[int, int, tuple[int, ...]]:
    async with db.transaction() as session:
        found = await reviews.figures(session, [product.id])
    return found.rating.count, found.rating.total, found.stars


async def page(product: Product, who: Actor = ANONYMOUS, **query: str) -> str:
    async with db.transaction() as session:
        return (await lesson_page(session, Asked(f"/lessons/{product.slug}", product.slug, query, who))).main


async def revoke(who: Actor, product: Product) -> None:
    async with db.transaction() as session:
        await access.take_back(session, "free", f"{who.account_id}:{product.id}", "it was refunded")


async def test_only_who_has_and_used_it_may_and_the_others_hear_why(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    unused, other = await owner(world, product, used=False), Actor((await world.person()).id)
    partner = await owner(world, product)
    await world.rows(
        "INSERT INTO partnership (id, product_id, owner_id, partner_id, email, role, percent, code, state, created_at)"
        " VALUES (gen_random_uuid(), :p, :o, :b, :m, 'affiliate', 10, :c, 'ended', now())",
        p=product.id, o=maker.id, b=partner.account_id, m=f"{uuid4().hex}@example.com", c=uuid4().hex,
    )  # fmt: skip
    for who, words in ((unused, "started"), (other, "own it"), (partner, "share"), (Actor(maker.id), "own it")):
        with pytest.raises(NotAllowed, match=words):
            await write(who, product)
    with pytest.raises(SignInNeeded):
        await write(ANONYMOUS, product)
    assert "once you have started it" in await page(product, unused)
    assert "How many stars?" not in await page(product, unused)
    assert 'id="reviews"' not in await page(product, other)
    await write(await owner(world, product), product, 4)
    assert await figures(product) == (1, 4, (0, 0, 0, 1, 0))


async def test_a_share_taken_up_later_ends_what_they_said(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    [who] = await reviewed(world, product, 5)
    await world.rows(
        "INSERT INTO partnership (id, product_id, owner_id, partner_id, email, role, percent, code, state, created_at)"
        " VALUES (gen_random_uuid(), :p, :o, :b, :m, 'co_creator', 10, :c, 'accepted', now())",
        p=product.id, o=maker.id, b=who.account_id, m=f"{uuid4().hex}@example.com", c=uuid4().hex,
    )  # fmt: skip
    assert (await figures(product))[0] == 0


async def test_what_was_given_back_neither_counts_nor_shows_until_it_is_back(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    who = await owner(world, product)
    await write(who, product, 5, "Words of a buyer who goes")
    await revoke(who, product)
    assert await figures(product) == (0, 0, (0, 0, 0, 0, 0))
    assert "Words of a buyer" not in await page(product)
    with pytest.raises(NotAllowed):
        await write(who, product, 1)
    async with db.transaction() as session:
        await access.restore(session, "free", f"{who.account_id}:{product.id}")
    assert (await figures(product))[:2] == (1, 5)
    assert "Words of a buyer" in await page(product)


async def test_one_for_each_person_however_often_and_at_once(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    who = await owner(world, product)
    answers = await together(*(write(who, product, 1 + n % 5) for n in range(8)))
    assert len(set(answers)) == 1
    count, total, stars = await figures(product)
    assert (count, sum(stars)) == (1, 1)
    assert await world.rows("SELECT stars FROM review WHERE product_id = :p", p=product.id) == [(total,)]
    await world.drain_jobs()
    assert await world.one("SELECT count(*) FROM outgoing_mail WHERE key LIKE :k", k=f"review-{product.id}-%") == 1


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "remove", "hide", "restore", "revoke", "give"]), st.integers(0, 2),
        st.integers(1, 5),
    ),
    max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module")
async def played(world: World, maker: Account) -> tuple[Product, list[Actor]]:
    product = await lesson(world, maker)
    return product, [await owner(world, product) for _ in range(3)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
async def test_figures_are_always_what_a_recount_gives(
    world: World, played: tuple[Product, list[Actor]], moves: list[tuple[str, int, int]]
) -> None:
    product, people = played
    for move, n, stars in moves:
        await play(move, product, people[n], stars)
        counted = await world.rows(
            "SELECT count(*), coalesce(sum(stars), 0) FROM review r WHERE product_id = :p AND hidden_at IS NULL"
            " AND removed_at IS NULL AND EXISTS (SELECT 1 FROM \"grant\" g WHERE g.account_id = r.account_id"
            " AND g.product_id = r.product_id AND revoked_at IS NULL)",
            p=product.id,
        )  # fmt: skip
        count, total, each = await figures(product)
        assert [(count, total)] == counted
        assert (sum(each), sum(n * given_ for n, given_ in enumerate(each, 1))) == (count, total)


async def play(move: str, product: Product, who: Actor, stars: int) -> None:
    admin, assert_ = Actor(product.creator_id, "admin"), who.account_id
    assert assert_ is not None
    source = f"{who.account_id}:{product.id}"
    async with db.transaction() as session:
        review = await reviews.store.of_person(session, assert_, product.id)
        if move == "give":
            await access.restore(session, "free", source)
        elif move == "revoke":
            await access.take_back(session, "free", source, "x")
        elif move == "write" and await access.keeps(session, assert_, product.id):
            await reviews.write(session, who, product, stars=stars, words="")
        elif move == "remove" and review and not review.removed_at:
            await reviews.remove(session, who, product.id)
        elif move == "hide" and review and not review.hidden_at:
            await reviews.hide(session, admin, review.id, "rude")
        elif move == "restore" and review:
            await reviews.restore(session, admin, review.id)


async def test_hidden_is_seen_by_its_author_only_with_the_reason_and_stays_so(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    who, admin = await owner(world, product), Actor((await world.person()).id, "admin")
    id_ = await write(who, product, 1, "Something rude about people")
    async with db.transaction() as session:
        for stranger in (Actor(maker.id, "member", True), Actor(who.account_id, "moderator"), who):
            for work in (reviews.hide(session, stranger, id_, "no"), reviews.restore(session, stranger, id_),
                         reviews.dismiss(session, stranger, id_), reviews.listed(session, stranger, "all")):  # fmt: skip
                with pytest.raises(Denied):
                    await work
        await reviews.hide(session, admin, id_, "Insults")
    assert "Something rude" not in await page(product)
    mine = await page(product, who)
    assert "Something rude" in mine
    assert "We hid it: Insults" in mine
    async with db.transaction() as session:
        await reviews.remove(session, who, product.id)
    await write(who, product, 2, "The same thing once more")
    assert (await figures(product))[0] == 0
    async with db.transaction() as session:
        await reviews.restore(session, admin, id_)
    assert "The same thing once more" in await page(product)
    assert await world.one("SELECT count(*) FROM audit_event WHERE subject = :s", s=f"review:{id_}") == 2


async def test_the_creator_answers_once_and_reports_and_nobody_else_does(world: World, maker: Account) -> None:
    product, me = await lesson(world, maker), Actor(maker.id, "member", True)
    who = await owner(world, product)
    id_ = await write(who, product, 2, "It was too fast for me")
    other = Actor((await world.creator("Other", outcome="")).id, "member", True)
    async with db.transaction() as session:
        for stranger in (other, who):
            with pytest.raises(Missing):
                await reviews.reply(session, stranger, id_, "Mine now")
            with pytest.raises(Missing):
                await reviews.report(session, stranger, id_, "bad")
        await reviews.reply(session, me, id_, "Slow it down with the key <")
        await reviews.reply(session, me, id_, "Slow it down with the comma key")
        await reviews.report(session, me, id_, "Not about this lesson")
        found, _key = await reviews.listed(session, Actor(maker.id, "admin"), "reported")
    assert [(one.written.id, one.report_reason) for one in found if one.written.id == id_] == [
        (id_, "Not about this lesson")
    ]
    painted = await page(product)
    assert ("Slow it down with the comma key" in painted, "with the key" in painted) == (True, False)
    assert "Reply from Rhea Viewed" in painted


async def test_administration_pages_through_all_by_key(world: World, maker: Account) -> None:
    product, admin = await lesson(world, maker), Actor(maker.id, "admin")
    await reviewed(world, product, 5, 4, 3, 2, 1)
    seen: list[UUID] = []
    key = ""
    while True:
        async with db.transaction() as session:
            found, key = await reviews.listed(session, admin, "all", key=key, limit=2)
        seen += [one.written.id for one in found]
        if not key:
            break
    assert len(seen) == len(set(seen)) == await world.one("SELECT count(*) FROM review WHERE removed_at IS NULL")


async def test_twelve_come_in_two_pages_the_newest_first_also_without_scripts(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    for n, who in enumerate([await owner(world, product) for _ in range(12)]):
        await write(who, product, 4, f"Review number {n:02} of twelve")
    first = await page(product)
    shown_ = [n for n in range(12) if f"number {n:02} of" in first]
    assert shown_ == list(range(2, 12))
    assert first.index("number 11 of") < first.index("number 10 of")
    key = first.split("?reviews=")[1].split("#")[0]
    second = await page(product, reviews=key)
    assert [n for n in range(12) if f"number {n:02} of" in second] == [0, 1]
    assert "Show more" not in second
    for tampered in ("x", "9_9", "\x00", "1e999_" + "0" * 32):
        assert "number 11 of" in await page(product, reviews=tampered)


async def test_hostile_words_are_only_words(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    who = await owner(world, product, name='<img src=x onerror="alert(1)">')
    await write(who, product, 5, NASTY)
    async with db.transaction() as session:
        view = await lesson_page(session, Asked(f"/lessons/{product.slug}", product.slug, {}, ANONYMOUS))
    assert "<script" not in view.main
    assert "<img src=x" not in view.main
    assert "\u202e" not in view.main
    assert "&lt;script&gt;alert(1)" in view.main
    with pytest.raises(Invalid):
        await write(who, product, 5, "x" * 60_000)


async def test_structured_data_has_ratings_only_when_there_are_any(world: World, maker: Account) -> None:
    product = await lesson(world, maker)

    async def described() -> dict[str, Any]:
        async with db.transaction() as session:
            view = await lesson_page(session, Asked(f"/lessons/{product.slug}", product.slug, {}, ANONYMOUS))
        return dict(view.facts.data[0]["@graph"][0])

    assert not {"aggregateRating", "review"} & (await described()).keys()
    await reviewed(world, product, 5, 4, 5)
    await write(await owner(world, product), product, 3, "Not what I had hoped for")
    found = await described()
    assert (found["aggregateRating"]["ratingValue"], found["aggregateRating"]["ratingCount"]) == ("4.3", 4)
    assert [one["reviewBody"] for one in found["review"]] == ["Not what I had hoped for"]


async def test_who_left_has_no_name_and_is_told_before(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    who = await owner(world, product, name="Leona Leaving")
    await write(who, product, 5, "Still true when I'm gone")
    assert "Leona Leaving" in await page(product)
    async with db.transaction() as session:
        assert "Your reviews stay" in " ".join(note.text for note in await leaving.outlook(session, who))
        await leaving.leave(session, who)
    painted = await page(product)
    assert ("Leona" in painted, "Somebody who left" in painted, "Still true" in painted) == (False, True, True)


async def test_a_bundle_shows_what_is_said_of_its_lessons(world: World, maker: Account) -> None:
    one, two = await lesson(world, maker, title="First half"), await lesson(world, maker, title="Second half")
    await reviewed(world, one, 5)
    await write(await owner(world, two), two, 2, "Less than the first half")
    async with db.transaction() as session:
        from marketplace.domain.catalog import browse

        parts = await browse.listings(session, [one.id, two.id])
        bundle = browse.Listing(Product(kind="bundle", slug="b", creator_id=maker.id), maker, None)
        found = await reviewing.shown(session, ANONYMOUS, bundle, parts)
    assert found.figures["average"] == "3.5"
    assert [item["about"] for item in found.items] == ["Second half", "First half"]


# search


async def counted(word: str, **filters: str) -> tuple[dict[str, int], int]:
    async with db.transaction() as session:
        found = await search.facets(session, rules.asked({"q": word, **filters}))
    return dict(found.counts["rating"]), found.total


async def test_search_filters_by_stars_and_says_so(world: World, maker: Account) -> None:
    word = f"rated{uuid4().hex[:10]}".translate(str.maketrans("0123456789", "ghijklmnop"))
    best, good, few, _none = [await lesson(world, maker, title=f"{word} {name}") for name in ("a", "b", "c", "d")]
    people = await reviewed(world, best, 5, 5, 4)
    await reviewed(world, good, 3, 4, 3)
    await reviewed(world, few, 5, 5)
    await search_jobs.rate()
    assert await counted(word) == ({"4": 1, "3": 2}, 4)
    assert await counted(word, rating="4") == ({"4": 1, "3": 2}, 1)
    async with db.transaction() as session:
        found = await shown(session, rules.asked({"q": word, "rating": "3"}))
    assert {item["title"] for item in found.items} == {best.title, good.title}
    assert {item["rating"] for item in found.items} == {"4.7", "3.3"}
    assert "Rated 4.7 by 3 people" in next(item["why"] for item in found.items if item["rating"] == "4.7")
    [facet] = [one for one in found.facets if one["name"] == "rating"]
    assert [(c["label"], c["count"], c["on"]) for c in facet["choices"]] == [
        ("4 stars and up", "1", False), ("3 stars and up", "2", True),
    ]  # fmt: skip
    await revoke(people[0], best)
    await search_jobs.rate()
    assert await counted(word) == ({"3": 1}, 4)
    async with db.transaction() as session:
        await search.withdrawn(session, good.id)
        await search.changed(session, good.id)
    assert await counted(word) == ({"3": 1}, 4), "what comes back to the shop has its stars at once"


async def test_the_statement_rates_as_the_rules_do(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    ages = [2, 6, 8, 9, 10, 12, 20, 29, 30, 31, 90, 400]
    stars = [5, 1, 5, 1, 2, 5, 1, 3, 4, 2, 5, 1]
    for days, given_ in zip(ages, stars, strict=True):
        await write(await owner(world, product, days=days), product, given_)
    await world.rows("UPDATE review SET created_at = date_trunc('day', now()) - interval '12 hours' + (created_at - now())"
                     " WHERE product_id = :p", p=product.id)  # fmt: skip
    await world.rows("INSERT INTO review_pending VALUES (gen_random_uuid(), :p)", p=product.id)
    await search_jobs.rate()
    written = await world.rows(
        "SELECT r.stars, r.created_at - a.created_at FROM review r JOIN account a ON a.id = r.account_id"
        " WHERE product_id = :p ORDER BY r.created_at, r.id", p=product.id,
    )  # fmt: skip
    kept, new = [], 0
    for given_, age in written:
        if rules.speaks(rules.Review(age, new)):
            kept.append(given_)
        new += rules.NEW_ACCOUNT <= age < timedelta(days=30)
    assert 0 < len(kept) < len(stars)
    [(rated, quality, popularity, fresh, rating)] = await world.rows(
        "SELECT rated, quality, popularity, fresh, rating FROM search_document WHERE product_id = :p", p=product.id
    )
    shown_ = reviews.Rating(len(stars), sum(stars))
    assert rated == rules.rated(len(kept), sum(kept))
    assert quality == rules.quality(popularity, fresh, rated)
    assert rating == rules.rating_value(shown_.count, shown_.tenths)


# the forms


@pytest.fixture
async def web(world: World) -> Any:
    transport = httpx.ASGITransport(Starlette(routes=routes.routes))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x", headers={"sec-fetch-site": "same-origin"}
    ) as one:
        yield one


async def cookie(who: Actor) -> dict[str, str]:
    assert who.account_id is not None
    async with db.transaction() as session:
        token = await accounts.open_session(session, who.account_id, user_agent="", ip="", days=1)
    return {"cookie": f"{SESSION}={token}"}


async def test_the_form_works_without_scripts_and_for_its_author_only(
    world: World, maker: Account, web: httpx.AsyncClient
) -> None:
    product = await lesson(world, maker)
    who, path = await owner(world, product), f"/reviews/{product.slug}"
    mine, form = await cookie(who), {"stars": "4", "words": "By a plain form, no scripts"}
    stranger = await cookie(Actor((await world.person()).id))
    assert (await web.post(path, data=form)).headers["location"].startswith("/login?next=/lessons/")
    assert (
        "review"
        not in (await web.post(path, data=form, headers={**mine, "sec-fetch-site": "cross-site"}))
        .headers["location"]
        .partition("?")[2]
    )
    for headers, data, said in (
        (stranger, form, "not"), (mine, {"stars": "9"}, "wrong"), (mine, {"words": "no stars at all"}, "wrong"),
        (mine, {"stars": "5", "words": "short"}, "wrong"), (mine, form, "written"), (stranger, {"remove": "1"}, "gone"),
    ):  # fmt: skip
        answer = await web.post(path, data=data, headers=headers)
        assert answer.headers["location"] == f"/lessons/{product.slug}?review={said}#reviews"
    assert "By a plain form" in await page(product)
    assert (
        "written" in (await web.post(path, data={"stars": "4", "words": "陶" * 2000}, headers=mine)).headers["location"]
    )
    [(id_,)] = await world.rows("SELECT id FROM review WHERE product_id = :p", p=product.id)
    for part in ("reply", "report"):
        answer = await web.post(f"{path}/{id_}/{part}", data={"words": "x", "reason": "y"}, headers=mine)
        assert "review=gone" in answer.headers["location"]
    makers = await cookie(Actor(maker.id, "member", True))
    assert (
        "replied"
        in (await web.post(f"{path}/{id_}/reply", data={"words": "Thanks"}, headers=makers)).headers["location"]
    )
    assert "removed" in (await web.post(path, data={"remove": "1"}, headers=mine)).headers["location"]
    assert (await figures(product))[0] == 0
    for _again in range(8):
        answer = await web.post(path, data=form, headers=mine)
    assert "review=often" in answer.headers["location"]
