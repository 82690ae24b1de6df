"""Lists that are read page by page lose no row, and repeat none, when many have the same time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.orders.models import Dispute, Order, OrderLine
from marketplace.domain.payouts.models import Payout
from marketplace.state.orders import OrdersState
from marketplace.state.payouts import PayoutsState
from marketplace.state.requests import RequestsState
from marketplace.state.studio import ProductsState
from tests.domain.world import World
from tests.state.pages import Open

MANY = 47
AT = datetime(2026, 3, 1, 10, 0, 0, 123456, UTC)


@pytest.fixture(scope="module")
async def maker(world: World) -> Account:
    """Somebody with 47 products, orders, payouts and disputes of the same microsecond."""
    person = await world.creator()
    product = await world.lesson(person)
    async with db.transaction() as session:
        for n in range(MANY):
            if n:
                await catalog.create(session, Actor(person.id, "member", True))
            order = Order(
                buyer_id=person.id,
                currency="usd",
                total_minor=100,
                state="paid",
                created_at=AT,
                expires_at=AT,
                paid_at=AT,
            )
            payout = Payout(
                id=f"po_{n}", creator_id=person.id, currency="usd", amount_minor=100, state="paid", created_at=AT
            )
            session.add_all([order, payout])
            await session.flush()
            line = OrderLine(
                order_id=order.id,
                buyer_id=person.id,
                product_id=product.id,
                creator_id=person.id,
                title="x",
                currency="usd",
                list_minor=100,
                amount_minor=100,
                fee_percent=Decimal(10),
                fee_minor=10,
                shares_minor=90,
                open=False,
            )
            dispute = Dispute(
                id=f"dp_{n}",
                order_id=order.id,
                amount_minor=100,
                currency="usd",
                status="lost",
                created_at=AT,
                closed_at=AT,
            )
            session.add_all([line, dispute])
    await world.rows("UPDATE product SET created_at = :at WHERE creator_id = :c", at=AT, c=person.id)
    return person


@pytest.mark.parametrize(
    ("cls", "rows", "name"),
    [(ProductsState, "items", "id"), (OrdersState, "items", "id"), (PayoutsState, "history", "id"), (RequestsState, "disputes", "id")],
)  # fmt: skip
async def test_each_row_comes_once(world: World, maker: Account, cls: type[Any], rows: str, name: str) -> None:
    page = Open(cls, Actor(maker.id, "member", True))
    await page.call("on_load")
    pages = 1
    while page.state.next_key:
        await page.call("more")
        pages += 1
        assert pages < 9
    found = [row[name] for row in getattr(page.state, rows)]
    assert pages > 1
    assert len(found) == MANY
    assert len(set(found)) == MANY
