"""``/lessons/<slug>``: what a lesson offers, and buying it. The video itself is never part of this page."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from marketplace import sales_page
from marketplace.checkout import explain, owned_of, parts_of, start_purchase
from marketplace.classroom import comes_first
from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.suggest import meant_by
from marketplace.domain.courses import taking
from marketplace.domain.media import service as media
from marketplace.domain.orders.errors import PriceChanged
from marketplace.errors import MarketplaceError
from marketplace.i18n import _
from marketplace.lists import told
from marketplace.money import to_input
from marketplace.present import Card, card, edit_href, lesson_view, more_by, product_path, syllabus
from marketplace.quotes import back_again, pays, typed_code
from marketplace.state.action import Form, action, actor, client_ip
from marketplace.state.base import came_from, param, text_of, typed_of, user_agent, via
from marketplace.state.lesson_code import PriceCode
from marketplace.state.viewer import problem
from marketplace.vendors import vendors
from marketplace.visits import shown, visits
from marketplace.waiting import may_be_asked, on_waitlist, wants_letters


class LessonState(PriceCode, rx.State):
    """Public facts of one lesson, and what this visitor may do with it."""

    learn: list[str] = []
    more_by: list[Card] = []
    parts: list[Card] = []
    syllabus: list[dict[str, str]] = []
    first: list[dict[str, str]] = []
    blocks: str = ""
    owned_parts: int = 0
    preview_src: str = ""
    owned: bool = False
    can_watch: bool = False
    is_owner: bool = False
    explanation: str = ""
    remedy: str = ""
    busy: bool = False
    playing: bool = False
    back: str = ""
    revoked: bool = False
    waiting: bool = False
    listed: bool = False
    may_be_asked: bool = False
    told: str = ""
    edit_href: str = ""

    _seen: tuple[int, str] | None = None

    @action("anyone")
    async def on_load(self):
        self.loaded, self.failure, self.busy, self.errors = False, "", False, {}
        self.preview_src, self.playing = "", False
        self.back = back_again(param(self, "cancelled"), param(self, "refused"))
        self.offer, self.listed, self.told = {}, False, told(param(self, "waitlist"))
        slug = param(self, "lesson_slug") or param(self, "course_slug")
        async with transaction() as session:
            listing = await browse.found(session, slug)
            if listing is None:
                self._clear()
                self.more_by = [card(i) for i in await meant_by(session, slug)]
                return None
            if listing.product.slug != slug or (listing.product.kind == "course") != bool(param(self, "course_slug")):
                return rx.redirect(product_path(listing.product), replace=True)
            decision = await explain(session, actor(), listing)
            if listing.product.state != "published" and not (decision.allowed or decision.code == "announced"):
                self._clear()
                return None
            taught = await taking.course(session, listing.product.id) if listing.product.kind == "course" else None
            blocks, _pictures = await sales_page.html(session, listing, decision, taught.outline if taught else None)
            self.blocks = str(blocks or "")
            self.first = await comes_first(session, actor(), listing.product.id) if taught else []
            parts = await parts_of(session, listing)
            self.parts, self.owned_parts = [card(part) for part in parts], await owned_of(session, actor(), parts)
            page = await browse.lessons(session, creator_id=listing.product.creator_id, limit=4 + len(parts))
            self.listed = await on_waitlist(session, actor(), listing.product)
            self.may_be_asked = await may_be_asked(session, actor(), listing.product.creator_id)
        self._show(listing, decision, taught)
        if (code := typed_code(param(self, "code"))) and pays(listing.product, decision):
            await self._show_offer(code)
        await visits.saw(shown(listing.product), viewer=actor().account_id, ip=client_ip(), user_agent=user_agent(self))
        self.more_by = more_by(page.items, listing.product, parts)
        return None

    def _clear(self) -> None:
        self.view, self.learn, self.more_by, self.parts, self._product_id = {}, [], [], [], ""
        self.syllabus, self.first, self.blocks = [], [], ""
        self.owned = self.can_watch = False
        self.failure, self.loaded = _("There is no lesson at this address"), True

    def _show(self, listing: Listing, decision: access.Decision, taught: taking.Course | None) -> None:
        product = listing.product
        self.view = lesson_view(listing, taught.lessons if taught else 0)
        self.learn = list(product.learn)
        self.syllabus = syllabus(taught.outline, product.slug, opens=decision.allowed) if taught else []
        self.can_watch, self.owned = decision.allowed, decision.code in ("granted", "announced")
        self.is_owner, self.revoked = decision.code == "owner", decision.code == "revoked"
        self.waiting = decision.code == "announced"
        self.edit_href = edit_href(product) if self.is_owner else ""
        self.explanation, self.remedy = decision.message, decision.remedy
        self.amount = to_input(product.price_minor, product.currency)
        self._seen = (product.price_minor, product.currency) if product.price_kind == "fixed" else None
        self._product_id, self.loaded = str(product.id), True

    @action("anyone", rate=(60, 60), background=True)
    async def play(self):
        """The visitor asked for the free clip: the cover makes room for the player once the video host has given
        an address, for this page only."""
        async with self:
            if self.playing or not self._product_id:
                return None
            self.playing, product_id = True, UUID(self._product_id)
        source = await _preview(product_id)
        async with self:
            if self._product_id == str(product_id):
                self.playing, self.preview_src = bool(source), source
        return None if source else problem(_("The preview can't be played at the moment. Try again in a minute."))

    @action("anyone", rate=(20, 60), background=True)
    async def buy(self, form: Form):
        """One open order per buyer and lesson: double clicks and second tabs get the same payment page."""
        who = actor()
        async with self:
            if self.busy:
                return None
            self.busy, self.errors = True, {}
            address, code, here = self.view.get("slug", ""), self._code(), self._here()
            came_by, seen, origin = via(self), self._seen, came_from(self)
        try:
            if not who.signed_in:
                return rx.redirect(f"/login?next={here}")
            target = await start_purchase(
                who, address, typed_of(form, "amount"), code=code, via=came_by, seen=seen, origin=origin
            )
            if text_of(form, "letters"):
                await wants_letters(who, address)
            if target.startswith("/"):
                return rx.redirect(target)
            async with self:
                self._leave_for(target)
            return None
        except PriceChanged:
            async with self:
                await self._look_again(code)
            raise
        except MarketplaceError as error:
            if error.field == "code":
                async with self:
                    self.offer = {"code": code, "refusal": error.text}
            raise
        finally:
            async with self:
                self.busy = False

    async def _look_again(self, code: str) -> None:
        """The price as it is now, with the code that was applied."""
        async with transaction() as session:
            listing = next(iter(await browse.listings(session, [UUID(self._product_id)])), None)
        if listing is None:
            return
        product = listing.product
        self.view = {**self.view, "price": lesson_view(listing)["price"]}
        self._seen = (product.price_minor, product.currency) if product.price_kind == "fixed" else None
        if code:
            await self._show_offer(code)


async def _preview(product_id: UUID) -> str:
    """An address of a published lesson's free clip; empty when there is none, or the host doesn't answer."""
    async with transaction() as session:
        listing = next(iter(await browse.listings(session, [product_id])), None)
        clip_id = listing.product.preview_video_id if listing and listing.product.state == "published" else None
        clip = await media.video(session, clip_id) if clip_id else None
    if clip is None or not clip.uri or clip.state != "ready":
        return ""
    try:
        return await vendors().video.playback_url(clip.uri, viewer="preview")
    except MarketplaceError:
        return ""
