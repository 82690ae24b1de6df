"""Bracketed form fields (``a[b][0][c]=d``) to nested dicts and lists, as API v1 sends them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PART = re.compile(r"\[([^\]]*)\]")


def decode(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Numeric keys and ``[]`` become lists in order of their index or appearance."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _put(tree, _path(name), value)
    return {key: _lists(value) for key, value in tree.items()}


def _path(name: str) -> list[str]:
    head = name.split("[", 1)[0]
    return [head, *_PART.findall(name[len(head) :])]


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part or str(len(tree)), {})
        tree = below if isinstance(below, dict) else {}
    tree[path[-1] or str(len(tree))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(item) for key, item in value.items()}
