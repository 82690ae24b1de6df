"""Sign-up and everything that goes by mail: confirm, recover, magic link, verify."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.responses import RedirectResponse, Response

from marketplace.sandbox.store import Row
from marketplace.sandbox.supabase import links, passwords, sessions, users
from marketplace.sandbox.supabase.call import Call
from marketplace.sandbox.supabase.faults import Fault, invalid


async def sign_up(call: Call) -> Response:
    """Confirmation is on: no session yet. A known, confirmed address gets a made-up user."""
    email, password = users.clean_email(call.text("email")), call.text("password")
    if not password:
        raise invalid("Signup requires a valid password")
    passwords.require_strong(password)
    return call.reply(await _sign_up(call, email, await passwords.hashed(password)))


async def _sign_up(call: Call, email: str, password_hash: str) -> Row:
    challenge, data = links.challenge_of(call), call.mapping("data")
    async with call.store.tx() as tx:
        user = await users.by_email(tx, email, lock=True)
        if user and user.get("email_confirmed_at"):
            return users.obfuscated(tx, email, data)
        # An unconfirmed user keeps the first password: nobody has proved yet whose address it is.
        user = user or await users.create(tx, email=email, password=password_hash, data=data)
        await links.send(tx, call, user, "signup", challenge)
        return users.view(user)


async def resend(call: Call) -> Response:
    """GoTrue knows no PKCE here: the link that is sent ends in tokens in the fragment."""
    kind = call.text("type")
    if kind not in ("signup", "email_change"):
        raise invalid("Missing one of these types: signup, email_change, sms, phone_change")
    async with call.store.tx() as tx:
        user = await users.by_email(tx, users.clean_email(call.text("email")))
        if user and kind == "signup" and not user.get("email_confirmed_at"):
            await links.send(tx, call, user, kind, None)
        if user and kind == "email_change" and user.get("new_email"):
            await links.send(tx, call, user, kind, None, to=user["new_email"])
    return call.reply({})


async def recover(call: Call) -> Response:
    challenge = links.challenge_of(call)
    async with call.store.tx() as tx:
        user = await users.by_email(tx, users.clean_email(call.text("email")))
        if user:
            await links.send(tx, call, user, "recovery", challenge)
    return call.reply({})


async def magic_link(call: Call) -> Response:
    """Also ``/otp``. An address that is new or not confirmed goes through sign-up."""
    email, challenge = users.clean_email(call.text("email")), links.challenge_of(call)
    async with call.store.tx() as tx:
        user = await users.by_email(tx, email)
        if user and user.get("email_confirmed_at"):
            await links.send(tx, call, user, "magiclink", challenge)
            return call.reply({})
    if user is None and call.body.get("create_user", True) is False:
        raise Fault(422, "otp_disabled", "Signups not allowed for otp")
    await _sign_up(call, email, await passwords.hashed(secrets.token_urlsafe(32)))
    return call.reply({})


async def follow_link(call: Call) -> Response:
    """A person clicked. Whatever happens, they end on the product's own page."""
    query = call.request.query_params
    token, kind = query.get("token", ""), query.get("type", "")
    try:
        return RedirectResponse(await _follow(call, token, kind), 303)
    except Fault as fault:
        return RedirectResponse(error_address(call.redirect_to, fault), 303)


async def _follow(call: Call, token: str, kind: str) -> str:
    async with call.store.tx() as tx:
        user, link = await links.consume(tx, kind, token)
        if link["pkce"]:
            code = await links.issue_code(tx, user, link["pkce"], "otp")
            return with_query(call.redirect_to, {"code": code})
        answer = await sessions.start(tx, call, user, "otp")
    return implicit_address(call.redirect_to, answer, kind)


async def verify(call: Call) -> Response:
    """By the code or hash from a mail, for a session in the answer."""
    kind, hashed, otp = call.text("type"), call.text("token_hash"), call.text("token")
    if not kind or not (hashed or otp):
        raise invalid("Verify requires a token or a token hash")
    async with call.store.tx() as tx:
        if hashed:
            user, _ = await links.consume(tx, "" if kind == "email" else kind, hashed)
        else:
            user, _ = await links.consume_otp(tx, kind, users.clean_email(call.text("email")), otp)
        return call.reply(await sessions.start(tx, call, user, "otp"))


def with_query(address: str, values: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return urlunsplit(parts._replace(query=query))


def implicit_address(address: str, answer: Row, kind: str) -> str:
    names = ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
    fragment = urlencode({**{name: str(answer[name]) for name in names}, "type": kind})
    return f"{address}#{fragment}"


def error_address(address: str, fault: Fault) -> str:
    """The error goes in the query and, as GoTrue does, in the fragment too."""
    values = {"error": "access_denied", "error_code": fault.code, "error_description": fault.message}
    return f"{with_query(address, values)}#{urlencode(values)}"
