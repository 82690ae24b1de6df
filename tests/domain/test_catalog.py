"""Drafts, publishing and search on a real database."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.errors import HandleTaken
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import NotReady, StaleDraft
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.learning import service as learning
from marketplace.domain.orders import store as order_store
from marketplace.errors import Conflict, Denied, Invalid, MarketplaceError, Missing
from tests.domain.world import World, together


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


def as_creator(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def _draft(owner: Account) -> Product:
    async with db.transaction() as session:
        return await catalog.create(session, as_creator(owner))


async def _save(who: Actor, product: UUID, revision: int | None = None, **changes: Any) -> ProductDraft:
    async with db.transaction() as session:
        return await catalog.save(session, who, product, changes, revision=revision)


async def _publish(who: Actor, product: UUID) -> Product:
    async with db.transaction() as session:
        return await catalog.publish(session, who, product, revision=None)


async def test_two_tabs_save_one_draft(world: World, owner: Account) -> None:
    who, product = as_creator(owner), await _draft(owner)
    answers = await together(*(_save(who, product.id, 0, title=f"Tab {n}") for n in range(5)))
    kept = [a for a in answers if isinstance(a, ProductDraft)]
    assert len(kept) == 1
    assert sum(isinstance(a, StaleDraft) for a in answers) == 4
    async with db.transaction() as session:
        _, draft = await catalog.load(session, who, product.id)
    assert (draft.title, draft.revision) == (kept[0].title, 1)


async def test_a_stale_tab_does_not_publish(world: World, owner: Account) -> None:
    product = await world.lesson(owner)
    with pytest.raises(StaleDraft):
        async with db.transaction() as session:
            await catalog.publish(session, as_creator(owner), product.id, revision=0)


@pytest.mark.parametrize("name", ["video_id", "preview_video_id", "image_id"])
async def test_anothers_media_do_not_exist(world: World, owner: Account, name: str) -> None:
    product, other = await _draft(owner), await world.creator("Other", outcome="")
    video, image = await world.media_of(other)
    mine = dict(zip(("video", "image"), await world.media_of(owner), strict=True))
    kind = "image" if name == "image_id" else "video"
    with pytest.raises(Missing):
        await _save(as_creator(owner), product.id, **{name: image if kind == "image" else video})
    with pytest.raises(Missing):
        await _save(as_creator(owner), product.id, **{name: uuid4()})
    assert getattr(await _save(as_creator(owner), product.id, **{name: mine[kind]}), name) == mine[kind]


async def test_only_the_owner_touches_a_draft(world: World, owner: Account) -> None:
    product, other = await _draft(owner), await world.creator("Other", outcome="")
    for stranger in (as_creator(other), Actor(other.id, "admin", True)):
        for work in (_save(stranger, product.id, title="x"), _publish(stranger, product.id)):
            with pytest.raises(Missing):
                await work
    with pytest.raises(Denied):
        async with db.transaction() as session:
            await catalog.create(session, Actor(other.id))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price_minor", -1), ("price_minor", 10**9), ("price_minor", 1.5), ("price_minor", "1"), ("price_minor", True),
        ("min_minor", -1), ("currency", "btc"), ("price_kind", "gift"), ("topic", "x"), ("level", ""), ("language", "xx"),
        ("state", "published"), ("creator_id", uuid4()), ("title", "x" * 151), ("title", "x" * 10_000), ("learn", ["x"] * 13),
    ],
)  # fmt: skip
async def test_a_draft_refuses(world: World, owner: Account, name: str, value: Any) -> None:
    product = await _draft(owner)
    with pytest.raises(Invalid):
        await _save(as_creator(owner), product.id, **{name: value})


async def test_text_is_cleaned(world: World, owner: Account) -> None:
    product = await _draft(owner)
    draft = await _save(
        as_creator(owner), product.id, title=" a\x00b\n\u202ec\ud800 ", description_md="x\r\ny\x00", learn=["", " z "]
    )
    assert (draft.title, draft.description_md, draft.learn) == ("a b c", "x\ny", ["z"])


@pytest.mark.parametrize(
    "title",
    [
        "🏺🔥 Fire 👩🏽‍🎨",
        "خزف للمبتدئين",
        "תנור 1200° — מדריך",
        "轆轤の引き方",
        "STRAßENKUNST",
        "İSTANBUL çinisi",
        "ΣΙΣΥΦΟΣ",
        "می‌خواهم بسازم",
        "हिन्दी बर्तन",
    ],
)
async def test_any_script_is_a_title_with_an_address_and_is_found(world: World, owner: Account, title: str) -> None:
    product = await world.lesson(owner, title=title)
    assert (product.title, product.slug.isascii()) == (title, True)
    async with db.transaction() as session:
        shown = await browse.lesson(session, product.slug)
        word = max(title.split(), key=lambda word: sum(c.isalpha() for c in word))
        found = await browse.lessons(session, query=word)
    assert shown is not None
    assert shown.product.title == title
    assert product.id in [item.product.id for item in found.items]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"), ({"summary": " "}, "summary"), ({"description_md": ""}, "description"),
        ({"topic": ""}, "topic"), ({"image_id": None}, "cover"), ({"video_id": None}, "video"), ({"price_minor": 49}, "price"),
        ({"price_minor": 0}, "price"), ({"currency": "jpy", "price_minor": 49}, "price"),
        ({"price_kind": "pwyw", "min_minor": 49, "price_minor": 900}, "minimum"),
        ({"price_kind": "pwyw", "min_minor": 900, "price_minor": 800}, "price"),
    ],
)  # fmt: skip
async def test_what_is_missing_is_not_published(
    world: World, owner: Account, changes: dict[str, Any], field: str
) -> None:
    product = await world.lesson(owner)
    await _save(as_creator(owner), product.id, **changes)
    with pytest.raises(NotReady) as refused:
        await _publish(as_creator(owner), product.id)
    assert refused.value.field == field


@pytest.mark.parametrize("state", ["uploading", "transcoding", "failed", "deleted"])
async def test_a_video_that_is_not_ready_is_not_published(world: World, owner: Account, state: str) -> None:
    product = await world.lesson(owner)
    video, _ = await world.media_of(owner, state=state)
    await _save(as_creator(owner), product.id, video_id=video)
    with pytest.raises(NotReady, match="video"):
        await _publish(as_creator(owner), product.id)


@pytest.mark.parametrize("outcome", ["", "restricted", "rejected"])
async def test_who_can_not_be_paid_gives_away_only(world: World, outcome: str) -> None:
    poor = await world.creator("Poor", outcome=outcome)
    with pytest.raises(NotReady, match="payments account"):
        await world.lesson(poor)
    assert (await world.lesson(poor, price_kind="free")).state == "published"


async def test_a_published_lesson_shows_the_draft_only_when_published_again(world: World, owner: Account) -> None:
    product = await world.lesson(owner)
    await _save(as_creator(owner), product.id, title="Something else", price_minor=9900)
    async with db.transaction() as session:
        listing = await browse.lesson(session, product.slug)
    assert listing is not None
    assert (listing.product.title, listing.product.price_minor) == (product.title, 2500)
    assert (await _publish(as_creator(owner), product.id)).slug == product.slug


async def test_states(world: World, owner: Account) -> None:
    product, who = await world.lesson(owner), as_creator(owner)

    async def change(action: str) -> str:
        async with db.transaction() as session:
            return (await catalog.change_state(session, who, product.id, action)).state

    for impossible in ("restore", "publish", "delete"):
        with pytest.raises(Conflict):
            await change(impossible)
    assert [await change(a) for a in ("unpublish", "archive", "restore")] == ["unpublished", "archived", "unpublished"]
    with pytest.raises(Conflict, match="published can be archived"):
        async with db.transaction() as session:
            await catalog.delete_draft(session, who, product.id)


@pytest.mark.parametrize(
    "query",
    [
        "\x00",
        "a\x00",
        "🔥",
        "a & | ! ( ) :* <->",
        "'",
        '"',
        "\\",
        "a" * 5000,
        "the",
        "ّ",
        "a\ud800b",
        "x:*y",
        "%",
        "--",
        "ª²³",
        "𝔉",
    ],
)
async def test_any_search_is_answered(world: World, owner: Account, query: str) -> None:
    async with db.transaction() as session:
        for key in ("", "²", "99999999999999999999", "nan_x", "\x00", "inf_" + "0" * 32, "1_" + "0" * 32):
            await browse.lessons(session, query=query, key=key)
        assert await browse.lesson(session, query) is None
        assert await accounts.by_handle(session, query) is None
        assert await browse.moved_to(session, query) is None
        await catalog.studio(session, as_creator(owner), query=query)
        await order_store.find_lines(session, query)


async def test_search_finds_by_prefix_and_by_creator(world: World) -> None:
    maker = await world.creator("Quixotia Zedd", outcome="")
    lesson = await world.lesson(maker, title="Marbled endpapers", price_kind="free")
    async with db.transaction() as session:
        for query in ("marbl", "endpaper marbled", "quixotia", "Zedd marbling"):
            assert [x.product.id for x in (await browse.lessons(session, query=query)).items] == [lesson.id], query
        assert (await browse.lessons(session, query="marbled soup")).items == []


async def test_pages_show_everything_once(world: World) -> None:
    maker = await world.creator("Pager", outcome="")
    made = [(await world.lesson(maker, price_kind="free")).id for _ in range(5)]
    seen: list[UUID] = []
    key = ""
    while True:
        async with db.transaction() as session:
            page = await browse.lessons(session, creator_id=maker.id, key=key, limit=2)
        seen += [item.product.id for item in page.items]
        key = page.next_key
        if not key:
            break
    assert seen == made[::-1]


async def test_two_people_take_one_handle(world: World) -> None:
    people = [await world.person("Twin") for _ in range(4)]
    handle = f"h{uuid4().hex[:10]}"

    async def take(person: Account, wanted: str) -> Account:
        async with db.transaction() as session:
            return await accounts.update_profile(session, Actor(person.id), name="Twin", handle=wanted, bio="")

    answers = await together(*(take(p, handle.upper() if n else handle) for n, p in enumerate(people)))
    assert sum(isinstance(a, Account) for a in answers) == 1
    assert sum(isinstance(a, HandleTaken) for a in answers) == 3
    assert len({p.handle for p in people}) == 4


async def test_progress_never_goes_back(world: World, owner: Account) -> None:
    product, person = await world.lesson(owner), await world.person()
    seen = []
    for position in (50, 89, 10, 90, 5, -20, float("nan"), float("inf"), float("-inf"), 1e300, 0):
        async with db.transaction() as session:
            await learning.save(session, person.id, product.id, position_s=position, duration_s=100, trusted=True)
        async with db.transaction() as session:
            row = await learning.progress(session, person.id, product.id)
        assert row is not None
        seen.append((row.position_s, row.furthest_s, row.completed_at is not None))
    assert seen == [
        (50, 50, False), (89, 89, False), (10, 89, False), (90, 90, True), (5, 90, True), (0, 90, True), (0, 90, True),
        (100, 100, True), (0, 100, True), (100, 100, True), (0, 100, True),
    ]  # fmt: skip


async def test_failures_speak_to_people() -> None:
    for kind in (StaleDraft, NotReady, HandleTaken, Missing, Denied):
        error: MarketplaceError = kind()
        assert error.text.endswith(".")
