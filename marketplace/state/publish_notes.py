"""The note to learners that goes with a new version of a course."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.courses import service as courses
from marketplace.errors import MarketplaceError
from marketplace.present import change_words
from marketplace.state.action import Text, action, actor
from marketplace.state.base import need_id, param


class PublishNotes(rx.State):
    """``changes``: what publishing would change in the course; none for what was never published."""

    notes: str = ""
    mail: bool = False
    changes: list[dict[str, str]] = []
    round: int = 0

    @action("creator", rate=(60, 60))
    async def look(self):
        self.notes, self.mail, self.changes, self.round = "", False, [], self.round + 1
        try:
            async with transaction() as session:
                editing = await courses.load(session, actor(), need_id(param(self, "id")))
        except MarketplaceError:
            return  # not a course: nothing to say
        self.changes = [change_words(change) for change in editing.changes][:20]

    @action("creator", rate=(240, 60))
    async def write(self, words: Text):
        self.notes = words

    @action("creator", rate=(60, 60))
    async def set_mail(self, on: bool):
        self.mail = on

    def _published(self) -> None:
        self.notes, self.mail, self.changes, self.round = "", False, [], self.round + 1
