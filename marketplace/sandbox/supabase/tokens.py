"""Access tokens: ES256 JWTs signed by a key that the store keeps and the JWKS publishes."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import ECAlgorithm

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase.call import VENDOR
from marketplace.sandbox.supabase.faults import Fault

LIFETIME = 3600
AUDIENCE = "authenticated"


@dataclass(frozen=True)
class SigningKey:
    kid: str
    pem: str

    def private(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key(self.pem.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def public_jwk(self) -> Row:
        jwk = json.loads(ECAlgorithm.to_jwk(self.private().public_key()))
        return {**jwk, "kid": self.kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"], "ext": True}


async def signing_key(tx: Tx) -> SigningKey:
    row = await tx.get(VENDOR, "key", "signing") or await _create_key(tx)
    return SigningKey(row["kid"], row["pem"])


async def _create_key(tx: Tx) -> Row:
    await tx.connection.execute("SELECT pg_advisory_xact_lock(723002)")
    existing = await tx.get(VENDOR, "key", "signing")
    if existing:
        return existing
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return await tx.put(VENDOR, "key", "signing", {"kid": secrets.token_hex(8), "pem": pem})


def mint(key: SigningKey, issuer: str, user: Row, session: Row) -> tuple[str, int]:
    """The token and when it ends (Unix time).

    By the real clock, not the sandbox's: whoever verifies the signature refuses one "issued in the
    future", as all would be once the sandbox's clock was advanced.
    """
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
        "sub": user["id"],
        "email": user["email"],
        "phone": "",
        "role": AUDIENCE,
        "aal": "aal1",
        "amr": [{"method": session["method"], "timestamp": session["created"]}],
        "session_id": session["id"],
        "is_anonymous": False,
        "app_metadata": user["app_metadata"],
        "user_metadata": user["user_metadata"],
    }
    return jwt.encode(claims, key.private(), algorithm="ES256", headers={"kid": key.kid}), now + LIFETIME


def read(key: SigningKey, issuer: str, token: str) -> Row:
    """The verified claims. Raises ``bad_jwt``."""
    try:
        return jwt.decode(
            token, key.private().public_key(), algorithms=["ES256"], audience=AUDIENCE, issuer=issuer, leeway=5
        )
    except jwt.InvalidTokenError as problem:
        raise Fault(403, "bad_jwt", f"invalid JWT: unable to parse or verify signature, {problem}") from None
