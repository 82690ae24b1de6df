"""The payment account inside ``/studio/payouts``, where the operator's keys allow it."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.access.service import require_creator
from marketplace.domain.payouts import service as payouts
from marketplace.errors import Denied, Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param
from marketplace.vendors import vendors

COMPONENTS = ("payouts", "account_management")


class PaymentAccount(Page, rx.State, mixin=True):
    """``embed_key`` is empty unless this document was loaded to show the account; ``embed_offered`` offers that.

    ``embed_secret`` opens the creator's own account to their own browser, once, and is forgotten when taken.
    """

    embed_offered: bool = False
    embed_key: str = ""
    embed_secret: str = ""
    embed_problem: str = ""
    embed_round: int = 0

    def _show_account(self, *, ready: bool) -> None:
        settings = get_settings()
        possible = ready and settings.stripe_embedded
        shown = possible and param(self, "account") == "here"
        self.embed_key = settings.stripe_publishable_key if shown else ""
        self.embed_offered, self.embed_secret, self.embed_problem = possible and not shown, "", ""

    async def _account(self) -> str:
        creator_id = require_creator(actor())
        async with transaction() as session:
            merchant = await payouts.merchant(session, creator_id)
        if merchant is None or merchant.account_id is None:
            raise Invalid(_("Set up payments first."))
        return merchant.account_id

    @action("creator", rate=(10, 60), background=True)
    async def account_session(self):
        """A client secret for the creator's own account, whatever page asks."""
        secret = problem = ""
        try:
            if not get_settings().stripe_embedded:
                raise Denied(_("The account can't be shown here. Open the payout dashboard instead."))
            secret = await vendors().connect.account_session(await self._account(), COMPONENTS)
        except MarketplaceError as error:
            problem = error.text
        async with self:
            self.embed_secret, self.embed_problem = secret, problem
            self.embed_round += 1

    @action("creator", rate=(30, 60))
    async def forget_secret(self):
        self.embed_secret = ""
