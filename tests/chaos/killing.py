"""Games in which the product is a process of its own that is killed at any moment and started again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from product import ROOT, free_port

from marketplace.domain.access.service import Actor
from marketplace.errors import MarketplaceError, Unavailable
from tests.chaos.game import Game
from tests.chaos.stage import Stage
from tests.domain.world import World

NAME = "chaos-victim"
_LIMIT = 60  # seconds for anything that has to happen
_IDLE = (
    "SELECT NOT EXISTS (SELECT 1 FROM sandbox.deliveries WHERE state = 'pending')"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
)


class Dead(Unavailable):
    """Nobody answers: the process was killed while it was asked."""


class Victim:
    """The process, and the ways in which it dies: by a signal from outside at any time or at the ``n``-th call of the
    payment provider's API, before that takes effect or before its answer arrives; or at a moment of its own."""

    def __init__(self, world: World, process: asyncio.subprocess.Process, port: int) -> None:
        self.world, self.port, self._process = world, port, process
        self.pid = 0
        self._calls, self._after = 0, False
        self._browser = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)

    @property
    def alive(self) -> bool:
        return bool(self.pid) and os.path.exists(f"/proc/{self.pid}/fd/0")

    async def start(self, *, moment: int = 0, calls: int = 0, after: bool = False) -> bool:
        """False when it died before it was ready. The time has passed after which a dead worker's jobs and what was
        to be tried again later are due."""
        await self.world.rows("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '5 minutes'")
        self._tell(f"{self.port} {moment}")
        self.pid = int((await self._said()).split()[1])
        self._calls, self._after = calls, after
        if await self._said() != "ready":
            await self._buried()
            return False
        await self.hurry()
        return True

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def _said(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(_LIMIT):
            line = (await self._process.stdout.readline()).decode().strip()
        assert line, "the victim's parent ended"
        return line

    def strike(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)  # its parent has not let go of it, so the number is still its own

    async def kill(self) -> None:
        """However it dies: everything it had begun in the database has ended when this returns."""
        self.strike()
        ended = await self._said()
        assert ended == "ended 9", f"the process ended by itself: {ended}"
        await self._buried()

    async def _buried(self) -> None:
        self.pid = self._calls = 0
        self._tell("")
        await self.silence()

    async def silence(self) -> None:
        """Until the database has noticed that nobody is there any more."""
        asked = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{NAME}' AND state <> 'idle'"
        async with asyncio.timeout(_LIMIT):
            while await self.world.one(asked):
                await asyncio.sleep(0.01)

    async def hurry(self) -> None:
        """What waits for its hour has it now."""
        await self.world.rows(
            "UPDATE sandbox.deliveries SET state = 'pending', due_at = now() WHERE id IN (SELECT id FROM sandbox.deliveries"
            " WHERE state = 'failed' OR (state = 'pending' AND due_at > now()"
            " AND (attempts = 0 OR coalesce(last_error, last_status::text) IS NOT NULL)) FOR UPDATE SKIP LOCKED)"
        )
        await self.world.rows(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE id IN (SELECT id FROM procrastinate_jobs"
            " WHERE status = 'todo' AND scheduled_at IS NOT NULL FOR UPDATE SKIP LOCKED)"
        )
        await self.world.rows(
            """SELECT pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')"""
        )

    async def buy(self, **wanted: Any) -> str:
        try:
            answer = await self._browser.post("/buy", json=wanted)
        except httpx.TransportError as error:
            await self.silence()
            raise Dead from error
        if answer.status_code == 409:
            raise MarketplaceError(answer.json()["refused"])
        assert answer.status_code == 200, answer.text
        return str(answer.json()["page"])

    def around(self, inner: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """What every request to the sandbox passes: the n-th call of its API is the death of whoever made it."""

        async def app(scope: Any, receive: Any, send: Any) -> None:
            path = scope.get("path", "")
            if not self._calls or not path.startswith(("/sandbox/stripe/v1", "/sandbox/stripe/v2", "/sandbox/mail")):
                return await inner(scope, receive, send)
            self._calls -= 1
            if self._calls:
                return await inner(scope, receive, send)
            if self._after:
                await inner(scope, receive, _nowhere)
            self.strike()

        return app


async def _nowhere(_message: Any) -> None:
    return None


@asynccontextmanager
async def victim_of(world: World, log: Path) -> AsyncIterator[Victim]:
    """The parent of all victims, and the sandbox's webhooks going to them."""
    port, sandbox = free_port(), world.server.sandbox
    before = dict(sandbox.endpoints)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-m", "tests.chaos.victim", cwd=ROOT, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=errors, env={**os.environ, "PGAPPNAME": NAME, "PYTHONPATH": "tests"},
        )  # fmt: skip
    victim = Victim(world, process, port)
    for name, endpoint in before.items():
        sandbox.endpoints[name] = replace(endpoint, url=f"http://127.0.0.1:{port}/webhooks/{name}")
    world.server.wrap(victim.around)
    try:
        yield victim
    finally:
        world.server.wrap(lambda inner: inner)
        sandbox.endpoints.update(before)
        victim.strike()
        await victim._browser.aclose()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await world.calm()
        await world.lose_all()
        await world.rows("DELETE FROM procrastinate_jobs")


class KilledGame(Game):
    """The same moves; but it is the victim that sells, takes the webhooks and does the work."""

    alone = False

    def __init__(self, stage: Stage, victim: Victim) -> None:
        super().__init__(stage)
        self.victim = victim

    async def start_purchase(self, who: Actor, slug: str, typed: str, code: str, via: str) -> str:
        return await self.victim.buy(buyer=str(who.account_id), slug=slug, typed=typed, code=code, via=via)

    async def check_out_cart(self, who: Actor, currency: str) -> str:
        return await self.victim.buy(buyer=str(who.account_id), currency=currency)

    async def drain(self) -> None:
        """One lives on, until nothing waits."""
        if not self.victim.alive:
            assert await self.victim.start()
        async with asyncio.timeout(_LIMIT):
            while not await self.world.one(_IDLE):
                await self.victim.hurry()
                await asyncio.sleep(0.05)
        self.delivered |= {
            (row[0], row[1])
            for row in await self.world.rows(
                "SELECT endpoint, event_id FROM sandbox.deliveries WHERE state = 'delivered'"
            )
        }

    async def play(self, dice: random.Random) -> None:
        """Something happens."""
        n = dice.randrange(10)
        codes, percent = dice.choice((0, 0, 1, 2, 3, 4, 5)), dice.choice((33, 50, 100))
        chosen = [(dice.randrange(10), dice.random() < 0.5) for _ in range(dice.randrange(2, 4))]
        move = dice.choices(
            ("buy", "basket", "refund", "dashboard", "fails", "dispute", "verdict", "payout", "ends", "expire", "bank"),
            (6, 5, 3, 2, 1, 1, 1, 2, 1, 1, 1),
        )[0]  # fmt: skip
        match move:
            case "buy":
                await self.buy(n, dice.randrange(10), 700, dice.choice((1, 1, 2)), 0, codes, dice.random() < 0.5)
                await self.pay(-1, dice.choice(("card", "card", "card", "bank", "declined")))
            case "basket":
                await self.basket(n, chosen, 700, 0, codes)
                await self.pay(-1, "card")
            case "refund":
                await self.ask_refund(n, percent, dice.random() < 0.5)
            case "dashboard":
                await self.dashboard_refund(n, percent)
            case "fails":
                await self.refund_fails(n)
            case "dispute":
                await self.dispute(n, 100)
            case "verdict":
                await self.verdict(n, dice.random() < 0.5)
            case "payout":
                await self.pay_out_now(n, 2, dice.random() < 0.3)
            case "ends":
                await self.payout_ends(n, dice.random() < 0.5)
            case "expire":
                await self.page_expires(n)
            case "bank":
                await self.bank_answers(n, dice.random() < 0.5)


async def short_life(game: KilledGame, dice: random.Random) -> None:
    """A process is started, things happen, it dies in the midst of them: by itself, in a call, or from outside."""
    way = dice.choice(("moment", "before", "after", "outside"))
    victim = game.victim
    started = await victim.start(
        moment=dice.randrange(1, 120) if way == "moment" else 0,
        calls=dice.randrange(1, 40) if way in ("before", "after") else 0, after=way == "after",
    )  # fmt: skip
    for _ in range(dice.randrange(2, 9)):
        if not started or not victim.alive:
            break
        await game.play(dice)
    if started:
        await victim.kill()
