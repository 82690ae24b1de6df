"""``/admin/reviews``: what creators reported, what is hidden, and everything."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.reviews import service as reviews
from marketplace.domain.reviews.service import Listed
from marketplace.i18n import _
from marketplace.present import day, page_path
from marketplace.reviewing import stars_words
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, param, text_of
from marketplace.state.viewer import success


def row_of(one: Listed) -> dict[str, str]:
    written = one.written
    return {
        "id": str(written.id), "title": one.title, "href": f"{page_path(one.kind, one.slug)}#reviews",
        "name": _("Somebody who left") if written.left else written.name, "day": day(written.created_at),
        "stars": stars_words(written.stars), "percent": f"{20 * written.stars}%",
        "words": _("Taken back by its author.") if one.removed else written.words, "reply": written.reply,
        "reason": one.report_reason if written.reported else "",
        "hidden": one.hidden_reason if one.hidden_at else "",
        "gone": _("Isn't shown: its author doesn't own it any more.") if not one.stands else "",
    }  # fmt: skip


class AdminReviewsState(Page, rx.State):
    rows: list[dict[str, str]] = []
    which: str = "reported"
    next_key: str = ""
    done: int = 0

    _key: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().is_admin:
            return rx.redirect("/admin", replace=True)
        self.which = param(self, "show") if param(self, "show") in reviews.LISTS else "reported"
        self._key, self.errors = param(self, "key")[:100], {}
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        async with transaction() as session:
            found, self.next_key = await reviews.listed(session, actor(), self.which, key=self._key)
        self.rows = [row_of(one) for one in found]

    @action("admin", rate=(120, 60))
    async def more(self):
        if not self.next_key:
            return
        async with transaction() as session:
            found, self.next_key = await reviews.listed(session, actor(), self.which, key=self.next_key)
        self.rows = [*self.rows, *[row_of(one) for one in found]]

    @action("admin", rate=(120, 60))
    async def hide(self, form: Form):
        self.errors = {}
        async with transaction() as session:
            await reviews.hide(session, actor(), need_id(text_of(form, "review")), text_of(form, "reason"))
        return await self._changed(_("Hidden. Its author sees why."))

    @action("admin", rate=(120, 60))
    async def restore(self, review_id: Short):
        async with transaction() as session:
            await reviews.restore(session, actor(), need_id(review_id))
        return await self._changed(_("Shown again."))

    @action("admin", rate=(120, 60))
    async def dismiss(self, review_id: Short):
        async with transaction() as session:
            await reviews.dismiss(session, actor(), need_id(review_id))
        return await self._changed(_("It stays as it is."))

    async def _changed(self, said: str):
        self.done += 1
        await self._show()
        return success(said)
