"""Tokens and what a signed-in user may do with the own account."""

from __future__ import annotations

from starlette.responses import Response

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import links, passwords, sessions, tokens, users
from marketplace.sandbox.supabase.call import Call
from marketplace.sandbox.supabase.faults import Fault, invalid


async def token(call: Call) -> Response:
    grants = {"password": _password_grant, "refresh_token": _refresh_grant, "pkce": _pkce_grant}
    grant = grants.get(call.request.query_params.get("grant_type", ""))
    if grant is None:
        raise Fault(400, "invalid_grant", "unsupported_grant_type")
    return call.reply(await grant(call))


async def _password_grant(call: Call) -> Row:
    email, password = call.text("email").strip().lower(), call.text("password")
    async with call.store.tx() as tx:
        user = await users.by_email(tx, email)
    if user is None or not await passwords.matches(user.get("password"), password):
        raise Fault(400, "invalid_credentials", "Invalid login credentials")
    async with call.store.tx() as tx:
        user = await users.require(tx, user["id"])
        if users.banned(tx, user):
            raise Fault(400, "user_banned", "User is banned")
        if not user.get("email_confirmed_at"):
            raise Fault(400, "email_not_confirmed", "Email not confirmed")
        return await sessions.start(tx, call, user, "password")


async def _refresh_grant(call: Call) -> Row:
    if not call.text("refresh_token"):
        raise invalid("refresh_token required")
    async with call.store.tx() as tx:
        outcome = await sessions.refresh(tx, call, call.text("refresh_token"))
    if isinstance(outcome, Fault):
        raise outcome
    return outcome


async def _pkce_grant(call: Call) -> Row:
    code, verifier = call.text("auth_code"), call.text("code_verifier")
    if not code or not verifier:
        raise invalid("invalid request: both auth code and code verifier should be non-empty")
    async with call.store.tx() as tx:
        user, method = await links.redeem(tx, code, verifier)
        return await sessions.start(tx, call, user, method)


async def get_user(call: Call) -> Response:
    async with call.store.tx() as tx:
        user, _ = await sessions.current(tx, call)
    return call.reply(users.view(user))


async def update_user(call: Call) -> Response:
    new_hash = await new_password(call)
    async with call.store.tx() as tx:
        user, session = await sessions.current(tx, call)
        if new_hash:
            if await passwords.matches(user.get("password"), call.text("password")):
                raise Fault(422, "same_password", "New password should be different from the old password.")
            user["password"] = new_hash
            await sessions.end(tx, user["id"], "others", session["id"])
        user["user_metadata"] = {**user["user_metadata"], **call.mapping("data")}
        await users.save(tx, user)
        if call.text("email"):
            await _ask_email_change(tx, call, user)
    return call.reply(users.view(user))


async def _ask_email_change(tx: Tx, call: Call, user: Row) -> None:
    email = users.clean_email(call.text("email"))
    if await users.by_email(tx, email):
        raise users.email_exists()
    user["new_email"] = email
    await links.send(tx, call, user, "email_change", links.challenge_of(call), to=email)


async def new_password(call: Call) -> str | None:
    """The hash of the password in the body, if there is one. Raises ``weak_password``."""
    if not call.text("password"):
        return None
    passwords.require_strong(call.text("password"))
    return await passwords.hashed(call.text("password"))


async def log_out(call: Call) -> Response:
    scope = call.request.query_params.get("scope", "global")
    if scope not in ("global", "local", "others"):
        raise invalid(f"Unsupported logout scope {scope!r}")
    async with call.store.tx() as tx:
        user, session = await sessions.current(tx, call)
        await sessions.end(tx, user["id"], scope, session["id"])  # type: ignore[arg-type]
    return Response(status_code=204)


async def jwks(call: Call) -> Response:
    async with call.store.tx() as tx:
        key = await tokens.signing_key(tx)
    answer = call.reply({"keys": [key.public_jwk()]})
    answer.headers["cache-control"] = "public, max-age=600"
    return answer


async def health(call: Call) -> Response:
    return call.reply({"name": "GoTrue", "version": "sandbox", "description": "A stand-in for Supabase Auth"})


async def settings(call: Call) -> Response:
    external = {"email": True, "google": True, "github": True, "phone": False, "anonymous_users": False}
    return call.reply(
        {"external": external, "disable_signup": False, "mailer_autoconfirm": False, "phone_autoconfirm": False}
    )
