"""The time zone that a person lives in: said by their browser once, chosen in the settings."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.errors import Invalid
from marketplace.i18n import _
from marketplace.state.action import Short, action, actor
from marketplace.state.viewer import success


class TimeZoneState(rx.State):
    """``zone`` is empty while it isn't known."""

    zone: str = ""
    errors: dict[str, str] = {}

    @action("member", rate=(10, 60))
    async def from_browser(self, name: Short):
        """Counts only while nothing is known; a browser with a zone that nobody knows changes nothing."""
        try:
            async with transaction() as session:
                await accounts.set_zone(session, actor(), name, first=True)
        except Invalid:
            return

    @action("member", rate=(60, 60))
    async def look(self):
        account_id = actor().account_id
        assert account_id is not None
        async with transaction() as session:
            self.zone = await accounts.zone_of(session, account_id)

    @action("member", rate=(20, 60))
    async def choose(self, name: Short):
        self.errors = {}
        async with transaction() as session:
            await accounts.set_zone(session, actor(), name)
        self.zone = name
        return success(_("Time zone saved."))
