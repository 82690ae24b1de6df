"""A mailbox that takes every mail and delivers none: an API to post and read, pages to look at."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.sandbox.delivery import Endpoint
from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.store import Row, Tx

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_VENDOR = "mail"
_MAX_BODY = 2 * 1024 * 1024
_FIELDS = ("to", "from", "subject", "text", "html", "key", "leave")


async def post(tx: Tx, *, to: str, sender: str, subject: str, text: str, html: str, key: str = "",
    leave: str = "",
) -> Row:  # fmt: skip
    """Store one mail. The same ``key`` again is the same mail: the first one is returned."""
    if key:
        await tx.connection.execute("SELECT pg_advisory_xact_lock(723004, hashtext(%s))", (key,))
        known = await tx.find(_VENDOR, "message", {"key": key}, limit=1)
        if known:
            return known[0]
    row = {"id": secrets.token_hex(8), "to": to, "address": _address(to), "from": sender, "subject": subject}
    row |= {"text": text, "html": html, "key": key, "leave": leave, "sent_at": tx.now().isoformat()}
    return await tx.put(_VENDOR, "message", row["id"], row)


def endpoints(sandbox: Sandbox) -> dict[str, Endpoint]:
    return {}


def api_routes(sandbox: Sandbox) -> list[Route]:
    return [
        Route("/messages", _bound(sandbox, _post), methods=["POST"]),
        Route("/messages", _bound(sandbox, _list), methods=["GET"]),
    ]


def page_routes(sandbox: Sandbox) -> list[Route]:
    return [Route("/", _bound(sandbox, _mailbox)), Route("/{id}", _bound(sandbox, _one))]


_Handler = Callable[["Sandbox", Request], Awaitable[Response]]


def _bound(sandbox: Sandbox, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        return await handler(sandbox, request)

    return run


async def _post(sandbox: Sandbox, request: Request) -> Response:
    body = await _body(request)
    if body is None:
        return JSONResponse({"message": "Expected a JSON object of strings with at least to and subject"}, 422)
    async with sandbox.store.tx() as tx:
        row = await post(tx, sender=body.pop("from"), **body)
    return JSONResponse(row, 201)


async def _body(request: Request) -> dict[str, str] | None:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            return None
    try:
        given = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    body = {name: given.get(name, "") for name in _FIELDS}
    usable = all(isinstance(value, str) for value in body.values()) and body["to"] and body["subject"]
    return body if usable else None


async def _list(sandbox: Sandbox, request: Request) -> Response:
    return JSONResponse({"data": await _find(sandbox, request.query_params.get("to", ""))})


async def _find(sandbox: Sandbox, to: str, limit: int = 100) -> list[Row]:
    where = {"address": _address(to)} if to.strip() else None
    async with sandbox.store.tx() as tx:
        return await tx.find(_VENDOR, "message", where, limit=limit)


async def _mailbox(sandbox: Sandbox, request: Request) -> Response:
    to = request.query_params.get("to", "")
    rows = "".join(_line(sandbox, mail) for mail in await _find(sandbox, to))
    body = (
        '<h1>Mailbox</h1><p class="lede">Every mail of the sandbox. None leaves it.</p>'
        '<form class="row" role="search"><div><label for="to">Recipient</label>'
        f'<input id="to" name="to" type="email" value="{e(to)}"></div>'
        f'<button class="quiet" style="align-self:end">Filter</button></form><div class="card">{_table(rows)}</div>'
    )
    return page("Mailbox", body)


def _table(rows: str) -> str:
    if not rows:
        return '<p class="muted">No mail yet. What the product sends appears here.</p>'
    return f'<div class="scroll"><table><tr><th>To<th>Subject<th>Sent</tr>{rows}</table></div>'


def _line(sandbox: Sandbox, mail: Row) -> str:
    link = local(sandbox.url(f"/mail/pages/{mail['id']}"))
    return f'<tr><td>{e(mail["to"])}<td><a href="{e(link)}">{e(mail["subject"])}</a><td>{_time(mail)}</tr>'


async def index_html(sandbox: Sandbox) -> str:
    """The newest mails, for the sandbox's index."""
    rows = "".join(_line(sandbox, mail) for mail in await _find(sandbox, "", limit=10))
    everything = f'<p><a href="{e(local(sandbox.url("/mail/pages/")))}">Open the mailbox</a></p>'
    return f'<div class="card">{_table(rows)}{everything}</div>'


async def _one(sandbox: Sandbox, request: Request) -> Response:
    async with sandbox.store.tx() as tx:
        mail = await tx.get(_VENDOR, "message", request.path_params["id"])
    if mail is None:
        return page("No such mail", "<h1>No such mail</h1>", narrow=True, status=404)
    back = local(sandbox.url("/mail/pages/"))
    body = (
        f'<p><a href="{e(back)}">Mailbox</a></p><h1>{e(mail["subject"])}</h1>'
        f'<p class="muted">To {e(mail["to"])} · from {e(mail["from"])} · {_time(mail)} UTC</p>'
        f'{_frame(mail["html"])}<h2>As plain text</h2><div class="card"><pre style="white-space:pre-wrap">'
        f"{e(mail['text'])}</pre></div>"
    )
    return page(mail["subject"], body)


def _frame(html: str) -> str:
    """Scripts stay off; only a person's click may leave the frame."""
    if not html:
        return ""
    document = f'<!doctype html><meta charset="utf-8"><base target="_top"><body style="margin:0;background:#fff">{html}'
    return (
        '<iframe title="The mail" sandbox="allow-top-navigation-by-user-activation allow-popups"'
        ' style="width:100%;height:30rem;border:1px solid var(--line);border-radius:12px"'
        f' srcdoc="{e(document)}"></iframe>'
    )


def _time(mail: Row) -> str:
    return e(mail["sent_at"][:19].replace("T", " "))


def _address(recipient: str) -> str:
    """``Ada <ada@example.com>`` is filed under ``ada@example.com``."""
    return recipient.rpartition("<")[2].rstrip("> ").strip().lower()
