"""Users: their rows and how GoTrue shows them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase.call import VENDOR
from marketplace.sandbox.supabase.faults import Fault

_EMAIL = re.compile(r"[^@\s<>\",;:()\[\]\\]+@[^@\s<>\",;:()\[\]\\]+\.[^@\s<>\",;:()\[\]\\.]+")
_SHOWN = (
    "id", "aud", "role", "email", "phone", "email_confirmed_at", "confirmed_at", "confirmation_sent_at",
    "recovery_sent_at", "email_change_sent_at", "new_email", "last_sign_in_at", "app_metadata", "user_metadata",
    "identities", "created_at", "updated_at", "banned_until", "is_anonymous",
)  # fmt: skip


def clean_email(value: str) -> str:
    email = value.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise Fault(400, "validation_failed", "Unable to validate email address: invalid format")
    return email


async def by_email(tx: Tx, email: str, *, lock: bool = False) -> Row | None:
    if lock:
        await lock_email(tx, email)
    pointer = await tx.get(VENDOR, "email", email)
    return await by_id(tx, pointer["user"]) if pointer else None


async def lock_email(tx: Tx, email: str) -> None:
    """One sign-up at a time per address, since the row to lock doesn't exist yet."""
    await tx.connection.execute("SELECT pg_advisory_xact_lock(723003, hashtext(%s))", (email,))


async def by_id(tx: Tx, id: str, *, lock: bool = False) -> Row | None:
    return await tx.get(VENDOR, "user", id, lock=lock)


async def require(tx: Tx, id: str) -> Row:
    user = await by_id(tx, id, lock=True)
    if user is None:
        raise Fault(404, "user_not_found", "User not found")
    return user


async def create(
    tx: Tx, *, email: str, password: str | None, data: Row, provider: str = "email", id: str | None = None
) -> Row:
    """An unconfirmed user. ``password`` is a hash."""
    now = stamp(tx)
    user: Row = {
        "id": id or str(uuid4()),
        "aud": "authenticated",
        "role": "authenticated",
        "email": email,
        "phone": "",
        "password": password,
        "created_at": now,
        "updated_at": now,
        "is_anonymous": False,
        "app_metadata": {"provider": provider, "providers": [provider]},
        "user_metadata": data,
        "identities": [],
    }
    add_identity(tx, user, provider, data)
    await tx.put(VENDOR, "email", email, {"user": user["id"]})
    return await save(tx, user)


def add_identity(tx: Tx, user: Row, provider: str, data: Row) -> None:
    """Signing in through another provider with the same verified address joins the accounts."""
    now = stamp(tx)
    providers = user["app_metadata"]["providers"]
    if provider not in providers:
        providers.append(provider)
    if any(identity["provider"] == provider for identity in user["identities"]):
        return
    own_id = str(uuid4())
    user["identities"].append(
        {
            "identity_id": own_id,
            "id": user["id"] if provider == "email" else own_id,
            "user_id": user["id"],
            "identity_data": {**data, "email": user["email"], "sub": user["id"]},
            "provider": provider,
            "email": user["email"],
            "last_sign_in_at": now,
            "created_at": now,
            "updated_at": now,
        }
    )


def confirm(tx: Tx, user: Row) -> None:
    user["email_confirmed_at"] = user.get("email_confirmed_at") or stamp(tx)
    user["confirmed_at"] = user["email_confirmed_at"]
    user["user_metadata"] = {**user["user_metadata"], "email_verified": True}


async def change_email(tx: Tx, user: Row, email: str) -> None:
    """Raises ``email_exists`` when another user has it."""
    other = await by_email(tx, email, lock=True)
    if other and other["id"] != user["id"]:
        raise email_exists()
    await tx.delete(VENDOR, "email", user["email"])
    await tx.put(VENDOR, "email", email, {"user": user["id"]})
    user["email"] = email
    user["new_email"] = None


async def save(tx: Tx, user: Row) -> Row:
    user["updated_at"] = stamp(tx)
    return await tx.put(VENDOR, "user", user["id"], user)


async def delete(tx: Tx, user: Row) -> None:
    await tx.delete(VENDOR, "user", user["id"])
    await tx.delete(VENDOR, "email", user["email"])
    await tx.connection.execute(
        "DELETE FROM sandbox.objects WHERE vendor=%s AND kind IN ('session','refresh','link','code')"
        " AND data->>'user' = %s",
        (VENDOR, user["id"]),
    )


def ban(tx: Tx, user: Row, duration: str) -> None:
    """``none`` lifts it; else Go's notation, of which whole hours, minutes and seconds are read."""
    if duration == "none":
        user["banned_until"] = None
        return
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", duration)
    if not duration or not found:
        raise Fault(400, "validation_failed", "invalid format for ban duration: " + duration)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    user["banned_until"] = iso(tx.now() + timedelta(hours=hours, minutes=minutes, seconds=seconds))


def banned(tx: Tx, user: Row) -> bool:
    until = user.get("banned_until")
    return until is not None and datetime.fromisoformat(until) > tx.now()


def view(user: Row) -> Row:
    return {name: user[name] for name in _SHOWN if user.get(name) is not None}


def obfuscated(tx: Tx, email: str, data: Row) -> Row:
    """What a sign-up with a known address gets: it looks like a new user, but isn't one."""
    now = stamp(tx)
    return {
        "id": str(uuid4()),
        "aud": "authenticated",
        "role": "",
        "email": email,
        "phone": "",
        "confirmation_sent_at": now,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": data,
        "identities": [],
        "created_at": now,
        "updated_at": now,
        "is_anonymous": False,
    }


def email_exists() -> Fault:
    return Fault(422, "email_exists", "A user with this email address has already been registered")


def stamp(tx: Tx) -> str:
    return iso(tx.now())


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
