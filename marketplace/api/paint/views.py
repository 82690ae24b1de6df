"""Which page an address is, and what it shows: read from the database for this request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from marketplace import page_tags, reviewing, sales_page
from marketplace.api import feeds
from marketplace.api.paint import people, storefront, topics
from marketplace.api.paint import search as search_paint
from marketplace.api.paint import structured as data
from marketplace.api.paint.head import Facts
from marketplace.api.paint.html import Html
from marketplace.api.paint.lesson import Offer, lesson
from marketplace.checkout import explain, owned_of, parts_of
from marketplace.classroom import comes_first
from marketplace.components.card import GRID_SIZES, LARGE_SIZES, PAGE_SIZES
from marketplace.db import reading, transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.rules import TOPICS, slug
from marketplace.domain.catalog.suggest import meant_by
from marketplace.domain.courses import taking
from marketplace.domain.fees import service as fees
from marketplace.domain.mailing.service import List
from marketplace.domain.search.rules import Asked as SearchAsked
from marketplace.domain.search.rules import asked as search_asked
from marketplace.embedding import discovery
from marketplace.finding import Shown as Results
from marketplace.finding import shown as shown_results
from marketplace.finding import with_close
from marketplace.i18n import _
from marketplace.lists import letters_view, told
from marketplace.markdown import to_text
from marketplace.meanings import meanings
from marketplace.money import to_input
from marketplace.present import (
    avif_srcset,
    card,
    edit_href,
    fee_example,
    lesson_view,
    more_by,
    product_path,
    srcset,
    story,
    story_cards,
    syllabus,
    topic_path,
)
from marketplace.quotes import Quote, back_again, pays, quote, typed_code
from marketplace.recommending import beside, shelves_of
from marketplace.settings import get_settings
from marketplace.sharing import creator_picture, product_picture
from marketplace.sql import Over
from marketplace.topics import topic_words
from marketplace.visits import Shown, shown
from marketplace.waiting import gets_mail, may_be_asked, on_waitlist


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, reduced to what views need. ``name`` is the last part of the address."""

    path: str
    name: str
    query: Mapping[str, str]
    actor: Actor
    ip: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """``moved`` is the address to go to instead; ``shown`` the product whose visitors are counted; ``tags`` what it
    shows (:mod:`marketplace.page_tags`): without any it is made anew for everybody. ``then``: what makes the view where
    that takes long, once no connection is held."""

    facts: Facts
    main: Html
    status: int = 200
    search: str = ""
    moved: str = ""
    shown: Shown | None = None
    tags: frozenset[str] = frozenset()
    then: Callable[[], Awaitable[View]] | None = None


Viewing = Callable[[Over, Asked], Awaitable[View]]


def _site() -> str:
    return get_settings().site_name


async def _topics(over: Over) -> list[tuple[str, str]]:
    return [(topic, _(TOPICS[topic])) for topic in await browse.topics(over) if topic in TOPICS]


async def home(over: Over, asked: Asked) -> View:
    page = await browse.lessons(over)
    items = [card(item) for item in page.items]
    first = page.items[0] if page.items else None
    facts = Facts(
        title=_("{site}: learn a craft from people who live by it").format(site=_site()),
        description=_("Short video lessons by people who do it all day. Pay once, keep it."),
        path="/",
        picture=_picture(first, LARGE_SIZES),
        feed=(_("New at {site}").format(site=_site()), feeds.SHOP),
        data=[data.website(), data.item_list(page.items)],
    )
    told = story(page.items)
    percent = await fees.percent_for(over, None, "lesson", get_settings().platform_fee_percent)
    main = storefront.home(items, await _topics(over), told, story_cards(page.items, told), fee_example(percent))
    return View(facts, main, tags=_tags(page.items, page_tags.SHOP, page_tags.FEES))


def _tags(listings: Iterable[Listing], *others: str) -> frozenset[str]:
    return frozenset(page_tags.of_listings(listings) | set(others))


def _picture(listing: Listing | None, sizes: str) -> tuple[str, str, str]:
    image = listing.image if listing else None
    avif = avif_srcset(image)
    return (avif, "image/avif", sizes) if avif else (srcset(image), "image/webp", sizes)


async def search(over: Over, asked: Asked) -> View:
    wanted = search_asked(asked.query)
    page = await shown_results(over, wanted)
    if page.wanting:
        return View(Facts(""), Html(""), then=partial(_looked_closer, asked, wanted, page))
    return _results(asked, wanted, page, whole=True)


async def _looked_closer(asked: Asked, wanted: SearchAsked, page: Results) -> View:
    """With what is close in meaning where there is little else; not whole when that can't be said in time."""
    vector = await meanings().of(page.wanting)
    if vector is None:
        return _results(asked, wanted, page, whole=False)
    async with transaction() as session:
        return _results(asked, wanted, await with_close(session, wanted, page, vector), whole=True)


def _results(asked: Asked, wanted: SearchAsked, page: Results, *, whole: bool) -> View:
    topic = wanted.chosen.get("topic", "")
    facts = Facts(
        title=f"{page.heading} · {_site()}",
        description=_("Search lessons, courses and bundles by people who live by their craft."),
        path=topic_path(topic) if topic else "/search",  # to search engines, what words find is a part of that
        indexed=not (others := set(asked.query) - {"topic"}) or (others == {"q"} and bool(page.listings)),
        data=[data.item_list(page.listings)],
    )
    tags = _tags(page.listings, page_tags.SHOP) if whole else frozenset()
    return View(facts, search_paint.search(page), search=wanted.query, tags=tags)


async def topic_page(over: Over, asked: Asked) -> View:
    topic = asked.name
    if topic not in TOPICS:
        tidy = slug(topic)
        if tidy in TOPICS:
            return View(Facts(""), Html(""), 308, moved=topic_path(tidy))
        return await missing(over, asked, _("There is no topic at this address"))
    page = await browse.lessons(over, topic=topic, key=asked.query.get("key", "")[:100])
    facts = Facts(
        title=f"{_(TOPICS[topic])} · {_site()}",
        description=topic_words(topic),
        path=topic_path(topic),
        picture=_picture(page.items[0] if page.items else None, GRID_SIZES),
        indexed="key" not in asked.query and bool(page.items),
        feed=(_("{topic} at {site}").format(topic=_(TOPICS[topic]), site=_site()), feeds.topic_feed(topic)),
        data=data.topic(_(TOPICS[topic]), topic_path(topic), topic_words(topic), page.items),
    )
    main = topics.topic(topic, [card(item) for item in page.items], await _topics(over), page.next_key)
    return View(facts, main, tags=_tags(page.items, page_tags.topic(topic), page_tags.SHOP))


async def lesson_page(over: Over, asked: Asked) -> View:
    listing, others = await browse.lesson_and_others(over, asked.name, limit=4)
    if listing is None:
        moved = await _lesson_moved(over, asked.name)
        return View(Facts(""), Html(""), 308, moved=moved) if moved else await _no_lesson(over, asked)
    product = listing.product
    decision = await explain(over, asked.actor, listing)
    if product.state != "published" and not (decision.allowed or decision.code == "announced"):
        return await _no_lesson(over, asked, gone=product.state == "archived")
    if not asked.path.startswith(product_path(product).rpartition("/")[0] + "/"):
        return View(Facts(""), Html(""), 308, moved=product_path(product))
    taught = await taking.course(over, product.id) if product.kind == "course" else None
    parts = await parts_of(over, listing)
    if parts:  # some of what is newest may be in the bundle
        others = (await browse.lessons(over, creator_id=product.creator_id, limit=4 + len(parts))).items
    code = typed_code(asked.query.get("code", "")) if pays(product, decision) else ""
    view = lesson_view(listing, taught.lessons if taught else 0)
    rated = await _reviews(over, asked, listing, parts, seen=product.state == "published" or decision.allowed)
    found = await beside(over, product) if product.state == "published" else {}
    blocks, pictures = await sales_page.html(over, listing, decision, taught.outline if taught else None)
    offer = Offer(
        view, product.learn, more_by(others, product, parts), decision,
        to_input(product.price_minor, product.currency), edit_href(product) if decision.code == "owner" else "",
        back_again(asked.query.get("cancelled", ""), asked.query.get("refused", "")), [card(part) for part in parts],
        syllabus(taught.outline, product.slug, opens=decision.allowed) if taught else (),
        await owned_of(over, asked.actor, parts), await _quoted(asked, listing, code),
        await comes_first(over, asked.actor, product.id) if taught else (),
        shelves_of(product, found),
        asked.actor.signed_in, await on_waitlist(over, asked.actor, product), told(asked.query.get("waitlist", "")),
        await may_be_asked(over, asked.actor, product.creator_id), blocks, rated,
    )  # fmt: skip
    shown_pictures = page_tags.of_pictures(pictures)
    all_shown = [listing, *parts, *others, *chain.from_iterable(found.values())]
    tags = _tags(all_shown, page_tags.offers_of(product.creator_id), *shown_pictures, *rated.tags)
    return View(_lesson_facts(listing, taught, view, rated), lesson(offer), shown=shown(product), tags=tags)


async def _quoted(asked: Asked, listing: Listing, code: str) -> Quote:
    """What comes with a code, and is seldom, takes the long way."""
    if not code:
        return {}
    async with reading() as session:
        return await quote(session, asked.actor, listing, code, ip=asked.ip)


async def _reviews(
    over: Over, asked: Asked, listing: Listing, parts: Sequence[Listing], *, seen: bool
) -> reviewing.Shown:
    key, said = asked.query.get("reviews", "")[:100], asked.query.get("review", "")[:20]
    return await reviewing.shown(over, asked.actor, listing, parts, key=key, said=said) if seen else reviewing.Shown()


def _lesson_facts(
    listing: Listing, taught: taking.Course | None, view: Mapping[str, str], rated: reviewing.Shown
) -> Facts:
    written = rated.written
    described = [data.course(listing, taught.outline, written) if taught else data.lesson(listing, written)]
    described += data.faq(listing.product.blocks)
    return Facts(
        title=f"{view['title']} · {_site()}",
        description=view["summary"],
        path=product_path(listing.product),
        image=product_picture(listing),
        feed=_feed_of(listing.creator),
        card=discovery(listing.product) if listing.product.state == "published" else "",
        picture=_picture(listing, PAGE_SIZES),
        kind="product",
        indexed=listing.product.state == "published",
        data=described if listing.product.state == "published" else [],
    )


def _feed_of(account: Account) -> tuple[str, str]:
    return _("{name} at {site}").format(name=account.name, site=_site()), feeds.creator_feed(account.handle)


async def _lesson_moved(over: Over, asked: str) -> str:
    """Where a renamed product, or the same address written differently, is now."""
    tidy = slug(asked)
    for name in filter(None, dict.fromkeys([asked, tidy])):
        if (moved := await browse.moved_to(over, name)) and (found := await browse.lesson(over, moved)):
            return product_path(found.product)
    found = await browse.lesson(over, tidy) if tidy not in ("", asked) else None
    return product_path(found.product) if found and found.product.state == "published" else ""


async def _no_lesson(over: Over, asked: Asked, *, gone: bool = False) -> View:
    """``gone``: it was taken out of the shop for good. Search engines then forget the address."""
    view = await missing(over, asked, _("There is no lesson at this address"))
    return replace(view, status=410) if gone else view


async def creator_page(over: Over, asked: Asked) -> View:
    account = await accounts.by_handle(over, asked.name)
    if account is None or not account.is_creator:
        return await missing(over, asked, _("There is nobody at this address"))
    if account.handle != asked.name:
        return View(Facts(""), Html(""), 308, moved=f"/creators/{account.handle}")
    page = await browse.lessons(over, creator_id=account.id, key=asked.query.get("key", "")[:100])
    if not (account.bio or page.items or "key" in asked.query):  # who only shares in others' sales has no page
        return await missing(over, asked, _("There is nobody at this address"))
    facts = Facts(
        title=f"{account.name} · {_site()}",
        description=to_text(account.bio, 200),
        path=f"/creators/{account.handle}",
        image=creator_picture(account),
        feed=_feed_of(account),
        kind="profile",
        indexed="key" not in asked.query,
        data=[data.person(account)],
    )
    form = None
    if asked.actor.account_id != account.id:
        listed = await gets_mail(over, asked.actor, List(account.id))
        words, said = letters_view(account), told(asked.query.get("letters", ""))
        form = people.letters(words, signed_in=asked.actor.signed_in, listed=listed, told=said)
    main = people.creator(account, [card(item) for item in page.items], page.next_key, form)
    tags = _tags(page.items, page_tags.creator(account.id), page_tags.offers_of(account.id))
    return View(facts, main, tags=tags)


async def missing(over: Over, asked: Asked, title: str = "") -> View:
    items = [card(item) for item in await meant_by(over, asked.name)]
    facts = Facts(title=_("Nothing here") + f" · {_site()}", indexed=False)
    return View(facts, people.missing(title or _("There is nothing at this address"), items), 404)


PAINTED: dict[str, Viewing] = {
    "/": home,
    "/search": search,
    "/topics/[topic_slug]": topic_page,
    "/lessons/[lesson_slug]": lesson_page,
    "/courses/[course_slug]": lesson_page,
    "/creators/[creator_handle]": creator_page,
}
