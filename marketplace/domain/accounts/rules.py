"""Pure decisions about people: handles, names, where a sign-in may lead."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from uuid import UUID

from marketplace.errors import Invalid


@dataclass(frozen=True, slots=True)
class Person:
    """What pages show of who looks at them."""

    id: UUID
    role: str
    is_creator: bool
    name: str
    handle: str
    email: str
    avatar_url: str
    language: str = ""


RESERVED = frozenset(
    [
        "admin",
        "api",
        "about",
        "account",
        "cart",
        "checkout",
        "creators",
        "help",
        "home",
        "legal",
        "login",
        "logout",
        "me",
        "new",
        "null",
        "orders",
        "root",
        "sandbox",
        "search",
        "sell",
        "settings",
        "signup",
        "staff",
        "studio",
        "support",
        "system",
        "undefined",
        "webhooks",
    ]
)
_HANDLE = re.compile(r"^[a-z0-9](?:[a-z0-9-]{1,28})[a-z0-9]$")


def check_handle(text: str) -> str:
    """3–30 of a–z, 0–9 and hyphens, not reserved; lower-cased."""
    handle = text.strip().lower().removeprefix("@")
    if not _HANDLE.match(handle) or "--" in handle:
        raise Invalid("A handle has 3 to 30 letters a–z, digits or single hyphens.", field="handle")
    if handle in RESERVED:
        raise Invalid("That handle is reserved. Try another one.", field="handle")
    return handle


def handle_from(name: str) -> str:
    """A starting handle out of a name; may be taken."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    handle = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:24].strip("-")
    return handle if len(handle) >= 3 and handle not in RESERVED else f"maker-{handle}".strip("-")


def network_of(ip: str) -> str:
    """What one visitor can send from: an IPv4 address, or the /64 of an IPv6 one; as it is when it is neither."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped or address.version == 4:
        return str(mapped or address)
    return str(ip_network((address, 64), strict=False))


def safe_next(path: str) -> str:
    """Only a path on this site: no scheme, no host, no backslash tricks."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or len(path) > 500:
        return "/"
    return path if path.isprintable() else "/"
