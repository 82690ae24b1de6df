"""``/library`` and ``/watch/<slug>``: what a person owns, and watching it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.learning import service as learning
from marketplace.domain.learning.models import Progress
from marketplace.domain.media import service as media
from marketplace.errors import Denied
from marketplace.i18n import _
from marketplace.markdown import render
from marketplace.present import card, duration, lesson_view
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param
from marketplace.state.checkout import explain
from marketplace.vendors import vendors


class LibraryState(Page, rx.State):
    """Everything with a live grant: what was begun first, then all."""

    going: list[dict[str, str]] = []
    items: list[dict[str, str]] = []

    @action("anyone")
    async def on_load(self):
        who = actor()
        if not who.signed_in:
            return rx.redirect("/login?next=/library", replace=True)
        assert who.account_id is not None
        async with transaction() as session:
            ids = await access.live_products(session, who.account_id)
            listings = await browse.listings(session, ids)
            progress = await learning.progress_of(session, who.account_id, ids)
        self.items = [owned_card(item, progress.get(item.product.id)) for item in listings]
        begun = [i for i in self.items if i["percent"] not in ("0", "100")]
        order = {str(pid): p.updated_at for pid, p in progress.items()}
        self.going = sorted(begun, key=lambda i: order[i["id"]], reverse=True)[:6]
        self.loaded = True
        return None


def owned_card(listing: Listing, progress: Progress | None) -> dict[str, str]:
    """A card of the library: progress in percent and the minutes that are left."""
    done = progress is not None and progress.completed_at is not None
    percent = learning.rules.percent(progress.furthest_s, progress.duration_s, done) if progress else 0
    left = max(0, listing.product.duration_s - (progress.position_s if progress else 0))
    return {
        **{k: str(v) for k, v in card(listing).items()},
        "id": str(listing.product.id),
        "href": f"/watch/{listing.product.slug}",
        "percent": str(percent),
        "left": _("{time} left").format(time=duration(left)) if 0 < percent < 100 and left else "",
        "status": _("Finished") if done else _("Not started") if percent == 0 else "",
    }


class WatchState(Page, rx.State):
    """The player's page. The video's address is set only after the grant was checked, for this viewer."""

    view: dict[str, str] = {}
    description: str = ""
    src: str = ""
    tracks: list[dict[str, str]] = []
    start_at: int = 0
    percent: int = 0
    completed: bool = False
    denied: str = ""
    remedy: str = ""
    problem: str = ""

    _product_id: str = ""

    @action("anyone", rate=(120, 60))
    async def on_load(self):
        self._reset()
        who = actor()
        async with transaction() as session:
            listing = await browse.lesson(session, param(self, "lesson_slug"))
            if listing is None:
                moved = await browse.moved_to(session, param(self, "lesson_slug"))
                self.failure, self.loaded = _("There is no lesson at this address."), True
                return rx.redirect(f"/watch/{moved}", replace=True) if moved else None
            decision = await explain(session, who, listing)
            if decision.code == "not_published":
                self.failure, self.loaded = _("There is no lesson at this address."), True
                return None
            self.view = lesson_view(listing)
            if not decision.allowed:
                self.denied, self.remedy, self.loaded = decision.message, decision.remedy, True
                return None
            assert who.account_id is not None
            seen = await learning.progress(session, who.account_id, listing.product.id)
        self.description = render(listing.product.description_md)
        self._product_id = str(listing.product.id)
        self._show_progress(seen)
        self.loaded = True
        return WatchState.open_video

    def _reset(self) -> None:
        self.loaded, self.failure, self.denied, self.remedy, self.problem = False, "", "", "", ""
        self.view, self.src, self.tracks, self.description, self._product_id = {}, "", [], "", ""
        self.start_at, self.percent, self.completed = 0, 0, False

    def _show_progress(self, seen: Progress | None) -> None:
        if seen is None:
            return
        self.completed = seen.completed_at is not None
        self.percent = learning.rules.percent(seen.furthest_s, seen.duration_s, self.completed)
        self.start_at = learning.rules.resume_at(seen.position_s, seen.duration_s, self.completed)

    @action("member", rate=(60, 60), background=True)
    async def open_video(self):
        """Check the grant again, then ask the host for an address for this viewer."""
        who = actor()
        async with self:
            product_id = self._product_id
        if not product_id:
            return
        video = await _granted_video(UUID(product_id))
        if video is None or not video.uri:
            async with self:
                self.problem = _("The video isn't available right now. Its creator has been told.")
            return
        try:
            source, tracks = await asyncio.gather(
                vendors().video.playback_url(video.uri, viewer=str(who.account_id)), vendors().video.captions(video.uri)
            )
        except Exception:
            async with self:
                self.problem = _("The video host isn't answering. Your place is kept; try again in a minute.")
            return
        async with self:
            self.tracks = [{"lang": lang, "label": label, "src": url} for lang, label, url in tracks]
            self.src, self.problem = source, ""

    @action("member", rate=(240, 60))
    async def watched(self, position: float, length: float):
        """The player says where it is, every few seconds. The grant is checked each time."""
        if not self._product_id:
            return
        product_id, who = UUID(self._product_id), actor()
        assert who.account_id is not None
        async with transaction() as session:
            listing = (await browse.listings(session, [product_id]))[0]
            if not (await explain(session, who, listing)).allowed:
                raise Denied(_("Your access to this lesson has ended."))
            await learning.save(
                session, who.account_id, product_id, position_s=position, duration_s=listing.product.duration_s
            )
            seen = await learning.progress(session, who.account_id, product_id)
        if seen is not None:
            self.completed = seen.completed_at is not None
            self.percent = learning.rules.percent(seen.furthest_s, seen.duration_s, self.completed)

    @action("member", rate=(30, 60))
    async def player_failed(self, message: str):
        self.problem = _("The video stopped playing. Check your connection and try again; your place is kept.")


async def _granted_video(product_id: UUID) -> media.Video | None:
    """The lesson's video if the event's sender may watch it, at this moment."""
    async with transaction() as session:
        found = await browse.listings(session, [product_id])
        if not found or not (await explain(session, actor(), found[0])).allowed:
            raise Denied(_("You don't have access to this lesson."))
        video_id = found[0].product.video_id
        video = await media.video(session, video_id) if video_id else None
    return video if video is not None and video.state == "ready" else None
