"""The admin API: users by the secret key."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import links, passwords, sessions, users
from marketplace.sandbox.supabase.account import new_password
from marketplace.sandbox.supabase.call import VENDOR, Call
from marketplace.sandbox.supabase.faults import Fault, invalid


async def create_user(call: Call) -> Response:
    """As with GoTrue, admins' passwords aren't measured at creation."""
    email, password = users.clean_email(call.text("email")), call.text("password")
    hashed = await passwords.hashed(password) if password else None
    async with call.store.tx() as tx:
        if await users.by_email(tx, email, lock=True):
            raise users.email_exists()
        own_id = _uuid(call.text("id")) if call.text("id") else None
        user = await users.create(tx, email=email, password=hashed, data=call.mapping("user_metadata"), id=own_id)
        if call.body.get("email_confirm"):
            users.confirm(tx, user)
        await _apply(tx, call, user)
    return call.reply(users.view(user))


async def list_users(call: Call) -> Response:
    query = call.request.query_params
    page, size = _number(query.get("page"), 1), min(_number(query.get("per_page"), 50), 1000)
    async with call.store.tx() as tx:
        rows = await tx.find(VENDOR, "user", limit=page * size)
    shown = [users.view(row) for row in rows[(page - 1) * size :]]
    return call.reply({"users": shown, "aud": "authenticated"})


async def get_user(call: Call) -> Response:
    async with call.store.tx() as tx:
        return call.reply(users.view(await users.require(tx, _id(call))))


async def update_user(call: Call) -> Response:
    hashed = await new_password(call)
    async with call.store.tx() as tx:
        user = await users.require(tx, _id(call))
        if hashed:
            user["password"] = hashed
            await sessions.end(tx, user["id"], "global")
        if call.text("email"):
            await users.change_email(tx, user, users.clean_email(call.text("email")))
        if call.body.get("email_confirm"):
            users.confirm(tx, user)
        await _apply(tx, call, user)
    return call.reply(users.view(user))


async def delete_user(call: Call) -> Response:
    async with call.store.tx() as tx:
        await users.delete(tx, await users.require(tx, _id(call)))
    return call.reply({})


async def generate_link(call: Call) -> Response:
    """A link without a mail. A magic link for an unknown address creates the user."""
    kind, email = call.text("type"), users.clean_email(call.text("email"))
    if kind not in ("signup", "invite", "magiclink", "recovery"):
        raise invalid("Unsupported link type")
    hashed = await new_password(call)
    async with call.store.tx() as tx:
        user = await users.by_email(tx, email, lock=True)
        if user is None and kind == "recovery":
            raise Fault(404, "user_not_found", "User with this email not found")
        user = user or await users.create(tx, email=email, password=hashed, data=call.mapping("data"))
        link = await links.create(tx, user, kind, None)
    return call.reply({**users.view(user), **_properties(call, link)})


def _properties(call: Call, link: Row) -> Row:
    return {
        "action_link": links.address(call, link["token"], link["kind"]),
        "email_otp": link["otp"],
        "hashed_token": link["token"],
        "redirect_to": call.redirect_to,
        "verification_type": link["kind"],
    }


async def _apply(tx: Tx, call: Call, user: Row) -> None:
    user["user_metadata"] = {**user["user_metadata"], **call.mapping("user_metadata")}
    user["app_metadata"] = {**user["app_metadata"], **call.mapping("app_metadata")}
    if call.text("ban_duration"):
        users.ban(tx, user, call.text("ban_duration"))
    await users.save(tx, user)


def _id(call: Call) -> str:
    return _uuid(call.request.path_params["id"])


def _uuid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise Fault(404, "validation_failed", "user_id must be an UUID") from None


def _number(value: str | None, default: int) -> int:
    return max(int(value), 1) if value and value.isdecimal() else default
