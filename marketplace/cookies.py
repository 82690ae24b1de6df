"""Names of our cookies, and reading the one that says who it is."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

SESSION = "market_session"
FLOW = "market_flow"


def session_cookie(header: str) -> str:
    """The session token in a ``Cookie`` header; empty when there is none or the header is broken."""
    try:
        jar: SimpleCookie = SimpleCookie(header[:8000])
    except CookieError:
        return ""
    return jar[SESSION].value[:200] if SESSION in jar else ""
