"""``/studio/partners``: who shares in the sales of one's products, and in whose one shares oneself."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.partners import service as partners
from marketplace.domain.partners.models import Partnership
from marketplace.domain.payouts import service as payouts
from marketplace.errors import Missing
from marketplace.i18n import N_, _, percent_words
from marketplace.money import parse_percent
from marketplace.present import product_path
from marketplace.settings import get_settings
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.studio import account_view, money_without_account
from marketplace.state.studio_waits import StudioCounts
from marketplace.state.viewer import success

_STATES = {
    "invited": (N_("Invited"), "info"),
    "accepted": (N_("Shares in sales"), "success"),
    "declined": (N_("Declined"), "neutral"),
    "ended": (N_("Ended"), "neutral"),
}


class PartnersState(Page, rx.State):
    """``given``: shares of one's own products; ``offers``: of others', with invitations to answer first. ``unpaid``: what
    waits while nobody knows where to send it."""

    given: list[dict[str, str]] = []
    offers: list[dict[str, str]] = []
    products: list[dict[str, str]] = []
    unpaid: str = ""
    made: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect("/login?next=/studio/partners", replace=True)
        self.errors, self.failure = {}, ""
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        who = actor()
        async with transaction() as session:
            mine = await partners.mine(session, who)
            own = await partners.given(session, who)
            sold = await catalog.studio(session, who, limit=100) if who.is_creator else []
            ids = list({row.product_id for row in [*mine, *own]})
            listings = {x.product.id: x for x in await browse.listings(session, ids)}
            self.unpaid = await _unpaid(session, who, mine)
            owners = {row.owner_id: (await accounts.account(session, row.owner_id)).name for row in mine}
        self.products = [
            {"value": str(p.id), "label": p.title or d.title}
            for p, d, _image in sold
            if p.state in ("published", "unpublished")
        ]
        self.given = [_row(row, listings) for row in own]
        self.offers = [{**_row(row, listings), "owner": owners[row.owner_id]} for row in mine]

    async def _catch_up(self) -> None:
        await self._show()

    @action("creator", rate=(20, 60))
    async def invite(self, form: Form):
        """They get a letter, and nothing until they accept."""
        self.errors = {}
        product_id = need_id(text_of(form, "product"))
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), product_id)
            await partners.invite(
                session, actor(), product_id=product.id, owner_id=product.creator_id, email=text_of(form, "email"),
                role=text_of(form, "role"), percent=parse_percent(text_of(form, "percent")),
            )  # fmt: skip
        self.made += 1
        await self._show()
        return success(_("The invitation is on its way."))

    @action("member", rate=(20, 60))
    async def answer(self, partnership_id: Short, accept: bool):
        async with transaction() as session:
            await partners.answer(session, actor(), need_id(partnership_id), accept=accept)
        await self._show()
        told = [] if accept else [success(_("You declined. They get a mail about it."))]
        return [StudioCounts.refresh, *told]

    @action("member", rate=(20, 60))
    async def be_paid(self):
        """Who has a share, or money of one, gets a studio, where payments are set up and every sale is shown."""
        async with transaction() as session:
            if not await _unpaid(session, actor(), await partners.mine(session, actor())):
                raise Missing
            await accounts.become_creator(session, actor())
        return rx.redirect("/studio")

    @action("member", rate=(20, 60))
    async def end(self, partnership_id: Short):
        """For sales from now on; what was sold stays shared."""
        async with transaction() as session:
            await partners.end(session, actor(), need_id(partnership_id))
        await self._show()


async def _unpaid(session: AsyncSession, who: Actor, mine: Sequence[Partnership]) -> str:
    assert who.account_id is not None
    if waits := await money_without_account(session, who.account_id):
        return waits
    state = account_view(await payouts.merchant(session, who.account_id))["state"]
    if state in ("none", "restricted") and any(row.state == "accepted" for row in mine):
        return _("Say where your shares should go. They wait here until you do.")
    return ""


def _row(row: Partnership, listings: dict) -> dict[str, str]:  # type: ignore[type-arg]
    listing = listings.get(row.product_id)
    words, tone = _STATES[row.state]
    link = ""
    if row.role == "affiliate" and row.state == "accepted" and listing is not None:
        link = f"{get_settings().public_url}{product_path(listing.product)}?via={row.code}"
    return {
        "id": str(row.id), "title": listing.product.title if listing else "", "email": row.email,
        "share": percent_words(row.percent.normalize()), "state": _(words), "tone": tone, "link": link,
        "role": _("Co-creator, of every sale") if row.role == "co_creator" else _("Affiliate, of sales through their link"),
        "open": "yes" if row.state == "invited" else "", "live": "yes" if row.state in ("invited", "accepted") else "",
        "owner": "",
    }  # fmt: skip
