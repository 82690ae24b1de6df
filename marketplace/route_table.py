"""The table of all pages and their scripts, which each page of the build loads: in a form a ninth as long.

React Router writes a record of some six hundred bytes for every page in every language. Nearly all of it follows from the
page's address, or is the same in all. What doesn't is kept as it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

_NAME = "window.__reactRouterManifest="
_SAME = {
    "parentId": "root", "index": True, "hasAction": False, "hasLoader": False, "hasClientAction": False,
    "hasClientLoader": False, "hasClientMiddleware": False, "hasDefaultExport": True, "hasErrorBoundary": False, "css": [],
}  # fmt: skip
_READ = (
    f"{_NAME}(([files,sets,lines,same],rest)=>({{...rest,routes:{{...rest.routes,...Object.fromEntries(lines.map((line)=>{{"
    'const [key,hash,set]=line.split(" "),id="routes/"+key+"._index";'
    'return [id,{...same,id,path:key.split(".").map((p)=>p[0]==="$"?":"+p.slice(2,-1):p.slice(1,-1)).join("/"),'
    'module:"/assets/"+id.slice(7).replace(/[^\\w.-]/g,"_")+"-"+hash+".js",imports:sets[set].map((n)=>files[n])}];'
    "}))}}))("
)
_END = ");"
Route = dict[str, Any]


def _path(key: str) -> str:
    return "/".join(":" + part[2:-1] if part.startswith("$") else part[1:-1] for part in key.split("."))


def _route(line: str, files: list[str], sets: list[list[int]]) -> Route:
    """As the script reads it."""
    key, hash_, number = line.split(" ")
    id_ = f"routes/{key}._index"
    name = re.sub(r"[^\w.-]", "_", id_.removeprefix("routes/"), flags=re.ASCII)
    return {
        **_SAME, "id": id_, "path": _path(key), "module": f"/assets/{name}-{hash_}.js",
        "imports": [files[n] for n in sets[int(number)]],
    }  # fmt: skip


def shorten(script: str) -> str:
    """The same table for the browser. Raises :class:`RuntimeError` when it isn't one that we know."""
    whole = _whole(script)
    if whole is None:
        raise RuntimeError("React Router writes its manifest in another way")
    routes: dict[str, Route] = whole["routes"]
    files = [name for name, _ in Counter(name for route in routes.values() for name in route["imports"]).most_common()]
    number = {name: n for n, name in enumerate(files)}
    sets = [
        list(one) for one, _ in Counter(tuple(number[i] for i in r["imports"]) for r in routes.values()).most_common()
    ]
    lines, others = [], {}
    for id_, route in routes.items():
        key = id_.removeprefix("routes/").removesuffix("._index")
        line = f"{key} {route['module'][-11:-3]} {sets.index([number[i] for i in route['imports']])}"
        if " " not in key and route == _route(line, files, sets):
            lines.append(line)
        else:
            others[id_] = route
    table = json.dumps([files, sets, lines, _SAME], separators=(",", ":"))
    return f"{_READ}{table},{json.dumps({**whole, 'routes': others}, separators=(',', ':'))}{_END}"


def _whole(script: str) -> dict[str, Any] | None:
    text = script.strip().rstrip(";")
    if not text.startswith(_NAME + "{"):
        return None
    return dict(json.loads(text.removeprefix(_NAME)))


def routes_of(script: str) -> Mapping[str, Route]:
    """All routes of a table, short or as it was written, by their id."""
    if (whole := _whole(script)) is not None:
        return dict(whole["routes"])
    (files, sets, lines, _same), rest = json.loads(f"[{script.removeprefix(_READ).removesuffix(_END)}]")
    told = (_route(line, files, sets) for line in lines)
    return {**rest["routes"], **{route["id"]: route for route in told}}
