"""Captions of the open lesson's videos, of one at a time."""

from __future__ import annotations

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.state.action import Short, action
from marketplace.state.captions import CaptionUpload


class VideoCaptions(CaptionUpload, rx.State, mixin=True):
    """``captions_of``: the video whose captions are open."""

    captions_of: str = ""

    def _captioned(self) -> str:
        return self.captions_of

    async def _show_captions(self, session: AsyncSession) -> None:
        await CaptionUpload._show_captions(self, session)
        labels = " · ".join(caption["label"] for caption in self.captions)
        self.blocks = [
            {**block, "captions": labels} if block["video_id"] == self.captions_of else block for block in self.blocks
        ]

    @action("creator", rate=(120, 60))
    async def show_captions(self, video_id: Short):
        """Open, or closed again."""
        known = any(block["video_id"] == video_id for block in self.blocks)
        self.captions_of = video_id if known and video_id != self.captions_of else ""
        self.caption_problem = self.caption_upload_url = ""
        if self.captions_of:
            async with transaction() as session:
                await self._show_captions(session)
