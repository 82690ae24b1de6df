"""Identities by Supabase Auth, through its SDK. No vendor token outlives the call that got it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from supabase import AsyncClient, AsyncClientOptions, acreate_client
from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError, AuthUnknownError, AuthWeakPasswordError
from supabase_auth.helpers import generate_pkce_challenge, generate_pkce_verifier, is_valid_uuid
from supabase_auth.types import Session, User

from marketplace import errors
from marketplace.domain.accounts.errors import (
    EmailNotConfirmed,
    EmailTaken,
    LinkExpired,
    WeakPassword,
    WrongCredentials,
)
from marketplace.domain.accounts.ports import Identity, Verifier
from marketplace.gateways.supabase_tokens import TokenVerifier, UntrustedToken
from marketplace.gateways.tls import tls
from marketplace.i18n import N_
from marketplace.settings import Settings

log = structlog.get_logger()

SANDBOX_PUBLISHABLE_KEY = "sb_publishable_sandbox"
SANDBOX_SECRET_KEY = "sb_secret_sandbox"  # noqa: S105 -- opens the sandbox only

_EXPECTED: dict[str, type[errors.MarketplaceError]] = {
    "invalid_credentials": WrongCredentials,
    "user_banned": WrongCredentials,
    "email_not_confirmed": EmailNotConfirmed,
    "flow_state_not_found": LinkExpired,
    "flow_state_expired": LinkExpired,
    "bad_code_verifier": LinkExpired,
    "otp_expired": LinkExpired,
    "user_not_found": errors.Missing,
    "email_exists": EmailTaken,
    "user_already_exists": EmailTaken,
}
_OLD_PASSWORD = N_("Choose a password that isn't the one you have now.")


class SupabaseIdentity:
    """The ``IdentityGateway`` of :mod:`marketplace.domain.accounts.ports`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = server_url(settings)
        self._tokens = TokenVerifier(self._url, trust_env=not settings.supabase_sandboxed)

    def new_verifier(self) -> Verifier:
        verifier = generate_pkce_verifier()
        return Verifier(verifier, generate_pkce_challenge(verifier))

    async def sign_up(self, *, email: str, password: str, name: str, redirect_to: str, pkce: Verifier) -> None:
        async with (
            self._client(pkce=pkce) as client,
            _sent_already_is_sent(),
            _translated(ignore="user_already_exists"),
        ):
            await client.auth.sign_up(
                {
                    "email": email,
                    "password": password,
                    "options": {"email_redirect_to": redirect_to, "data": {"name": name, "full_name": name}},
                }
            )

    async def sign_in(self, *, email: str, password: str) -> Identity:
        async with self._client() as client, _translated():
            answer = await client.auth.sign_in_with_password({"email": email, "password": password})
            return await self._leave(client, answer.session)

    async def resend_confirmation(self, *, email: str, redirect_to: str, pkce: Verifier) -> None:
        """By ``/otp``, since ``/resend`` takes no PKCE challenge: its link would end in tokens in the
        address. To an unconfirmed user ``/otp`` sends the confirmation again, to a confirmed one a
        sign-in link, and an unknown address is never told apart."""
        async with self._client(pkce=pkce) as client, _sent_already_is_sent(), _translated(ignore="otp_disabled"):
            await client.auth.sign_in_with_otp(
                {"email": email, "options": {"email_redirect_to": redirect_to, "should_create_user": False}}
            )

    async def recover(self, *, email: str, redirect_to: str, pkce: Verifier) -> None:
        async with self._client(pkce=pkce) as client, _sent_already_is_sent(), _translated():
            await client.auth.reset_password_for_email(email, {"redirect_to": redirect_to})

    def oauth_url(self, *, provider: str, redirect_to: str, pkce: Verifier) -> str:
        query = {
            "provider": provider,
            "redirect_to": redirect_to,
            "code_challenge": pkce.challenge,
            "code_challenge_method": "s256",
        }
        return f"{browser_url(self._settings)}/auth/v1/authorize?{urlencode(query)}"

    async def exchange(self, *, code: str, verifier: str) -> Identity:
        if not code or not verifier:
            raise LinkExpired
        async with self._client() as client, _translated():
            answer = await client.auth.exchange_code_for_session(
                {"auth_code": code, "code_verifier": verifier, "redirect_to": ""}
            )
            return await self._leave(client, answer.session)

    async def set_password(self, *, auth_id: str, password: str) -> None:
        if not is_valid_uuid(auth_id):
            raise errors.Missing
        async with self._client(admin=True) as client, _translated():
            await client.auth.admin.update_user_by_id(auth_id, {"password": password})

    async def create_user(self, *, email: str, password: str, name: str) -> str:
        async with self._client(admin=True) as client:
            try:
                async with _translated():
                    return await _create(client, email, password, name)
            except EmailTaken:
                async with _translated():
                    return await _known_id(client, email)

    async def delete_user(self, auth_id: str) -> None:
        if not is_valid_uuid(auth_id):
            return
        async with self._client(admin=True) as client, _translated(ignore="user_not_found"):
            await client.auth.admin.delete_user(auth_id)

    @asynccontextmanager
    async def _client(self, *, admin: bool = False, pkce: Verifier | None = None) -> AsyncIterator[AsyncClient]:
        async with open_client(self._settings, admin=admin) as client:
            if pkce is not None:
                _use_challenge(client, pkce)
            yield client

    async def _leave(self, client: AsyncClient, session: Session | None) -> Identity:
        """Who the vendor's session is for; the session itself ends here, since ours replaces it."""
        if session is None:
            raise errors.Unavailable
        claims = await self._verify(session.access_token)
        try:
            await client.auth.sign_out({"scope": "local"})
        except (AuthError, httpx.HTTPError) as problem:
            log.info("supabase.sign_out_failed", error=type(problem).__name__)
        if claims.get("sub") != session.user.id:
            raise errors.Unavailable
        return _identity(session.user)

    async def _verify(self, token: str) -> dict[str, Any]:
        try:
            return await self._tokens.verify(token, self._vouched_by_issuer)
        except UntrustedToken as problem:
            log.error("supabase.untrusted_token", reason=str(problem))
            raise errors.Unavailable from problem

    async def _vouched_by_issuer(self, token: str) -> str:
        """The user id that Supabase itself reads in a token."""
        async with self._client() as client, _translated():
            answer = await client.auth.get_user(token)
        return answer.user.id if answer else ""


def server_url(settings: Settings) -> str:
    """Where this process reaches Supabase."""
    return (
        settings.sandbox_internal_url + "/supabase"
        if settings.supabase_sandboxed
        else settings.supabase_url.rstrip("/")
    )


def browser_url(settings: Settings) -> str:
    """Where a browser reaches Supabase."""
    return (
        settings.sandbox_public_url + "/supabase" if settings.supabase_sandboxed else settings.supabase_url.rstrip("/")
    )


@asynccontextmanager
async def open_client(settings: Settings, *, admin: bool = False, timeout_s: float = 15) -> AsyncIterator[AsyncClient]:
    """One client for one call: signing in switches a client's headers to the person's token."""
    sandboxed = settings.supabase_sandboxed
    timeout = httpx.Timeout(timeout_s, connect=5)
    async with httpx.AsyncClient(timeout=timeout, trust_env=not sandboxed, verify=tls()) as http:
        options = AsyncClientOptions(
            httpx_client=http, flow_type="pkce", persist_session=False, auto_refresh_token=False
        )
        yield await acreate_client(server_url(settings), _key(settings, admin), options)


def _key(settings: Settings, admin: bool) -> str:
    """Both generations of keys pass as they are: nothing here depends on their shape."""
    if settings.supabase_sandboxed:
        return SANDBOX_SECRET_KEY if admin else SANDBOX_PUBLISHABLE_KEY
    return settings.supabase_secret_key if admin else settings.supabase_publishable_key


def _use_challenge(client: AsyncClient, pkce: Verifier) -> None:
    """The SDK makes its own verifier and keeps it in memory; ours belongs to one browser's session."""

    async def prepare(*, password_recovery: bool = False) -> tuple[str, str]:
        return pkce.challenge, "s256"

    client.auth._prepare_pkce_challenge = prepare  # type: ignore[method-assign]


async def _create(client: AsyncClient, email: str, password: str, name: str) -> str:
    answer = await client.auth.admin.create_user(
        {
            "email": email,
            "password": password,
            "email_confirm": True,
            "user_metadata": {"name": name, "full_name": name},
        }
    )
    return answer.user.id


async def _known_id(client: AsyncClient, email: str) -> str:
    """A link made and never sent names its user: one request, where the list has no filter."""
    answer = await client.auth.admin.generate_link({"type": "magiclink", "email": email})
    return answer.user.id


def _identity(user: User) -> Identity:
    """People can edit their own metadata, so whether the address is verified is not read from there."""
    data = user.user_metadata or {}
    avatar = str(data.get("avatar_url") or data.get("picture") or "")
    return Identity(
        auth_id=user.id,
        email=(user.email or "").lower(),
        email_verified=user.email_confirmed_at is not None,
        name=str(data.get("full_name") or data.get("name") or "")[:200],
        avatar_url=avatar if avatar.startswith("https://") else "",
    )


@asynccontextmanager
async def _translated(*, ignore: str = "") -> AsyncIterator[None]:
    """The SDK's errors as ours. What isn't expected here stays loud."""
    try:
        yield
    except AuthError as problem:
        if ignore and problem.code == ignore:
            return
        raise _translate(problem) from problem
    except httpx.TransportError as problem:
        raise errors.Unavailable from problem


def _translate(problem: AuthError) -> Exception:
    if isinstance(problem, AuthWeakPasswordError):
        return WeakPassword()
    if isinstance(problem, AuthRetryableError | AuthUnknownError):
        return errors.Unavailable()
    if not isinstance(problem, AuthApiError):
        return problem
    if problem.status == 429:
        return _MailedRecently() if problem.message.startswith("For security purposes") else errors.Limited()
    if problem.status >= 500:
        return errors.Unavailable()
    if problem.code == "same_password":
        return errors.Invalid(_OLD_PASSWORD)
    if problem.code in ("validation_failed", "email_address_invalid"):
        return errors.Invalid("Check the email address.", field="email")
    expected = _EXPECTED.get(problem.code or "")
    return expected() if expected else problem


class _MailedRecently(errors.Limited):
    """This person got such a mail within the last minute."""


@asynccontextmanager
async def _sent_already_is_sent() -> AsyncIterator[None]:
    """Only known addresses are limited this way, so saying it would tell who has an account."""
    try:
        yield
    except _MailedRecently:
        return
