"""What several states share."""

from __future__ import annotations

import secrets
from uuid import UUID

import reflex as rx

from marketplace.cookies import origin_cookie, via_code, via_cookie
from marketplace.domain.orders.origin import Origin, unpack
from marketplace.errors import Missing
from marketplace.ids import parse_id


def text_of(form: dict[str, str | bool | None], name: str) -> str:
    """A form field as text; missing is empty."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def typed_of(form: dict[str, str | bool | None], name: str) -> str | None:
    """A form field as text; None where the form has no such field."""
    return text_of(form, name) if name in form else None


def need_id(value: object) -> UUID:
    """The UUID a client sent, or ``Missing``."""
    found = parse_id(value)
    if found is None:
        raise Missing
    return found


def param(state: rx.State, name: str) -> str:
    """A route or query parameter of the current page: chosen by the client, so only ever a key to look up."""
    value = (state.router_data.get("query") or {}).get(name, "")
    return value[:500] if isinstance(value, str) else ""


def via(state: rx.State) -> str:
    """The affiliate's link that led here: of this page's address, or within the last month."""
    header = str((state.router_data.get("headers") or {}).get("cookie", ""))
    return via_code(param(state, "via")) or via_cookie(header)


def came_from(state: rx.State) -> Origin:
    """The site or campaign that they first came from within the last month."""
    return unpack(origin_cookie(str((state.router_data.get("headers") or {}).get("cookie", ""))))


def user_agent(state: rx.State) -> str:
    """What the browser at the other end of this connection calls itself."""
    return str((state.router_data.get("headers") or {}).get("user-agent", ""))


class Page(rx.State, mixin=True):
    """What every page's state has: is its data there, did loading fail, which field is wrong."""

    loaded: bool = False
    failure: str = ""
    errors: dict[str, str] = {}
    go: str = ""
    trip: int = 0

    async def _catch_up(self) -> None:
        """Another tab or person was faster: look again at what the page shows, where that loses nothing typed."""

    def _leave_for(self, url: str) -> None:
        """Send the browser to a backend route or another site; each time anew, also to the same place.

        Stays set: loading a page again meanwhile would call the browser back before it has left, and no browser goes
        twice on the same trip."""
        self.go, self.trip = url, secrets.randbelow(2**31)
