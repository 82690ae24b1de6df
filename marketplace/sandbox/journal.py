"""The event log: every webhook the sandbox sent, is about to send, or lost."""

from __future__ import annotations

import json
from typing import Any

from marketplace.sandbox.html import e
from marketplace.sandbox.store import Row, Tx

PAGE = 25
_ACTIONS = (("again", "Deliver again"), ("duplicate", "Send a copy now"), ("drop", "Lose it"))
_SQL = {
    "again": "UPDATE sandbox.deliveries SET state='pending', attempts=0, due_at=now() WHERE id=%s",
    "drop": "UPDATE sandbox.deliveries SET state='dropped' WHERE id=%s",
    "duplicate": "INSERT INTO sandbox.deliveries (vendor, endpoint, event_id, event_type, body)"
    " SELECT vendor, endpoint, event_id, event_type, body FROM sandbox.deliveries WHERE id=%s",
}


async def deliveries(tx: Tx, *, limit: int, before: int = 0, after: int = 0, vendor: str = "") -> list[Row]:
    """Newest first; ``before`` and ``after`` are ids, exclusive."""
    cursor = await tx.connection.execute(
        "SELECT * FROM sandbox.deliveries WHERE id > %(after)s AND (%(before)s = 0 OR id < %(before)s)"
        " AND (%(vendor)s = '' OR vendor = %(vendor)s) ORDER BY id DESC LIMIT %(limit)s",
        {"after": after, "before": before, "vendor": vendor, "limit": limit},
    )
    return await cursor.fetchall()


async def act(tx: Tx, delivery: int, action: str) -> bool:
    """False when there is no such delivery or action."""
    statement = _SQL.get(action)
    if statement is None:
        return False
    cursor = await tx.connection.execute(statement, (delivery,))
    return cursor.rowcount == 1


def as_json(row: Row) -> Row:
    plain = {name: row[name] for name in ("id", "vendor", "endpoint", "event_id", "event_type", "state", "attempts")}
    times = {name: row[name].isoformat() for name in ("due_at", "created_at")}
    return {**plain, **times, "last_status": row["last_status"], "last_error": row["last_error"], "body": _body(row)}


def table(rows: list[Row], base: str) -> str:
    """``base`` is the path of the sandbox, without a slash at its end."""
    if not rows:
        return '<p class="card muted">No events yet. They appear here as soon as a vendor has something to tell.</p>'
    older = f'<p><a href="{e(base)}/?before={rows[-1]["id"]}#events">Older events</a></p>' if len(rows) == PAGE else ""
    return f"{''.join(_entry(row, base) for row in rows)}{older}"


def _entry(row: Row, base: str) -> str:
    forms = "".join(
        _form(f"{base}/events/{row['id']}/{action}", label)
        for action, label in _ACTIONS
        if action != "drop" or row["state"] == "pending"
    )
    body = e(json.dumps(_body(row), indent=1, ensure_ascii=False))
    when = row["created_at"].strftime("%d %b %H:%M:%S")
    return (
        f'<details class="card event"><summary><strong>{e(row["event_type"])}</strong> '
        f'<span class="state {e(row["state"])}">{e(_state(row))}</span>'
        f'<br><span class="muted">{when} UTC · {e(row["endpoint"])}</span></summary>'
        f'<p class="muted">{e(row["event_id"])}</p><div class="row">{forms}</div>'
        f'<pre tabindex="0">{body}</pre></details>'
    )


def _form(action: str, label: str) -> str:
    return f'<form method="post" action="{e(action)}"><button class="quiet">{label}</button></form>'


def _state(row: Row) -> str:
    result = row["last_status"] or row["last_error"]
    tries = f", {row['attempts']} tries" if row["attempts"] > 1 else ""
    return f"{row['state']}{f' ({result})' if result else ''}{tries}"


def _body(row: Row) -> Any:
    try:
        return json.loads(bytes(row["body"]))
    except ValueError:
        return None
