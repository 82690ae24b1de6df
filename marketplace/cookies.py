"""Names of our cookies, and reading the one that says who it is."""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie

SESSION = "market_session"
FLOW = "market_flow"
VIA = "market_via"  # the code of the affiliate's link that led here
VIA_SECONDS = 30 * 86_400
_VIA_CODE = re.compile(r"[a-z0-9]{4,20}")


def session_cookie(header: str) -> str:
    """The session token in a ``Cookie`` header; empty when there is none or the header is broken."""
    return _cookie(header, SESSION)[:200]


def via_cookie(header: str) -> str:
    """The code of the affiliate whose link led here within the last month, or nothing."""
    return via_code(_cookie(header, VIA))


def via_code(value: str) -> str:
    """What may be such a code, else nothing."""
    return value if _VIA_CODE.fullmatch(value) else ""


def _cookie(header: str, name: str) -> str:
    try:
        jar: SimpleCookie = SimpleCookie(header[:8000])
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""
