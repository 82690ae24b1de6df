"""Lists of API v2: ``data`` and ``next_page_url``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NotRequired
from urllib.parse import urlencode

from stripe.params.v2.core._event_list_params import EventListParamsCreated
from typing_extensions import TypedDict

from marketplace.sandbox.store import Row
from marketplace.sandbox.stripe.api import Call
from marketplace.sandbox.stripe.errors import invalid
from marketplace.sandbox.stripe.lists import list_objects


class ThinEventListParams(TypedDict):
    """The SDK's ``EventListParams``, and ``page``: the SDK follows ``next_page_url`` as it is."""

    created: NotRequired[EventListParamsCreated]
    limit: NotRequired[int]
    object_id: NotRequired[str]
    page: NotRequired[str]
    types: NotRequired[list[str]]


async def list_(call: Call) -> Row:
    params = call.params
    limit, page = params.get("limit", 20), params.get("page")
    query: Row = {"limit": limit} | ({"starting_after": page} if page else {})
    query["created"] = {name: _seconds(value, name) for name, value in (params.get("created") or {}).items()}
    where = {"related_object": {"id": params["object_id"]}} if "object_id" in params else {}
    found = await list_objects(call.tx, "v2.core.event", where, query, "", patterns=params.get("types") or [])
    following = _next(params, found["data"][-1]["id"]) if found["has_more"] else None
    return {"data": found["data"], "next_page_url": following, "previous_page_url": None}


def _seconds(value: str, name: str) -> int:
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except ValueError:
        raise invalid("Not an RFC 3339 time.", f"created.{name}") from None


def _next(params: Row, last: str) -> str:
    flat: list[tuple[str, Any]] = [("page", last)]
    for name, value in params.items():
        if isinstance(value, dict):
            flat += [(f"{name}[{key}]", item) for key, item in value.items()]
        elif isinstance(value, list):
            flat += [(f"{name}[{number}]", item) for number, item in enumerate(value)]
        elif name != "page":
            flat.append((name, value))
    return f"/v2/core/events?{urlencode(flat)}"
