"""The short table of pages says what the long one says. (That browsers read it so, every test in one shows.)"""

from __future__ import annotations

import json
from typing import Any

import pytest

from marketplace.route_table import routes_of, shorten

SAME: dict[str, Any] = {
    "parentId": "root", "index": True, "hasAction": False, "hasLoader": False, "hasClientAction": False,
    "hasClientLoader": False, "hasClientMiddleware": False, "hasDefaultExport": True, "hasErrorBoundary": False,
}  # fmt: skip


def route(id_: str, path: str | None, module: str, *imports: str, **other: Any) -> dict[str, Any]:
    return {
        **SAME, "id": id_, **({"path": path} if path is not None else {}), "module": f"/assets/{module}.js",
        "imports": [f"/assets/{name}.js" for name in imports], "css": [], **other,
    }  # fmt: skip


ROUTES = {
    one["id"]: one
    for one in (
        route("root", "", "root-Z1fLR-tL", "react-q3z5VTvw", parentId=None),
        route("routes/_index", None, "_index-AAAAAAAA", "react-q3z5VTvw"),
        route("routes/[library]._index", "library", "_library_._index-Cl_-9xYz", "react-q3z5VTvw", "icons-MMkpwgxW"),
        route("routes/[ar].[lessons].$[lesson_slug]._index", "ar/lessons/:lesson_slug",
              "_ar_._lessons_.__lesson_slug_._index-DBL3i1V6", "react-q3z5VTvw", "icons-MMkpwgxW"),
        route("routes/[404]._index", "*", "_404_._index-BBBBBBBB"),
        route("routes/[odd]._index", "odd", "_odd_._index-CCCCCCCC", hasLoader=True),
    )
}  # fmt: skip
LONG = "window.__reactRouterManifest=" + json.dumps(
    {"entry": {"module": "/e.js"}, "routes": ROUTES, "url": "/m.js", "version": "1"}
)


def test_the_short_table_has_the_same_routes() -> None:
    assert routes_of(LONG) == ROUTES
    assert routes_of(shorten(LONG)) == ROUTES

    assert len(shorten(LONG)) < len(LONG)


def test_what_is_not_a_table_stops_the_build() -> None:
    for other in ("", "window.somethingElse={}", shorten(LONG)):
        with pytest.raises(RuntimeError):
            shorten(other)
