"""Who looks at the page: the few facts that the header shows. Public vars hold nothing secret."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.domain.accounts.rules import Person
from marketplace.ids import new_id
from marketplace.state.action import Line, Short, action


class Viewer(rx.State):
    """Set by the door on every event from the session of the connection, never from the client's word."""

    ready: bool = False
    signed_in: bool = False
    is_creator: bool = False
    is_staff: bool = False
    is_admin: bool = False
    name: str = ""
    handle: str = ""
    email: str = ""
    avatar: str = ""
    message: dict[str, str] = {}

    _bound: str = ""

    def _set(self, name: str, value: object) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)

    def _follow(self, person: Person | None) -> None:
        self._set("signed_in", person is not None)
        self._set("is_creator", bool(person and person.is_creator))
        self._set("is_staff", bool(person and person.role in ("moderator", "admin")))
        self._set("is_admin", bool(person and person.role == "admin"))
        for field in ("name", "handle", "email"):
            self._set(field, getattr(person, field) if person else "")
        self._set("avatar", person.avatar_url if person else "")
        self._set("ready", True)

    @action("anyone")
    async def say(self, kind: Short, title: Line):
        """A passing message on the sender's own page."""
        self.message = {"id": new_id().hex, "kind": kind, "title": title}


def success(title: str) -> Any:
    """Return it from a handler: something is done."""
    return Viewer.say("success", title)


def problem(title: str) -> Any:
    """Return it from a handler: something didn't work."""
    return Viewer.say("error", title)
