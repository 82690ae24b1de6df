"""Making coupons, and holding one use of a coupon for an order until it is paid or given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain import locks
from marketplace.domain.access.service import Actor, require_admin, require_creator, require_owner
from marketplace.domain.audit import service as audit
from marketplace.domain.coupons import rules, store
from marketplace.domain.coupons.models import Coupon, CouponUse
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import _
from marketplace.money import EXPONENTS, MAX_MINOR

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form says. ``platform``: borne by the platform (admins only)."""

    code: str
    percent: Decimal | None = None
    amount_minor: int | None = None
    currency: str = ""
    products: Sequence[UUID] = field(default_factory=tuple)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_per_person: int | None = None
    min_minor: int = 0
    first_purchase_only: bool = False
    platform: bool = False


async def create(session: AsyncSession, actor: Actor, draft: Draft) -> Coupon:
    """A new code. Products must be checked by the caller to be the owner's own."""
    maker = require_admin(actor) if draft.platform else require_creator(actor)
    _check(draft)
    coupon = Coupon(
        owner_id=None if draft.platform else maker, code=rules.clean_code(draft.code), percent=draft.percent,
        amount_minor=draft.amount_minor, currency=draft.currency, products=[str(p) for p in draft.products],
        starts_at=draft.starts_at, ends_at=draft.ends_at, max_uses=draft.max_uses, max_per_person=draft.max_per_person,
        min_minor=draft.min_minor, first_purchase_only=draft.first_purchase_only,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(coupon)
    except IntegrityError as error:
        raise Conflict("That code is taken. Choose another one.", field="code") from error
    await audit.record(session, maker, "coupon.create", f"coupon:{coupon.id}", code=coupon.code)
    return coupon


def _check(draft: Draft) -> None:
    if (draft.percent is None) == (draft.amount_minor is None):
        raise Invalid("Say either a percentage or an amount.", field="percent")
    if draft.percent is not None and not (draft.percent.is_finite() and 0 < draft.percent <= 100):
        raise Invalid("The percentage is above 0 and at most 100.", field="percent")
    if draft.amount_minor is not None and not 0 < draft.amount_minor <= MAX_MINOR:
        raise Invalid("Type an amount above zero.", field="amount")
    if (draft.amount_minor is not None or draft.min_minor) and draft.currency not in EXPONENTS:
        raise Invalid("Choose a currency from the list.", field="currency")
    if not 0 <= draft.min_minor <= MAX_MINOR:
        raise Invalid("That minimum isn't possible.", field="minimum")
    for name, value in (("max_uses", draft.max_uses), ("max_per_person", draft.max_per_person)):
        if value is not None and not 0 < value <= _MOST:
            raise Invalid("Type a number above zero, or leave it empty.", field=name)
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise Invalid("The end lies before the beginning.", field="ends_at")


async def switch(session: AsyncSession, actor: Actor, coupon_id: UUID, *, active: bool) -> Coupon:
    """Stop or resume a code. Orders that already hold it keep their price."""
    coupon = await store.lock(session, coupon_id)
    if coupon is None:
        raise Missing
    actor_id = require_owner(actor, coupon.owner_id) if coupon.owner_id else require_admin(actor)
    coupon.active = active
    await audit.record(session, actor_id, "coupon.switch", f"coupon:{coupon.id}", active=active)
    await session.flush()
    return coupon


async def mine(
    session: AsyncSession, actor: Actor, *, platform: bool = False, before: UUID | None = None, limit: int = 30
) -> Sequence[Coupon]:
    owner = None if platform and require_admin(actor) else require_creator(actor)
    return await store.of_owner(session, owner, before, limit)


async def totals(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, int, int]]]:
    """Coupon → (currency, paid uses, minor units given away)."""
    return await store.totals(session, ids)


async def find(session: AsyncSession, code: str) -> Coupon:
    """By what somebody typed. An unknown code and one that can't exist answer alike."""
    try:
        found = await store.by_code(session, rules.clean_code(code))
    except Invalid:
        found = None
    if found is None:
        raise Invalid("This code doesn't exist. Check its spelling.", field="code")
    return found


async def refusal(
    session: AsyncSession, coupon: Coupon, buyer_id: UUID | None, *, currency: str, covered_minor: int,
    except_order: UUID | None = None,
) -> str:  # fmt: skip
    """Why this person can't use it for this basket, or nothing. ``except_order`` holds a use of it already. Without a
    ``buyer_id`` (nobody is signed in yet) what counts by person isn't known."""
    mine = await store.taken_by(session, coupon.id, buyer_id) if buyer_id else 0
    before = False
    if coupon.first_purchase_only and buyer_id:
        before = await store.bought_before(session, buyer_id, coupon.owner_id, except_order)
    held = await session.get(CouponUse, except_order) if except_order else None
    free = 1 if held is not None and held.state != "released" and held.coupon_id == coupon.id else 0
    facts = rules.Facts(
        active=coupon.active, starts_at=coupon.starts_at, ends_at=coupon.ends_at, max_uses=coupon.max_uses,
        taken=coupon.taken - free, max_per_person=coupon.max_per_person, taken_by_person=mine - free,
        min_minor=coupon.min_minor, first_purchase_only=coupon.first_purchase_only,
        bought_before=before,
        coupon_currency=coupon.currency, basket_currency=currency, covered_minor=covered_minor,
    )  # fmt: skip
    return rules.problem(facts, now())


async def hold(
    session: AsyncSession, coupon_id: UUID, buyer_id: UUID, order_id: UUID, *, amount_minor: int, currency: str,
    covered_minor: int,
) -> None:  # fmt: skip
    """Take one use for an open order, under the coupon's row lock: the caps hold whoever else comes now. First
    purchases of one person go one after the other, whichever code they are tried with."""
    coupon = await store.lock(session, coupon_id)
    if coupon is None:
        raise Missing
    if coupon.first_purchase_only:
        await locks.hold(session, f"first-purchase:{buyer_id}")
    if reason := await refusal(session, coupon, buyer_id, currency=currency, covered_minor=covered_minor):
        raise Conflict(reason, field="code")
    coupon.taken += 1
    session.add(
        CouponUse(
            order_id=order_id, coupon_id=coupon_id, buyer_id=buyer_id, amount_minor=amount_minor, currency=currency
        )
    )
    await session.flush()


async def paid(session: AsyncSession, order_id: UUID) -> None:
    """The order is paid: its use is done. One that was released before (the payment came late) counts again."""
    use = await store.use_of(session, order_id)
    if use is None or use.state == "used":
        return
    if use.state == "released":
        coupon = await store.lock(session, use.coupon_id)
        assert coupon is not None
        coupon.taken += 1
        if coupon.max_uses is not None and coupon.taken > coupon.max_uses:
            coupon.max_uses = coupon.taken
    use.state = "used"
    await session.flush()


async def release(session: AsyncSession, order_id: UUID) -> None:
    """The order was given up: somebody else may use the code."""
    use = await store.use_of(session, order_id)
    if use is None or use.state != "held":
        return
    coupon = await store.lock(session, use.coupon_id)
    assert coupon is not None
    coupon.taken -= 1
    use.state = "released"
    await session.flush()


def state_of(coupon: Coupon, at: datetime) -> Mapping[str, str]:
    """For lists: a word and its tone."""
    if not coupon.active:
        return {"state": _("Stopped"), "tone": "neutral"}
    if coupon.ends_at is not None and at >= coupon.ends_at:
        return {"state": _("Ended"), "tone": "neutral"}
    if coupon.max_uses is not None and coupon.taken >= coupon.max_uses:
        return {"state": _("Used up"), "tone": "warning"}
    if coupon.starts_at is not None and at < coupon.starts_at:
        return {"state": _("Starts later"), "tone": "info"}
    return {"state": _("Active"), "tone": "success"}
