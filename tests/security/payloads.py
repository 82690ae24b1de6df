"""What a hostile client sends as arguments, made from each handler's own schema."""

from __future__ import annotations

from typing import Any

from handlers import Handler
from people import Victim

HUGE = 2**70
NESTED: list[Any] = []
for _ in range(60):
    NESTED = [NESTED]

_NOT_TEXT: list[Any] = [None, 7, True, ["a"], {"a": 1}, "x" * 61_000, "nul\x00byte", "half \ud800 pair", NESTED]
_NOT_COUNT: list[Any] = [None, "7", True, 1.5, -1, HUGE, -HUGE, [1], {"a": 1}]
_NOT_NUMBER: list[Any] = [None, "7", [1], {"a": 1}, float("nan"), float("inf"), float("-inf")]
_NOT_FLAG: list[Any] = [None, "true", 1, [], {}]
_NOT_FORM: list[Any] = [
    None, 7, "a", ["a"], {"a": 1}, {"a": ["b"]}, {"a": {"b": "c"}}, {"a": "x" * 61_000}, {"k" * 300: "a"},
    {"a": "nul\x00byte"}, {"half \ud800": "a"}, {f"k{n}": "a" for n in range(60)},
]  # fmt: skip
_NOT_LIST: list[Any] = [None, 7, "a", {"a": 1}]
_NOT = {
    "string": _NOT_TEXT, "integer": _NOT_COUNT, "number": _NOT_NUMBER, "boolean": _NOT_FLAG, "object": _NOT_FORM,
    "array": _NOT_LIST,
}  # fmt: skip


def kind(schema: dict[str, Any]) -> str:
    """The JSON type of an argument. A handler with another kind of argument must be taught here."""
    found = str(schema.get("type", ""))
    assert found in _NOT, f"no garbage is known for {schema}"
    return found


def garbage(handler: Handler, victim: Victim) -> list[Any]:
    """Payloads that no declaration allows: each must end at the door."""
    base = harmless(handler)
    bad: list[Any] = [[], [1, 2], "text", 5, True, {**base, "extra": 1}, {**base, "self": None}, {**base, "": ""}]
    bad += [{name: value for name, value in base.items() if name != gone} for gone in handler.required]
    for name, schema in handler.fields.items():
        bad += [{**base, name: value} for value in _NOT[kind(schema)]]
    return bad


def harmless(handler: Handler) -> dict[str, Any]:
    """Arguments of the right types that mean nothing."""
    empty = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "object": {}, "array": []}
    return {name: empty[kind(schema)] for name, schema in handler.fields.items()}


def hostile(handler: Handler, victim: Victim) -> list[dict[str, Any]]:
    """Well-typed arguments that name other people's things, and numbers at the edge of what is allowed."""
    if not handler.fields:
        return [{}]
    targets = list(dict.fromkeys(victim.ids.values()))
    texts = [*targets, "", "../../etc/passwd", "' OR 1=1 --", "<script>alert(1)</script>", "💥" * 40]
    if any("Choose" not in name and kind(schema) == "string" for name, schema in handler.fields.items()):
        return [_filled(handler, text, victim) for text in texts]
    return [_filled(handler, target, victim) for target in [*targets, ""]]


def _filled(handler: Handler, text: str, victim: Victim) -> dict[str, Any]:
    values: dict[str, Any] = {
        "string": text, "integer": 2**53, "number": 1e308, "boolean": True, "object": form(text, victim), "array": [],
    }  # fmt: skip
    filled = {name: values[kind(schema)] for name, schema in handler.fields.items()}
    return filled | _verbs(handler, text)


def _verbs(handler: Handler, text: str) -> dict[str, Any]:
    """Where an argument chooses what is done, choose something that exists."""
    known = {"verb": "archive", "mime": "video/mp4", "field": "title"}
    return {name: value for name, value in known.items() if name in handler.fields and text}


def form(target: str, victim: Victim) -> dict[str, Any]:
    """One form with every field that any of ours reads, full of someone else's things."""
    return {
        "line_id": target, "id": target, "product_id": target, "order_id": target, "session_id": target,
        "amount": "1.00", "access": "end", "note": "stolen", "reason": "stolen", "body": "stolen", "rating": "1",
        "email": "nobody@example.invalid", "password": PASSWORD, "current": PASSWORD, "name": "Mallory",
        "handle": victim.handle, "bio": "x", "search": "@", "country": "US", "confirm": victim.handle,
        "creator": victim.handle, "percent": "0",
    }  # fmt: skip


PASSWORD = "attack-password-3f9c1d"
