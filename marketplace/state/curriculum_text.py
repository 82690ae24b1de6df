"""Texts of the lesson that is being written: how they will look, and their pictures."""

from __future__ import annotations

import reflex as rx

from marketplace import lesson_texts
from marketplace.db import transaction
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import MAX_TEXT
from marketplace.domain.media import service as media
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.state.action import Count, Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors


class TextEditing(Page, rx.State, mixin=True):
    """``preview_of``: the block whose preview is open. ``picture``: how far the one that is being added is."""

    preview_of: str = ""
    preview_html: str = ""
    picture: dict[str, str] = {}

    _picture_id: str = ""

    @action("creator", rate=(120, 60))
    async def add_text(self):
        lesson_id = need_id(self._lesson_id)
        await self._on_block(
            lambda session, product_id, revision: courses.add_text(
                session, actor(), product_id, lesson_id, revision=revision
            )
        )

    @action("creator", rate=(240, 60))
    async def write(self, block_id: Short, words: Text):
        change = self._on_block(
            lambda session, product_id, revision: courses.write_text(
                session, actor(), product_id, need_id(block_id), words, revision=revision
            ),
            block_id,
        )
        await self._answer(block_id, change)

    @action("creator", rate=(240, 60))
    async def show_preview(self, block_id: Short):
        """Open or closed; what it shows comes with what is typed."""
        self.preview_of = "" if self.preview_of == block_id else block_id
        self.preview_html = ""

    @action("creator", rate=(240, 60), background=True)
    async def preview(self, block_id: Short, words: Text):
        """As learners would see it. Nothing is saved by this."""
        who = actor()
        if who.account_id is None:
            return
        async with transaction() as session:
            html = await lesson_texts.draft_html(session, who.account_id, words[:MAX_TEXT], need_id(block_id).hex)
        async with self:
            if self.preview_of == block_id:
                self.preview_html = html

    @action("creator", rate=(60, 600), background=True)
    async def picture_chosen(self, block_id: Short, name: Short, size: Count, mime: Short):
        async with self:
            product_id, self._picture_id = self._product_id, ""
            self.picture = {**self.picture, "block": block_id, "url": "", "id": "", "problem": ""}
        try:
            async with transaction() as session:
                shown = (await courses.load(session, actor(), need_id(product_id))).outline
                if shown.block(need_id(block_id)) is None:
                    raise Invalid(_("This text was removed meanwhile."))
                image = await media.start_image(session, actor(), size=size, mime=mime)
            url = await vendors().files.signed_upload(image.upload_path)
            async with self:
                self._picture_id = str(image.id)
                self.picture = {**self.picture, "url": url}
        except MarketplaceError as error:
            async with self:
                self._settle(problem=error.text)

    @action("creator", rate=(60, 600), background=True)
    async def picture_sent(self):
        """Fetch what arrived and make the sizes for every screen, where only who may open the lesson gets them."""
        async with self:
            image_id, self._picture_id = self._picture_id, ""
        try:
            async with transaction() as session:
                image = await media.own_image(session, actor(), need_id(image_id))
            if not image.upload_path:
                raise Invalid(_("Choose the picture again."))
            await lesson_texts.take_picture(image.id, image.upload_path)
            async with self:
                self._settle(image=image_id)
        except MarketplaceError as error:
            async with self:
                self._settle(problem=error.text)

    @action("creator", rate=(60, 60))
    async def picture_failed(self, message: Line):
        self._picture_id = ""
        self.picture = {**self.picture, "url": ""}

    def _settle(self, *, image: str = "", problem: str = "") -> None:
        round_ = int(self.picture.get("round", "0")) + 1
        self.picture = {**self.picture, "url": "", "id": image, "problem": problem, "round": str(round_)}
