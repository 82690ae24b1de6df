"""The one door: every event of every client passes here before anything runs.

It binds the state to the session cookie of this connection (a stolen state token is worth nothing),
looks up who that is, lets through only declared handlers and a few of Reflex's own, validates the
payload, limits rates, and logs without secrets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from pydantic import ValidationError
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from marketplace.cookies import session_cookie
from marketplace.db import direct
from marketplace.domain.access.service import ANONYMOUS, Actor, require_admin, require_creator, require_signed_in
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.rules import Person
from marketplace.errors import Limited, MarketplaceError, SignInNeeded
from marketplace.i18n import N_, _, current_locale, split_path
from marketplace.ids import digest, new_id
from marketplace.state import action as actions
from marketplace.state.viewer import Viewer, problem

log = structlog.get_logger()


# Reflex's own events that its pages need. Each changes nothing but the sender's own page.
HYDRATE_AND_LOAD = "reflex___state____state.hydrate_and_load"
SET_IS_HYDRATED = "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated"
INTERNAL = frozenset(
    {
        "reflex___state____state.hydrate",
        HYDRATE_AND_LOAD,
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        SET_IS_HYDRATED,
    }
)
NOT_UNDERSTOOD = N_("That request wasn't understood. Reload the page and try again.")
_REQUIRE = {"member": require_signed_in, "creator": require_creator, "admin": require_admin}


class Door(Middleware):
    """Registered first, so that it also sees hydration."""

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        root = state._get_root_state()
        current_locale.set(split_path(str(root.router_data.get("pathname", "")))[0])
        token = session_token(root.router_data)
        try:
            async with direct() as connection:
                known = await accounts.who(connection, token)
                if known and event.name in INTERNAL and known[1].language != current_locale.get():
                    await accounts.reads(connection, known[1].id, current_locale.get())
        except Exception as error:
            log.error("door.no_database", error=type(error).__name__)
            return _unreachable(event)
        who = known[0] if known else ANONYMOUS
        await _bind(root, token if known else "", known[1] if known else None, fresh=_is_new_document(event))
        ip = str(root.router_data.get("ip", ""))
        actions.enter(who, ip)
        if not isinstance(event.payload, dict) or not _storable([event.payload, _address(root.router_data)]):
            log.warning("door.bad_payload", handler=event.name)
            return _toast(_(NOT_UNDERSTOOD))
        if event.name in INTERNAL:
            return _checked_internal(event)
        return await _admit(event, who, ip)


def session_token(router_data: dict[str, Any]) -> str:
    """The session cookie of this websocket's own handshake."""
    return session_cookie(str((router_data.get("headers") or {}).get("cookie", "")))


def _is_new_document(event: Event) -> bool:
    """The first event of a loaded document says what it was built with; one that connects again doesn't."""
    return event.name == HYDRATE_AND_LOAD and isinstance(event.payload, dict) and bool(event.payload.get("hashes"))


async def _bind(root: BaseState, token: str, person: Person | None, *, fresh: bool = False) -> None:
    """A state made by another session starts empty; the viewer's public facts follow the account.

    So does a ``fresh`` one, in a document loaded anew: what the tab showed before would come first, and take the place
    of a form in which somebody types already.
    """
    viewer = await root.get_state(Viewer)
    bound = digest(token) if token else "anonymous"
    if fresh or viewer._bound != bound:
        for state in _substates(type(root)):  # with Redis only a part was loaded, and only that part would be reset
            await root.get_state(state)
        root.reset()
        viewer = await root.get_state(Viewer)
        viewer._bound = bound
    viewer._follow(person)


def _substates(state: type[BaseState]) -> Iterator[type[BaseState]]:
    for one in state.get_substates():
        yield one
        yield from _substates(one)


def _address(router_data: dict[str, Any]) -> list[Any]:
    """The parts of the page's address that a client chooses and handlers read."""
    return [router_data.get(name) for name in ("pathname", "asPath", "query")]


def _storable(value: Any) -> bool:
    """Only text that PostgreSQL can hold: no NUL, no half of a surrogate pair; and nothing nested without end."""
    try:
        if isinstance(value, str):
            return "\x00" not in value and bool(value.encode() or True)
        if isinstance(value, dict):
            return all(_storable(part) for pair in value.items() for part in pair)
        return all(_storable(part) for part in value) if isinstance(value, list) else True
    except (UnicodeEncodeError, RecursionError):
        return False


def _checked_internal(event: Event) -> StateUpdate | None:
    """Only what Reflex's own pages send. We keep nothing in browser storage, so no client may set vars by hydrating."""
    hashes, value = event.payload.get("hashes"), event.payload.get("value")
    event.payload.clear()
    if event.name == HYDRATE_AND_LOAD and isinstance(hashes, list) and all(isinstance(h, str) for h in hashes):
        event.payload["hashes"] = hashes
    if event.name == SET_IS_HYDRATED:
        event.payload["value"] = value is True
    return None


async def _admit(event: Event, who: Actor, ip: str) -> StateUpdate | None:
    registered = RegistrationContext.get().event_handlers.get(event.name)
    declared = actions.declared(registered.handler.fn) if registered else None
    if declared is None:
        log.warning("door.undeclared", handler=event.name[:200])
        return StateUpdate()
    try:
        if declared.who != "anyone":
            _REQUIRE[declared.who](who)
        valid = declared.arguments.model_validate(event.payload)
        if declared.rate is not None:
            await _limit(event.name, declared.rate, who, ip)
    except ValidationError:
        log.warning("door.bad_payload", handler=event.name)
        return _toast(_(NOT_UNDERSTOOD))
    except MarketplaceError as error:
        log.info("door.refused", handler=event.name, kind=error.kind)
        return _sign_in() if isinstance(error, SignInNeeded) else _toast(error.text)
    given = {name: getattr(valid, name) for name in declared.arguments.model_fields}
    event.payload.clear()
    event.payload.update(given)
    return None


async def _limit(name: str, rate: tuple[int, int], who: Actor, ip: str) -> None:
    person = str(who.account_id) if who.account_id else f"ip:{ip}"
    try:
        async with direct() as connection:
            await accounts.limit(connection, f"{name}:{person}", most=rate[0], seconds=rate[1])
    except Limited:
        log.warning("door.limited", handler=name)
        raise


def _unreachable(event: Event) -> StateUpdate:
    """Said at once: an event that says it would have to come through here too, and fail again, for ever. A page that
    couldn't load offers to."""
    text = _("We can't reach our database right now. Nothing was lost; try again in a minute.")
    reload = _("Try again") if event.name in INTERNAL else ""
    message = {"id": new_id().hex, "kind": "error", "title": text, "reload": reload}
    return StateUpdate(delta={Viewer.get_full_name(): {f"message{FIELD_MARKER}": message}})


def _toast(text: str) -> StateUpdate:
    return StateUpdate(events=Event.from_event_type([problem(text)]))


def _sign_in() -> StateUpdate:
    return StateUpdate(events=Event.from_event_type([problem(_(SignInNeeded.message))]))
