"""``/search``: what is shown follows the address, so that it can be shared and gone back to."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.search.rules import FACETS, asked
from marketplace.finding import Choice, Facet, Result, close_ones, more, shown, with_close
from marketplace.meanings import meanings
from marketplace.present import Card
from marketplace.state.action import action
from marketplace.state.base import Page, param

_MOST = 480


class SearchState(Page, rx.State):
    items: list[Result] = []
    heading: str = ""
    query: str = ""
    notes: list[list[str]] = []
    facets: list[Facet] = []
    active: list[Choice] = []
    sorts: list[Choice] = []
    ways: list[Choice] = []
    popular: list[Card] = []
    clear_href: str = ""
    next_key: str = ""
    close: list[Result] = []

    _asked: dict[str, str] = {}
    _wanting: str = ""
    _seen: list[UUID] = []

    @action("anyone")
    async def on_load(self):
        self._asked = {name: param(self, name) for name in ("q", "sort", "exact", "key", *FACETS)}
        wanted = asked(self._asked)
        async with transaction() as session:
            page = await shown(session, wanted)
            self._seen = [one.product.id for one in page.listings]
            vector = meanings().peek(page.wanting) if page.wanting else None
            if vector is not None:
                page = await with_close(session, wanted, page, vector)
        self.query = wanted.query
        for name in (
            "heading",
            "items",
            "notes",
            "facets",
            "active",
            "sorts",
            "ways",
            "popular",
            "clear_href",
            "next_key",
            "close",
        ):
            setattr(self, name, getattr(page, name))
        self._wanting = "" if vector is not None else page.wanting
        self.loaded = True
        return SearchState.look_closer if self._wanting else None

    @action("anyone", rate=(120, 60), background=True)
    async def look_closer(self):
        """By meaning, after what has the words is there: nobody waits for the model."""
        async with self:
            at, seen, wanting = dict(self._asked), list(self._seen), self._wanting
        vector = await meanings().of(wanting) if wanting else None
        if vector is None:
            return
        async with transaction() as session:
            close, _listings = await close_ones(session, asked(at), seen, vector)
        async with self:
            if self._asked == at:
                self.close = close

    @action("anyone", rate=(120, 60))
    async def more(self):
        if not self.next_key:
            return
        async with transaction() as session:
            found, key = await more(session, replace(asked(self._asked), key=self.next_key))
        self.items = [*self.items, *found]
        self.next_key = key if len(self.items) < _MOST else ""
