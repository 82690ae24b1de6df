"""``/lessons/<slug>``: what a lesson offers, and buying it. The video itself is never part of this page."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from marketplace.checkout import explain, start_purchase
from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.suggest import meant_by
from marketplace.domain.media import service as media
from marketplace.errors import MarketplaceError
from marketplace.i18n import _
from marketplace.money import to_input
from marketplace.present import Card, card, lesson_view
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, param, text_of, via
from marketplace.vendors import vendors


class LessonState(Page, rx.State):
    """Public facts of one lesson, and what this visitor may do with it."""

    view: dict[str, str] = {}
    learn: list[str] = []
    more_by: list[Card] = []
    preview_src: str = ""
    owned: bool = False
    can_watch: bool = False
    is_owner: bool = False
    explanation: str = ""
    remedy: str = ""
    amount: str = ""
    busy: bool = False
    playing: bool = False
    cancelled: bool = False
    revoked: bool = False
    edit_href: str = ""

    _product_id: str = ""

    @action("anyone")
    async def on_load(self):
        self.loaded, self.failure, self.busy, self.errors, self.go = False, "", False, {}, ""
        self.preview_src, self.playing, self.cancelled = "", False, param(self, "cancelled") == "1"
        async with transaction() as session:
            listing = await browse.lesson(session, param(self, "lesson_slug"))
            if listing is None:
                if moved := await browse.moved_to(session, param(self, "lesson_slug")):
                    return rx.redirect(f"/lessons/{moved}", replace=True)
                self._clear()
                self.more_by = [card(i) for i in await meant_by(session, param(self, "lesson_slug"))]
                return None
            decision = await explain(session, actor(), listing)
            if listing.product.state != "published" and not decision.allowed:
                self._clear()
                return None
            page = await browse.lessons(session, creator_id=listing.product.creator_id, limit=4)
            preview = listing.product.preview_video_id
            clip = await media.video(session, preview) if preview else None
        self._show(listing, decision)
        self.more_by = [card(i) for i in page.items if i.product.id != listing.product.id][:3]
        return LessonState.load_preview if clip is not None and clip.state == "ready" else None

    def _clear(self) -> None:
        self.view, self.learn, self.more_by, self._product_id = {}, [], [], ""
        self.owned = self.can_watch = False
        self.failure, self.loaded = _("There is no lesson at this address"), True

    def _show(self, listing: Listing, decision: access.Decision) -> None:
        product = listing.product
        self.view, self.learn = lesson_view(listing), list(product.learn)
        self.can_watch, self.owned = decision.allowed, decision.code == "granted"
        self.is_owner, self.revoked = decision.code == "owner", decision.code == "revoked"
        self.edit_href = f"/studio/new?id={product.id}" if self.is_owner else ""
        self.explanation, self.remedy = decision.message, decision.remedy
        self.amount = to_input(product.price_minor, product.currency)
        self._product_id, self.loaded = str(product.id), True

    @action("anyone")
    async def note_amount(self, typed: Short):
        """What one means to pay, for the basket's button too."""
        self.amount = typed

    @action("anyone")
    async def play(self):
        """The visitor asked for the free clip: the cover makes room for the player."""
        self.playing = True
        return None if self.preview_src else LessonState.load_preview

    @action("anyone", rate=(60, 60), background=True)
    async def load_preview(self):
        """The free clip's address, asked of the video host for this page only. Without an answer the page does
        without the clip, until somebody wants to see it."""
        async with self:
            product_id = self._product_id
        async with transaction() as session:
            listing = (await browse.listings(session, [UUID(product_id)]))[0] if product_id else None
            clip_id = listing.product.preview_video_id if listing else None
            clip = await media.video(session, clip_id) if clip_id else None
        if (
            clip is None
            or not clip.uri
            or clip.state != "ready"
            or listing is None
            or listing.product.state != "published"
        ):
            return
        try:
            source = await vendors().video.playback_url(clip.uri, viewer="preview")
        except MarketplaceError:
            async with self:
                wanted, self.playing = self.playing, False
            if wanted:
                raise
            return
        async with self:
            self.preview_src = source

    @action("anyone", rate=(20, 60), background=True)
    async def buy(self, form: Form):
        """One open order per buyer and lesson: double clicks and second tabs get the same payment page."""
        who = actor()
        async with self:
            if self.busy:
                return None
            self.busy, self.errors = True, {}
            address, came_by = self.view.get("slug", ""), via(self)
        try:
            if not who.signed_in:
                return rx.redirect(f"/login?next=/lessons/{address}")
            target = await start_purchase(who, address, text_of(form, "amount"), via=came_by)
            if target.startswith("/"):
                return rx.redirect(target)
            async with self:
                self._leave_for(target)
            return None
        finally:
            async with self:
                self.busy = False
