"""``/learn/<course>/notes``: everything that a learner wrote down in a course. What they wrote stays theirs to read and to
export, also when they can't open the course any more."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.courses import taking
from marketplace.domain.notes import service as notes
from marketplace.i18n import _
from marketplace.present import day, note_path
from marketplace.state.action import Short, action, actor
from marketplace.state.base import Page, need_id, param
from marketplace.state.learn_player import note_view


class NotesState(Page, rx.State):
    course: dict[str, str] = {}
    items: list[dict[str, str]] = []
    next_key: str = ""
    search: str = ""
    gone: str = ""

    _product_id: str = ""
    _titles: dict[str, str] = {}

    @action("anyone", rate=(60, 60))
    async def on_load(self):
        who, slug = actor(), param(self, "course_slug")
        self.loaded, self.failure, self.items, self.next_key, self.gone = False, "", [], "", ""
        self.search = param(self, "q")[: notes.rules.MAX_SEARCH]
        if who.account_id is None:
            return rx.redirect(f"/login?next=/learn/{slug}/notes", replace=True)
        async with transaction() as session:
            listing = await browse.found(session, slug)
            taught = await taking.course(session, listing.product.id) if listing else None
            if listing is None or taught is None:
                self.failure, self.loaded = _("There is no course at this address."), True
                return None
            product = listing.product
        self._product_id = str(product.id)
        self._titles = {str(lesson.id): lesson.title for lesson in taught.outline.lessons}
        self.course = {"title": product.title, "slug": product.slug}
        await self._fetch("")
        self.loaded = True
        return None

    @action("member", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    @action("member", rate=(60, 60))
    async def remove(self, note_id: Short):
        async with transaction() as session:
            await notes.remove(session, _me(), need_id(note_id))
        self.items, self.gone = [row for row in self.items if row["id"] != note_id], note_id

    @action("member", rate=(60, 60))
    async def undo(self):
        if self.gone:
            async with transaction() as session:
                await notes.restore(session, _me(), UUID(self.gone))
            self.gone = ""
            await self._fetch("")

    async def _fetch(self, key: str) -> None:
        async with transaction() as session:
            page = await notes.of_course(session, _me(), UUID(self._product_id), search=self.search, key=key)
        shown = [
            {
                **note_view(note),
                "lesson": self._titles.get(str(note.lesson_id), _("A lesson that isn't taught any more")),
                "href": note_path(self.course["slug"], note) if str(note.lesson_id) in self._titles else "",
                "day": day(note.created_at),
            }
            for note in page.notes
        ]  # fmt: skip
        self.items, self.next_key = [*(self.items if key else []), *shown], page.next_key


def _me() -> UUID:
    account_id = actor().account_id
    assert account_id is not None  # the door lets members through
    return account_id
