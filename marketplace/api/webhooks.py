"""Where Stripe and Vimeo knock: verify, store once, answer fast. Jobs do the rest."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.db import transaction
from marketplace.domain.inbox import service as inbox
from marketplace.domain.inbox.errors import BadSignature
from marketplace.vendors import vendors

log = structlog.get_logger()
MAX_BODY = 512 * 1024


async def receive(request: Request) -> Response:
    """404 without a secret, 400 for a bad signature or body (nothing stored), 200 once it is durable."""
    source = request.path_params["source"]
    verifier = vendors().video if source == "vimeo" else vendors().stripe_events
    if source not in ("stripe", "stripe-connect", "stripe-thin", "vimeo") or not verifier.enabled(source):
        return PlainTextResponse("No such endpoint", 404)
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        return PlainTextResponse("Too large", 413)
    body = await request.body()
    if len(body) > MAX_BODY:
        return PlainTextResponse("Too large", 413)
    try:
        event = verifier.verify(source, body, {k.lower(): v for k, v in request.headers.items()})
    except BadSignature:
        log.warning("webhook.refused", source=source)
        return PlainTextResponse("Bad signature or payload", 400)
    async with transaction() as session:
        new = await inbox.receive(session, event)
    log.info("webhook.received", source=source, type=event.type, event_id=event.id, new=new)
    return PlainTextResponse("Stored" if new else "Known")


routes = [Route("/webhooks/{source}", receive, methods=["POST"])]
