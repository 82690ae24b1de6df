"""Names of our cookies, and reading the one that says who it is."""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie

SESSION = "market_session"
FLOW = "market_flow"
VIA = "market_via"  # the code of the affiliate's link that led here
VIA_SECONDS = 30 * 86_400
ORIGIN = "market_origin"  # the site or campaign that somebody first came from
ORIGIN_SECONDS = 30 * 86_400
LANGUAGE = "market_language"  # the one that somebody chose; set by the page, read by the server
LANGUAGE_SECONDS = 365 * 86_400
_VIA_CODE = re.compile(r"[a-z0-9]{4,20}")


def session_cookie(header: str) -> str:
    """The session token in a ``Cookie`` header; empty when there is none or the header is broken."""
    return _cookie(header, SESSION)[:200]


def via_cookie(header: str) -> str:
    """The code of the affiliate whose link led here within the last month, or nothing."""
    return via_code(_cookie(header, VIA))


def origin_cookie(header: str) -> str:
    """Where somebody came from within the last month, as :mod:`marketplace.domain.orders.origin` packed it."""
    return _cookie(header, ORIGIN)[:2000]


def language_cookie(header: str) -> str:
    """The language that somebody chose, as the browser says it."""
    return _cookie(header, LANGUAGE)[:20]


def via_code(value: str) -> str:
    """What may be such a code, else nothing."""
    return value if _VIA_CODE.fullmatch(value) else ""


def _cookie(header: str, name: str) -> str:
    if name not in header:
        return ""
    try:
        jar: SimpleCookie = SimpleCookie(header[:8000])
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""
