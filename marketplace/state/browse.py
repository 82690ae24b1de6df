"""The storefront: home, a creator's page."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.rules import TOPICS
from marketplace.domain.catalog.suggest import meant_by
from marketplace.domain.fees import service as fees
from marketplace.domain.mailing.service import List
from marketplace.i18n import _
from marketplace.lists import letters_view, told
from marketplace.markdown import render
from marketplace.present import Card, card, fee_example, story, story_cards
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import Page, need_id, param
from marketplace.waiting import gets_mail


class BrowseState(Page, rx.State):
    """``/``."""

    items: list[Card] = []
    topics: list[list[str]] = []
    story: dict[str, str] = {}
    story_items: list[Card] = []
    sale: dict[str, str] = {}

    @action("anyone")
    async def on_load(self):
        async with transaction() as session:
            page = await browse.lessons(session)
            self.topics = [[t, _(TOPICS[t])] for t in await browse.topics(session) if t in TOPICS]
            self.sale = fee_example(
                await fees.percent_for(session, None, "lesson", get_settings().platform_fee_percent)
            )
        self.items = [card(item) for item in page.items]
        self.story = story(page.items)
        self.story_items = story_cards(page.items, self.story)
        self.loaded = True


class MissingState(Page, rx.State):
    """An address with nothing at it: what may have been meant."""

    items: list[Card] = []

    @action("anyone")
    async def on_load(self):
        path = str(self.router.url.path)
        async with transaction() as session:
            self.items = [card(item) for item in await meant_by(session, path.rsplit("/", 1)[-1])]
        self.loaded = True


class CreatorState(Page, rx.State):
    """``/creators/<handle>``."""

    person: dict[str, str] = {}
    bio_html: str = ""
    items: list[Card] = []
    next_key: str = ""
    letters: dict[str, str] = {}
    listed: bool = False
    told: str = ""

    _creator_id: str = ""

    @action("anyone")
    async def on_load(self):
        self.loaded, self.failure = False, ""
        async with transaction() as session:
            account = await accounts.by_handle(session, param(self, "creator_handle"))
            key = param(self, "key")[:100]
            page = await browse.lessons(session, creator_id=account.id, key=key) if account else None
            # Who only shares in others' sales has no page.
            if not account or not page or not account.is_creator or not (account.bio or page.items or key):
                self.failure, self.loaded = _("There is nobody at this address"), True
                self.person, self.bio_html, self.next_key, self.letters = {}, "", "", {}
                self.items = [card(item) for item in await meant_by(session, param(self, "creator_handle"))]
                return
            self.listed = await gets_mail(session, actor(), List(account.id))
        self.letters, self.told = letters_view(account), told(param(self, "letters"))
        self.person = {"name": account.name, "handle": account.handle, "avatar": account.avatar_url}
        self.bio_html = render(account.bio)
        self.items, self.next_key, self.loaded = [card(item) for item in page.items], page.next_key, True
        self._creator_id = str(account.id)

    @action("anyone", rate=(120, 60))
    async def more(self):
        if not self.next_key or not self._creator_id:
            return
        async with transaction() as session:
            page = await browse.lessons(session, creator_id=need_id(self._creator_id), key=self.next_key)
        self.items, self.next_key = [*self.items, *[card(item) for item in page.items]], page.next_key
