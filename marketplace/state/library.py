"""``/library`` and ``/watch/<slug>``: what a person owns, and watching it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import explain, explain_lesson
from marketplace.db import direct, transaction
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import taking
from marketplace.domain.learning import service as learning
from marketplace.domain.learning.models import Progress
from marketplace.domain.media import service as media
from marketplace.domain.reviews import service as reviews
from marketplace.errors import Denied, Missing
from marketplace.i18n import _, percent_words
from marketplace.markdown import render
from marketplace.present import card, lesson_view, open_path, product_path, time_left
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param
from marketplace.state.learn_offline import Reconnecting
from marketplace.state.learn_player import Playing, Scene, fetch_transcripts
from marketplace.vendors import vendors

FILTERS_FROM, CONTINUE = 9, 6


class LibraryState(Page, rx.State):
    """Everything with a live grant: what was begun and not finished leads, then all of it in pages."""

    going: list[dict[str, str]] = []
    items: list[dict[str, str]] = []
    total: int = 0
    filters: bool = False
    show: str = ""
    next_key: str = ""

    @action("anyone")
    async def on_load(self):
        who = actor()
        if not who.signed_in:
            return rx.redirect("/login?next=/library", replace=True)
        assert who.account_id is not None
        self.show = param(self, "show") if param(self, "show") in learning.rules.STANDINGS else ""
        async with transaction() as session:
            self.total = await learning.owned_count(session, who.account_id)
            begun = [] if self.show else await learning.going(session, who.account_id, CONTINUE)
            self.going = await _cards(session, who.account_id, begun)
        self.filters = self.total >= FILTERS_FROM or self.show != ""
        self.items = []
        await self._fetch("")
        self.loaded = True
        return None

    @action("member", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    async def _fetch(self, key: str) -> None:
        account_id = actor().account_id
        assert account_id is not None
        async with transaction() as session:
            shelf = await learning.library(session, account_id, standing=self.show, key=key)
            self.items = [*self.items, *await _cards(session, account_id, shelf.product_ids)]
        self.next_key = shelf.next_key


async def _cards(session: AsyncSession, account_id: UUID, product_ids: list[UUID]) -> list[dict[str, str]]:
    listings = await browse.listings(session, product_ids)
    progress = await learning.progress_of(session, account_id, product_ids)
    courses = [item.product.id for item in listings if item.product.kind == "course"]
    percents = await taking.percents(session, account_id, courses) if courses else {}
    reviewed = await reviews.reviewed_among(session, account_id, product_ids)
    cards = [
        course_card(item, percents.get(item.product.id, 0)) if item.product.kind == "course"
        else owned_card(item, progress.get(item.product.id))
        for item in listings
    ]  # fmt: skip
    return [
        {
            **one,
            "review": product_path(item.product) if one["percent"] == "100" and item.product.id not in reviewed else "",
        }
        for one, item in zip(cards, listings, strict=True)
    ]


def course_card(listing: Listing, percent: int) -> dict[str, str]:
    return {
        **{k: str(v) for k, v in card(listing).items()},
        "href": open_path(listing.product),
        "percent": str(percent),
        "left": percent_words(percent) if 0 < percent < 100 else "",
        "status": _("Finished") if percent == 100 else _("Not started") if percent == 0 else "",
    }


def owned_card(listing: Listing, progress: Progress | None) -> dict[str, str]:
    """A card of the library: progress in percent and the minutes that are left."""
    done = progress is not None and progress.completed_at is not None
    percent = learning.rules.percent(progress.furthest_s, progress.duration_s, done) if progress else 0
    left = max(0, listing.product.duration_s - (progress.position_s if progress else 0))
    return {
        **{k: str(v) for k, v in card(listing).items()},
        "href": open_path(listing.product),
        "percent": str(percent),
        "left": time_left(left) if 0 < percent < 100 else "",
        "status": _("Finished") if done else _("Not started") if percent == 0 else "",
    }


class WatchState(Playing, Reconnecting, rx.State):
    """The player's page. The video's address is set only after the grant was checked, for this viewer."""

    view: dict[str, str] = {}
    description: str = ""
    learn: list[str] = []
    src: str = ""
    tracks: list[dict[str, str]] = []
    start_at: int = 0
    percent: int = 0
    completed: bool = False
    denied: str = ""
    remedy: str = ""
    problem: str = ""

    @action("anyone", rate=(120, 60))
    async def on_load(self):
        self._reset()
        who = actor()
        async with transaction() as session:
            listing = await browse.lesson(session, param(self, "lesson_slug"))
            if listing is None:
                if moved := await browse.moved_to(session, param(self, "lesson_slug")):
                    return rx.redirect(f"/watch/{moved}", replace=True)
                self.failure, self.loaded = _("There is no lesson at this address."), True
                return None
            decision = await explain(session, who, listing)
            if listing.product.state != "published" and not (decision.allowed or decision.code == "announced"):
                self.failure, self.loaded = _("There is no lesson at this address."), True
                return None
            if listing.product.kind == "course":
                return rx.redirect(f"/learn/{listing.product.slug}", replace=True)
            self.view = lesson_view(listing)
            if not decision.allowed:
                self.denied, self.remedy, self.loaded = decision.message, decision.remedy, True
                return None
            assert who.account_id is not None
            learner = who.account_id if decision.code == "granted" else None
            if learner is not None:
                await learning.opened(session, learner, listing.product.id, duration_s=listing.product.duration_s)
            seen = await learning.progress(session, who.account_id, listing.product.id)
            self._product_id = str(listing.product.id)
            self._show_owner(learner)
            await self._show_playing(session, _scene_of(listing, learner))
        self.description, self.learn = render(listing.product.description_md), list(listing.product.learn)
        self._show_progress(seen)
        self.loaded = True
        return WatchState.open_video

    def _reset(self) -> None:
        self.loaded, self.failure, self.denied, self.remedy, self.problem = False, "", "", "", ""
        self.view, self.src, self.tracks, self.description, self.learn, self._product_id = {}, "", [], "", [], ""
        self.start_at, self.percent, self.completed = 0, 0, False
        self._clear_playing()

    async def _scene(self, session: AsyncSession) -> Scene:
        """The lesson of this page, if the event's sender may watch it at this moment."""
        if not self._product_id:
            raise Missing
        found, who = await browse.listings(session, [UUID(self._product_id)]), actor()
        decision = await explain(session, who, found[0]) if found else None
        if decision is None or not decision.allowed:
            raise Denied(decision.message if decision else Missing.message)
        return _scene_of(found[0], who.account_id if decision.code == "granted" else None)

    async def _after_merge(self) -> None:
        account_id = actor().account_id
        assert account_id is not None
        async with transaction() as session:
            seen = await learning.progress(session, account_id, UUID(self._product_id))
        self._show_progress(seen)

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
                self.problem = _("The video isn't ready at the moment. Your access is kept; try again in a while.")
            return
        try:
            source, tracks = await asyncio.gather(
                vendors().video.playback_url(video.uri, viewer=str(who.account_id)), vendors().video.captions(video.uri)
            )
        except Exception:
            async with self:
                self.problem = _("The video host isn't answering. Your place is kept; try again in a minute.")
            return
        async with transaction() as session:
            seen = await learning.progress(session, who.account_id, UUID(product_id))
        async with self:
            self._show_progress(seen)
            self.tracks = [{"lang": lang, "label": label, "src": url} for lang, label, url in tracks]
            self.src, self.problem = source, ""
        if await fetch_transcripts(video.id, tracks):
            async with self, transaction() as session:
                await self._show_playing(session, await self._scene(session))

    @action("member", rate=(240, 60))
    async def watched(self, position: float, length: float):
        """The player says where it is, every few seconds. The grant is checked each time."""
        if not self._product_id:
            return
        product_id, who = UUID(self._product_id), actor()
        assert who.account_id is not None
        async with direct() as connection:
            lesson = await browse.facts(connection, product_id)
            if lesson is None:
                return
            decision = await explain_lesson(connection, who, lesson)
            if not decision.allowed:
                self.src, self.tracks, self._product_id = "", [], ""
                self.denied, self.remedy = decision.message, decision.remedy
                return
            furthest, self.completed = await learning.save(
                connection, who.account_id, product_id, position_s=position, duration_s=lesson.duration_s
            )
        self.percent = learning.rules.percent(furthest, lesson.duration_s, self.completed)
        self.heard = {"block": self._product_id, "position": str(position)}

    @action("member", rate=(30, 60))
    async def player_failed(self, message: str):
        self.problem = _("The video stopped playing. Check your connection and try again; your place is kept.")


def _scene_of(listing: Listing, learner: UUID | None) -> Scene:
    product = listing.product
    videos = {product.id: (product.video_id, product.duration_s)} if product.video_id else {}
    return Scene(product.id, product.id, learner, videos)


async def _granted_video(product_id: UUID) -> media.Video | None:
    """The lesson's video if the event's sender may watch it, at this moment."""
    async with transaction() as session:
        found = await browse.listings(session, [product_id])
        if not found or not (await explain(session, actor(), found[0])).allowed:
            raise Denied(_("You don't have access to this lesson."))
        video_id = found[0].product.video_id
        video = await media.video(session, video_id) if video_id else None
    return video if video is not None and video.state == "ready" else None
