"""``/studio``: becoming a creator, how it goes, the products, the payments account."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import require_creator
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import service as catalog
from marketplace.domain.courses import service as courses
from marketplace.domain.documents import service as documents
from marketplace.domain.fees import service as fees
from marketplace.domain.ledger import service as ledger
from marketplace.domain.mailing import service as mailing
from marketplace.domain.media.models import Image
from marketplace.domain.orders.rules import split
from marketplace.domain.partners import service as partners
from marketplace.domain.payouts import service as payouts
from marketplace.domain.payouts.models import Merchant
from marketplace.errors import Invalid
from marketplace.i18n import N_, _, joined
from marketplace.keys import Place, from_key, to_key
from marketplace.money import format_minor
from marketplace.present import country_name, cover, edit_href, price, product_path, sales_page_href, when
from marketplace.settings import get_settings
from marketplace.state import studio_waits
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, param, text_of
from marketplace.state.viewer import success
from marketplace.state.waitlists import waitlist_view
from marketplace.vendors import vendors

PRODUCT_STATES = {
    "draft": N_("Draft"),
    "published": N_("Published"),
    "unpublished": N_("Not on offer"),
    "archived": N_("Archived"),
}
_TONES = {"published": "success", "draft": "neutral", "unpublished": "warning", "archived": "neutral"}


async def money_without_account(session: AsyncSession, account_id: UUID) -> str:
    """What waits while nobody knows where to send it, in words."""
    if account_view(await payouts.merchant(session, account_id))["state"] not in ("none", "restricted"):
        return ""
    balances = await ledger.balances(session, account_id)
    sums = {
        currency: -(found.get("held", 0) + found.get("available", 0)) for currency, found in sorted(balances.items())
    }
    due = [format_minor(total, currency) for currency, total in sums.items() if total > 0]
    words = _("{amount} waits for you. Say where it should go, and it is sent there.")
    return words.format(amount=joined(due)) if due else ""


def account_view(merchant: Merchant | None) -> dict[str, str]:
    """The payments account in words: a state, why, and the next step."""
    if merchant is None or merchant.account_id is None:
        return {
            "state": "none", "title": _("Set up payments"),
            "text": _("Tell our payment partner who you are and where to send your money. It takes about five minutes."),
            "action": _("Set up payments"),
        }  # fmt: skip
    wanted = joined(_requirement(r) for r in merchant.requirements[:6])
    if merchant.closed or any(r.startswith("rejected") for r in merchant.reasons):
        return {
            "state": "rejected", "title": _("Payments are closed for this account"),
            "text": _("Our payment partner turned this account down. You can go on publishing free lessons; write to us if that's a mistake."),
            "action": "",
        }  # fmt: skip
    if merchant.transfers == "active":
        words = _("You can sell, and you get paid.")
        if wanted:
            words = _("You can sell, and you get paid. Asked for soon: {list}.").format(list=wanted)
        return {
            "state": "active",
            "title": _("Payments are ready"),
            "text": words,
            "action": "",
        }
    if wanted:
        return {
            "state": "restricted", "title": _("More information is needed"),
            "text": _("Still missing: {list}.").format(list=wanted), "action": _("Continue setting up"),
        }  # fmt: skip
    return {
        "state": "pending", "title": _("Your details are being checked"),
        "text": _("This usually takes minutes, sometimes a day. We'll go on by ourselves as soon as it's done."),
        "action": _("Check again"),
    }  # fmt: skip


def _requirement(requirement: dict[str, str]) -> str:
    name = requirement.get("name", "").replace(".", " › ").replace("_", " ")
    reason = requirement.get("reason", "")
    return f"{name} ({reason})" if reason else name


class StudioState(Page, rx.State):
    """The studio's home and the way into selling."""

    account: dict[str, str] = {}
    todos: list[dict[str, str]] = []
    came_back: bool = False
    counts: dict[str, int] = {}
    country_options: list[dict[str, str]] = []
    bio: str = ""
    shares: str = ""
    fee_percent: str = ""
    fee_example: str = ""
    fee_example_yours: str = ""
    money: list[dict[str, str]] = []
    busy: bool = False

    @action("anyone")
    async def on_load(self):
        """Anyone may look at "Start selling"; creators see their studio."""
        self.errors, self.busy = {}, False
        settings = get_settings()
        self.country_options = [{"value": code, "label": country_name(code)} for code in _countries()]
        who = actor()
        async with transaction() as session:
            percent = await fees.percent_for(session, who.account_id, "lesson", settings.platform_fee_percent)
        self.fee_percent = f"{percent.normalize():f}"
        example = split(2000, percent)
        self.fee_example = format_minor(example.fee_minor, "usd")
        self.fee_example_yours = format_minor(example.creator_minor, "usd")
        if not who.signed_in:
            return rx.redirect("/login?next=/studio", replace=True)
        if who.is_creator:
            await self._show()
            if self.account["state"] in ("pending", "restricted", "none") and param(self, "setup"):
                self.loaded = True
                return StudioState.refresh_account
        else:
            async with transaction() as session:
                self.bio = (await accounts.account(session, who.account_id)).bio
                _given, received = await partners.counts(session, who)
                self.shares = await money_without_account(session, who.account_id)
                if not self.shares and (received or await partners.invited(session, who)):
                    self.shares = _("Somebody shares the sales of their work with you.")
        self.loaded = True
        return None

    async def _show(self) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            merchant = await payouts.merchant(session, who.account_id)
            mine = await catalog.studio(session, who, limit=200)
            balances = await ledger.balances(session, who.account_id)
            selling_as = await documents.seller_profile(session, who.account_id)
            self.came_back = await payouts.came_back(session, who.account_id)
            waiting = await studio_waits.waiting(session, who)
        self.account = account_view(merchant)
        self.counts = {state: sum(1 for p, _d, _i in mine if p.state == state) for state in PRODUCT_STATES}
        self.money = [_money_row(currency, totals) for currency, totals in sorted(balances.items())]
        nameless = get_settings().seller_of_record == "creator" and not selling_as.name
        self.todos = studio_waits.todos(waiting, self.counts, came_back=self.came_back, nameless=nameless)

    @action("member", rate=(10, 600))
    async def start_selling(self, form: Form):
        """Creator profile, then the studio."""
        self.errors = {}
        async with transaction() as session:
            if not text_of(form, "bio").strip():
                raise Invalid(_("Say in a sentence or two who you are and what you teach."), field="bio")
            account = await accounts.update_profile(
                session, actor(), name=text_of(form, "name"), handle=text_of(form, "handle"), bio=text_of(form, "bio")
            )
            await accounts.become_creator(session, actor())
            await catalog.creator_renamed(session, account.id, account.name)
        return rx.redirect("/studio")

    @action("creator", rate=(10, 60), background=True)
    async def set_up_payments(self, form: Form):
        """To the payment partner's pages, by a single-use link that is never stored."""
        who, settings = actor(), get_settings()
        assert who.account_id is not None
        async with self:
            self.busy, self.errors = True, {}
        try:
            country = text_of(form, "country") or _countries()[0]
            if country not in _countries():
                raise Invalid(_("Payments don't work for that country yet."), field="country")
            account_id = await _connected_account(who.account_id, country)
            url = await vendors().connect.onboarding_url(
                account_id, refresh_url=f"{settings.public_url}/studio?setup=again",
                return_url=f"{settings.public_url}/studio?setup=back",
            )  # fmt: skip
            async with self:
                self._leave_for(url)
        finally:
            async with self:
                self.busy = False

    @action("creator", rate=(30, 60), background=True)
    async def refresh_account(self):
        """Ask the partner how the account stands, webhook or not."""
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            merchant = await payouts.merchant(session, who.account_id)
        if merchant is not None and merchant.account_id:
            state = await vendors().connect.account(merchant.account_id)
            async with transaction() as session:
                await payouts.apply_account(session, state)
        async with self:
            await self._show()

    @action("creator", rate=(10, 60), background=True)
    async def open_dashboard(self):
        """To the payment partner's own pages, by a single-use link."""
        who = actor()
        assert who.account_id is not None
        async with self:
            self.busy = True
        try:
            async with transaction() as session:
                merchant = await payouts.merchant(session, who.account_id)
            if merchant is None or not merchant.account_id:
                raise Invalid(_("Set up payments first."))
            url = await vendors().connect.dashboard_url(merchant.account_id)
            async with self:
                self._leave_for(url)
        finally:
            async with self:
                self.busy = False


def _countries() -> list[str]:
    settings = get_settings()
    return [c.strip() for c in settings.creator_countries.split(",") if c.strip()] or [settings.platform_country]


async def _connected_account(creator_id, country: str) -> str:  # type: ignore[no-untyped-def]
    async with transaction() as session:
        merchant = await payouts.ensure_merchant(session, creator_id, country)
        account = await accounts.account(session, creator_id)
    if merchant.account_id:
        return merchant.account_id
    made = await vendors().connect.create_account(
        creator_id=str(creator_id), email=account.email, display_name=account.name, country=merchant.country,
        key=f"account:{creator_id}",
    )  # fmt: skip
    async with transaction() as session:
        return await payouts.attach_account(session, creator_id, made)


def _money_row(currency: str, totals: dict[str, int]) -> dict[str, str]:
    """What is on its way to the creator in one currency."""
    held, available, owed = -totals.get("held", 0), -totals.get("available", 0), totals.get("debt", 0)
    hint = _("{amount} of it on hold").format(amount=format_minor(held, currency)) if held else _("To be paid out")
    if owed:
        hint = _("You owe {amount}, which is kept from what comes next").format(amount=format_minor(owed, currency))
    return {
        "label": _("Your balance, {currency}").format(currency=currency.upper()),
        "amount": format_minor(held + available, currency), "hint": hint,
    }  # fmt: skip


class ProductsState(Page, rx.State):
    """``/studio/products``: the list follows the address (``?state=…&q=…``)."""

    items: list[dict[str, str]] = []
    query: str = ""
    filter: str = ""
    next_key: str = ""
    doomed: str = ""
    doomed_title: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.query = param(self, "q")[:100]
        self.filter = param(self, "state") if param(self, "state") in PRODUCT_STATES else ""
        self.items = []
        await self._fetch(None)
        self.loaded = True
        return None

    async def _fetch(self, before: Place | None) -> None:
        async with transaction() as session:
            rows = await catalog.studio(session, actor(), state=self.filter, query=self.query, before=before, limit=31)
            waiting = await mailing.counts(session, require_creator(actor()), [product.id for product, _d, _i in rows])
        fresh = [{**_product_row(*row), **waitlist_view(row[0], waiting.get(row[0].id, 0))} for row in rows[:30]]
        self.items = [*self.items, *fresh]
        self.next_key = to_key(rows[29][0].created_at, rows[29][0].id) if len(rows) > 30 else ""

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(from_key(self.next_key))

    @action("creator", rate=(60, 60))
    async def change(self, product_id: Short, verb: Short):
        """``unpublish``, ``archive`` or ``restore``."""
        async with transaction() as session:
            await catalog.change_state(session, actor(), need_id(product_id), verb)
        self.items = []
        await self._fetch(None)
        done = {
            "unpublish": _("Taken off the shop. Buyers keep it."),
            "archive": _("Archived."),
            "restore": _("Restored."),
        }
        return success(done.get(verb, _("Done.")))

    @action("creator", rate=(20, 60))
    async def duplicate(self, product_id: Short):
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), need_id(product_id))
            copy = courses.duplicate if product.kind == "course" else catalog.duplicate
            product = await copy(session, actor(), product.id)
        return rx.redirect(f"/studio/new?id={product.id}")

    @action("creator", rate=(60, 60))
    async def ask_delete(self, product_id: Short, title: Short):
        """Which draft the dialog is about."""
        self.doomed, self.doomed_title = product_id, title

    @action("creator", rate=(20, 60))
    async def delete(self, product_id: Short):
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), need_id(product_id))
            delete = courses.delete_draft if product.kind == "course" else catalog.delete_draft
            await delete(session, actor(), product.id)
        self.items = [item for item in self.items if item["id"] != product_id]
        return success(_("Draft deleted."))


def _product_row(product, draft, image: Image | None) -> dict[str, str]:  # type: ignore[no-untyped-def]
    untitled = {"course": _("Untitled course"), "bundle": _("Untitled bundle")}.get(product.kind, _("Untitled lesson"))
    return {
        "id": str(product.id), "title": draft.title or product.title or untitled, "state": product.state,
        "state_words": _(PRODUCT_STATES[product.state]), "tone": _TONES[product.state],
        "price": price(draft.price_kind, draft.price_minor, draft.min_minor, draft.currency),
        "cover": cover(image, 320), "cover_color": image.color if image else "#e6e0d6",
        "edited": when(draft.updated_at), "edit_href": edit_href(product),
        "curriculum_href": f"/studio/products/{product.id}/curriculum",
        "page_href": sales_page_href(product.id),
        "public_href": product_path(product) if product.state == "published" else "",
        "changes": "yes" if product.state == "published" and catalog.has_changes(product, draft) else "",
        "deletable": "yes" if product.revision == 0 else "", "kind": product.kind,
    }  # fmt: skip
