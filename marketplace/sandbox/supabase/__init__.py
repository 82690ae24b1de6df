"""Supabase Auth (GoTrue's protocol) and Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.sandbox.delivery import Endpoint
from marketplace.sandbox.knobs import Knob
from marketplace.sandbox.supabase import account, admin, links, mailed, oauth, overview, storage
from marketplace.sandbox.supabase.call import route
from marketplace.sandbox.supabase.overview import index_html

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

__all__ = ["KNOBS", "api_routes", "endpoints", "index_html", "page_routes"]

KNOBS = (Knob("mail_interval", "Seconds between two mails to one person", 3600, default=links.MAIL_INTERVAL),)

_OPEN = (
    ("GET", "/verify", mailed.follow_link),
    ("GET", "/authorize", oauth.authorize),
    ("GET", "/.well-known/jwks.json", account.jwks),
    ("GET", "/health", account.health),
)
_KEYED = (
    ("POST", "/signup", mailed.sign_up),
    ("POST", "/token", account.token),
    ("POST", "/verify", mailed.verify),
    ("POST", "/resend", mailed.resend),
    ("POST", "/recover", mailed.recover),
    ("POST", "/otp", mailed.magic_link),
    ("POST", "/magiclink", mailed.magic_link),
    ("POST", "/logout", account.log_out),
    ("GET", "/user", account.get_user),
    ("PUT", "/user", account.update_user),
    ("GET", "/settings", account.settings),
)
_SECRET = (
    ("POST", "/admin/users", admin.create_user),
    ("GET", "/admin/users", admin.list_users),
    ("GET", "/admin/users/{id}", admin.get_user),
    ("PUT", "/admin/users/{id}", admin.update_user),
    ("DELETE", "/admin/users/{id}", admin.delete_user),
    ("POST", "/admin/generate_link", admin.generate_link),
)


def endpoints(sandbox: Sandbox) -> dict[str, Endpoint]:
    return {}


def api_routes(sandbox: Sandbox) -> list[Route]:
    auth = [
        route(sandbox, method, f"/auth/v1{path}", handler, key=key)
        for key, table in (("open", _OPEN), ("any", _KEYED), ("secret", _SECRET))
        for method, path, handler in table
    ]
    return [*auth, *storage.routes(sandbox)]


def page_routes(sandbox: Sandbox) -> list[Route]:
    async def consent(request: Request) -> Response:
        return await oauth.consent(sandbox, request)

    async def decide(request: Request) -> Response:
        return await oauth.decide(sandbox, request)

    async def act(request: Request) -> Response:
        return await overview.act(sandbox, request)

    return [
        Route("/consent", consent),
        Route("/consent", decide, methods=["POST"]),
        Route("/act", act, methods=["POST"]),
    ]
