"""The part of the sandbox's index that shows Supabase, and what its buttons do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.origin import from_elsewhere
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import sessions, users
from marketplace.sandbox.supabase.call import VENDOR

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_SHOWN = 50


async def index_html(sandbox: Sandbox) -> str:
    """Users with their state, links not used yet, and buckets with what they hold."""
    async with sandbox.store.tx() as tx:
        people = await tx.find(VENDOR, "user", limit=_SHOWN)
        links = await tx.find(VENDOR, "link", limit=_SHOWN)
        rows = "".join([_person(sandbox, tx, user, links) for user in people])
        stored = "".join([await _bucket(tx, bucket) for bucket in await tx.find(VENDOR, "bucket")])
    return (
        '<div class="card"><h3>People</h3><div class="scroll"><table>'
        f"<tr><th>Email<th>Name<th>Signs in with<th>State<th>Actions</tr>{rows}</table></div></div>"
        '<div class="card"><h3>Files</h3><div class="scroll"><table>'
        f"<tr><th>Bucket<th>Open to<th>Files<th>Bytes</tr>{stored}</table></div></div>"
    )


def _person(sandbox: Sandbox, tx: Tx, user: Row, links: list[Row]) -> str:
    confirmed, banned = bool(user.get("email_confirmed_at")), users.banned(tx, user)
    waiting = any(link["user"] == user["id"] and link["expires"] >= tx.timestamp() for link in links)
    state = ", ".join(
        ["banned" if banned else "confirmed" if confirmed else "not confirmed", *(["link open"] if waiting else [])]
    )
    actions = [
        *([] if confirmed else [("confirm", "Confirm email")]),
        *([("expire", "Expire link")] if waiting else []),
        ("unban", "Lift ban") if banned else ("ban", "Ban"),
    ]
    buttons = "".join(_button(sandbox, user["id"], action, label) for action, label in actions)
    name = user["user_metadata"].get("name") or user["user_metadata"].get("full_name") or ""
    providers = ", ".join(user["app_metadata"].get("providers", []))
    return (
        f"<tr><td>{e(user['email'])}<td>{e(name)}<td>{e(providers)}<td>{state}<td><div class=row>{buttons}</div></tr>"
    )


def _button(sandbox: Sandbox, user_id: str, action: str, label: str) -> str:
    return (
        f'<form method="post" action="{e(local(sandbox.url("/supabase/pages/act")))}">'
        f'<input type="hidden" name="user" value="{e(user_id)}">'
        f'<button class="quiet" name="action" value="{action}">{label}</button></form>'
    )


async def _bucket(tx: Tx, bucket: Row) -> str:
    cursor = await tx.connection.execute(
        "SELECT count(*) AS files, coalesce(sum((data->>'size')::bigint), 0) AS bytes FROM sandbox.objects"
        " WHERE vendor=%s AND kind='object' AND data->>'bucket' = %s",
        (VENDOR, bucket["id"]),
    )
    row = await cursor.fetchone() or {"files": 0, "bytes": 0}
    audience = "everybody" if bucket["public"] else "signed addresses"
    return f"<tr><td>{e(bucket['id'])}<td>{audience}<td>{row['files']}<td>{row['bytes']}</tr>"


async def act(sandbox: Sandbox, request: Request) -> Response:
    if from_elsewhere(request, sandbox.settings):
        return page("Not from here", "<h1>That came from another site</h1>", narrow=True, status=403)
    form = await request.form()
    async with sandbox.store.tx() as tx:
        user = await users.by_id(tx, str(form.get("user", "")), lock=True)
        if user:
            await _apply(tx, user, str(form.get("action", "")))
    return RedirectResponse(local(sandbox.url("/")) + "#supabase", 303)


async def _apply(tx: Tx, user: Row, action: str) -> None:
    if action == "confirm":
        users.confirm(tx, user)
    elif action == "ban":
        users.ban(tx, user, "876000h")
        await sessions.end(tx, user["id"], "global")
    elif action == "unban":
        users.ban(tx, user, "none")
    elif action == "expire":
        for link in await tx.find(VENDOR, "link", {"user": user["id"]}):
            await tx.put(VENDOR, "link", link["id"], {**link, "expires": 0})
    await users.save(tx, user)
