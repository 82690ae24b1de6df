"""Which page an address is, and what it shows: read from the database for this request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.api.paint import people, storefront
from marketplace.api.paint import structured as data
from marketplace.api.paint.head import Facts
from marketplace.api.paint.html import Html
from marketplace.api.paint.lesson import Offer, lesson
from marketplace.checkout import explain, owned_of, parts_of
from marketplace.components.card import LARGE_SIZES, PAGE_SIZES
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.rules import TOPICS, slug_from
from marketplace.domain.catalog.suggest import meant_by
from marketplace.domain.courses import taking
from marketplace.domain.fees import service as fees
from marketplace.i18n import _
from marketplace.markdown import to_text
from marketplace.money import to_input
from marketplace.present import (
    card,
    edit_href,
    fee_example,
    lesson_view,
    more_by,
    product_path,
    results_heading,
    srcset,
    story,
    story_cards,
    syllabus,
)
from marketplace.settings import get_settings
from marketplace.visits import Shown, shown


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, reduced to what views need. ``name`` is the last part of the address."""

    path: str
    name: str
    query: Mapping[str, str]
    actor: Actor


@dataclass(frozen=True, slots=True)
class View:
    """``moved`` is the address to go to instead; ``shown`` the product whose visitors are counted."""

    facts: Facts
    main: Html
    status: int = 200
    search: str = ""
    moved: str = ""
    shown: Shown | None = None


Viewing = Callable[[AsyncSession, Asked], Awaitable[View]]


def _site() -> str:
    return get_settings().site_name


async def _topics(session: AsyncSession) -> list[tuple[str, str]]:
    return [(topic, TOPICS[topic]) for topic in await browse.topics(session) if topic in TOPICS]


async def home(session: AsyncSession, asked: Asked) -> View:
    page = await browse.lessons(session)
    items = [card(item) for item in page.items]
    first = page.items[0] if page.items else None
    facts = Facts(
        title=f"{_site()}: " + _("learn a craft from people who live by it"),
        description=_("Short video lessons by people who do it all day. Pay once, keep it."),
        path="/",
        picture=(srcset(first.image), LARGE_SIZES) if first else ("", ""),
        data=[data.website(), data.item_list(page.items)],
    )
    told = story(page.items)
    percent = await fees.percent_for(session, None, "lesson", get_settings().platform_fee_percent)
    main = storefront.home(items, await _topics(session), told, story_cards(page.items, told), fee_example(percent))
    return View(facts, main)


async def search(session: AsyncSession, asked: Asked) -> View:
    query = asked.query.get("q", "")[:200]
    topic = asked.query.get("topic", "")
    topic = topic if topic in TOPICS else ""
    page = await browse.lessons(session, query=query, topic=topic, key=asked.query.get("key", "")[:100])
    heading = results_heading(len(page.items), bool(page.next_key), query, TOPICS.get(topic, ""))
    facts = Facts(
        title=f"{heading} · {_site()}",
        description=_("Lessons by people who live by their craft."),
        path="/search" + (f"?{urlencode({'topic': topic})}" if topic else ""),
        indexed=not query and "key" not in asked.query,
        data=[data.item_list(page.items)],
    )
    main = storefront.search(
        heading, [card(item) for item in page.items], await _topics(session),
        query=query, topic=topic, next_key=page.next_key,
    )  # fmt: skip
    return View(facts, main, search=query)


async def lesson_page(session: AsyncSession, asked: Asked) -> View:
    listing = await browse.lesson(session, asked.name)
    if listing is None:
        moved = await _lesson_moved(session, asked.name)
        return View(Facts(""), Html(""), 308, moved=moved) if moved else await _no_lesson(session, asked)
    product = listing.product
    decision = await explain(session, asked.actor, listing)
    if product.state != "published" and not decision.allowed:
        return await _no_lesson(session, asked)
    if not asked.path.startswith(product_path(product).rpartition("/")[0] + "/"):
        return View(Facts(""), Html(""), 308, moved=product_path(product))
    taught = await taking.course(session, product.id) if product.kind == "course" else None
    parts = await parts_of(session, listing)
    page = await browse.lessons(session, creator_id=product.creator_id, limit=4 + len(parts))
    offer = Offer(
        lesson_view(listing, taught.lessons if taught else 0), product.learn, more_by(page.items, product, parts), decision,
        to_input(product.price_minor, product.currency), edit_href(product) if decision.code == "owner" else "",
        asked.query.get("cancelled") == "1", [card(part) for part in parts],
        syllabus(taught.outline, product.slug, opens=decision.allowed) if taught else (),
        await owned_of(session, asked.actor, parts),
    )  # fmt: skip
    return View(_lesson_facts(listing, taught), lesson(offer), shown=shown(product))


def _lesson_facts(listing: Listing, taught: taking.Course | None) -> Facts:
    view = lesson_view(listing)
    described = [data.course(listing, taught.outline)] if taught else [data.lesson(listing)]
    return Facts(
        title=f"{view['title']} · {_site()}",
        description=view["summary"],
        path=product_path(listing.product),
        image=view["cover_large"],
        picture=(view["cover_srcset"], PAGE_SIZES),
        kind="product",
        indexed=listing.product.state == "published",
        data=described if listing.product.state == "published" else [],
    )


async def _lesson_moved(session: AsyncSession, slug: str) -> str:
    """Where a renamed product, or the same address written differently, is now."""
    tidy = slug_from(slug)
    for name in dict.fromkeys([slug, tidy]):
        if (moved := await browse.moved_to(session, name)) and (found := await browse.lesson(session, moved)):
            return product_path(found.product)
    found = await browse.lesson(session, tidy) if tidy != slug else None
    return product_path(found.product) if found and found.product.state == "published" else ""


async def _no_lesson(session: AsyncSession, asked: Asked) -> View:
    return await missing(session, asked, _("There is no lesson at this address"))


async def creator_page(session: AsyncSession, asked: Asked) -> View:
    account = await accounts.by_handle(session, asked.name)
    if account is None or not account.is_creator:
        return await missing(session, asked, _("There is nobody at this address"))
    if account.handle != asked.name:
        return View(Facts(""), Html(""), 308, moved=f"/creators/{account.handle}")
    page = await browse.lessons(session, creator_id=account.id, key=asked.query.get("key", "")[:100])
    facts = Facts(
        title=f"{account.name} · {_site()}",
        description=to_text(account.bio, 200),
        path=f"/creators/{account.handle}",
        image=account.avatar_url,
        kind="profile",
        indexed="key" not in asked.query,
        data=[data.person(account)],
    )
    return View(facts, people.creator(account, [card(item) for item in page.items], page.next_key))


async def missing(session: AsyncSession, asked: Asked, title: str = "") -> View:
    items = [card(item) for item in await meant_by(session, asked.name)]
    facts = Facts(title=_("Nothing here") + f" · {_site()}", indexed=False)
    return View(facts, people.missing(title or _("There is nothing at this address"), items), 404)


PAINTED: dict[str, Viewing] = {
    "/": home,
    "/search": search,
    "/lessons/[lesson_slug]": lesson_page,
    "/courses/[course_slug]": lesson_page,
    "/creators/[creator_handle]": creator_page,
}
