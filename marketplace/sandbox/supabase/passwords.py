"""Passwords: hashed with argon2 in a thread, refused when short or common."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.sandbox.supabase.faults import Fault

MIN_LENGTH = 10
_COMMON = (
    "0123456789 1234567890 12345678910 123456789a 1q2w3e4r5t aaaaaaaaaa abcdefghij football123 iloveyou12"
    " letmein123 p@ssword123 passw0rd123 password01 password12 password123 password1234 password12345 passwordpassword"
    " princess123 qwerty1234 qwerty12345 qwertyuiop sunshine123 superman123 welcome123"
)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def require_strong(password: str) -> None:
    """Raises ``weak_password`` with GoTrue's reasons: ``length``, ``pwned``."""
    if len(password) < MIN_LENGTH:
        raise _weak(f"Password should be at least {MIN_LENGTH} characters.", "length")
    if password.lower() in _COMMON.split():
        raise _weak("Password is known to be weak and easy to guess, please choose a different one.", "pwned")


async def hashed(password: str) -> str:
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    return bool(stored) and await asyncio.to_thread(_verify, str(stored), password)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _weak(message: str, reason: str) -> Fault:
    return Fault(422, "weak_password", message, weak_password={"reasons": [reason]})
