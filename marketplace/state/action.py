"""``@action``: the only way to declare an event handler.

A browser, or anyone with a websocket, can call any handler with anything. The declaration says who
may, how often, and, by its type hints, which arguments; :mod:`marketplace.state.door` enforces it
before the handler runs. Expected failures become a toast or a field's error, never a stack trace.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_type_hints

import reflex as rx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, create_model
from reflex_base.event import EventSpec
from reflex_base.utils.form import form_data_as_dict

from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.errors import Conflict, MarketplaceError
from marketplace.i18n import DEFAULT_LOCALE, current_locale, in_language
from marketplace.state.base import Page

Who = Literal["anyone", "member", "creator", "admin"]

MAX_TEXT = 60_000
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Line = Annotated[str, StringConstraints(max_length=2_000)]
Short = Annotated[str, StringConstraints(max_length=200)]
Count = Annotated[int, Field(ge=0, le=2**53)]


def _fields(value: Any) -> Any:
    """Reflex sends a form as its ordered ``[name, value]`` entries; what isn't one stays, and is refused."""
    try:
        return form_data_as_dict(value)
    except (TypeError, ValueError):
        return value


Form = Annotated[dict[Short, Text | bool | None], Field(max_length=40), BeforeValidator(_fields)]

_actor: ContextVar[Actor] = ContextVar("actor", default=ANONYMOUS)
_client_ip: ContextVar[str] = ContextVar("client_ip", default="")


@dataclass(frozen=True, slots=True)
class Action:
    """What the door knows of a handler. ``rate`` is (most, seconds) per person, or per address when signed out."""

    who: Who
    rate: tuple[int, int] | None
    arguments: type[BaseModel]


def actor() -> Actor:
    """Who sent the event that is being handled, as the door looked them up for this event."""
    return _actor.get()


def client_ip() -> str:
    return _client_ip.get()


def enter(who: Actor, ip: str) -> None:
    """Called by the door only."""
    _actor.set(who)
    _client_ip.set(ip)


def action(
    who: Who, *, rate: tuple[int, int] | None = None, background: bool = False, **event_options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """Declare an event handler. Its argument types are the schema that payloads must match, strictly."""

    def declare(function: Callable[..., Any]) -> Any:
        guarded = _guard_stream(function) if inspect.isasyncgenfunction(function) else _guard(function, background)
        guarded._action = Action(who, rate, _schema(function))  # type: ignore[attr-defined]
        return rx.event(guarded, background=background or None, **event_options)

    return declare


def declared(function: Any) -> Action | None:
    """The declaration of a registered handler's function."""
    return getattr(function, "_action", None)


def _schema(function: Callable[..., Any]) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if name not in hints:
            raise TypeError(f"{function.__qualname__}: the argument {name} needs a type")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[name] = (hints[name], default)
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, str_max_length=MAX_TEXT)
    return create_model(function.__qualname__, __config__=config, **fields)


def _guard(function: Callable[..., Any], background: bool) -> Callable[..., Any]:
    @functools.wraps(function)
    async def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            result = function(self, *args, **kwargs)
            return _in_language(await result if inspect.isawaitable(result) else result)
        except MarketplaceError as error:
            return await failed(self, error, background)

    return guarded


def _guard_stream(function: Callable[..., AsyncIterator[Any]]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def guarded(self: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        try:
            async for result in function(self, *args, **kwargs):
                yield _in_language(result)
        except MarketplaceError as error:
            yield await failed(self, error, False)

    return guarded


def _in_language(result: Any) -> Any:
    """Redirects stay in the language of the page that they come from."""
    if current_locale.get() == DEFAULT_LOCALE:
        return result
    if isinstance(result, list | tuple):
        return [_in_language(one) for one in result]
    if not isinstance(result, EventSpec) or result.handler.fn.__qualname__ != "_redirect":
        return result
    given = {str(name): getattr(value, "_var_value", None) for name, value in result.args}
    if not isinstance(given.get("path"), str) or given.get("external"):
        return result
    return rx.redirect(in_language(given["path"]), replace=bool(given.get("replace")))


async def failed(self: Any, error: MarketplaceError, background: bool) -> Any:
    """Beside its field where the state has ``errors`` and the failure names one; else as a toast, after a ``Conflict``
    over a page that shows what happened meanwhile."""
    async with self if background else nullcontext():
        if error.field and "errors" in self.vars:
            self.errors = {error.field: error.text}
            return None
        if isinstance(error, Conflict) and isinstance(self, Page):
            with suppress(MarketplaceError):
                await self._catch_up()
    from marketplace.state.viewer import problem

    return problem(error.text)
