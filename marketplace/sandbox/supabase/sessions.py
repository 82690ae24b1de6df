"""Sessions and their refresh tokens, rotated at each use."""

from __future__ import annotations

import secrets
from typing import Literal
from uuid import uuid4

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import tokens, users
from marketplace.sandbox.supabase.call import VENDOR, Call, issuer
from marketplace.sandbox.supabase.faults import Fault

REUSE_GRACE = 10  # seconds in which a just rotated token still works: two tabs may refresh at once

Scope = Literal["global", "local", "others"]


async def start(tx: Tx, call: Call, user: Row, method: str) -> Row:
    """A new session's token answer. ``method`` is the ``amr`` entry: password, otp, oauth."""
    session = {"id": str(uuid4()), "user": user["id"], "method": method, "created": tx.timestamp()}
    await tx.put(VENDOR, "session", session["id"], session)
    user["last_sign_in_at"] = users.stamp(tx)
    await users.save(tx, user)
    return await _answer(tx, call, user, session, await _refresh_token(tx, session, parent=None))


async def refresh(tx: Tx, call: Call, token: str) -> Row | Fault:
    """A fault is returned, not raised, where the revocation has to be kept."""
    row = await tx.get(VENDOR, "refresh", token, lock=True)
    user = await users.by_id(tx, row["user"]) if row else None
    if row is None or user is None:
        return Fault(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
    if users.banned(tx, user):
        return Fault(400, "user_banned", "Invalid Refresh Token: User Banned")
    session = await tx.get(VENDOR, "session", row["session"])
    successor = await _rotate(tx, row) if session else None
    if session is None or successor is None:
        await _revoke_family(tx, row["session"])
        return Fault(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
    return await _answer(tx, call, user, session, successor)


async def _rotate(tx: Tx, row: Row) -> str | None:
    """The next token; within the grace the one that was handed out already; none on reuse."""
    if row["revoked"] is None:
        await tx.put(VENDOR, "refresh", row["token"], {**row, "revoked": tx.timestamp()})
        return await _refresh_token(tx, {"id": row["session"], "user": row["user"]}, parent=row["token"])
    children = await tx.find(VENDOR, "refresh", {"parent": row["token"], "revoked": None})
    in_grace = tx.timestamp() - row["revoked"] <= REUSE_GRACE
    return children[0]["token"] if children and in_grace else None


async def _refresh_token(tx: Tx, session: Row, parent: str | None) -> str:
    token = secrets.token_urlsafe(16)
    row = {"token": token, "session": session["id"], "user": session["user"], "parent": parent, "revoked": None}
    await tx.put(VENDOR, "refresh", token, row)
    return token


async def _revoke_family(tx: Tx, session_id: str) -> None:
    await tx.delete(VENDOR, "session", session_id)
    await tx.connection.execute(
        """UPDATE sandbox.objects SET data = data || '{"revoked": 0}'"""
        " WHERE vendor=%s AND kind='refresh' AND data->>'session' = %s",
        (VENDOR, session_id),
    )


async def _answer(tx: Tx, call: Call, user: Row, session: Row, refresh_token: str) -> Row:
    key = await tokens.signing_key(tx)
    access_token, expires_at = tokens.mint(key, issuer(call.sandbox.settings), user, session)
    return {
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": tokens.LIFETIME,
        "expires_at": expires_at,
        "refresh_token": refresh_token,
        "user": users.view(user),
    }


async def current(tx: Tx, call: Call) -> tuple[Row, Row]:
    """The user and session of the caller's access token. Raises ``no_authorization`` and its kin."""
    if not call.bearer or call.bearer.startswith("sb_"):
        raise Fault(401, "no_authorization", "This endpoint requires a valid Bearer token")
    claims = tokens.read(await tokens.signing_key(tx), issuer(call.sandbox.settings), call.bearer)
    user = await users.by_id(tx, claims["sub"], lock=True)
    if user is None:
        raise Fault(403, "user_not_found", "User from sub claim in JWT does not exist")
    session = await tx.get(VENDOR, "session", claims.get("session_id", ""))
    if session is None:
        raise Fault(403, "session_not_found", "Session from session_id claim in JWT does not exist")
    return user, session


async def end(tx: Tx, user_id: str, scope: Scope, session_id: str = "") -> None:
    """``global``: all sessions of the user; ``local``: this one; ``others``: all but this one."""
    condition = {"global": "TRUE", "local": "{owner} = %(session)s", "others": "{owner} <> %(session)s"}[scope]
    for kind, owner in (("session", "id"), ("refresh", "data->>'session'")):
        await tx.connection.execute(
            "DELETE FROM sandbox.objects WHERE vendor=%(vendor)s AND kind=%(kind)s AND data->>'user' = %(user)s AND "
            + condition.format(owner=owner),
            {"vendor": VENDOR, "kind": kind, "user": user_id, "session": session_id},
        )
