"""One draft as the wizard shows it, and the two ways to bring the page up to date with it."""

from __future__ import annotations

from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import StaleDraft
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.courses import service as courses
from marketplace.domain.fees import service as fees
from marketplace.domain.media import service as media
from marketplace.domain.orders.rules import Policy, policy_words, split
from marketplace.errors import MarketplaceError
from marketplace.i18n import _, ngettext
from marketplace.markdown import render
from marketplace.money import format_minor, to_input
from marketplace.present import cover, duration, product_path, sales_page_href, size, srcset, when, whole
from marketplace.settings import get_settings
from marketplace.state.action import actor
from marketplace.state.base import need_id
from marketplace.state.captions import CaptionUpload

STEPS = {
    "lesson": ("details", "video", "price", "publish"), "course": ("details", "curriculum", "price", "publish"),
}  # fmt: skip


class DraftPage(CaptionUpload, rx.State, mixin=True):
    """``saved_at`` is ISO time of the last save that the database confirmed; ``handled`` counts the edits that were
    answered, saved or refused; ``version`` grows when the page must forget what was typed."""

    form: dict[str, str] = {}
    address: dict[str, str] = {}
    learn: list[str] = []
    preview_html: str = ""
    cover: dict[str, str] = {}
    video: dict[str, str] = {}
    video_state: str = ""
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
    page_href: str = ""
    has_changes: bool = False
    can_be_paid: bool = False
    is_course: bool = False
    curriculum: dict[str, str] = {}

    _product_id: str = ""
    _revision: int = 0
    _video_id: str = ""
    _creator: tuple[str, str] = ("", "")
    _fee_percent: Decimal = Decimal(0)

    def _captioned(self) -> str:
        return self._video_id

    async def _open(self, wanted: str) -> None:
        async with transaction() as session:
            product, draft = await catalog.load(session, actor(), need_id(wanted))
            creator = await accounts.account(session, product.creator_id)
            self._product_id, self.href = str(product.id), f"/studio/new?id={product.id}&step="
            self._creator = (creator.name, creator.avatar_url)
            await self._show_in(session, product, draft)

    async def _refresh(self) -> None:
        async with transaction() as session:
            product, draft = await catalog.load(session, actor(), need_id(self._product_id))
            await self._show_in(session, product, draft)

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

    async def _answer(self, field: str, change: Awaitable[None]) -> None:
        """What is refused stays as typed, with the reason beside its own field only."""
        self.errors = {name: text for name, text in self.errors.items() if name != field}
        try:
            await change
        except MarketplaceError as error:
            self.errors = {**self.errors, (error.field or field): error.text}
        finally:
            self.handled += 1

    async def _show_in(self, session: AsyncSession, product: Product, draft: ProductDraft) -> None:
        self._revision, self.state, self.stale = draft.revision, product.state, False
        self.form = {
            "title": draft.title, "summary": draft.summary, "description": draft.description_md, "topic": draft.topic,
            "slug": draft.slug or (product.slug if product.revision else ""),
            "level": draft.level, "language": draft.language, "price_kind": draft.price_kind, "currency": draft.currency,
            "price": to_input(draft.price_minor, draft.currency) if draft.price_minor else "",
            "minimum": to_input(draft.min_minor, draft.currency) if draft.min_minor else "",
            "refund_days": str(draft.refund_days), "refund_max_percent": str(draft.refund_max_percent),
            "before": draft.before, "opens_at": f"{draft.opens_at:%Y-%m-%d}" if draft.opens_at else "",
            "policy": policy_words(Policy(draft.refund_days, draft.refund_max_percent)),
            **{name: self.form[name] for name in ("price", "minimum") if name in self.errors},
        }  # fmt: skip
        self.learn, self.preview_html = list(draft.learn), render(draft.description_md)
        self.page_href = sales_page_href(product.id)
        self.public_href = product_path(product) if product.state == "published" else ""
        self.address = address_view(product, draft)
        self.has_changes = product.state == "published" and catalog.has_changes(product, draft)
        self.is_course = product.kind == "course"
        if self.is_course:
            await self._show_curriculum(session, product)
        await self._show_media(session, draft)
        default = get_settings().platform_fee_percent
        self._fee_percent = await fees.percent_for(session, product.creator_id, product.kind, default)
        self._show_price(draft)
        await self._show_problems(session, product, draft)

    async def _show_curriculum(self, session: AsyncSession, product: Product) -> None:
        editing = await courses.load(session, actor(), product.id)
        count, seconds = len(editing.outline.lessons), editing.outline.seconds
        self.curriculum = {
            "href": f"/studio/products/{product.id}/curriculum", "changes": str(len(editing.changes) or ""),
            "size": ngettext("{count} lesson", "{count} lessons", count).format(count=count) if count else "",
            "duration": whole(seconds),
        }  # fmt: skip
        self.has_changes = self.has_changes or bool(product.state == "published" and editing.changes)

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
        await self._show_captions(session)

    def _show_price(self, draft: ProductDraft) -> None:
        amount = draft.price_minor if draft.price_kind != "free" else 0
        parts = split(amount, self._fee_percent)
        self.zero = to_input(0, draft.currency)
        percent = f"{self._fee_percent.normalize():f}"
        self.earnings = format_minor(parts.creator_minor, draft.currency) if amount else ""
        self.fee_words = (
            f"{format_minor(amount, draft.currency)} − {format_minor(parts.fee_minor, draft.currency)} ({percent} %)"
            if amount
            else ""
        )

    async def _show_problems(self, session: AsyncSession, product: Product, draft: ProductDraft) -> None:
        found = await catalog.problems(session, product, draft)
        if product.kind == "course":
            found += await courses.problems(session, product.id)
        self.problems = [{"field": p.field, "step": p.step, "message": p.message} for p in found]
        self.can_be_paid = not any(p.field == "account" for p in found)
        names = {
            "details": _("Details"),
            "video": _("Video"),
            "curriculum": _("Curriculum"),
            "price": _("Price"),
            "publish": _("Publish"),
        }
        lacking = {p.step for p in found} | (set() if product.revision else {"publish"})
        wrong = {"video"} if self.video.get("state") == "failed" else set()
        self.steps = [
            {"key": step, "label": names[step],
             "state": "problem" if step in wrong else "todo" if step in lacking else "done"}
            for step in STEPS[product.kind]
        ]  # fmt: skip


def address_view(product: Product, draft: ProductDraft) -> dict[str, str]:
    """``base`` and ``slug`` make the address that publishing gives; ``old`` is what will redirect to it, if anything."""
    base = get_settings().public_url.removeprefix("https://").removeprefix("http://")
    return {
        "base": f"{base}{product_path(product).rpartition('/')[0]}/", "slug": catalog.addresses.shown(product, draft),
        "old": product_path(product) if product.revision and draft.slug else "",
    }  # fmt: skip


def video_view(video: media.Video) -> dict[str, str]:
    words = {
        "uploading": _("Waiting for the file"), "transcoding": _("Being prepared for streaming"), "ready": _("Ready"),
        "failed": _("Couldn't be read"),
    }  # fmt: skip
    return {
        "name": video.filename, "size": size(video.size), "state": video.state, "words": words.get(video.state, ""),
        "error": _(video.error), "duration": duration(video.duration_s), "since": when(video.created_at),
    }  # fmt: skip
