"""Stripe objects in the sandbox's store: ids, reading, writing, shaping and rendering.

Keys that start with an underscore are the stand-in's own notes and never leave it. ``_account`` is
the account an object belongs to, ``acct_platform`` for the platform's.
"""

from __future__ import annotations

import inspect
import secrets
import string
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe.errors import ApiError, missing

VENDOR = "stripe"
PLATFORM = "acct_platform"
API_VERSION = "2026-10-28.endive"

_ALPHABET = string.ascii_letters + string.digits
_ONLY_EXPANDED = {"taxes"}
_ONLY_ON_REQUEST = {"deleted", "refunds", "sources", "subscriptions", "tax", "tax_ids", "line_items", "cash_balance"}

KINDS = {
    "cs_": "checkout.session", "pi_": "payment_intent", "ch_": "charge", "py_": "charge", "txn_": "balance_transaction",
    "re_": "refund", "tr_": "transfer", "trr_": "transfer_reversal", "po_": "payout", "du_": "dispute",
    "cus_": "customer", "prod_": "product", "price_": "price", "file_": "file",
}  # fmt: skip


def new_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(24))


async def save(tx: Tx, kind: str, row: Row) -> Row:
    """``_created`` lets lists filter by time: API v2 writes ``created`` as text."""
    if isinstance(row.get("created"), int):
        row["_created"] = row["created"]
    return await tx.put(VENDOR, kind, row["id"], row)


async def load(
    tx: Tx, kind: str, id: str, *, lock: bool = False, account: str | None = None, param: str = "id", status: int = 404
) -> Row:
    """The stored row, or ``resource_missing``. With ``account``, only that account's."""
    row = await tx.get(VENDOR, kind, id, lock=lock)
    if row is None or (account is not None and row.get("_account", PLATFORM) != account):
        raise missing(kind.split(".")[-1], id, param, status=status)
    return row


def iso(timestamp: float) -> str:
    """API v2 writes times as RFC 3339."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def shape(resource: Any, values: Row) -> Row:
    """``values`` with every nullable field of the SDK's resource class present, as Stripe answers."""
    inner: dict[str, Any] = getattr(resource, "_inner_class_types", {})
    row: Row = {name: None for name in _nullable(resource)}
    for name, value in values.items():
        below = inner.get(name)
        row[name] = shape(below, value) if below and isinstance(value, dict) else value
    return row


@cache
def _nullable(resource: Any) -> tuple[str, ...]:
    annotations = inspect.get_annotations(resource)
    # The SDK can't read null where it expects objects by key, so Stripe never sends one there.
    left_out = {*_ONLY_ON_REQUEST, *getattr(resource, "_inner_class_dicts", ())}
    return tuple(name for name, hint in annotations.items() if type(None) in get_args(hint) and name not in left_out)


def render(row: Row, tx: Tx) -> Row:
    """What the API shows of a stored row at this moment."""
    shown = {key: _strip(value) for key, value in row.items() if not key.startswith("_")}
    if row.get("object") == "charge" and tx.now().timestamp() < row.get("_fee_known_at", 0):
        shown["balance_transaction"] = None
    if row.get("object") == "balance_transaction":
        shown["status"] = "available" if row["available_on"] <= tx.timestamp() else "pending"
    return shown


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [_strip(item) for item in value]
    return value


Loader = Callable[[Tx, Row], Awaitable[Any]]


async def expand(tx: Tx, shown: Row, paths: list[str], extra: dict[tuple[str, str], Loader]) -> Row:
    """Replace ids by their objects along each dotted path; ``data.`` reaches into lists."""
    for path in paths:
        if path.count(".") > 3:
            raise ApiError(f"You cannot expand more than 4 levels of a property: {path}", param="expand")
        await _expand(tx, shown, path.split("."), path, extra)
    _leave_out(shown, _ONLY_EXPANDED - {path.rpartition(".")[2] for path in paths})
    return shown


def _leave_out(node: Any, names: set[str]) -> None:
    if isinstance(node, list):
        for item in node:
            _leave_out(item, names)
    elif isinstance(node, dict):
        for name in names & node.keys():
            del node[name]
        for value in node.values():
            _leave_out(value, names)


async def _expand(tx: Tx, node: Any, path: list[str], whole: str, extra: dict[tuple[str, str], Loader]) -> None:
    if isinstance(node, list):
        for item in node:
            await _expand(tx, item, path, whole, extra)
        return
    if not path or not isinstance(node, dict):
        return
    name, rest = path[0], path[1:]
    loader = extra.get((str(node.get("object")), name))
    if loader and not isinstance(node.get(name), dict):  # else another path has it already
        node[name] = render(await loader(tx, node), tx)
    elif name not in node:
        raise ApiError(f"This property cannot be expanded ({whole}).", param="expand")
    elif isinstance(node[name], str):
        node[name] = await _fetch(tx, node[name], whole)
    await _expand(tx, node[name], rest, whole, extra)


async def _fetch(tx: Tx, id: str, whole: str) -> Row:
    for prefix, kind in KINDS.items():
        if id.startswith(prefix):
            return render(await load(tx, kind, id), tx)
    raise ApiError(f"This property cannot be expanded ({whole}).", param="expand")


async def update_metadata(tx: Tx, kind: str, row: Row, given: Any) -> Row:
    """Stripe merges metadata; an empty value removes its key, an empty string removes all."""
    old = {} if given == "" else dict(row.get("metadata") or {})
    merged = {**old, **(given or {})} if isinstance(given, dict) else old
    row["metadata"] = {key: str(value) for key, value in merged.items() if value != ""}
    return await save(tx, kind, row)
