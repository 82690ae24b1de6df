"""Verifies Supabase's access tokens by the keys that its project publishes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import jwt

from marketplace import errors
from marketplace.gateways.tls import tls

AUDIENCE = "authenticated"
REFETCH_AFTER = 60.0  # seconds: an unknown key id asks for the keys again, but no more often
_ALGORITHMS = ("ES256", "RS256")
_REQUIRED = ["exp", "aud", "iss", "sub"]


class UntrustedToken(Exception):
    """Forged, expired, or meant for another audience or project."""


class TokenVerifier:
    """``url`` is the project's; its tokens are issued by ``{url}/auth/v1``."""

    def __init__(self, url: str, *, trust_env: bool = True) -> None:
        self._issuer = f"{url}/auth/v1"
        self._trust_env = trust_env
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None

    async def verify(self, token: str, ask_issuer: Callable[[str], Awaitable[str]]) -> dict[str, Any]:
        """The claims. Raises ``UntrustedToken``; ``errors.Unavailable`` when the keys can't be had.

        A project that still signs with a shared secret publishes no keys: then, and only then, an
        HS256 token counts once ``ask_issuer`` returned the user id that it is for.
        """
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as problem:
            raise UntrustedToken(str(problem)) from problem
        key = await self._key(str(header.get("kid", "")))
        if key is not None:
            return self._decode(token, key)
        if header.get("alg") == "HS256" and self._fetched_at is not None and not self._keys:
            return await self._by_issuer(token, ask_issuer)
        raise UntrustedToken("signed by a key that the project doesn't publish")

    def _decode(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        if key.algorithm_name not in _ALGORITHMS:
            raise UntrustedToken(f"algorithm {key.algorithm_name}")
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=10,
                options={"require": _REQUIRED},
            )
        except jwt.InvalidTokenError as problem:
            raise UntrustedToken(str(problem)) from problem

    async def _by_issuer(self, token: str, ask_issuer: Callable[[str], Awaitable[str]]) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                algorithms=["HS256"],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=10,
                options={
                    "verify_signature": False,
                    "verify_exp": True,
                    "verify_aud": True,
                    "verify_iss": True,
                    "require": _REQUIRED,
                },
            )
        except jwt.InvalidTokenError as problem:
            raise UntrustedToken(str(problem)) from problem
        if await ask_issuer(token) != claims["sub"]:
            raise UntrustedToken("the issuer doesn't vouch for it")
        return claims

    async def _key(self, kid: str) -> jwt.PyJWK | None:
        if kid not in self._keys and self._may_fetch():
            await self._fetch()
        return self._keys.get(kid)

    def _may_fetch(self) -> bool:
        return self._fetched_at is None or time.monotonic() - self._fetched_at >= REFETCH_AFTER

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=self._trust_env, verify=tls()) as client:
                answer = await client.get(f"{self._issuer}/.well-known/jwks.json")
                answer.raise_for_status()
                published = answer.json()["keys"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
            raise errors.Unavailable from problem
        self._keys = {str(key["kid"]): jwt.PyJWK(key) for key in published if _usable(key)}
        self._fetched_at = time.monotonic()


def _usable(key: object) -> bool:
    """Symmetric keys are never taken from a public document."""
    return isinstance(key, dict) and "kid" in key and key.get("kty") in ("EC", "RSA")
