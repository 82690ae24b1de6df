"""``/topics/<topic>``."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.rules import TOPICS
from marketplace.domain.catalog.suggest import meant_by
from marketplace.i18n import _
from marketplace.present import Card, card
from marketplace.state.action import action
from marketplace.state.base import Page, param
from marketplace.topics import topic_words


class TopicState(Page, rx.State):
    """What is on offer in one topic, newest first."""

    topic: str = ""
    name: str = ""
    words: str = ""
    topics: list[list[str]] = []
    items: list[Card] = []
    next_key: str = ""

    @action("anyone")
    async def on_load(self):
        topic, self.failure = param(self, "topic_slug"), ""
        self.topic, self.name, self.words = (
            topic if topic in TOPICS else "",
            _(TOPICS.get(topic, "")),
            topic_words(topic),
        )
        async with transaction() as session:
            if not self.topic:
                self.items, self.next_key = [card(item) for item in await meant_by(session, topic)], ""
                self.failure, self.loaded = _("There is no topic at this address"), True
                return
            page = await browse.lessons(session, topic=self.topic, key=param(self, "key")[:100])
            self.topics = [[t, _(TOPICS[t])] for t in await browse.topics(session) if t in TOPICS]
        self.items, self.next_key, self.loaded = [card(item) for item in page.items], page.next_key, True

    @action("anyone", rate=(120, 60))
    async def more(self):
        if not self.next_key or self.topic not in TOPICS:
            return
        async with transaction() as session:
            page = await browse.lessons(session, topic=self.topic, key=self.next_key)
        self.items, self.next_key = [*self.items, *[card(item) for item in page.items]], page.next_key
