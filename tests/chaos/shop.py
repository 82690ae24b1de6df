"""Buyers before payment pages: what they order, what it must cost them, and whether they pay."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from marketplace import db
from marketplace.checkout import check_out_cart, put_into_cart, start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.cart import service as cart
from marketplace.errors import MarketplaceError, Missing
from marketplace.jobs import webhooks
from marketplace.money import to_input
from tests.chaos.audit import Audit
from tests.chaos.model import Code, Line, Sale
from tests.chaos.stage import Stage
from tests.domain.world import DECLINED, GOOD, together


def pick(things: list[Any], which: int) -> Any:
    return things[which % len(things)] if things else None


def move(step: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Something that happens, counted."""

    @functools.wraps(step)
    async def counted(shop: Shop, *args: Any, **values: Any) -> None:
        shop.moves[step.__name__] += 1
        await step(shop, *args, **values)

    return counted


class Shop(Audit):
    """What buyers do until something is theirs. Every move takes small numbers and means the n-th thing of its kind, or
    nothing when there is none."""

    alone = True  # nobody moves money while a move is made

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world, self.faults, self.accounts = stage, stage.world, stage.faults, stage.accounts
        self.codes = stage.codes
        self.sales: list[Sale] = []
        self.begun: dict[str, Sale] = {}  # by order, those whose payment page nobody saw yet too
        self.delivered: set[tuple[str, str]] = set()
        self.drawn: set[str] = set()
        self.shown: list[tuple[str, str, int]] = []  # balances as creators' pages showed them
        self.lossy = False
        self.restricted: set[str] = set()
        self.steady: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.moves: Counter[str] = Counter()

    @move
    async def buy(
        self, buyer: int, lesson: int, amount: int, clicks: int, crash: int, code: int = 0, via: bool = False
    ) -> None:
        """ "Buy now", with or without a code, and perhaps behind an affiliate's link."""
        buyer, lesson = buyer % 3, lesson % len(self.stage.lessons)
        sold, coupon = self.stage.lessons[lesson], self._code(code)
        person, product = Actor(self.stage.buyers[buyer].id), sold.product
        typed = to_input(amount, product.currency) if product.price_kind == "pwyw" else ""
        words = {"code": coupon.name if coupon else "", "via": sold.link if via else ""}
        wanted = [self._line(lesson, amount, via)]
        with self.faults.at(crash):
            await self._see(
                await together(*(self.start_purchase(person, product.slug, typed, **words) for _ in range(clicks))),
                buyer, wanted, coupon,
            )  # fmt: skip
        await self._note(buyer, wanted, coupon)

    @move
    async def basket(
        self, buyer: int, chosen: Sequence[tuple[int, bool]], amount: int, crash: int, code: int = 0
    ) -> None:
        """Several lessons, perhaps of several creators; paid for together where the currency is that of the first."""
        buyer = buyer % 3
        person, coupon, wanted = Actor(self.stage.buyers[buyer].id), self._code(code), []
        async with db.transaction() as session:
            for item in await cart.items(session, person):
                with suppress(Missing):  # a payment that the worker found meanwhile took it out
                    await cart.remove(session, person, item.id)
            await cart.set_code(session, person, coupon.name if coupon else "")
        for lesson, via in {lesson % len(self.stage.lessons): via for lesson, via in chosen}.items():
            sold = self.stage.lessons[lesson]
            typed = to_input(amount, sold.product.currency) if sold.product.price_kind == "pwyw" else ""
            try:
                await put_into_cart(person, sold.product.slug, typed, via=sold.link if via else "")
            except MarketplaceError:
                continue
            wanted.append((sold.product.currency, self._line(lesson, amount, via)))
        if not wanted:
            return
        currency, lines = wanted[0][0], [line for currency, line in wanted if currency == wanted[0][0]]
        with self.faults.at(crash):
            await self._see(await together(self.check_out_cart(person, currency)), buyer, lines, coupon)
        await self._note(buyer, lines, coupon)

    async def start_purchase(self, who: Actor, slug: str, typed: str, code: str, via: str) -> str:
        return await start_purchase(who, slug, typed, code=code, via=via)

    async def check_out_cart(self, who: Actor, currency: str) -> str:
        return await check_out_cart(who, currency)

    def _code(self, number: int) -> Code | None:
        return self.codes[number - 1] if number else None

    def _line(self, lesson: int, amount: int, via: bool) -> Line:
        sold = self.stage.lessons[lesson]
        price = amount if sold.product.price_kind == "pwyw" else sold.product.price_minor
        partners = (*sold.co, *(sold.affiliate if via else ()))
        return Line(lesson, str(sold.creator.id), price, partners)

    async def _see(self, answers: list[Any], buyer: int, wanted: list[Line], code: Code | None) -> None:
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, MarketplaceError):
                raise answer
        pages = {answer for answer in answers if isinstance(answer, str)}
        assert len(pages) <= 1, f"two payment pages for one lesson: {pages}"
        await self._note(buyer, wanted, code)
        for page in pages:
            await self._remember(page)

    async def _note(self, buyer: int, wanted: list[Line], code: Code | None) -> None:
        """A new order, also when whoever made it died before they could show its payment page."""
        rows = await self.world.rows(
            'SELECT o.id::text, l.id::text, p.slug, o.currency, o.coupon_code FROM "order" o JOIN order_line l'
            " ON l.order_id = o.id JOIN product p ON p.id = l.product_id WHERE NOT o.id::text = ANY(:known)",
            known=list(self.begun),
        )
        if not rows:
            return
        assert len({row[0] for row in rows}) == 1, "two orders for one click"
        lines = {row[2]: row[1] for row in rows}
        for line in wanted:
            line.id = lines.pop(self.stage.lessons[line.lesson].product.slug)
        assert not lines, "something was ordered that nobody wanted"
        order, _, _, currency, used = rows[0]
        assert used in ("", code.name if code else ""), f"{used} was used instead of {code}"
        sale = self.begun[order] = Sale(order, buyer, currency, wanted, code if used else None)
        if not sale.amount:
            self.sales.append(sale)
            await self._is_paid(sale)

    async def _remember(self, url: str) -> None:
        if any(url.endswith(f"/orders/{sale.order}") for sale in self.sales):
            return  # for nothing
        rows = await self.world.rows('SELECT id::text FROM "order" WHERE checkout_id = :p', p=url.rsplit("/", 1)[-1])
        sale = self.begun[rows[0][0]]
        if not sale.url:
            sale.url = url
            (page,) = await self.world.stripe("checkout.session", id=sale.page)
            assert page["amount_total"] == sale.amount, f"asked for {page['amount_total']} instead of {sale.amount}"
            self.sales.append(sale)

    @move
    async def pay(self, which: int, how: str) -> None:
        sale = pick([s for s in self.sales if s.waits], which)
        if sale is None:
            return
        card = DECLINED if how == "declined" else GOOD
        answer = await self.world.pay(sale.url, card, method="bank" if how == "bank" else "card")
        if answer.status_code == 410:  # the product closed the page, because the price changed or time ran out
            sale.expired = True
            return
        assert answer.status_code == (402 if how == "declined" else 303), answer.text
        if how == "declined":
            return
        if how == "bank":
            sale.bank = "pending"
        else:
            await self._is_paid(sale)

    async def _is_paid(self, sale: Sale) -> None:
        sale.paid, sale.bank = True, ""
        others = [
            s for s in self.sales if s.paid and s.buyer == sale.buyer and s is not sale and s.lessons & sale.lessons
        ]
        if any(other.untouched for other in others):
            await self.look(*others)  # what a worker did meanwhile isn't known yet
        again = [other for other in others if other.untouched]
        assert not again, f"the buyer was charged twice for one lesson: by {sale} after {again}"

    @move
    async def pay_again(self, which: int) -> None:
        """The back button, and "Pay" once more."""
        sale = pick([s for s in self.sales if s.url and (s.paid or s.bank)], which)
        if sale is not None:
            assert (await self.world.pay(sale.url)).status_code == 303

    @move
    async def come_back(self, which: int) -> None:
        """The page behind the payment page, any number of times, also long after."""
        sale = pick([s for s in self.sales if s.url], which)
        if sale is not None:
            await webhooks.apply_checkout(sale.page)

    @move
    async def bank_answers(self, which: int, paid: bool) -> None:
        sale = pick([s for s in self.sales if s.bank == "pending"], which)
        if sale is None:
            return
        await self.world.act("bank", sale.page, result="paid" if paid else "failed")
        if paid:
            await self._is_paid(sale)
        else:
            sale.bank = "failed"

    @move
    async def page_expires(self, which: int) -> None:
        sale = pick([s for s in self.sales if s.waits], which)
        if sale is not None:
            await self.world.act("expire", sale.page)
            sale.expired = True
