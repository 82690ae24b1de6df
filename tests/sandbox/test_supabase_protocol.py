"""GoTrue's protocol, where the SDK or a hostile client sees more than the gateway does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb
from supabase_auth.errors import AuthApiError

from marketplace.gateways.supabase_auth import SupabaseIdentity, open_client

PASSWORD = "correct-horse-7"
MODERN = {"apikey": "sb_publishable_sandbox", "x-supabase-api-version": "2024-01-01"}


@pytest.fixture
def settings(sandbox_server):
    return sandbox_server.settings


@pytest.fixture
async def http(settings) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{settings.sandbox_internal_url}/supabase/auth/v1"
    async with httpx.AsyncClient(base_url=base, headers=MODERN, trust_env=False) as client:
        yield client


@pytest.fixture
def set_clock(sandbox_server):
    connection = psycopg.connect(sandbox_server.sandbox.store._pool.conninfo, autocommit=True)

    def by(seconds: int) -> None:
        connection.execute(
            "INSERT INTO sandbox.knobs VALUES ('clock', %s) ON CONFLICT (vendor) DO UPDATE SET data = EXCLUDED.data",
            (Jsonb({"offset": seconds}),),
        )

    yield by
    by(0)
    connection.close()


@pytest.fixture
async def person(settings) -> dict[str, str]:
    email = f"s-{uuid4().hex[:12]}@example.com"
    auth_id = await SupabaseIdentity(settings).create_user(email=email, password=PASSWORD, name="Ada")
    return {"id": auth_id, "email": email}


async def sign_in(http, person) -> dict:
    answer = await http.post(
        "/token", params={"grant_type": "password"}, json={"email": person["email"], "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refresh(http, token: str) -> httpx.Response:
    return await http.post("/token", params={"grant_type": "refresh_token"}, json={"refresh_token": token})


def as_user(session: dict) -> dict[str, str]:
    return {"authorization": f"Bearer {session['access_token']}"}


async def test_errors_come_in_both_shapes(http):
    question = {"url": "/token?grant_type=password", "json": {"email": "no@example.com", "password": "x" * 10}}
    modern = await http.post(**question)
    assert modern.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert modern.headers["x-supabase-api-version"] == "2024-01-01"
    legacy = await http.post(**question, headers={"x-supabase-api-version": ""})
    assert legacy.json() == {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}


async def test_refresh_tokens_rotate(http, person):
    session = await sign_in(http, person)
    second = (await refresh(http, session["refresh_token"])).json()
    assert second["refresh_token"] != session["refresh_token"]
    third = (await refresh(http, second["refresh_token"])).json()
    assert third["user"]["id"] == person["id"]
    assert (await http.get("/user", headers=as_user(third))).status_code == 200


async def test_two_tabs_may_refresh_at_once(http, person):
    session = await sign_in(http, person)
    answers = await asyncio.gather(*(refresh(http, session["refresh_token"]) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_reuse_after_the_grace_revokes_the_family(http, person, set_clock):
    session, other = await sign_in(http, person), await sign_in(http, person)
    second = (await refresh(http, session["refresh_token"])).json()
    set_clock(11)
    reused = await refresh(http, session["refresh_token"])
    assert (reused.status_code, reused.json()["code"]) == (400, "refresh_token_already_used")
    assert (await refresh(http, second["refresh_token"])).json()["code"] == "refresh_token_already_used"
    gone = await http.get("/user", headers=as_user(second))
    assert (gone.status_code, gone.json()["code"]) == (403, "session_not_found")
    assert (await refresh(http, other["refresh_token"])).status_code == 200


async def test_an_older_ancestor_is_reuse_even_within_the_grace(http, person):
    session = await sign_in(http, person)
    second = (await refresh(http, session["refresh_token"])).json()
    await refresh(http, second["refresh_token"])
    assert (await refresh(http, session["refresh_token"])).json()["code"] == "refresh_token_already_used"


async def test_unknown_refresh_tokens(http):
    assert (await refresh(http, "made-up")).json()["code"] == "refresh_token_not_found"


@pytest.mark.parametrize(("scope", "mine", "others"), [("local", 403, 200), ("others", 200, 403), ("global", 403, 403)])
async def test_log_out(http, person, scope, mine, others):
    here, there = await sign_in(http, person), await sign_in(http, person)
    assert (await http.post("/logout", params={"scope": scope}, headers=as_user(here))).status_code == 204
    assert (await http.get("/user", headers=as_user(here))).status_code == mine
    assert (await http.get("/user", headers=as_user(there))).status_code == others
    assert (await refresh(http, there["refresh_token"])).status_code == (200 if others == 200 else 400)


@pytest.mark.parametrize("key", [{}, {"apikey": "sb_publishable_guess"}])
async def test_no_key_no_answer(settings, key):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{settings.sandbox_internal_url}/supabase/auth/v1/settings", headers=key)
    assert answer.status_code == 401


async def test_the_admin_api_is_for_the_secret_key(http, person):
    session = await sign_in(http, person)
    for headers in ({}, as_user(session), {"authorization": "Bearer sb_publishable_sandbox"}):
        for method, path in (("GET", "/admin/users"), ("DELETE", f"/admin/users/{person['id']}")):
            answer = await http.request(method, path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_admin")


async def test_the_own_account_needs_a_token(http):
    assert (await http.get("/user")).json()["code"] == "no_authorization"
    forged = await http.get("/user", headers={"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    assert (forged.status_code, forged.json()["code"]) == (403, "bad_jwt")


async def test_people_cannot_make_themselves_admins_or_verified(http, person):
    session = await sign_in(http, person)
    body = {"app_metadata": {"role": "admin"}, "role": "service_role", "data": {"nickname": "A"}, "email_confirm": True}
    user = (await http.put("/user", json=body, headers=as_user(session))).json()
    assert user["role"] == "authenticated"
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert user["user_metadata"]["nickname"] == "A"


async def test_a_new_password_ends_other_sessions(http, person):
    here, there = await sign_in(http, person), await sign_in(http, person)
    same = await http.put("/user", json={"password": PASSWORD}, headers=as_user(here))
    assert same.json()["code"] == "same_password"
    assert (await http.put("/user", json={"password": "brand-new-9-x"}, headers=as_user(here))).status_code == 200
    assert (await http.get("/user", headers=as_user(there))).status_code == 403


async def test_codes_from_mails_work_without_a_link(settings, http):
    email = f"o-{uuid4().hex[:12]}@example.com"
    async with open_client(settings) as client:
        await client.auth.sign_up({"email": email, "password": PASSWORD})
        newest = (await mails(settings, email))[0]
        code = newest["text"].partition("enter this code: ")[2][:6]
        wrong = f"{(int(code) + 1) % 10**6:06}"
        with pytest.raises(AuthApiError) as caught:
            await client.auth.verify_otp({"email": email, "token": wrong, "type": "signup"})
        assert caught.value.code == "otp_expired"
        answer = await client.auth.verify_otp({"email": email, "token": code, "type": "email"})
    assert answer.user.email_confirmed_at


async def test_changing_the_address_needs_its_owner(settings, http, person):
    session, new = await sign_in(http, person), f"n-{uuid4().hex[:12]}@example.com"
    user = (await http.put("/user", json={"email": new}, headers=as_user(session))).json()
    assert (user["email"], user["new_email"]) == (person["email"], new)
    code = (await mails(settings, new))[0]["text"].partition("enter this code: ")[2][:6]
    changed = await http.post("/verify", json={"type": "email_change", "email": new, "token": code})
    assert changed.json()["user"]["email"] == new
    assert (await http.get("/user", headers=as_user(session))).json()["email"] == new


async def test_resend_has_no_pkce(settings, http):
    """As with the real service: why the gateway resends by another door."""
    email = f"r-{uuid4().hex[:12]}@example.com"
    await http.post("/signup", json={"email": email, "password": PASSWORD})
    limited = await http.post("/resend", json={"type": "signup", "email": email})
    assert (limited.status_code, limited.json()["code"]) == (429, "over_email_send_rate_limit")
    link = (await mails(settings, email))[0]["text"].partition("Confirm my email: ")[2].split()[0]
    answer = await http.get(link)
    assert "#access_token=" in answer.headers["location"]


async def test_a_flow_needs_a_proper_challenge(http):
    for challenge in ({"code_challenge": "short", "code_challenge_method": "s256"}, {"code_challenge": "x" * 43}):
        body = {"email": "c@example.com", "password": PASSWORD, **challenge}
        assert (await http.post("/signup", json=body)).json()["code"] == "validation_failed"
    answer = await http.get("/authorize", params={"provider": "myspace"})
    assert answer.status_code == 400


async def test_the_consent_page_refuses_made_up_flows(settings):
    async with httpx.AsyncClient(trust_env=False) as client:
        page = f"{settings.sandbox_public_url}/supabase/pages/consent"
        assert (await client.get(page, params={"flow": "made-up"})).status_code == 400
        assert (await client.post(page, data={"flow": "made-up", "decision": "continue"})).status_code == 400


async def test_the_index_shows_and_changes_people(sandbox_server, settings, http):
    from marketplace.sandbox.supabase import index_html

    email = f"i-{uuid4().hex[:12]}@example.com"
    body = {"email": email, "password": PASSWORD, "data": {"name": "<script>alert(1)</script>"}}
    user = (await http.post("/signup", json=body)).json()
    async with open_sandbox(sandbox_server) as sandbox:
        shown = await index_html(sandbox)
    assert email in shown
    assert "<script>" not in shown
    async with httpx.AsyncClient(trust_env=False) as client:
        act = f"{settings.sandbox_public_url}/supabase/pages/act"
        form = {"user": user["id"], "action": "confirm"}
        assert (await client.post(act, data=form, headers={"origin": "https://evil.test"})).status_code == 403
        assert (await client.post(act, data=form)).status_code == 303
    assert await sign_in(http, {"email": email})


class open_sandbox:
    """The same store, opened on this test's own event loop."""

    def __init__(self, server) -> None:
        from marketplace.sandbox.app import Sandbox

        self._sandbox = Sandbox(server.settings, server.sandbox.store._pool.conninfo)

    async def __aenter__(self):
        await self._sandbox.store.open()
        return self._sandbox

    async def __aexit__(self, *problem: object) -> None:
        await self._sandbox.store.close()


async def mails(settings, to: str) -> list[dict]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{settings.sandbox_internal_url}/mail/messages", params={"to": to})
    return answer.json()["data"]
