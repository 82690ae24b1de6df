"""Security headers on every answer, and a content policy without inline or evaluated scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.cookies import session_cookie
from marketplace.ids import digest
from marketplace.settings import get_settings

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=256)
def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def script_hashes(html: bytes) -> list[str]:
    """CSP sources for the inline scripts that the build put into a page. Data blocks need none."""
    found = [m[2] for m in _INLINE.finditer(html) if b"application/ld+json" not in m[1]]
    return sorted({_hash(script) for script in found})


def shows_account(path: str, query: Mapping[str, str]) -> bool:
    """Is this the one document that Stripe draws parts of? With keys only."""
    return get_settings().stripe_embedded and path.rstrip("/") == "/studio/payouts" and query.get("account") == "here"


def page_policy(html: bytes, *, account: bool = False) -> str:
    """The policy of one of our own pages; with ``account`` Stripe's embedded components may run in it.

    What they need is what Stripe's documentation lists. Its hash of an empty style is left out: beside a hash
    ``'unsafe-inline'`` doesn't count, and it covers that style too.
    """
    settings = get_settings()
    connect = " https://connect-js.stripe.com https://js.stripe.com" if account else ""
    logos = " https://*.stripe.com" if account else ""
    web = urlsplit(settings.api_url)
    api = f" {settings.backend}" if settings.backend else ""
    socket = f"{'wss' if web.scheme == 'https' else 'ws'}://{web.netloc}"
    files = "" if settings.supabase_sandboxed else f" {settings.supabase_url}"
    vimeo = "" if settings.vimeo_sandboxed else " https://*.vimeo.com https://*.cloud.vimeo.com"
    player = "" if settings.vimeo_sandboxed else " https://player.vimeo.com"
    pay = "" if settings.stripe_sandboxed else " https://checkout.stripe.com"  # forms are followed through redirects
    images = "" if settings.vimeo_sandboxed else " https://i.vimeocdn.com"
    scripts = " ".join(["'self'", *script_hashes(html)]) + player + connect
    parts = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob:{api}{files}{images}{logos}",
        "media-src": f"'self' blob:{vimeo}",
        "font-src": "'self'",
        "connect-src": f"'self' {socket}{api}{files}{vimeo}",
        "frame-src": f"'self'{api}{player}{connect}",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": f"'self'{api}{pay}",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def python_policy() -> str:
    """In the worker that runs people's Python: its own files, and WebAssembly. Neither the site nor any other address,
    so that code which a creator wrote can do nothing in a learner's name."""
    files = " ".join(f"{origin}/python/" for origin in get_settings().origins)
    return f"default-src 'none'; script-src {files} 'wasm-unsafe-eval'; connect-src {files}; frame-ancestors 'none'"


SANDBOX_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def own_state_token(scope: Scope) -> Scope:
    """The websocket's scope with its state token made the session's own.

    A browser chooses the token that names its state on the server. Joined with the digest of the session cookie,
    a stolen or guessed one names another state: also what a victim's running handlers send goes past the thief.
    """
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    if not query.get("token"):
        return scope
    session = digest(session_cookie(Headers(scope=scope).get("cookie", "")))
    query["token"] = f"{query['token'][:100]}-{session[:24]}"
    return {**scope, "query_string": urlencode(query).encode("latin-1")}


class SecurityHeaders:
    """Outermost: sees every HTTP answer, and every websocket's opening."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._hsts = get_settings().secure_cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self._app(own_state_token(scope), receive, send)
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(scope["path"], message["status"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, guarded)

    def _dress(self, path: str, status: int, headers: MutableHeaders) -> None:
        headers.setdefault("x-content-type-options", "nosniff")
        if self._hsts:
            headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
        if path.startswith("/assets/") and status in (200, 206, 304):  # a missing one may come with the next release
            headers["cache-control"] = "public, max-age=31536000, immutable"
            return  # of scripts and styles there are many, and what follows says nothing about them
        if path.startswith("/python/"):
            headers["content-security-policy"] = python_policy()
            if status in (200, 206, 304):
                headers["cache-control"] = "public, max-age=31536000, immutable"
        headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
        headers.setdefault("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()")
        headers.setdefault("cross-origin-opener-policy", "same-origin")
        if path.startswith("/sandbox/"):
            headers.setdefault("content-security-policy", SANDBOX_POLICY)
        else:
            headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        if path.startswith("/fonts/") and status in (200, 206, 304):
            headers["cache-control"] = "public, max-age=604800"
