"""``/admin/search``: words that shall mean the same."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog.rules import TOPICS
from marketplace.domain.search import service as search
from marketplace.domain.search.synonyms import BUILT_IN
from marketplace.i18n import N_, _
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.viewer import success


class SynonymsState(Page, rx.State):
    """The operator's groups, and those that are built in."""

    groups: list[dict[str, str]] = []
    built_in: list[dict[str, str]] = []
    added: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().is_admin:
            return rx.redirect("/admin", replace=True)
        self.errors = {}
        self.built_in = [
            {"topic": _(TOPICS.get(topic, N_("Any topic"))), "words": "; ".join(", ".join(group) for group in groups)}
            for topic, groups in BUILT_IN.items()
        ]
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        async with transaction() as session:
            found = await search.own_synonyms(session, actor())
        self.groups = [{"id": str(id), "words": ", ".join(words)} for id, words in found]

    @action("admin", rate=(60, 60))
    async def add(self, form: Form):
        self.errors = {}
        async with transaction() as session:
            await search.add_synonyms(session, actor(), text_of(form, "words"))
        self.added += 1
        await self._show()
        return success(_("From now on these mean the same"))

    @action("admin", rate=(60, 60))
    async def remove(self, group_id: Short):
        async with transaction() as session:
            await search.remove_synonyms(session, actor(), need_id(group_id))
        await self._show()
        return success(_("These words no longer mean the same"))
