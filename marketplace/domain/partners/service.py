"""Inviting somebody to a share of a product's sales, and their answer. Changes count for later sales only."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_owner, require_signed_in
from marketplace.domain.accounts import service as accounts
from marketplace.domain.audit import service as audit
from marketplace.domain.locks import hold
from marketplace.domain.partners.models import Partnership
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.queue import enqueue

_ROLES = ("co_creator", "affiliate")
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")


async def invite(
    session: AsyncSession, actor: Actor, *, product_id: UUID, owner_id: UUID, email: str, role: str, percent: Decimal
) -> Partnership:
    """They get a letter, and nothing until they accept."""
    require_owner(actor, owner_id)
    address = email.strip().lower()
    if len(address) > 200 or not _ADDRESS.fullmatch(address):
        raise Invalid("Type an email address.", field="email")
    if role not in _ROLES:
        raise Invalid("Choose one from the list.", field="role")
    if not (percent.is_finite() and 0 < percent <= 100) or percent != round(percent, 3):
        raise Invalid("The percentage is above 0 and at most 100.", field="percent")
    owner = await accounts.account(session, owner_id)
    if owner.email.lower() == address:
        raise Invalid("You get the rest of each sale anyway.", field="email")
    await _lock(session, product_id)
    _check_room(await _live(session, product_id), role, percent)
    row = Partnership(
        product_id=product_id, owner_id=owner_id, email=address, role=role, percent=percent,
        code=secrets.token_urlsafe(6).replace("-", "x").replace("_", "y").lower(),
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict("They are invited already.", field="email") from error
    await audit.record(session, owner_id, "partner.invite", f"product:{product_id}", role=role, percent=str(percent))
    await enqueue(session, "partners.invitation", {"partnership_id": str(row.id)})
    return row


def _check_room(live: Sequence[Partnership], role: str, percent: Decimal) -> None:
    """All co-creators and the largest affiliate together leave something, or nothing, but never less, to the owner."""
    co = sum((p.percent for p in live if p.role == "co_creator"), Decimal(0))
    most = max((p.percent for p in live if p.role == "affiliate"), default=Decimal(0))
    whole = co + most + percent if role == "co_creator" else co + max(most, percent)
    if whole > 100:
        raise Invalid(
            "Together the shares would be {whole} %. At most 100 % can be given.",
            field="percent",
            whole=f"{whole.normalize():f}",
        )


async def _lock(session: AsyncSession, product_id: UUID) -> None:
    await hold(session, f"partners:{product_id}")


async def _live(session: AsyncSession, product_id: UUID) -> Sequence[Partnership]:
    found = await session.exec(
        select(Partnership)
        .where(Partnership.product_id == product_id, col(Partnership.state).in_(["invited", "accepted"]))
        .order_by(col(Partnership.id))
    )
    return found.all()


async def mine(session: AsyncSession, actor: Actor) -> Sequence[Partnership]:
    """Invitations and partnerships of this person, by the address of their account."""
    account = await accounts.account(session, require_signed_in(actor))
    found = await session.exec(
        select(Partnership)
        .where(Partnership.email == account.email.lower(), col(Partnership.state).in_(["invited", "accepted"]))
        .order_by(col(Partnership.id).desc())
        .limit(100)
    )
    return found.all()


async def invited(session: AsyncSession, actor: Actor) -> int:
    """How many invitations wait for this person's answer."""
    account = await accounts.account(session, require_signed_in(actor))
    query = select(func.count()).where(Partnership.email == account.email.lower(), Partnership.state == "invited")
    return (await session.exec(query)).one()


async def given(session: AsyncSession, actor: Actor) -> Sequence[Partnership]:
    """Shares of this person's own products, the newest first."""
    query = select(Partnership).where(Partnership.owner_id == require_signed_in(actor))
    return (await session.exec(query.order_by(col(Partnership.id).desc()).limit(200))).all()


async def answer(session: AsyncSession, actor: Actor, partnership_id: UUID, *, accept: bool) -> Partnership:
    """By the invited person only. An invitation is answered once, and the owner told; the same answer again is none."""
    account = await accounts.account(session, require_signed_in(actor))
    row = await session.get(Partnership, partnership_id, with_for_update=True, populate_existing=True)
    if row is None or row.email != account.email.lower():
        raise Missing
    said = "accepted" if accept else "declined"
    if row.state == said and row.partner_id == account.id:
        return row
    if row.state != "invited":
        raise Conflict("This invitation was answered, or taken back.")
    row.state, row.answered_at = said, now()
    row.partner_id = account.id
    await audit.record(session, account.id, "partner.answer", f"product:{row.product_id}", state=row.state)
    await enqueue(session, "partners.answered", {"partnership_id": str(row.id)})
    await session.flush()
    return row


async def end(session: AsyncSession, actor: Actor, partnership_id: UUID) -> Partnership:
    """Either side may, at any time, and the other is told; what was sold stays shared."""
    account_id = require_signed_in(actor)
    row = await session.get(Partnership, partnership_id, with_for_update=True, populate_existing=True)
    if row is None or account_id not in (row.owner_id, row.partner_id):
        raise Missing
    if row.state in ("invited", "accepted"):
        told = {
            "partnership_id": str(row.id),
            "by_owner": account_id == row.owner_id,
            "shared": row.state == "accepted",
        }
        row.state, row.ended_at = "ended", now()
        await enqueue(session, "partners.ended", told)
        await audit.record(session, account_id, "partner.end", f"product:{row.product_id}")
        await session.flush()
    return row


async def counts(session: AsyncSession, actor: Actor) -> tuple[int, int]:
    """(who shares in this person's sales, in how many of others' they share), accepted ones only."""
    me = require_signed_in(actor)
    rows = await session.execute(
        text(
            "SELECT count(*) FILTER (WHERE owner_id = :me), count(*) FILTER (WHERE partner_id = :me) FROM partnership"
            " WHERE state = 'accepted' AND (owner_id = :me OR partner_id = :me)"
        ),
        {"me": me},
    )
    given_, received = rows.one()
    return int(given_), int(received)


async def end_all(session: AsyncSession, actor: Actor) -> None:
    """Somebody leaves: what they gave and what they got ends, invitations too, and their address goes."""
    account = await accounts.account(session, require_signed_in(actor))
    values = {"me": account.id, "mail": account.email.lower(), "at": now(), "gone": f"deleted-{account.id}@invalid"}
    await session.execute(
        text(
            "UPDATE partnership SET state = 'ended', ended_at = :at WHERE state IN ('invited','accepted')"
            " AND (owner_id = :me OR partner_id = :me OR email = :mail)"
        ),
        values,
    )
    await session.execute(text("UPDATE partnership SET email = :gone WHERE partner_id = :me OR email = :mail"), values)


async def of_products(
    session: AsyncSession, product_ids: Sequence[UUID], *, via: str = "", buyer_id: UUID | None = None
) -> dict[UUID, list[Partnership]]:
    """Who shares in a sale of each product now: its co-creators, and the affiliate whose link led to it, unless that
    is the buyer."""
    found = await session.exec(
        select(Partnership)
        .where(col(Partnership.product_id).in_(product_ids), Partnership.state == "accepted")
        .order_by(col(Partnership.id))
    )
    out: dict[UUID, list[Partnership]] = {}
    for row in found.all():
        if row.role == "affiliate" and (not via or row.code != via or row.partner_id == buyer_id):
            continue
        out.setdefault(row.product_id, []).append(row)
    return out
