"""``/studio/new``: the lesson wizard, a state machine over one draft.

Steps are details → video → price → publish; any can be visited at any time. Every change is saved at
once with the revision this tab last saw: a tab that fell behind is told, and overwrites nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import StaleDraft
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.catalog.rules import LEVELS, MAX_LEARN, TOPICS
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import LANGUAGES, MAX_CAPTION_BYTES
from marketplace.domain.orders.rules import split
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.ids import new_id
from marketplace.jobs.media import poll
from marketplace.markdown import render
from marketplace.money import EXPONENTS, format_minor, parse, to_input
from marketplace.present import cover, srcset
from marketplace.settings import get_settings
from marketplace.state.action import Count, Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id, param
from marketplace.state.viewer import success
from marketplace.state.wizard_draft import make_renditions, new_upload, preview_price, same_upload, start, video_view
from marketplace.vendors import vendors

STEPS = ("details", "video", "price", "publish")
_TEXT_FIELDS = {"title": "title", "summary": "summary", "description": "description_md"}
_CHOICES = {
    "topic": "topic",
    "level": "level",
    "language": "language",
    "currency": "currency",
    "price_kind": "price_kind",
}


class WizardState(Page, rx.State):
    """One draft. ``saved_at`` is ISO time of the last save that the database confirmed; ``handled`` counts the
    edits that were answered, saved or refused; ``version`` grows when the page must forget what was typed; ``opened``
    is the address's id of the draft that is shown."""

    opened: str = ""
    form: dict[str, str] = {}
    learn: list[str] = []
    preview_html: str = ""
    cover: dict[str, str] = {}
    cover_upload_url: str = ""
    cover_problem: str = ""
    cover_round: int = 0
    video: dict[str, str] = {}
    video_state: str = ""
    video_round: int = 0
    video_upload_url: str = ""
    video_problem: str = ""
    captions: list[dict[str, str]] = []
    caption_language: str = "en"
    caption_upload_url: str = ""
    caption_round: int = 0
    caption_problem: str = ""
    zero: str = ""
    earnings: str = ""
    fee_words: str = ""
    problems: list[dict[str, str]] = []
    steps: list[dict[str, str]] = []
    saved_at: str = ""
    handled: int = 0
    version: int = 0
    href: str = ""
    stale: bool = False
    state: str = "draft"
    public_href: str = ""
    has_changes: bool = False
    can_be_paid: bool = False
    busy: bool = False

    _product_id: str = ""
    _revision: int = 0
    _video_id: str = ""
    _image_id: str = ""
    _caption_path: str = ""
    _failed_video: str = ""
    _following: str = ""
    _creator: tuple[str, str] = ("", "")

    @action("anyone")
    async def on_load(self):
        """Open the draft of ``?id=``, or start one. A change of step leaves the rest of the page as it is."""
        if not actor().is_creator:
            return rx.redirect("/studio" if actor().signed_in else "/login?next=/studio/new", replace=True)
        wanted = param(self, "id")
        if not wanted or wanted != self._product_id or self.failure:
            self.reset()
        self.cover_upload_url = self.video_upload_url = self.caption_upload_url = self._failed_video = ""
        try:
            if not wanted:
                return rx.redirect(f"/studio/new?id={await start()}", replace=True)
            await self._open(wanted)
            self.opened = wanted
        except MarketplaceError as error:
            self.failure = error.text
        self.loaded = True
        return WizardState.follow_video if self.video.get("state") == "transcoding" else None

    async def _open(self, wanted: str) -> None:
        async with transaction() as session:
            product, draft = await catalog.load(session, actor(), need_id(wanted))
            creator = await accounts.account(session, product.creator_id)
            self._product_id, self.href = str(product.id), f"/studio/new?id={product.id}&step="
            self._creator = (creator.name, creator.avatar_url)
            await self._show_in(session, product, draft)

    async def _show_in(self, session: AsyncSession, product: Product, draft: ProductDraft) -> None:
        self._revision, self.state, self.stale = draft.revision, product.state, False
        self.form = {
            "title": draft.title, "summary": draft.summary, "description": draft.description_md, "topic": draft.topic,
            "level": draft.level, "language": draft.language, "price_kind": draft.price_kind, "currency": draft.currency,
            "price": to_input(draft.price_minor, draft.currency) if draft.price_minor else "",
            "minimum": to_input(draft.min_minor, draft.currency) if draft.min_minor else "",
            **{name: self.form[name] for name in ("price", "minimum") if name in self.errors},
        }  # fmt: skip
        self.learn, self.preview_html = list(draft.learn), render(draft.description_md)
        self.public_href = f"/lessons/{product.slug}" if product.state == "published" else ""
        self.has_changes = product.state == "published" and catalog.has_changes(product, draft)
        await self._show_media(session, draft)
        self._show_price(draft)
        await self._show_problems(session, product, draft)

    async def _show_media(self, session: AsyncSession, draft: ProductDraft) -> None:
        image = (await media.images(session, [draft.image_id])).get(draft.image_id) if draft.image_id else None
        ready = image is not None and image.state == "ready"
        self.cover = (
            {"src": cover(image, 960), "srcset": srcset(image), "color": image.color, "size": f"{image.width} × {image.height}"}
            if ready and image is not None else {}
        )  # fmt: skip
        video = await media.video(session, draft.video_id) if draft.video_id else None
        self._video_id = str(video.id) if video else ""
        self.video = video_view(video) if video and video.state != "deleted" else {}
        self.video_state = self.video.get("state", "")
        rows = await media.captions(session, video.id) if video else []
        self.captions = [{"id": str(c.id), "label": c.label, "language": c.language} for c in rows]

    def _show_price(self, draft: ProductDraft) -> None:
        settings = get_settings()
        amount = draft.price_minor if draft.price_kind != "free" else 0
        parts = split(amount, settings.platform_fee_percent)
        self.zero = to_input(0, draft.currency)
        percent = f"{settings.platform_fee_percent.normalize():f}"
        self.earnings = format_minor(parts.creator_minor, draft.currency) if amount else ""
        self.fee_words = (
            f"{format_minor(amount, draft.currency)} − {format_minor(parts.fee_minor, draft.currency)} ({percent} %)"
            if amount
            else ""
        )

    async def _show_problems(self, session: AsyncSession, product: Product, draft: ProductDraft) -> None:
        found = await catalog.problems(session, draft, product.creator_id)
        self.problems = [{"field": p.field, "step": p.step, "message": p.message} for p in found]
        self.can_be_paid = not any(p.field == "account" for p in found)
        names = {"details": _("Details"), "video": _("Video"), "price": _("Price"), "publish": _("Publish")}
        lacking = {p.step for p in found} | (set() if product.revision else {"publish"})
        wrong = {"video"} if self.video.get("state") == "failed" else set()
        self.steps = [
            {"key": step, "label": names[step],
             "state": "problem" if step in wrong else "todo" if step in lacking else "done"}
            for step in STEPS
        ]  # fmt: skip

    async def _save(self, changes: dict[str, Any], *, own: bool = True) -> bool:
        """One change of this tab. False when the draft moved on elsewhere."""
        product_id = need_id(self._product_id)
        try:
            async with transaction() as session:
                draft = await catalog.save(
                    session, actor(), product_id, changes, revision=self._revision if own else None
                )
                product, draft = await catalog.load(session, actor(), product_id)
                await self._show_in(session, product, draft)
        except StaleDraft:
            self.stale = True
            return False
        self.saved_at = draft.updated_at.isoformat()
        return True

    @action("creator", rate=(240, 60))
    async def edit(self, field: Short, value: Text):
        """A text field or choice changed."""
        await self._answer(field, self._edit(field, value))

    async def _answer(self, field: str, change: Awaitable[None]) -> None:
        """What is refused stays as typed, with the reason beside its own field only."""
        self.errors = {name: text for name, text in self.errors.items() if name != field}
        try:
            await change
        except MarketplaceError as error:
            self.errors = {**self.errors, (error.field or field): error.text}
        finally:
            self.handled += 1

    async def _edit(self, field: str, value: str) -> None:
        if field in _TEXT_FIELDS:
            await self._save({_TEXT_FIELDS[field]: value})
        elif field in _CHOICES:
            await self._choose(field, value)
        elif field in ("price", "minimum"):
            await self._price(field, value)
        else:
            raise Invalid(_("Unknown field."))

    async def _choose(self, field: str, value: str) -> None:
        changes: dict[str, Any] = {_CHOICES[field]: value}
        if field == "currency" and value in EXPONENTS:
            for name, column in (("price", "price_minor"), ("minimum", "min_minor")):
                typed = self.form.get(name, "")
                whole = typed.split(".")[0] if EXPONENTS[value] == 0 else typed
                changes[column] = parse(whole, value, field=name) if whole else 0
        await self._save(changes)

    async def _price(self, field: str, value: str) -> None:
        """What can't be a price stays as typed, with the reason beside it."""
        try:
            minor = parse(value, self.form["currency"], field=field) if value.strip() else 0
        except Invalid:
            self.form = {**self.form, field: value[:40]}
            raise
        await self._save({"price_minor" if field == "price" else "min_minor": minor})

    @action("creator", rate=(240, 60))
    async def edit_learn(self, index: Count, value: Line):
        lines = list(self.learn)
        if index < len(lines):
            lines[index] = value
        elif index == len(lines):
            lines.append(value)
        await self._answer("learn", self._learn(lines))

    async def _learn(self, lines: list[str]) -> None:
        await self._save({"learn": lines})

    @action("creator", rate=(120, 60))
    async def remove_learn(self, index: Count):
        await self._answer("learn", self._learn([line for n, line in enumerate(self.learn) if n != index]))

    @action("creator", rate=(120, 60))
    async def move_learn(self, index: Count):
        """One place up."""
        lines = list(self.learn)
        if 0 < index < len(lines):
            lines[index - 1], lines[index] = lines[index], lines[index - 1]
            await self._answer("learn", self._learn(lines))

    @action("creator", rate=(60, 60))
    async def reload(self):
        """Take the version that another tab saved."""
        self.errors = {}
        await self._refresh()
        self.version += 1

    @action("creator", rate=(30, 600), background=True)
    async def cover_chosen(self, name: Short, size: Count, mime: Short):
        async with self:
            self.cover_problem, self.cover_upload_url = "", ""
        try:
            async with transaction() as session:
                image = await media.start_image(session, actor(), size=size, mime=mime)
            url = await vendors().files.signed_upload(image.upload_path)
            async with self:
                self._image_id, self.cover_upload_url = str(image.id), url
        except MarketplaceError as error:
            async with self:
                self._answer_cover(error.text)

    @action("creator", rate=(30, 600), background=True)
    async def cover_uploaded(self):
        """Fetch what arrived, make the responsive sizes, put the picture into the draft."""
        async with self:
            image_id, self.cover_upload_url = self._image_id, ""
        try:
            async with transaction() as session:
                image = await media.own_image(session, actor(), need_id(image_id))
            await make_renditions(image.id, image.upload_path)
            async with self:
                await self._save({"image_id": image.id}, own=False)
                self._answer_cover()
        except MarketplaceError as error:
            async with self:
                self._answer_cover(error.text)

    def _answer_cover(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.cover_problem, self.cover_upload_url = problem, ""
        self.cover_round += 1

    @action("creator", rate=(30, 60))
    async def cover_failed(self, message: Line):
        self.cover_upload_url = ""

    @action("creator", rate=(30, 600), background=True)
    async def video_chosen(self, name: Short, size: Count, mime: Short):
        """A new upload, or the same file again: then the old link goes on where it stopped."""
        async with self:
            self.video_problem, known, self.video_upload_url = "", self._video_id, ""
            product_id, failed = self._product_id, self._failed_video
        try:
            link = await same_upload(known, name, size) if known != failed else None
            if link is None:
                link = await new_upload(product_id, known, name, size, mime)
            async with self:
                await self._refresh()
                self.video_upload_url = link
        except MarketplaceError as error:
            async with self:
                self.video_problem = error.text
                self.video_round += 1

    @action("creator", rate=(60, 60), background=True)
    async def video_uploaded(self):
        async with self:
            video_id, self.video_upload_url = self._video_id, ""
        async with transaction() as session:
            await media.uploaded(session, actor(), need_id(video_id))
        async with self:
            await self._refresh()
        return WizardState.follow_video

    @action("creator", rate=(60, 60), background=True)
    async def follow_video(self):
        """Watch the host prepare the video while the page is open; the job goes on without it."""
        async with self:
            video_id = self._video_id
            if not video_id or self._following.partition(":")[0] == video_id:
                return
            self._following = following = f"{video_id}:{new_id()}"
        try:
            for attempt in range(120):
                if not await self._still_preparing(video_id, following):
                    return
                await asyncio.sleep(min(5.0, 1 + attempt / 4))
        finally:
            async with self:
                if self._following == following:
                    self._following = ""

    async def _still_preparing(self, video_id: str, following: str) -> bool:
        """False also when the page was loaded anew: it has a watch of its own."""
        try:
            await poll(video_id)
        except MarketplaceError:
            await asyncio.sleep(5)
        async with self:
            if video_id != self._video_id or following != self._following:
                return False
            await self._refresh()
            return self.video.get("state") in ("transcoding", "uploading")

    @action("creator", rate=(30, 60))
    async def video_failed(self, message: Line):
        """The uploader says why and offers to go on; when its link is spent, the next choice gets a new one."""
        self.video_upload_url, self._failed_video = "", self._video_id

    @action("creator", rate=(30, 60))
    async def remove_video(self):
        """Cancel the upload, or take the video out of the draft. A published lesson keeps its own until then."""
        video_id, product_id = self._video_id, need_id(self._product_id)
        if not video_id:
            return
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), product_id)
            await catalog.save(session, actor(), product_id, {"video_id": None}, revision=None)
            if str(product.video_id) != video_id:
                await media.drop_video(session, need_id(video_id))
        self.video_upload_url, self.video_problem = "", ""
        await self._refresh()

    async def _refresh(self) -> None:
        async with transaction() as session:
            product, draft = await catalog.load(session, actor(), need_id(self._product_id))
            await self._show_in(session, product, draft)

    @action("creator", rate=(60, 60))
    async def set_caption_language(self, value: Short):
        if value in LANGUAGES:
            self.caption_language = value

    @action("creator", rate=(30, 600), background=True)
    async def caption_chosen(self, name: Short, size: Count, mime: Short):
        who = actor()
        async with self:
            self.caption_problem, self.caption_upload_url = "", ""
        try:
            if not name.lower().endswith((".vtt", ".srt")):
                raise Invalid(_("Choose a .vtt or .srt file."))
            if not 0 < size <= MAX_CAPTION_BYTES:
                raise Invalid(_("Captions can have at most 1 MB."))
            path = f"captions/{who.account_id}/{new_id()}"
            url = await vendors().files.signed_upload(path)
            async with self:
                self._caption_path, self.caption_upload_url = path, url
        except MarketplaceError as error:
            async with self:
                self._answer_caption(error.text)

    @action("creator", rate=(30, 600), background=True)
    async def caption_uploaded(self):
        async with self:
            path, language, video_id = self._caption_path, self.caption_language, self._video_id
            self.caption_upload_url = ""
        try:
            source = await vendors().files.read(path, max_bytes=MAX_CAPTION_BYTES)
            async with transaction() as session:
                await media.add_caption(session, actor(), need_id(video_id), language=language, source=source)
            async with self:
                await self._refresh()
                self._answer_caption()
            await vendors().files.delete(path)
        except MarketplaceError as error:
            async with self:
                self._answer_caption(error.text)

    def _answer_caption(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.caption_problem, self.caption_upload_url = problem, ""
        self.caption_round += 1

    @action("creator", rate=(30, 60))
    async def caption_failed(self, message: Line):
        self.caption_upload_url = ""

    @action("creator", rate=(30, 60))
    async def remove_caption(self, caption_id: Short):
        async with transaction() as session:
            await media.remove_caption(session, actor(), need_id(caption_id))
        await self._refresh()

    @action("creator", rate=(20, 60), background=True)
    async def publish(self):
        """Lock the video to our domain, then copy the draft to the shop."""
        async with self:
            if self.busy:
                return None
            self.busy, product_id, revision, video_id = True, self._product_id, self._revision, self._video_id
        try:
            from marketplace.jobs.media import protect

            async with transaction() as session:
                await catalog.load(session, actor(), need_id(product_id))
            if video_id:
                await protect(UUID(video_id))
            async with transaction() as session:
                await catalog.publish(session, actor(), need_id(product_id), revision=revision)
            async with self:
                await self._refresh()
            return success(_("Published. Your lesson is in the shop."))
        except StaleDraft:
            async with self:
                self.stale = True
            return None
        finally:
            async with self:
                self.busy = False

    @action("creator", rate=(20, 60))
    async def unpublish(self):
        async with transaction() as session:
            await catalog.change_state(session, actor(), need_id(self._product_id), "unpublish")
        await self._refresh()
        return success(_("Taken off the shop. Buyers keep it."))

    @rx.var
    def preview(self) -> dict[str, str]:
        """The lesson as a buyer would see it."""
        form = self.form
        if not form:
            return {}
        return {
            "title": form["title"] or _("Untitled lesson"), "summary": form["summary"], "topic": TOPICS.get(form["topic"], ""),
            "level": LEVELS.get(form["level"], ""), "price": preview_price(form), "cover": self.cover.get("src", ""),
            "cover_srcset": self.cover.get("srcset", ""), "cover_color": self.cover.get("color", "#e6e0d6"),
            "duration": self.video.get("duration", ""), "language": LANGUAGES.get(form["language"], ""),
            "creator": self._creator[0], "creator_avatar": self._creator[1], "rating": "", "href": "#",
        }  # fmt: skip

    @rx.var
    def learn_rows(self) -> list[str]:
        """The points, and an empty line to add one."""
        return [*self.learn, ""] if len(self.learn) < MAX_LEARN else self.learn

    @rx.var
    def step_states(self) -> dict[str, str]:
        return {step["key"]: step["state"] for step in self.steps}

    @rx.var
    def price_problems(self) -> dict[str, str]:
        """What keeps typed amounts from being published; an amount that is still empty is no mistake yet."""
        names = ("price", "minimum")
        return {p["field"]: p["message"] for p in self.problems if p["field"] in names and self.form.get(p["field"])}
