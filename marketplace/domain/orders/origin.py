"""Where somebody came from who buys: what the address and the browser said when they first arrived. Pure.

It names a place and a campaign, never a person: what looks like somebody's address is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

MOST = 80  # characters of each part


@dataclass(frozen=True, slots=True)
class Origin:
    """``source`` is a site or what a campaign calls itself, ``medium`` the kind of way, ``campaign`` its name."""

    source: str = ""
    medium: str = ""
    campaign: str = ""

    def __bool__(self) -> bool:
        return bool(self.source or self.medium or self.campaign)


NOWHERE = Origin()


def arrived(query: Mapping[str, str], referrer: str, ours: Collection[str]) -> Origin:
    """Of an arrival: its ``utm_`` names, else the site whose link was followed. ``ours`` are our own hosts."""
    named = Origin(*(_tidy(query.get(f"utm_{part}", "")) for part in ("source", "medium", "campaign")))
    site = _site(referrer, ours)
    if named:
        return named if named.source else Origin(site, named.medium, named.campaign)
    return Origin(site, "referral") if site else NOWHERE


def _site(referrer: str, ours: Collection[str]) -> str:
    try:
        parts = urlsplit(referrer[:2000])
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or host in ours:
        return ""
    return _tidy(host.removeprefix("www."))


def _tidy(value: str) -> str:
    """One short line in small letters; nothing of what may name a person."""
    line = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFC", value[:400]))
    line = " ".join(line.split()).lower()[:MOST].strip()
    return "" if "@" in line else line


def pack(origin: Origin) -> str:
    """As a cookie's value."""
    return "|".join(quote(part, safe="") for part in (origin.source, origin.medium, origin.campaign))


def unpack(value: str) -> Origin:
    """Of a cookie, which anybody can write: read as strictly as an address."""
    parts = value[:2000].split("|")
    if len(parts) != 3:
        return NOWHERE
    return Origin(*(_tidy(unquote(part)) for part in parts))
