"""Certificates as signed Open Badges: the issuer of this house, its keys, and the signature.

A compact JSON Web Signature as Open Badges 3.0 wants it (section "JSON Web Token Proof Format"): RS256, and a ``kid``
that is the address of the public key.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import jwt
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from marketplace.crypto import seal, unseal
from marketplace.db import transaction
from marketplace.domain.certificates import rules
from marketplace.domain.certificates import service as certificates
from marketplace.domain.certificates.models import Certificate, SigningKey
from marketplace.domain.certificates.rules import Issuer
from marketplace.ids import new_id
from marketplace.settings import get_settings

log = structlog.get_logger()
ALGORITHM = "RS256"


def issuer() -> Issuer:
    settings = get_settings()
    return Issuer(settings.site_name, settings.public_url, settings.api_url)


def key_address(key_id: UUID) -> str:
    return f"{issuer().base}/certificates/keys/{key_id}"


def public(key: SigningKey) -> dict[str, Any]:
    """The public half as a JSON Web Key."""
    return {**key.public, "kid": key_address(key.id), "alg": ALGORITHM, "use": "sig"}


async def signed(row: Certificate) -> str:
    """The credential. The same row and key always make the same one."""
    key, secret = await _own_key()
    return await asyncio.to_thread(
        jwt.encode, rules.claims(row, issuer()), secret, ALGORITHM, {"kid": key_address(key.id), "typ": "JWT"}
    )


async def _own_key() -> tuple[SigningKey, str]:
    """The newest pair that this ``SECRET_KEY`` opens; the first certificate that is signed makes one."""
    async with transaction() as session:
        newest = await certificates.newest_key(session)
    if newest is not None and (secret := unseal(newest.sealed)):
        return newest, secret
    if newest is not None:
        log.warning("certificates.new_key", reason="the old one was sealed with another SECRET_KEY")
    made = await asyncio.to_thread(_pair)
    async with transaction() as session:
        key = await certificates.add_key(session, made, after=newest.id if newest else None)
    return key, unseal(key.sealed)


def _pair() -> SigningKey:
    secret = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    words = json.loads(RSAAlgorithm.to_jwk(secret.public_key()))
    return SigningKey(id=new_id(), public={name: words[name] for name in ("kty", "n", "e")}, sealed=seal(pem))
