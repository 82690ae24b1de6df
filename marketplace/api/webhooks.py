"""Where Stripe and Vimeo knock: verify, store once, answer fast. Jobs do the rest."""

from __future__ import annotations

import asyncio

import structlog
from psycopg import DataError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.db import lean_transaction
from marketplace.domain.inbox import service as inbox
from marketplace.domain.inbox.errors import BadSignature
from marketplace.domain.inbox.ports import ProviderEvent
from marketplace.vendors import vendors

log = structlog.get_logger()
MAX_BODY = 512 * 1024
MAX_BATCH = 200
Waiting = tuple[ProviderEvent, asyncio.Future[bool]]


class Intake:
    """Group commit: events that arrive while one transaction commits share the next one."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    async def store(self, event: ProviderEvent) -> bool:
        """Returns once the event is durable: True when it was new."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            await self._commit(batch)

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            async with lean_transaction() as connection:
                new = await inbox.receive(connection, [event for event, _ in batch])
        except DataError as error:
            if len(batch) == 1:
                return _settle(batch, error)
            for one in batch:  # one of them is at fault: the others don't suffer with it
                await self._commit([one])
        except Exception as error:
            _settle(batch, error)
        else:
            _settle(batch, new)


def _settle(batch: list[Waiting], result: set[tuple[str, str]] | Exception) -> None:
    for event, done in batch:
        if done.done():
            continue
        if isinstance(result, Exception):
            done.set_exception(result)
        else:
            done.set_result((event.source, event.id) in result)


intake = Intake()


async def receive(request: Request) -> Response:
    """404 without a secret, 400 for a bad signature or body (nothing stored), 200 once it is durable."""
    source = request.path_params["source"]
    verifier = vendors().video if source == "vimeo" else vendors().stripe_events
    if source not in ("stripe", "stripe-connect", "stripe-thin", "vimeo") or not verifier.enabled(source):
        return PlainTextResponse("No such endpoint", 404)
    body = await _body(request)
    if body is None:
        return PlainTextResponse("Too large", 413)
    try:
        event = verifier.verify(source, body, {k.lower(): v for k, v in request.headers.items()})
    except (BadSignature, RecursionError):
        log.warning("webhook.refused", source=source)
        return PlainTextResponse("Bad signature or payload", 400)
    new = await intake.store(event)
    return PlainTextResponse("Stored" if new else "Known")


async def _body(request: Request) -> bytes | None:
    """The body, or ``None`` as soon as it is too large, whatever length was announced."""
    if len(request.headers.get("content-length", "")) > len(str(MAX_BODY)):
        return None
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MAX_BODY:
            return None
    return bytes(read)


routes = [Route("/webhooks/{source}", receive, methods=["POST"])]
