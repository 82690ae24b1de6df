"""First paint of a lesson's page: as ``pages/lesson.py``. The paid video is no part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.api.paint.cards import Card, framed, grid
from marketplace.api.paint.first_courses import first_courses
from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.lesson_code import code_part, hidden_code
from marketplace.api.paint.lesson_release import ask_for_letters, release_words, waiting, waitlist
from marketplace.api.paint.lesson_sections import about, creator, learn
from marketplace.api.paint.lesson_syllabus import syllabus
from marketplace.api.paint.parts import amount, avatar, chip, icon, link_button, notice
from marketplace.api.paint.reviews import rating_link, reviews
from marketplace.api.paint.shelves import shelf_rows
from marketplace.components.button import button_class
from marketplace.components.card import PAGE_SIZES
from marketplace.components.field import CONTROL
from marketplace.components.price_box import BUY_ID
from marketplace.components.share import LOOK as SHARE_LOOK
from marketplace.domain.access.service import Decision
from marketplace.i18n import _
from marketplace.present import partly_owned, topic_path
from marketplace.recommending import Shelf
from marketplace.reviewing import Shown

View = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page shows, and what this visitor may do."""

    view: View
    learn: Sequence[str]
    more_by: Sequence[Card]
    decision: Decision
    amount: str
    edit_href: str
    back: str
    parts: Sequence[Card] = ()
    syllabus: Sequence[View] = ()
    owned_parts: int = 0
    quote: View = field(default_factory=dict)
    first: Sequence[View] = ()
    shelves: Sequence[Shelf] = ()
    signed_in: bool = False
    listed: bool = False
    told: str = ""
    may_be_asked: bool = False
    blocks: Html | None = None
    reviews: Shown = field(default_factory=Shown)

    @property
    def code(self) -> str:
        """The code that the shown price is made with."""
        return self.quote["code"] if self.quote.get("price") else ""

    @property
    def pays_freely(self) -> bool:
        return self.view["price_kind"] == "pwyw" and self.pays and not self.by_waitlist

    @property
    def pays(self) -> bool:
        return self.view["price_kind"] != "free" and not self.decision.allowed and not self.waits

    @property
    def waits(self) -> bool:
        """They have it, and it isn't out yet."""
        return self.decision.code == "announced"

    @property
    def by_waitlist(self) -> bool:
        return self.view["before"] == "waitlist"


def lesson(offer: Offer) -> Html:
    article = h(
        "article",
        h("div", _cover(offer.view), _heading(offer.view, offer.reviews), class_="min-w-0 lg:col-start-1"),
        h("div", _box(offer), _bar(offer), class_="lg:col-start-2 lg:row-span-2 lg:row-start-1"),
        h(
            "div",
            _parts(offer),
            first_courses(offer.first),
            h("div", offer.blocks, class_="contents") if offer.blocks else _plain(offer),
            reviews(offer.reviews),
            class_="grid min-w-0 gap-10 sm:gap-12 lg:col-start-1",
        ),
        class_="grid gap-x-12 gap-y-8 sm:gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_1fr]",
    )
    return join(article, shelf_rows(offer.shelves), _more(offer))


def _plain(offer: Offer) -> Html:
    """The page of a product without blocks."""
    return join(learn(offer.learn), syllabus(offer.syllabus), about(offer.view), creator(offer.view))


def _parts(offer: Offer) -> Html | None:
    """What a bundle holds."""
    if not offer.parts:
        return None
    heading = h("h2", _("In this bundle"), class_="mb-5 text-xl")
    return h("section", heading, grid(offer.parts, 3), class_="min-w-0")


def _cover(view: View) -> Html:
    play = _play() if view["has_preview"] else None
    box = framed(view, play, picture="cover_large", sizes=PAGE_SIZES, first=True, look="sm:rounded-card")
    return h("div", box, class_="aspect-video max-sm:-mx-4 max-sm:-mt-6")


def _play() -> Html:
    """As the live button looks; it only works there."""
    face = h(
        "span",
        icon("play", 18, "fill-current"),
        _("Play free preview"),
        class_="flex h-12 items-center gap-2.5 rounded-full bg-paper px-5 font-semibold text-ink shadow-float "
        "transition-colors group-hover:bg-surface",
    )
    return h(
        "div",
        face,
        aria_hidden="true",
        class_="group absolute inset-0 flex items-end p-4 outline-offset-[-6px] sm:p-5",
    )


def _heading(view: View, rated: Shown) -> Html:
    person = h(
        "a",
        avatar(view["creator"], view["creator_avatar"], "sm"),
        h("span", view["creator"], class_="underline-offset-4 group-hover:underline"),
        href=view["creator_href"],
        class_="group inline-flex min-h-11 items-center gap-2.5 font-semibold",
    )
    facts = h(
        "ul",
        _fact("clock", view["duration"]),
        _fact("signal", view["level"]),
        _fact("languages", view["language"]),
        class_="flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted",
    )
    topic = chip(view["topic_name"], topic_path(view["topic"])) if view["topic_name"] else None
    return h(
        "header",
        h("h1", view["title"], class_="text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
        h("p", view["summary"], class_="mt-3 max-w-[60ch] text-lg text-muted empty:hidden"),
        h(
            "div",
            person,
            rating_link(rated.figures),
            facts,
            topic,
            _share(),
            class_="mt-5 flex flex-wrap items-center gap-x-6 gap-y-3",
        ),
        class_="mt-6",
    )


def _share() -> Html:
    """As ``components.share.share_button``; it only works there."""
    return h("div", icon("share-2", 16), h("span", _("Share this")), aria_hidden="true", class_=SHARE_LOOK)


def _fact(name: str, text: str) -> Html | None:
    return h("li", icon(name, 16), text, class_="inline-flex items-center gap-1.5") if text else None


def _price(offer: Offer) -> str:
    if offer.decision.code in ("granted", "announced"):
        return _("In your library")
    return offer.quote.get("price") or offer.view["price"]


def _box(offer: Offer) -> Html:
    """As ``components.price_box.price_box``."""
    lines = [
        h("li", icon("check", 18, "mt-0.5 text-accent"), h("span", text), class_="flex gap-2.5")
        for text in _included(offer)
    ]
    return h(
        "aside",
        _price_line(offer, "text-3xl font-display font-semibold"),
        h("div", _action(offer), class_="mt-5 max-lg:hidden"),
        h(
            "div",
            _note(offer),
            code_part(offer.view, offer.quote) if offer.pays and not offer.by_waitlist else None,
            _basket(offer),
            class_="mt-3 empty:hidden",
        ),
        h("ul", lines, class_="mt-5 grid gap-2.5 text-sm empty:hidden"),
        _terms(offer.view) if offer.pays and not offer.by_waitlist else None,
        id=BUY_ID,
        aria_label=_("Buy"),
        class_="scroll-mt-24 rounded-card border border-line bg-surface p-6 lg:sticky lg:top-24 lg:shadow-float",
    )


def _terms(view: View) -> Html:
    return h(
        "div",
        h("p", icon("undo-2", 16), view["policy"], class_="flex gap-2") if view["policy"] else None,
        h("p", icon("lock", 16), _("Secure payment with Stripe"), class_="flex gap-2"),
        class_="mt-5 grid gap-2 border-t border-line pt-4 text-sm text-muted",
    )


def _basket(offer: Offer) -> Html | None:
    """As ``pages.basket_buttons``; giving it to somebody needs the live page."""
    if offer.view["price_kind"] == "free" or offer.edit_href or offer.by_waitlist:
        return None
    face = h("span", icon("shopping-cart", 18), _("Add to cart"), class_="inline-flex items-center gap-2")
    add = h("button", face, type="submit", class_=button_class("secondary", "md", True))
    owned = offer.decision.code in ("granted", "announced")
    amount_ = join(h("input", type="hidden", name="amount", value=offer.amount), hidden_code(offer.code))
    present = h("span", icon("gift", 16), _("Give as a present"), class_="inline-flex items-center gap-2")
    return h(
        "div",
        None if owned else h("form", amount_, add, action=f"/cart/add/{offer.view['slug']}", method="post"),
        h("div", present, aria_hidden="true", class_=button_class("quiet", "sm", True)),
        class_="mt-2 grid gap-1",
    )


def _included(offer: Offer) -> list[str]:
    view = offer.view
    first = view["included"]
    if offer.parts:
        first = _("{count} lessons for one price").format(count=len(offer.parts))
    return [first, view["often"], _("Your place is kept when you leave")]


def _price_line(offer: Offer, look: str) -> Html:
    was = offer.quote.get("before", "")
    before = h("s", h("span", _("Before:"), class_="sr-only"), " ", was, class_="tnum text-sm text-muted")
    tax = h("span", offer.view["tax"], class_="text-sm text-muted") if offer.pays and offer.view["tax"] else None
    parts = (amount(_price(offer), look), before if was else None, tax)
    return h("p", *parts, class_="flex flex-wrap items-baseline gap-2")


def _bar(offer: Offer) -> Html:
    action = (
        link_button(_("Choose an amount"), "#first-amount", full=True) if offer.pays_freely else _action(offer, "md")
    )
    return h(
        "div",
        _price_line(offer, "font-display text-xl font-semibold"),
        h("div", action, class_="min-w-36"),
        data_print="no",
        data_bottom_bar="true",
        class_="fixed inset-x-0 bottom-0 z-30 flex items-center justify-between gap-4 border-t border-line bg-surface "
        "px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:hidden",
    )


def _action(offer: Offer, size: str = "lg") -> Html | None:
    watch, bundle = offer.view["watch"], offer.view["kind"] == "bundle"
    if offer.edit_href:
        edit = link_button(offer.view["edit"], offer.edit_href, size=size, full=True)
        if size == "md" or bundle:
            return edit
        return h("div", edit, link_button(_("Open it"), watch, "secondary", full=True), class_="grid gap-2")
    if offer.decision.allowed and bundle:
        return link_button(offer.view["open"], watch, size=size, full=True)
    if offer.decision.allowed:
        return link_button(offer.view["open"], watch, size=size, full=True, icon_name="play")
    if offer.waits:
        return waiting(offer.decision.message)
    if offer.by_waitlist:
        to = "#first-waitlist"
        return link_button(_("Join the waitlist"), to, full=True) if size == "md" else None
    if offer.pays_freely:
        return None
    label = _("Get it free") if offer.view["price_kind"] == "free" else _("Buy now")
    label = _("Pre-order") if offer.view["before"] == "preorder" else label
    return _buy_form(offer, _ask(offer) if size == "lg" else None, _submit(label, size))


def _ask(offer: Offer) -> Html | None:
    return ask_for_letters(offer.view["creator"]) if offer.may_be_asked else None


def _submit(label: str, size: str) -> Html:
    face = h("span", label, class_="inline-flex items-center gap-2")
    return h("button", face, type="submit", class_=button_class("primary", size, True))


def _buy_form(offer: Offer, *inside: Html | None, class_name: str | None = None) -> Html:
    """A plain form: it buys before the page is live, and without scripts; who isn't signed in goes there first."""
    inside = (*inside, hidden_code(offer.code))
    return h("form", *inside, action=f"/buy/{offer.view['slug']}", method="post", class_=class_name)


def _note(offer: Offer) -> Html:
    may_join = offer.by_waitlist and not offer.edit_href and not offer.waits and offer.decision.code != "granted"
    return join(
        release_words(offer.view, offer.decision.code),
        waitlist(offer.view, signed_in=offer.signed_in, listed=offer.listed, told=offer.told) if may_join else None,
        _amount_form(offer) if offer.pays_freely else None,
        notice(offer.back) if offer.back and not offer.decision.allowed else None,
        h("div", notice(partly_owned(offer.owned_parts, len(offer.parts))), class_="mt-3")
        if offer.owned_parts and not offer.decision.allowed
        else None,
        h("div", notice(offer.decision.message, "warning"), class_="mt-3")
        if offer.decision.code == "revoked"
        else None,
    )


def _amount_form(offer: Offer) -> Html:
    view = offer.view
    field = h(
        "input",
        id="first-amount",
        type="text",
        name="amount",
        inputmode="decimal",
        autocomplete="off",
        value=offer.amount,
        class_="tnum h-11 w-full min-w-0 bg-transparent text-base outline-none",
    )
    least = _("{minimum} or more").format(minimum=view["minimum"])
    return _buy_form(
        offer,
        h("label", _("You decide what it is worth to you"), for_="first-amount", class_="text-sm font-semibold"),
        h(
            "div",
            h("span", view["currency"], class_="text-sm font-semibold text-muted"),
            field,
            class_=f"{CONTROL} flex items-center gap-3 focus-within:outline-2 "
            "focus-within:outline-accent has-[[aria-invalid=true]]:border-danger",
        ),
        h("p", least, class_="text-sm text-muted") if view["minimum"] else None,
        h("div", class_="empty:hidden"),
        _ask(offer),
        h("div", _submit(_("Pre-order") if view["before"] == "preorder" else _("Buy now"), "lg"), class_="mt-2"),
        class_name="grid scroll-mt-24 gap-1.5",
    )


def _more(offer: Offer) -> Html | None:
    if not offer.more_by:
        return None
    return h(
        "section",
        h("h2", _("More by {name}").format(name=offer.view["creator"]), class_="mb-5 text-xl"),
        grid(offer.more_by, 3),
        class_="mt-14 border-t border-line pt-10 sm:mt-20 sm:pt-14",
    )
