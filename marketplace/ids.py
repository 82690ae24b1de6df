"""Identifiers: time-ordered UUIDs (version 7, RFC 9562) made in Python, and unguessable tokens."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then random."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF000 << 64) & ~(0xC000 << 48)
    return UUID(int=value | 0x7000 << 64 | 0x8000 << 48)


def first_id(at: datetime) -> UUID:
    """The smallest id that can have been made at that moment."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7000 << 64 | 0x8000 << 48)


def made_at(id: UUID) -> datetime:
    """When a time-ordered id was made."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)


def parse_id(text: object) -> UUID | None:
    """A UUID from anything a client may send, or None."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def new_token() -> str:
    """256 bits, URL-safe: session ids, tickets, links."""
    return secrets.token_urlsafe(32)


def new_short_token() -> str:
    """128 bits, URL-safe: public addresses that nobody guesses."""
    return secrets.token_urlsafe(16)


def digest(token: str) -> str:
    """How tokens are stored: SHA-256, hex. (They carry 256 bits of their own, so no salt is needed.)"""
    return hashlib.sha256(token.encode()).hexdigest()
