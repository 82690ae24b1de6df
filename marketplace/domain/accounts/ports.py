"""What accounts need from an identity provider (Supabase Auth)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the provider knows them, from a verified token. ``auth_id`` is its UUID."""

    auth_id: str
    email: str
    email_verified: bool
    name: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """A PKCE pair: the verifier stays with us, the challenge (S256) goes to the provider."""

    verifier: str
    challenge: str


class IdentityGateway(Protocol):
    """Raises the errors named; ``errors.Unavailable`` when the provider does not answer."""

    def new_verifier(self) -> Verifier: ...

    async def sign_up(self, *, email: str, password: str, name: str, redirect_to: str, pkce: Verifier) -> None:
        """Mails a confirmation link. Says nothing about whether the address was known. Raises ``WeakPassword``."""

    async def sign_in(self, *, email: str, password: str) -> Identity:
        """Raises ``WrongCredentials`` or ``EmailNotConfirmed``."""

    async def resend_confirmation(self, *, email: str, redirect_to: str, pkce: Verifier) -> None: ...
    async def recover(self, *, email: str, redirect_to: str, pkce: Verifier) -> None: ...
    def oauth_url(self, *, provider: str, redirect_to: str, pkce: Verifier) -> str:
        """Where the browser goes to sign in with ``google`` or ``github``."""

    async def exchange(self, *, code: str, verifier: str) -> Identity:
        """Raises ``LinkExpired`` when the code was used, is unknown, too old, or the verifier is another's."""

    async def set_password(self, *, auth_id: str, password: str) -> None:
        """By the admin key. Raises ``WeakPassword``."""

    async def create_user(self, *, email: str, password: str, name: str) -> str:
        """A confirmed user, by the admin key (demo data). Returns the auth id; an existing user's when known."""

    async def delete_user(self, auth_id: str) -> None: ...
