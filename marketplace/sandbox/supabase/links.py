"""One-time links and codes sent by mail, and the PKCE codes that they and OAuth end in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import urlencode
from uuid import uuid4

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import letters, users
from marketplace.sandbox.supabase.call import VENDOR, Call
from marketplace.sandbox.supabase.faults import Fault, invalid

LINK_LIFETIME = 3600
CODE_LIFETIME = 300
MAIL_INTERVAL = 60  # seconds between two mails of a kind to one user; the knob ``mail_interval`` overrides it
PKCE_PREFIX = "pkce_"

_FAMILY = {
    "signup": "confirmation",
    "invite": "confirmation",
    "magiclink": "recovery",
    "recovery": "recovery",
    "email_change": "email_change",
}


def challenge_of(call: Call) -> Row | None:
    """The PKCE challenge in a body or query, if any. Raises ``validation_failed``."""
    source = {**call.request.query_params, **call.body}
    challenge, method = source.get("code_challenge"), source.get("code_challenge_method")
    if not challenge and not method:
        return None
    if not challenge or str(method).lower() not in ("s256", "plain") or not 43 <= len(str(challenge)) <= 128:
        raise invalid("PKCE flow requires code_challenge_method and a code_challenge of 43 to 128 characters")
    return {"challenge": str(challenge), "method": str(method).lower()}


async def send(tx: Tx, call: Call, user: Row, kind: str, challenge: Row | None, *, to: str = "") -> None:
    """Mails a fresh link, which ends earlier ones of its family. Raises ``over_email_send_rate_limit``."""
    await _respect_interval(tx, user, kind)
    link = await create(tx, user, kind, challenge, to=to)
    user[f"{_FAMILY[kind]}_sent_at"] = users.stamp(tx)
    await users.save(tx, user)
    url = address(call, link["token"], kind)
    key = f"auth-{link['id'][:32]}"
    await letters.send(
        tx, call.sandbox.settings, kind=kind, to=to or user["email"], link=url, code=link["otp"], key=key
    )


async def create(tx: Tx, user: Row, kind: str, challenge: Row | None, *, to: str = "") -> Row:
    """The stored row with the token itself under ``token``, which is never stored."""
    for earlier in await tx.find(VENDOR, "link", {"user": user["id"], "family": _FAMILY[kind]}):
        await tx.delete(VENDOR, "link", earlier["id"])
    token = (PKCE_PREFIX if challenge else "") + secrets.token_hex(28)
    row = {
        "id": _digest(token),
        "user": user["id"],
        "kind": kind,
        "family": _FAMILY[kind],
        "email": to or user["email"],
        "otp": f"{secrets.randbelow(10**6):06}",
        "pkce": challenge,
        "expires": tx.timestamp() + LINK_LIFETIME,
    }
    await tx.put(VENDOR, "link", row["id"], row)
    return {**row, "token": token}


def address(call: Call, token: str, kind: str) -> str:
    query = urlencode({"token": token, "type": kind, "redirect_to": call.redirect_to})
    return call.sandbox.url(f"/supabase/auth/v1/verify?{query}")


async def consume(tx: Tx, kind: str, token: str) -> tuple[Row, Row]:
    """Uses a link up and confirms what it proves. Returns the user and the link. Raises ``otp_expired``."""
    return await _use(tx, await tx.get(VENDOR, "link", _digest(token), lock=True), kind)


async def consume_otp(tx: Tx, kind: str, email: str, otp: str) -> tuple[Row, Row]:
    """``kind`` may be ``email``, which stands for sign-up and magic link."""
    candidates = await tx.find(VENDOR, "link", {"email": email}, lock=True)
    accepted = ("signup", "magiclink", "invite") if kind == "email" else (kind,)
    matching = [row for row in candidates if row["kind"] in accepted and hmac.compare_digest(row["otp"], otp)]
    return await _use(tx, matching[0] if matching else None, "")


async def _use(tx: Tx, link: Row | None, kind: str) -> tuple[Row, Row]:
    user = await users.by_id(tx, link["user"], lock=True) if link else None
    if link is None or user is None or link["expires"] < tx.timestamp():
        raise Fault(403, "otp_expired", "Email link is invalid or has expired")
    if kind and _FAMILY.get(kind) != link["family"]:
        raise Fault(403, "otp_expired", "Email link is invalid or has expired")
    if users.banned(tx, user):
        raise Fault(403, "user_banned", "User is banned")
    await tx.delete(VENDOR, "link", link["id"])
    if link["kind"] == "email_change":
        await users.change_email(tx, user, link["email"])
    users.confirm(tx, user)
    await users.save(tx, user)
    return user, link


async def issue_code(tx: Tx, user: Row, challenge: Row, method: str) -> str:
    """An authorization code that only the challenge's verifier can redeem."""
    code = str(uuid4())
    row = {"user": user["id"], "pkce": challenge, "method": method, "expires": tx.timestamp() + CODE_LIFETIME}
    await tx.put(VENDOR, "code", code, row)
    return code


async def redeem(tx: Tx, code: str, verifier: str) -> tuple[Row, str]:
    """The user and the sign-in method. As with GoTrue, a wrong verifier doesn't use the code up."""
    row = await tx.get(VENDOR, "code", code, lock=True)
    user = await users.by_id(tx, row["user"], lock=True) if row else None
    if row is None or user is None:
        raise Fault(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
    if row["expires"] < tx.timestamp():
        raise Fault(422, "flow_state_expired", "invalid flow state, flow state has expired")
    if not hmac.compare_digest(_challenge(verifier, row["pkce"]["method"]).encode(), row["pkce"]["challenge"].encode()):
        raise Fault(400, "bad_code_verifier", "code challenge does not match previously saved code verifier")
    if users.banned(tx, user):
        raise Fault(400, "user_banned", "User is banned")
    await tx.delete(VENDOR, "code", code)
    return user, row["method"]


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


async def _respect_interval(tx: Tx, user: Row, kind: str) -> None:
    last = user.get(f"{_FAMILY[kind]}_sent_at")
    if not last:
        return
    interval = int((await tx.knobs(VENDOR)).get("mail_interval", MAIL_INTERVAL))
    left = interval - int((tx.now() - datetime.fromisoformat(last)).total_seconds())
    if 0 < left <= interval:
        message = f"For security purposes, you can only request this after {left} seconds."
        raise Fault(429, "over_email_send_rate_limit", message)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
