"""Encryption at rest with ``SECRET_KEY`` (Fernet: AES-128-CBC with HMAC-SHA256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

from marketplace.settings import get_settings


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(get_settings().secret_key.encode()).digest()))


def seal(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Empty when it was sealed with another key or changed."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def sign_id(purpose: str, id: UUID) -> str:
    """A link's token: the id and a signature that only we can make. Nothing has to be stored for it."""
    return f"{id.hex}{_signature(purpose, id)}"


def read_id(purpose: str, token: str) -> UUID | None:
    """The id behind a token of :func:`sign_id`, None for anything else."""
    try:
        id = UUID(token[:32])
    except ValueError:
        return None
    return id if hmac.compare_digest(token[32:].encode(), _signature(purpose, id).encode()) else None


def _signature(purpose: str, id: UUID) -> str:
    key = get_settings().secret_key.encode()
    made = hmac.new(key, f"{purpose}:{id.hex}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:24]).decode()
