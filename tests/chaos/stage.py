"""The people, lessons, partners and coupons that the games are played with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.coupons import service as coupons
from marketplace.domain.partners import service as partners
from tests.chaos.faults import Faults
from tests.chaos.model import Code
from tests.domain.world import World

MONEY = (
    "proof_alert", "proof_result", "ledger_balance", "ledger_flow",
    "ledger_posting", "ledger_entry", "reversal", "transfer", "dispute_part", "dispute", "refund_ask", "refund", "share",
    "document", "document_series", "coupon_use", "order_line", "order", "payout", "payout_order", "webhook_event",
    "sweep_mark", "outgoing_mail", "audit_event", "grant", "procrastinate_jobs", "sale_pending", "sale_event",
    "cart_item", "cart_code",
)  # fmt: skip


@dataclass
class Lesson:
    """What is sold, and who shares in it: ``link`` is the code of the affiliate's link."""

    creator: Account
    product: Product
    co: tuple[tuple[str, Fraction], ...] = ()
    affiliate: tuple[tuple[str, Fraction], ...] = ()
    link: str = ""


# Whose, what it costs, what its co-creator gets of it, and what the affiliate.
_LESSONS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("Dee", {"price_minor": 2500}, "", ""),
    ("Dee", {"price_minor": 1105, "currency": "eur"}, "", ""),
    ("Eve", {"price_minor": 999, "currency": "jpy"}, "", ""),
    ("Eve", {"price_kind": "pwyw", "price_minor": 700, "min_minor": 50}, "", "12.5"),
    ("Dee", {"price_minor": 1999}, "33.3", "7.125"),
    ("Eve", {"price_minor": 777, "currency": "eur"}, "50", ""),
)
# Whose (nobody's: the platform's), what is off, how often it can be used, and how often by one person.
_CODES: tuple[tuple[str, str, int, str, int, int], ...] = (
    ("Dee", "12.5", 0, "", 2, 0),
    ("", "33.333", 0, "", 3, 1),
    ("", "", 500, "usd", 2, 0),
    ("Eve", "", 650, "eur", 0, 1),
    ("", "100", 0, "", 1, 0),
)


class Stage:
    """People and lessons, made once; money is wiped between games."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.buyers: list[Account] = []
        self.lessons: list[Lesson] = []
        self.accounts: dict[str, str] = {}
        self.codes: list[Code] = []
        self._first: list[Lesson] = []
        self._objects: list[Any] = []

    async def set_up(self) -> None:
        self.buyers = [await self.world.person(name) for name in ("Ann", "Ben", "Cid")]
        people = {name: await self.world.creator(name) for name in ("Dee", "Eve", "Fay")}
        for creator in people.values():
            found = await self.world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=creator.id)
            self.accounts[str(creator.id)] = found
        for name, fields, co, affiliate in _LESSONS:
            lesson = Lesson(people[name], await self.world.lesson(people[name], **fields))
            if co:
                await self._share(lesson, people["Eve" if name == "Dee" else "Dee"], "co_creator", co)
            if affiliate:
                await self._share(lesson, people["Fay"], "affiliate", affiliate)
            self._first.append(lesson)
        for owner, percent, amount, currency, uses, each in _CODES:
            code = f"CODE-{uuid4().hex[:12].upper()}"
            await self._code(people.get(owner), code, percent, amount, currency, uses, each)
        self._objects = await self.world.stripe("account")

    async def _share(self, lesson: Lesson, partner: Account, role: str, percent: str) -> None:
        owner = Actor(lesson.creator.id, "member", True)
        async with db.transaction() as session:
            row = await partners.invite(
                session, owner, product_id=lesson.product.id, owner_id=lesson.creator.id, email=partner.email,
                role=role, percent=Decimal(percent),
            )  # fmt: skip
            await partners.answer(session, Actor(partner.id), row.id, accept=True)
        part = ((str(partner.id), Fraction(percent)),)
        if role == "affiliate":
            lesson.affiliate, lesson.link = part, row.code
        else:
            lesson.co = part

    async def _code(
        self, owner: Account | None, name: str, percent: str, amount: int, currency: str, uses: int, each: int
    ) -> None:
        who = Actor(owner.id, "member", True) if owner else Actor(self.buyers[0].id, "admin")
        draft = coupons.Draft(
            name, percent=Decimal(percent) if percent else None, amount_minor=amount or None, currency=currency,
            max_uses=uses or None, max_per_person=each or None, platform=owner is None,
        )  # fmt: skip
        async with db.transaction() as session:
            await coupons.create(session, who, draft)
        mine = str(owner.id) if owner else ""
        self.codes.append(Code(name, mine, Fraction(percent or 0), amount, currency, uses, each))

    async def clear(self) -> None:
        async with db.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in MONEY:
                await session.execute(text(f'DELETE FROM "{table}"'))
            for table in ("replies", "deliveries", "objects"):
                await session.execute(text(f"DELETE FROM sandbox.{table}"))
            await session.execute(text("UPDATE merchant SET transfers = 'active', reasons = '[]', requirements = '[]'"))
            await session.execute(text("UPDATE coupon SET taken = 0"))
            for account in self._objects:
                await session.execute(
                    text("INSERT INTO sandbox.objects VALUES ('stripe', 'account', :id, CAST(:data AS jsonb))"),
                    {"id": account["id"], "data": json.dumps(account)},
                )
            for lesson in self._first:  # with its first price
                price = {"price": lesson.product.price_minor, "id": lesson.product.id}
                for table, key in (("product", "id"), ("product_draft", "product_id")):
                    await session.execute(text(f"UPDATE {table} SET price_minor = :price WHERE {key} = :id"), price)
        await self.world.top_up()
        self.lessons = [Lesson(x.creator, x.product, x.co, x.affiliate, x.link) for x in self._first]
