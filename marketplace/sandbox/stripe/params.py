"""Checks request parameters against the SDK's own TypedDicts, and types what a form sent as text.

Stripe knows its parameters; the SDK carries that knowledge as annotations, so the stand-in refuses
what Stripe would refuse: unknown, missing and ill-typed ones.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from typing_extensions import get_type_hints, is_typeddict

from marketplace.sandbox.stripe.errors import ApiError

_OPTIONS = {
    "api_key", "stripe_version", "stripe_account", "stripe_context", "max_network_retries", "idempotency_key",
    "content_type", "headers",
}  # fmt: skip
# Names that the inherited request options mention and the modules of params don't import.
_NAMES = {"StripeContext": str, "Mapping": Mapping}


@cache
def fields(params: type) -> dict[str, tuple[Any, bool]]:
    """Name → (type, required), without the request options that some of the SDK's params inherit."""
    hints = get_type_hints(params, localns=_NAMES, include_extras=True)
    found = {}
    for name, hint in hints.items():
        if name in _OPTIONS:
            continue
        origin: Any = get_origin(hint)
        inner = get_args(hint)[0] if origin in (NotRequired, Required) else hint
        found[name] = (inner, origin is not NotRequired)
    return found


def check(params: type, given: dict[str, Any], path: str = "") -> dict[str, Any]:
    """The typed parameters. Raises ``parameter_unknown``, ``parameter_missing`` or a type error."""
    known = fields(params)
    for name in given:
        if name not in known:
            where = _join(path, name)
            raise ApiError(f"Received unknown parameter: {where}", code="parameter_unknown", param=where, stored=False)
    for name, (_, required) in known.items():
        if required and given.get(name) in (None, ""):
            where = _join(path, name)
            raise ApiError(f"Missing required param: {where}.", code="parameter_missing", param=where, stored=False)
    return {name: _convert(known[name][0], value, _join(path, name)) for name, value in given.items()}


def _convert(hint: Any, value: Any, path: str) -> Any:
    if isinstance(hint, type) and is_typeddict(hint):
        return check(hint, _mapping(value, path), path)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if origin is Literal:
        return _choice(get_args(hint), value, path)
    if origin is list:
        return [_convert(get_args(hint)[0], item, f"{path}[{n}]") for n, item in enumerate(_sequence(value, path))]
    if origin is dict or hint is Any:
        return value
    scalar = _SCALARS.get(hint)
    return scalar(value, path) if scalar else value


def _one_of(hints: tuple[Any, ...], value: Any, path: str) -> Any:
    """A closed choice beside ``str`` is the SDK's open enum: the API itself knows the list."""
    choices = [option for hint in hints if get_origin(hint) is Literal for option in get_args(hint)]
    others = [hint for hint in hints if get_origin(hint) is not Literal and hint is not type(None)]
    if value is None and type(None) in hints:
        return None
    if choices and (value in choices or all(hint is str for hint in others)):
        return _choice(tuple(choices), value, path)
    fitting = [hint for hint in others if _fits(hint, value)]
    return _convert((fitting or others)[0], value, path)


def _fits(hint: Any, value: Any) -> bool:
    if (isinstance(hint, type) and is_typeddict(hint)) or get_origin(hint) is dict:
        return isinstance(value, dict)
    if get_origin(hint) is list:
        return isinstance(value, list)
    return not isinstance(value, dict | list)


def _choice(options: tuple[Any, ...], value: Any, path: str) -> Any:
    for option in options:
        if value == option or (not isinstance(option, str) and str(value).lower() == str(option).lower()):
            return option
    raise ApiError(f"Invalid {path}: must be one of {', '.join(map(str, options))}", param=path, stored=False)


def _mapping(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ApiError("Invalid object", param=path, stored=False)


def _sequence(value: Any, path: str) -> list[Any]:
    if isinstance(value, list):
        return value
    if value == "":
        return []
    raise ApiError("Invalid array", param=path, stored=False)


def _integer(value: Any, path: str) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,18}", str(value)):
        raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path, stored=False)
    return int(value)


def _boolean(value: Any, path: str) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ApiError(f"Invalid boolean: {value}", param=path, stored=False)
    return str(value).lower() == "true"


def _text(value: Any, path: str) -> str:
    if isinstance(value, dict | list):
        raise ApiError("Invalid string", code="parameter_invalid_string", param=path, stored=False)
    if value == "":
        raise ApiError(
            f"You passed an empty string for '{path}'.", code="parameter_invalid_empty", param=path, stored=False
        )
    return str(value)


_SCALARS: dict[Any, Any] = {int: _integer, bool: _boolean, str: _text}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
