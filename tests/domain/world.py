"""The product's domain, jobs and webhook route on one fresh database, with the sandbox behind real HTTP.

Nothing runs by itself here: webhooks wait in the sandbox until a test delivers them, jobs wait in the
queue until a test runs them.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from alembic.config import Config
from product import ROOT, SandboxServer, free_port, make_database
from sqlalchemy import text
from starlette.applications import Starlette

from alembic import command
from marketplace import db
from marketplace.api import webhooks as webhook_routes
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.accounts.ports import Identity
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.inbox import service as inbox
from marketplace.domain.media.models import Image, Video
from marketplace.domain.payouts import service as payouts
from marketplace.jobs import accounts as account_jobs
from marketplace.jobs import app as job_app
from marketplace.jobs import (
    documents,
    grading,
    learning,
    mail,
    mailing,
    media,
    orders,
    people,
    proof,
    reviews,
    sweep,
    webhooks,
)
from marketplace.jobs import payouts as payout_jobs
from marketplace.meanings import meanings
from marketplace.settings import Settings, get_settings
from marketplace.vendors import vendors

TASKS = {
    **account_jobs.TASKS, **documents.TASKS, **grading.TASKS, **learning.TASKS, **mail.TASKS, **mailing.TASKS, **media.TASKS,
    **orders.TASKS, **payout_jobs.TASKS,
    **people.TASKS, **proof.TASKS, **reviews.TASKS, **webhooks.TASKS,
}  # fmt: skip
_FOR_LATER = ("media.poll", "assignments.settle_file")
GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"
_DAY = 86_400
CAPITAL = 10_000_000  # minor units, in each currency


def migrate(url: str, revision: str = "head", *, down: bool = False) -> None:
    """Run the migrations on the database at ``url``."""
    config = Config(str(ROOT / "alembic.ini"), attributes={"configure_logger": False, "url": url})
    (command.downgrade if down else command.upgrade)(config, revision)


@dataclass(frozen=True)
class Ground:
    """What one test session shares: the migrated database and the sandbox on its port."""

    settings: Settings
    server: SandboxServer


_ground: list[Ground] = []


@contextmanager
def ground(pg_url: str, folder: Path) -> Iterator[Ground]:
    """The one of this process; whoever comes first builds it, and takes it down at the end."""
    if _ground:
        yield _ground[0]
        return
    url = make_database(pg_url, "domain")
    migrate(url)
    settings = Settings(
        _env_file=None, marketplace_env="test", port=free_port(), data_dir=folder, public_url="", database_url=url
    )
    server = SandboxServer(settings, url)
    server.start()
    _ground.append(Ground(settings, server))
    try:
        yield _ground[0]
    finally:
        _ground.clear()
        server.stop()


def forget_caches() -> None:
    for cached in (get_settings, db.dsn, db.engine, db._connections, vendors, meanings, job_app.queue):
        cached.cache_clear()


@contextmanager
def environment(settings: Settings) -> Iterator[None]:
    """Everything that is cached per process is made anew from these settings, and forgotten after."""
    mine = {
        "MARKETPLACE_ENV": "test", "PORT": str(settings.port), "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url, "PUBLIC_URL": settings.public_url,
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in mine}
    os.environ.update(mine)
    forget_caches()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
        forget_caches()


@dataclass(frozen=True)
class Job:
    id: int
    task: str
    args: dict[str, Any]
    lock: str | None


class World:
    """People, lessons and time, through the product's own services."""

    def __init__(self, ground: Ground) -> None:
        self.settings = ground.settings
        self.server = ground.server
        self.browser = httpx.AsyncClient(trust_env=False, timeout=30)
        self.routes = httpx.AsyncClient(
            transport=httpx.ASGITransport(Starlette(routes=webhook_routes.routes), raise_app_exceptions=False),
            base_url="http://product",
        )
        self.signers = {name: endpoint.sign for name, endpoint in ground.server.sandbox.endpoints.items()}

    async def close(self) -> None:
        await self.browser.aclose()
        await self.routes.aclose()

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Look at, or arrange, the database."""
        async with db.transaction() as session:
            found = await session.execute(text(sql), values)
            return list(found.all()) if found.returns_rows else []

    async def one(self, sql: str, **values: Any) -> Any:
        return (await self.rows(sql, **values))[0][0]

    async def calm(self) -> None:
        """All knobs back; webhooks wait for the test."""
        await self.rows("DELETE FROM sandbox.knobs")
        await self.knobs("stripe", delay=_DAY)
        await self.knobs("vimeo", delay=_DAY, transcode_seconds=0)

    async def knobs(self, vendor: str, **values: Any) -> None:
        answer = await self.browser.post(f"{self.settings.sandbox_internal_url}/knobs/{vendor}", json=values)
        assert answer.status_code < 400, answer.text

    # people and lessons

    async def person(self, name: str = "Bea Buyer") -> Account:
        mail = f"{uuid4().hex[:12]}@example.com"
        async with db.transaction() as session:
            return await accounts.arrive(session, Identity(str(uuid4()), mail, True, name, ""))

    async def creator(self, name: str = "Cy Creator", outcome: str = "active") -> Account:
        """With a payments account that was onboarded at the partner's page; ``outcome`` "" for none."""
        person = await self.person(name)
        async with db.transaction() as session:
            person = await accounts.become_creator(session, Actor(person.id))
            await payouts.ensure_merchant(session, person.id, "US")
        if outcome:
            account_id = await vendors().connect.create_account(
                creator_id=str(person.id), email=person.email, display_name=name, country="US", key=f"a:{person.id}"
            )
            async with db.transaction() as session:
                await payouts.attach_account(session, person.id, account_id)
            url = await vendors().connect.onboarding_url(
                account_id, refresh_url="http://localhost/r", return_url="http://localhost/r"
            )
            await self.browser.post(url, data={"outcome": outcome})
            await webhooks.apply_account(account_id)
        return person

    async def media_of(self, owner: Account, *, state: str = "ready", seconds: int = 600) -> tuple[UUID, UUID]:
        """(video id, image id), as if they had been uploaded."""
        async with db.transaction() as session:
            video = Video(
                owner_id=owner.id, filename="a.mp4", size=9, uri=f"/videos/{uuid4().hex}", state=state,
                duration_s=seconds, protected=state == "ready",
            )  # fmt: skip
            image = Image(owner_id=owner.id, state="ready", variants=[[640, "https://example.com/640.webp"]])
            session.add_all([video, image])
            await session.flush()
            return video.id, image.id

    async def lesson(self, owner: Account, **changes: Any) -> Product:
        """A published lesson for 25 dollars, or what ``changes`` say."""
        video, image = await self.media_of(owner)
        fields = {
            "title": f"Fire and glaze {uuid4().hex[:8]}", "summary": "A lesson", "description_md": "How to", "topic": "pottery",
            "price_kind": "fixed", "price_minor": 2500, "currency": "usd", "video_id": video, "image_id": image, **changes,
        }  # fmt: skip
        who = Actor(owner.id, "member", True)
        async with db.transaction() as session:
            product = await catalog.create(session, who)
            await catalog.save(session, who, product.id, fields, revision=None)
            return await catalog.publish(session, who, product.id, revision=None)

    # the buyer's browser and the dashboard of the payment provider

    async def pay(self, url: str, card: str = GOOD, method: str = "card") -> httpx.Response:
        form = {"email": "b@example.com", "name": "Bea", "card": card, "expiry": "12 / 34", "cvc": "123"}
        return await self.browser.post(url, data={**form, "method": method})

    async def act(self, name: str, id: str, **values: str) -> httpx.Response:
        """Press a button of the provider's dashboard."""
        url = f"{self.settings.sandbox_internal_url}/stripe/pages/actions/{name}"
        return await self.browser.post(url, data={"id": id, **values})

    async def draw_out(self, account_id: str) -> None:
        """The creator moves everything to their bank."""
        await self.act("release", "")
        await self.browser.post(await vendors().connect.dashboard_url(account_id))

    async def top_up(self) -> None:
        """The platform's own money at the provider, out of which it can pay in advance."""
        for currency in ("usd", "eur", "jpy"):
            entry = {
                "id": f"txn_{currency}", "object": "balance_transaction", "type": "topup", "reporting_category": "topup",
                "_account": "acct_platform", "description": "", "status": "available",
                "currency": currency, "amount": CAPITAL, "fee": 0, "created": 0, "_created": 0, "available_on": 0, "source": None,
            }  # fmt: skip
            await self.rows(
                "INSERT INTO sandbox.objects (vendor, kind, id, data)"
                " VALUES ('stripe', 'balance_transaction', :id, CAST(:data AS jsonb)) ON CONFLICT DO NOTHING",
                id=entry["id"], data=json.dumps({**entry, "net": CAPITAL}),
            )  # fmt: skip

    async def stripe(self, kind: str, **where: Any) -> list[dict[str, Any]]:
        """The sandbox's objects of a kind, oldest first."""
        found = await self.rows(
            "SELECT data FROM sandbox.objects WHERE vendor = 'stripe' AND kind = :kind ORDER BY seq", kind=kind
        )
        return [row[0] for row in found if all(row[0].get(name) == value for name, value in where.items())]

    async def stripe_balance(self, account: str = "acct_platform") -> dict[str, int]:
        """Available and pending together, by currency."""
        found = await self.rows(
            "SELECT data->>'currency', sum((data->>'net')::bigint) FROM sandbox.objects WHERE vendor = 'stripe'"
            " AND kind = 'balance_transaction' AND data->>'_account' = :account GROUP BY 1",
            account=account,
        )
        return {currency: int(total) for currency, total in found}

    # webhooks and jobs, one by one

    async def deliveries(self) -> list[Any]:
        """(id, endpoint, event id, type) of webhooks that wait, oldest first."""
        return await self.rows(
            "SELECT id, endpoint, event_id, event_type FROM sandbox.deliveries WHERE state = 'pending' ORDER BY id"
        )

    async def deliver(self, delivery: int, *, keep: bool = False) -> int:
        """Post one webhook to the product's route. It goes away once the answer was 2xx, unless ``keep``."""
        endpoint, body = (await self.rows("SELECT endpoint, body FROM sandbox.deliveries WHERE id = :id", id=delivery))[
            0
        ]
        status = await self.post(endpoint, bytes(body))
        if status < 300 and not keep:
            await self.drop(delivery, "delivered")
        return status

    async def post(self, endpoint: str, body: bytes, **headers: str) -> int:
        answer = await self.routes.post(
            f"/webhooks/{endpoint}", content=body, headers={**self.signers[endpoint](body), **headers}
        )
        return answer.status_code

    async def drop(self, delivery: int, state: str = "dropped") -> None:
        await self.rows("UPDATE sandbox.deliveries SET state = :s WHERE id = :id", s=state, id=delivery)

    async def lose_all(self) -> None:
        await self.rows("UPDATE sandbox.deliveries SET state = 'dropped' WHERE state = 'pending'")

    async def forget_the_past(self) -> None:
        """What earlier modules left open is over: no sweep has to see to it."""
        await self.lose_all()
        async with db.transaction() as session:
            for statement in _OVER:
                await session.execute(text(statement))

    async def jobs(self) -> list[Job]:
        """What may run now: of jobs with the same lock only the first."""
        found = await self.rows(
            "SELECT id, task_name, args, lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        )
        taken: set[str] = set()
        ready = []
        for row in found:
            if row[3] not in taken:
                ready.append(Job(*row))
            if row[3] is not None:
                taken.add(row[3])
        return ready

    async def run(self, job: Job) -> None:
        """A job that raises stays in the queue, as the worker would try it again."""
        await TASKS[job.task](**job.args)
        await self.rows("DELETE FROM procrastinate_jobs WHERE id = :id", id=job.id)

    async def call(self, task: str, args: dict[str, Any]) -> None:
        """Run a task as if it had been queued once more."""
        await TASKS[task](**args)

    async def drain_jobs(self) -> None:
        """Run what is queued until nothing is, without delivering more webhooks; polls that are due later wait."""
        while ready := await self._due():
            for job in ready:
                await self.run(job)

    async def _due(self) -> list[Job]:
        """What may run now, without what waits for time to pass."""
        return [job for job in await self.jobs() if job.task not in _FOR_LATER or not await self._later(job)]

    async def _later(self, job: Job) -> bool:
        return bool(
            await self.rows("SELECT 1 FROM procrastinate_jobs WHERE id = :i AND scheduled_at > now()", i=job.id)
        )

    async def drain(self, *, tries: int = 4) -> None:
        """Deliver all webhooks and run all jobs until nothing waits; a job that keeps failing is an error."""
        failures: dict[int, int] = {}
        while True:
            waiting, ready = await self.deliveries(), await self._due()
            if not waiting and not ready:
                return
            for delivery in waiting:
                assert await self.deliver(delivery[0]) == 200
            for job in ready:
                try:
                    await self.run(job)
                except Exception:
                    failures[job.id] = failures.get(job.id, 0) + 1
                    if failures[job.id] >= tries:
                        raise

    async def age(self, minutes: int = 61) -> None:
        """Time passes for whatever waits: the sweep looks at what is some minutes old."""
        for table, times in _WAITING.items():
            shift = ", ".join(f"{name} = {name} - make_interval(mins => :m)" for name in times)
            await self.rows(f'UPDATE "{table}" SET {shift}', m=minutes)

    async def try_again(self, event: UUID) -> None:
        """An admin's button on a parked webhook event."""
        async with db.transaction() as session:
            await inbox.retry(session, event)

    async def sweep(self) -> None:
        """What the cron does in an hour, and all that follows from it."""
        await self.hour()
        await self.drain()

    async def hour(self) -> None:
        """What the cron does in an hour."""
        await self.age()
        for part in PARTS:
            await part()
        await sweep.hourly()


_WAITING = {
    "order": ("created_at", "expires_at"), "refund": ("created_at",), "transfer": ("created_at",),
    "reversal": ("created_at",), "payout_order": ("created_at",), "outgoing_mail": ("created_at",), "webhook_event": ("received_at",),
}  # fmt: skip
_OVER = (
    "SET LOCAL session_replication_role = replica",
    "DELETE FROM procrastinate_jobs",
    "DELETE FROM sandbox.objects WHERE vendor = 'stripe' AND kind = 'event'",
    "UPDATE webhook_event SET state = 'ignored' WHERE state IN ('received', 'parked')",
    """UPDATE "order" SET state = 'expired' WHERE state IN ('pending', 'processing')""",
    "UPDATE share SET settled = true WHERE NOT settled",
    "UPDATE refund SET state = 'failed' WHERE state IN ('requested', 'pending')",
    "UPDATE merchant SET closed = true",
    "UPDATE outgoing_mail SET sent_at = now() WHERE sent_at IS NULL",
)
PARTS = (
    sweep.missed_events, sweep.unhandled_events, sweep.open_orders, sweep.refunds, sweep.money_in_motion, sweep.fees, sweep.answers,
    sweep.asked_payouts, sweep.mails,
)  # fmt: skip


async def running(ground: Ground) -> AsyncIterator[World]:
    """A world for one module of tests, on an empty queue."""
    with environment(ground.settings):
        world = World(ground)
        await world.forget_the_past()
        await world.calm()
        await world.top_up()
        await together(
            *(world.rows("SELECT pg_sleep(0.05)") for _ in range(12))
        )  # so that crowds meet open connections
        yield world
        await world.close()
        await db.close()


async def together(*work: Any) -> list[Any]:
    """All at the same time; failures are answers too."""
    return list(await asyncio.gather(*work, return_exceptions=True))
