"""Stripe's contract, read from the installed SDK, and ASGI middleware that holds all traffic against it.

The SDK's services name verb, path, parameters and result of every operation; their TypedDicts and
resource annotations become closed JSON Schemas, built when first needed. Open enums of the SDK
(``Literal[...] | str``) are closed: what is not listed is a mistake of ours.
"""

from __future__ import annotations

import ast
import email
import email.message
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import stripe
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Schema = dict[str, Any]

_ROOT = Path(stripe.__file__).parent
_SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "Decimal": {"type": "string"},
    "datetime": {"type": "string"},
    "Any": {},
    "object": {},
    "UntypedStripeObject": {"type": "object"},
}
# The SDK declares these on one class per event type, and hides the list's backward link.
_EXTRA: dict[str, Schema] = {
    "sdk:stripe.v2.core._event/at/Event": {"related_object": {"type": ["object", "null"]}, "data": {"type": "object"}},
}
_V2_LIST_EXTRA: Schema = {"previous_page_url": {"type": ["string", "null"]}}


@dataclass(frozen=True)
class Operation:
    """One method of the SDK. ``params`` and ``result`` are annotations in ``module``'s words."""

    verb: str
    path: str
    module: str
    params: ast.expr | None
    result: ast.expr | None

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.path)) + "$")


@dataclass(frozen=True)
class Module:
    """A module's classes by dotted name, and where its imported names come from."""

    classes: dict[str, ast.ClassDef]
    imports: dict[str, tuple[str, str]]


@cache
def module(name: str) -> Module:
    path = _ROOT.joinpath(*name.split(".")[1:])
    file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
    tree = ast.parse(file.read_text())
    imports = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return Module(dict(_classes(tree, "")), imports)


def _classes(node: ast.AST, prefix: str) -> Iterable[tuple[str, ast.ClassDef]]:
    for child in getattr(node, "body", []):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, child
            yield from _classes(child, f"{prefix}{child.name}.")


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of every service; the most literal paths first."""
    found = [operation for file in sorted(_ROOT.rglob("_*_service.py")) for operation in _of_service(file)]
    return tuple(sorted(found, key=lambda operation: operation.path.count("{")))


def _of_service(file: Path) -> Iterable[Operation]:
    name = ".".join(["stripe", *file.relative_to(_ROOT).with_suffix("").parts])
    for service in module(name).classes.values():
        for method in service.body:
            if isinstance(method, ast.FunctionDef) and (request := _request(method)):
                yield Operation(request[0], request[1], name, _params_of(method), method.returns)


def _request(method: ast.FunctionDef) -> tuple[str, str] | None:
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_request":
            verb, path = node.args[0], node.args[1]
            if isinstance(path, ast.Call) and isinstance(path.func, ast.Attribute):
                path = path.func.value
            if isinstance(verb, ast.Constant) and isinstance(path, ast.Constant):
                return str(verb.value), str(path.value)
    return None


def _params_of(method: ast.FunctionDef) -> ast.expr | None:
    return next((arg.annotation for arg in method.args.args if arg.arg == "params"), None)


def find_operation(verb: str, path: str) -> Operation | None:
    wanted = verb.lower()
    return next((op for op in operations() if op.verb == wanted and op.pattern.match(path)), None)


def to_schema(annotation: ast.expr, module_name: str, scope: str = "") -> Schema:
    """A closed schema of an annotation, with classes as references."""
    match annotation:
        case ast.Constant(value=str(text)):
            return to_schema(ast.parse(text, mode="eval").body, module_name, scope)
        case ast.Constant(value=None):
            return {"type": "null"}
        case ast.Name(id=name):
            return _SCALARS.get(name) or _reference(name, module_name, scope)
        case ast.BinOp(left=left, right=right):
            return _union([left, right], module_name, scope)
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            return _generic(name, inner, module_name, scope)
    raise NotImplementedError(ast.unparse(annotation))


def _generic(name: str, inner: ast.expr, module_name: str, scope: str) -> Schema:
    def below(part: ast.expr) -> Schema:
        return to_schema(part, module_name, scope)

    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match name:
        case "Optional":
            return _union([*parts, ast.Constant(None)], module_name, scope)
        case "Union":
            return _union(parts, module_name, scope)
        case "Literal":
            return {"enum": [ast.literal_eval(part) for part in parts]}
        case "NotRequired" | "Required":
            return below(inner)
        case "List" | "Sequence":
            return {"type": "array", "items": below(inner)}
        case "Dict" | "Mapping":
            return {"type": "object", "additionalProperties": below(parts[1])}
        case "UntypedStripeObject":
            return {"type": "object", "additionalProperties": below(inner)}
        case "ExpandableField":
            return {"anyOf": [{"type": "string"}, below(inner)]}
        case "ListObject" | "SearchResultObject":
            return _list(below(inner), v2=module(module_name).imports.get(name, ("",))[0].startswith("stripe.v2"))
    raise NotImplementedError(name)


def _union(parts: list[ast.expr], module_name: str, scope: str) -> Schema:
    schemas = [to_schema(part, module_name, scope) for part in parts]
    flat = [branch for schema in schemas for branch in schema.get("anyOf", [schema])]
    if any("enum" in schema for schema in flat):
        flat = [schema for schema in flat if schema != {"type": "string"}]
    return {"anyOf": flat} if len(flat) > 1 else flat[0]


def _list(item: Schema, *, v2: bool) -> Schema:
    data = {"type": "array", "items": item}
    if v2:
        properties = {"data": data, "next_page_url": {"type": ["string", "null"]}, **_V2_LIST_EXTRA}
        return {"type": "object", "properties": properties, "required": ["data"], "additionalProperties": False}
    properties = {
        "object": {"enum": ["list"]},
        "data": data,
        "has_more": {"type": "boolean"},
        "url": {"type": "string"},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _reference(name: str, module_name: str, scope: str) -> Schema:
    """The class ``name`` as seen from ``scope``: nested in it or around it, in the module, or imported."""
    known = module(module_name)
    parts = scope.split(".") if scope else []
    for depth in range(len(parts), -1, -1):
        candidate = ".".join([*parts[:depth], name])
        if candidate in known.classes:
            return {"$ref": f"sdk:{module_name}/at/{candidate}"}
    if name in known.imports:
        return _imported(*known.imports[name])
    raise NotImplementedError(f"{name} in {module_name}")


def _imported(source: str, name: str) -> Schema:
    """Packages re-export classes: follow the import to where the class is defined."""
    if not source.startswith("stripe"):
        return {}
    known = module(source)
    if name in known.classes:
        return {"$ref": f"sdk:{source}/at/{name}"}
    return _imported(*known.imports[name])


@cache
def class_schema(uri: str) -> Schema:
    """The closed schema of a TypedDict or resource class, named ``sdk:module/at/Dotted.Name``."""
    module_name, _, name = uri.removeprefix("sdk:").partition("/at/")
    properties: Schema = dict(_EXTRA.get(uri, {}))
    required = []
    for node in module(module_name).classes[name].body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        text = ast.unparse(node.annotation)
        if text.startswith(("ClassVar", "Type[")) or node.target.id.startswith("_"):
            continue
        properties[node.target.id] = to_schema(node.annotation, module_name, name)
        if not text.startswith(("NotRequired", "Optional")):
            required.append(node.target.id)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _retrieve(uri: str) -> Resource[Schema]:
    return Resource(contents=class_schema(uri), specification=DRAFT202012)


_REGISTRY: Registry[Schema] = Registry(retrieve=_retrieve)  # type: ignore[call-arg]


def problems(value: Any, schema: Schema) -> list[str]:
    """What is wrong with ``value``, one line per place."""
    validator = Draft202012Validator(schema, registry=_REGISTRY)
    deepest = [best_match([error]) or error for error in validator.iter_errors(value)]
    return [f"{'.'.join(map(str, error.absolute_path)) or 'body'}: {error.message[:300]}" for error in deepest]


def decode_form(text: str) -> dict[str, Any]:
    """``a[b][0][c]=d`` to nested dicts and lists."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        node, path = tree, re.findall(r"[^\[\]]+", name)
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return {name: _as_list(value) for name, value in tree.items()}


def decode_body(body: bytes) -> dict[str, Any]:
    """Form fields, also where files are among them; of a file only that it is there."""
    if not body.startswith(b"--"):
        return decode_form(body.decode())
    boundary = body.partition(b"\r\n")[0].removeprefix(b"--")
    message = email.message_from_bytes(b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n\r\n" + body)
    parts = [part for part in message.get_payload() if isinstance(part, email.message.Message)]
    return decode_form(urlencode([(_disposition(part, "name"), _content(part)) for part in parts]))


def _disposition(part: email.message.Message, name: str) -> str:
    return str(part.get_param(name, "", "content-disposition"))


def _content(part: email.message.Message) -> str:
    return "<file>" if _disposition(part, "filename") else str(part.get_payload()).rstrip("\r\n")


def _as_list(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    below = {key: _as_list(item) for key, item in value.items()}
    return list(below.values()) if below and all(key.isdigit() for key in below) else below


def typed(value: Any, schema: Schema) -> Any:
    """A form's text as the schema's type, where it can be read as one."""
    if "$ref" in schema:
        return typed(value, class_schema(schema["$ref"]))
    if "anyOf" in schema:
        options = [typed(value, branch) for branch in schema["anyOf"]]
        fits = [option for option, branch in zip(options, schema["anyOf"], strict=True) if not problems(option, branch)]
        return (fits or options)[0]
    if isinstance(value, dict):
        known, other = schema.get("properties", {}), schema.get("additionalProperties")
        other = other if isinstance(other, dict) else {}
        return {name: typed(item, known.get(name, other)) for name, item in value.items()}
    if isinstance(value, list):
        return [typed(item, schema.get("items", {})) for item in value]
    return _scalar(value, schema)


def _scalar(value: Any, schema: Schema) -> Any:
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch(r"-?\d+", str(value)):
        return int(value)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if "enum" in schema and value in ("true", "false"):
        return value == "true"
    return value


_ERROR = {
    "type": "object",
    "properties": {"error": {"$ref": "sdk:stripe._error_object/at/ErrorObject"}},
    "required": ["error"],
    "additionalProperties": False,
}


def check_request(verb: str, path: str, query: str, body: bytes) -> list[str]:
    """Violations of one request; an unknown operation is one."""
    operation = find_operation(verb, path)
    if operation is None:
        return [f"{verb} {path}: the SDK has no such operation"]
    v2 = path.startswith("/v2/")
    given = json.loads(body or b"{}") if v2 and body else decode_form(query) if verb == "GET" else decode_body(body)
    if v2 and verb == "GET":
        given.pop("page", None)
    if operation.params is None:
        return [f"{verb} {path}: takes no parameters, got {sorted(given)}"] if given else []
    schema = _without_null(to_schema(operation.params, operation.module))
    value = given if v2 and body else typed(given, schema)
    return [f"{verb} {path}: {problem}" for problem in problems(value, schema)]


def _without_null(schema: Schema) -> Schema:
    branches = [branch for branch in schema.get("anyOf", [schema]) if branch != {"type": "null"}]
    return branches[0] if len(branches) == 1 else {"anyOf": branches}


def check_response(verb: str, path: str, status: int, body: bytes) -> list[str]:
    """Violations of one answer. Server errors have no contract."""
    operation = find_operation(verb, path)
    if status >= 500 or operation is None or operation.result is None:
        return []
    schema = _ERROR if status >= 400 else to_schema(operation.result, operation.module)
    return [f"{status} {verb} {path}: {problem}" for problem in problems(json.loads(body), schema)]


class ContractWatcher:
    """Collects violations of all traffic to the stand-in: ``server.wrap(watcher)``, then ``watcher.violations``."""

    def __init__(self, mount: str = "/sandbox/stripe") -> None:
        self.mount = mount
        self.violations: list[str] = []
        self.seen: set[str] = set()

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "").removeprefix(self.mount)
            if scope["type"] != "http" or not path.startswith(("/v1/", "/v2/")):
                return await app(scope, receive, send)
            await self._watch(app, scope, receive, send, path)

        return watched

    async def _watch(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        verb, sent, got, status = scope["method"], bytearray(), bytearray(), [0]

        async def hear() -> Message:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            status[0] = message.get("status", status[0])
            got.extend(message.get("body", b""))
            await send(message)

        await app(scope, hear, say)
        try:
            self.violations += check_request(verb, path, scope["query_string"].decode(), bytes(sent))
            self.violations += check_response(verb, path, status[0], bytes(got))
        except Exception as problem:
            self.violations.append(f"{verb} {path}: could not be checked: {problem!r}")
        if operation := find_operation(verb, path):
            self.seen.add(f"{operation.verb} {operation.path}")

    def assert_clean(self) -> None:
        assert not self.violations, "\n".join(self.violations)
