"""Access tokens: the ones that pass, and every way they must not."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import jwt
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from supabase import AsyncClient

from marketplace import errors
from marketplace.gateways import supabase_tokens
from marketplace.gateways.supabase_auth import SupabaseIdentity, open_client, server_url
from marketplace.gateways.supabase_tokens import TokenVerifier, UntrustedToken

PASSWORD = "correct-horse-7"


@pytest.fixture
def verifier(sandbox_server) -> TokenVerifier:
    return TokenVerifier(server_url(sandbox_server.settings), trust_env=False)


@pytest.fixture
def issuer(sandbox_server) -> str:
    return server_url(sandbox_server.settings) + "/auth/v1"


@pytest.fixture
async def client(sandbox_server) -> AsyncIterator[AsyncClient]:
    async with open_client(sandbox_server.settings) as client:
        yield client


@pytest.fixture
async def token(sandbox_server, client) -> str:
    email = f"t-{uuid4().hex[:12]}@example.com"
    await SupabaseIdentity(sandbox_server.settings).create_user(email=email, password=PASSWORD, name="Ada")
    answer = await client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    return answer.session.access_token


@pytest.fixture
async def sandbox_key(sandbox_server, token):
    """The sandbox's own signing key, to make tokens that are right but for one claim."""
    with psycopg.connect(sandbox_server.sandbox.store._pool.conninfo) as connection:
        row = connection.execute("SELECT data FROM sandbox.objects WHERE kind='key' AND id='signing'").fetchone()
    return row[0]


async def never(token: str) -> str:
    raise AssertionError("the issuer was asked about a token whose key it publishes")


def claims_of(issuer: str, **changed: object) -> dict[str, object]:
    now = int(time.time())
    return {"iss": issuer, "aud": "authenticated", "sub": str(uuid4()), "iat": now, "exp": now + 60, **changed}


async def test_a_real_token_passes(verifier, token, issuer):
    claims = await verifier.verify(token, never)
    assert (claims["iss"], claims["aud"], claims["role"]) == (issuer, "authenticated", "authenticated")
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["amr"][0]["method"] == "password"
    assert jwt.get_unverified_header(token)["alg"] == "ES256"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "anon"},
        {"iss": "https://evil.test/auth/v1"},
        {"exp": 1},
        {"aud": None},
        {"nbf": time.time() + 86_400},
    ],
)
async def test_wrong_claims_are_refused(verifier, issuer, sandbox_key, changed):
    claims = {name: value for name, value in claims_of(issuer, **changed).items() if value is not None}
    signed = jwt.encode(claims, sandbox_key["pem"], algorithm="ES256", headers={"kid": sandbox_key["kid"]})
    with pytest.raises(UntrustedToken):
        await verifier.verify(signed, never)


async def test_right_claims_signed_by_the_key_pass(verifier, issuer, sandbox_key):
    signed = jwt.encode(claims_of(issuer), sandbox_key["pem"], algorithm="ES256", headers={"kid": sandbox_key["kid"]})
    assert (await verifier.verify(signed, never))["iss"] == issuer


async def test_unsigned_tokens_are_refused(verifier, issuer, sandbox_key):
    for header in ({"alg": "none"}, {"alg": "none", "kid": sandbox_key["kid"]}):
        with pytest.raises(UntrustedToken):
            await verifier.verify(unsigned(header, claims_of(issuer)), never)


async def test_a_public_key_used_as_a_shared_secret_is_refused(verifier, issuer, sandbox_key):
    """By hand, since PyJWT declines to sign with such a secret."""
    public = load_pem_private_key(sandbox_key["pem"].encode(), None).public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = unsigned({"alg": "HS256", "typ": "JWT", "kid": sandbox_key["kid"]}, claims_of(issuer))
    signature = hmac.digest(secret, body[:-1].encode(), "sha256")
    with pytest.raises(UntrustedToken):
        await verifier.verify(body + base64.urlsafe_b64encode(signature).rstrip(b"=").decode(), never)


async def test_another_key_with_a_known_id_is_refused(verifier, issuer, sandbox_key):
    other = ec.generate_private_key(ec.SECP256R1())
    forged = jwt.encode(claims_of(issuer), other, algorithm="ES256", headers={"kid": sandbox_key["kid"]})
    with pytest.raises(UntrustedToken):
        await verifier.verify(forged, never)


@pytest.mark.parametrize("nonsense", ["", "a.b.c", "no-token", "eyJhbGciOiJFUzI1NiJ9..", "." * 3])
async def test_nonsense_is_refused(verifier, nonsense):
    with pytest.raises(UntrustedToken):
        await verifier.verify(nonsense, never)


async def test_unknown_keys_are_asked_for_once_a_minute(verifier, issuer, token, monkeypatch):
    fetches = []
    fetch = verifier._fetch

    async def counted() -> None:
        fetches.append(1)
        await fetch()

    monkeypatch.setattr(verifier, "_fetch", counted)
    other = ec.generate_private_key(ec.SECP256R1())
    for number in range(3):
        forged = jwt.encode(claims_of(issuer), other, algorithm="ES256", headers={"kid": f"unknown-{number}"})
        with pytest.raises(UntrustedToken):
            await verifier.verify(forged, never)
        await verifier.verify(token, never)
    assert len(fetches) == 1
    verifier._fetched_at -= supabase_tokens.REFETCH_AFTER
    with pytest.raises(UntrustedToken):
        await verifier.verify(forged, never)
    assert len(fetches) == 2


async def test_keys_out_of_reach(token):
    with pytest.raises(errors.Unavailable):
        await TokenVerifier("http://127.0.0.1:9", trust_env=False).verify(token, never)


class SharedSecretProject(TokenVerifier):
    """A project that publishes no keys."""

    async def _fetch(self) -> None:
        self._keys, self._fetched_at = {}, time.monotonic()


async def test_shared_secret_tokens_count_when_their_issuer_vouches():
    verifier, url = SharedSecretProject("https://abc.supabase.co"), "https://abc.supabase.co/auth/v1"
    claims = claims_of(url)

    async def vouches(token: str) -> str:
        return str(claims["sub"])

    async def denies(token: str) -> str:
        return ""

    token = jwt.encode(claims, "s" * 32, algorithm="HS256")
    assert (await verifier.verify(token, vouches))["sub"] == claims["sub"]
    with pytest.raises(UntrustedToken):
        await verifier.verify(token, denies)
    for changed in ({"aud": "anon"}, {"iss": "https://evil.test"}, {"exp": 1}):
        with pytest.raises(UntrustedToken):
            await verifier.verify(jwt.encode({**claims, **changed}, "s" * 32, algorithm="HS256"), vouches)
    with pytest.raises(UntrustedToken):
        await verifier.verify(unsigned({"alg": "none"}, claims), vouches)


def unsigned(header: dict, claims: dict) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join([*parts, ""])
