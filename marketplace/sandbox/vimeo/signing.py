"""Links that expire: signed for one purpose, one viewer and one moment."""

from __future__ import annotations

import hashlib
import hmac

from marketplace.settings import Settings

LIFETIME_S = 4 * 3600


def sign(settings: Settings, purpose: str, viewer: str, expires: int) -> str:
    """A token ``expires.viewer.signature``; the viewer stands in it as a digest, never in clear."""
    who = hashlib.sha256(viewer.encode()).hexdigest()[:16]
    return f"{expires}.{who}.{_signature(settings, purpose, who, expires)}"


def valid(settings: Settings, purpose: str, token: str, timestamp: int) -> bool:
    """False when forged, made for something else, or past its time."""
    expires, _, rest = token.partition(".")
    who, _, signature = rest.partition(".")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
        return False
    right = hmac.compare_digest(signature.encode(), _signature(settings, purpose, who, int(expires)).encode())
    return right and timestamp < int(expires)


def _signature(settings: Settings, purpose: str, who: str, expires: int) -> str:
    message = f"vimeo\n{purpose}\n{who}\n{expires}".encode()
    return hmac.new(settings.secret_key.encode(), message, hashlib.sha256).hexdigest()[:40]
