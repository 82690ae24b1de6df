"""For the machines that watch: the process, its database and queue, a few numbers."""

from __future__ import annotations

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from marketplace.db import transaction

_NUMBERS = {
    "marketplace_jobs_waiting": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'",
    "marketplace_jobs_failed": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    "marketplace_webhooks_parked": "SELECT count(*) FROM webhook_event WHERE state = 'parked'",
    "marketplace_webhooks_waiting": "SELECT count(*) FROM webhook_event WHERE state = 'received'",
    "marketplace_money_frozen": "SELECT count(*) FROM proof_alert WHERE state = 'confirmed' AND closed_at IS NULL",
    "marketplace_orders_open": "SELECT count(*) FROM \"order\" WHERE state IN ('pending','processing')",
    "marketplace_mails_unsent": "SELECT count(*) FROM outgoing_mail WHERE sent_at IS NULL",
}


async def healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> Response:
    """503 until the database answers, is migrated, and holds the queue."""
    try:
        async with transaction() as session:
            revision = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
            await session.execute(text("SELECT 1 FROM procrastinate_jobs LIMIT 1"))
    except Exception:
        return JSONResponse({"ready": False}, 503)
    return JSONResponse({"ready": True, "schema": revision})


async def metrics(_request: Request) -> Response:
    """Prometheus text format."""
    async with transaction() as session:
        lines = [f"{name} {(await session.execute(text(query))).scalar_one()}" for name, query in _NUMBERS.items()]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"content-type": "text/plain; version=0.0.4"})


routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
