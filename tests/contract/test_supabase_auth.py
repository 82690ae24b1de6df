"""The identity gateway against the sandbox: the SDK as it is, over real HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from marketplace import errors
from marketplace.domain.accounts.errors import EmailNotConfirmed, LinkExpired, WeakPassword, WrongCredentials
from marketplace.domain.accounts.ports import Verifier
from marketplace.gateways.supabase_auth import SupabaseIdentity, open_client
from marketplace.settings import Settings

PASSWORD = "correct-horse-7"
UNKNOWN_CODE = "0b8e7f1c-7c1e-4b53-9a43-0d2f0f6b1c11"


@pytest.fixture
def settings(sandbox_server) -> Settings:
    return sandbox_server.settings


@pytest.fixture
def identity(settings) -> SupabaseIdentity:
    return SupabaseIdentity(settings)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def knobs(sandbox_server):
    """Sets knobs of a vendor (or the clock) for the length of a block."""

    @contextmanager
    def turn(vendor: str, **values: object) -> Iterator[None]:
        dsn = sandbox_server.sandbox.store._pool.conninfo
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                "INSERT INTO sandbox.knobs VALUES (%s,%s) ON CONFLICT (vendor) DO UPDATE SET data = EXCLUDED.data",
                (vendor, Jsonb(values)),
            )
            try:
                yield
            finally:
                connection.execute("DELETE FROM sandbox.knobs WHERE vendor=%s", (vendor,))

    return turn


def new_address() -> str:
    return f"p-{uuid4().hex[:12]}@example.com"


def callback(settings: Settings) -> str:
    return f"{settings.public_url}/auth/callback?next=/library"


async def mails(settings: Settings, to: str) -> list[dict]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{settings.sandbox_internal_url}/mail/messages", params={"to": to})
    return answer.json()["data"]


async def link_to(settings: Settings, address: str) -> str:
    newest = (await mails(settings, address))[0]
    found = re.search(r'href="([^"]+)"', newest["html"])
    assert found
    assert unescape(found[1]) in newest["text"]
    return unescape(found[1])


async def landing(browser: httpx.AsyncClient, link: str) -> dict[str, str]:
    """The query that the product's callback gets."""
    answer = await browser.get(link)
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def sign_up(identity, settings, email: str, pkce: Verifier | None = None) -> Verifier:
    pkce = pkce or identity.new_verifier()
    await identity.sign_up(email=email, password=PASSWORD, name="Ada", redirect_to=callback(settings), pkce=pkce)
    return pkce


async def confirmed(identity, email: str) -> str:
    return await identity.create_user(email=email, password=PASSWORD, name="Ada")


async def test_sign_up_confirm_and_sign_in(identity, settings, browser):
    email = new_address()
    pkce = await sign_up(identity, settings, email.upper())
    with pytest.raises(EmailNotConfirmed):
        await identity.sign_in(email=email, password=PASSWORD)
    arrived = await landing(browser, await link_to(settings, email))
    assert arrived["next"] == "/library"
    person = await identity.exchange(code=arrived["code"], verifier=pkce.verifier)
    assert (person.email, person.name, person.email_verified, person.avatar_url) == (email, "Ada", True, "")
    assert await identity.sign_in(email=email, password=PASSWORD) == person


async def test_a_link_and_a_code_work_once(identity, settings, browser):
    email = new_address()
    pkce = await sign_up(identity, settings, email)
    link = await link_to(settings, email)
    code = (await landing(browser, link))["code"]
    again = await landing(browser, link)
    assert (again["error"], again["error_code"]) == ("access_denied", "otp_expired")
    await identity.exchange(code=code, verifier=pkce.verifier)
    with pytest.raises(LinkExpired):
        await identity.exchange(code=code, verifier=pkce.verifier)


async def test_two_exchanges_at_once_give_one_session(identity, settings, browser):
    email = new_address()
    pkce = await sign_up(identity, settings, email)
    code = (await landing(browser, await link_to(settings, email)))["code"]
    tries = [identity.exchange(code=code, verifier=pkce.verifier) for _ in range(4)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, LinkExpired) for outcome in outcomes) == 3


async def test_anothers_verifier_is_refused_and_harmless(identity, settings, browser):
    email = new_address()
    pkce = await sign_up(identity, settings, email)
    code = (await landing(browser, await link_to(settings, email)))["code"]
    with pytest.raises(LinkExpired):
        await identity.exchange(code=code, verifier=identity.new_verifier().verifier)
    assert (await identity.exchange(code=code, verifier=pkce.verifier)).email == email


@pytest.mark.parametrize(("code", "verifier"), [("", "x" * 43), (UNKNOWN_CODE, ""), (UNKNOWN_CODE, "x" * 43)])
async def test_made_up_codes_are_refused(identity, code, verifier):
    with pytest.raises(LinkExpired):
        await identity.exchange(code=code, verifier=verifier)


async def test_old_links_and_old_codes_are_refused(identity, settings, browser, knobs):
    email, other = new_address(), new_address()
    await sign_up(identity, settings, email)
    pkce = await sign_up(identity, settings, other)
    code = (await landing(browser, await link_to(settings, other)))["code"]
    with knobs("clock", offset=3700):
        assert (await landing(browser, await link_to(settings, email)))["error_code"] == "otp_expired"
        with pytest.raises(LinkExpired):
            await identity.exchange(code=code, verifier=pkce.verifier)


async def test_an_advanced_clock_does_not_stop_sign_in(identity, knobs):
    email = new_address()
    await confirmed(identity, email)
    with knobs("clock", offset=40 * 86400):
        assert (await identity.sign_in(email=email, password=PASSWORD)).email == email


@pytest.mark.parametrize("password", ["short", "nine-char", "password123", "QWERTY12345"])
async def test_weak_passwords_are_refused(identity, settings, password):
    with pytest.raises(WeakPassword):
        await identity.sign_up(
            email=new_address(), password=password, name="", redirect_to="", pkce=identity.new_verifier()
        )


async def test_a_known_address_signs_up_as_quietly_as_a_new_one(identity, settings):
    email = new_address()
    await confirmed(identity, email)
    await sign_up(identity, settings, email)
    assert await mails(settings, email) == []


async def test_a_second_sign_up_keeps_the_first_password(identity, settings, browser, knobs):
    email = new_address()
    await sign_up(identity, settings, email)
    pkce = identity.new_verifier()
    with knobs("supabase", mail_interval=0):
        await identity.sign_up(
            email=email, password="another-horse-8", name="Eve", redirect_to=callback(settings), pkce=pkce
        )
    await landing(browser, await link_to(settings, email))
    assert (await identity.sign_in(email=email, password=PASSWORD)).name == "Ada"
    with pytest.raises(WrongCredentials):
        await identity.sign_in(email=email, password="another-horse-8")


async def test_wrong_password_and_unknown_address_look_the_same(identity):
    email = new_address()
    await confirmed(identity, email)
    for address, password in ((email, "wrong-horse-77"), (new_address(), PASSWORD)):
        with pytest.raises(WrongCredentials):
            await identity.sign_in(email=address, password=password)


async def test_a_malformed_address_is_named(identity, settings):
    with pytest.raises(errors.Invalid) as caught:
        await sign_up(identity, settings, "not-an-address")
    assert caught.value.field == "email"


async def test_recover_and_set_a_password(identity, settings, browser):
    email, pkce = new_address(), identity.new_verifier()
    auth_id = await confirmed(identity, email)
    await identity.recover(email=email, redirect_to=callback(settings), pkce=pkce)
    code = (await landing(browser, await link_to(settings, email)))["code"]
    assert (await identity.exchange(code=code, verifier=pkce.verifier)).auth_id == auth_id
    with pytest.raises(WeakPassword):
        await identity.set_password(auth_id=auth_id, password="short")
    await identity.set_password(auth_id=auth_id, password="brand-new-horse-9")
    assert (await identity.sign_in(email=email, password="brand-new-horse-9")).auth_id == auth_id
    with pytest.raises(WrongCredentials):
        await identity.sign_in(email=email, password=PASSWORD)


async def test_recovery_says_nothing_about_who_has_an_account(identity, settings):
    known, unknown, pkce = new_address(), new_address(), identity.new_verifier()
    await confirmed(identity, known)
    for email in (known, known, unknown, unknown):
        await identity.recover(email=email, redirect_to=callback(settings), pkce=pkce)
    assert len(await mails(settings, known)) == 1
    assert await mails(settings, unknown) == []


async def test_resent_confirmation_is_bound_to_the_new_verifier(identity, settings, browser, knobs):
    email = new_address()
    await sign_up(identity, settings, email)
    first, pkce = await link_to(settings, email), identity.new_verifier()
    with knobs("supabase", mail_interval=0):
        await identity.resend_confirmation(email=email, redirect_to=callback(settings), pkce=pkce)
    second = await link_to(settings, email)
    assert (await landing(browser, first))["error_code"] == "otp_expired"
    code = (await landing(browser, second))["code"]
    assert (await identity.exchange(code=code, verifier=pkce.verifier)).email_verified


async def test_resending_is_quiet_for_unknown_and_impatient_people(identity, settings):
    email, pkce = new_address(), identity.new_verifier()
    await identity.resend_confirmation(email=email, redirect_to=callback(settings), pkce=pkce)
    assert await mails(settings, email) == []
    await sign_up(identity, settings, email)
    await identity.resend_confirmation(email=email, redirect_to=callback(settings), pkce=pkce)
    assert len(await mails(settings, email)) == 1


async def test_redirects_stay_on_our_origins(identity, settings, browser):
    for elsewhere in ("https://evil.test/x", settings.public_url + ".evil.test/x", "javascript:alert(1)", ""):
        email, pkce = new_address(), identity.new_verifier()
        await identity.sign_up(email=email, password=PASSWORD, name="", redirect_to=elsewhere, pkce=pkce)
        answer = await browser.get(await link_to(settings, email))
        assert answer.headers["location"].startswith(f"{settings.public_url}?code=")


async def consent(browser, url: str, **form: str) -> httpx.Response:
    answer = await browser.get(url)
    assert answer.status_code == 302, answer.text
    page = answer.headers["location"]
    shown = await browser.get(page)
    assert shown.status_code == 200
    assert "Continue" in shown.text
    return await browser.post(page, data={"flow": parse_qs(urlsplit(page).query)["flow"][0], **form})


@pytest.mark.parametrize("provider", ["google", "github"])
async def test_oauth(identity, settings, browser, provider):
    pkce, email = identity.new_verifier(), new_address()
    url = identity.oauth_url(provider=provider, redirect_to=callback(settings), pkce=pkce)
    assert url.startswith(settings.sandbox_public_url)
    answer = await consent(browser, url, decision="continue", person="other", name="Mei", email=email)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    person = await identity.exchange(code=code, verifier=pkce.verifier)
    assert (person.email, person.name, person.email_verified) == (email, "Mei", True)


async def test_oauth_as_one_of_the_listed_people(identity, settings, browser):
    pkce = identity.new_verifier()
    url = identity.oauth_url(provider="google", redirect_to=callback(settings), pkce=pkce)
    assert (await consent(browser, url, decision="continue", person="99")).status_code == 422
    answer = await consent(browser, url, decision="continue", person="0", name="", email="")
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    assert (await identity.exchange(code=code, verifier=pkce.verifier)).email == "ada.moreno@example.com"


async def test_oauth_cancelled(identity, settings, browser):
    pkce = identity.new_verifier()
    url = identity.oauth_url(provider="google", redirect_to=callback(settings), pkce=pkce)
    answer = await consent(browser, url, decision="cancel")
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["error"] == ["access_denied"]
    assert "code" not in query


async def test_oauth_takes_over_an_address_that_nobody_proved(identity, settings, browser):
    """Somebody else signed up with the address first: their password must not open the account."""
    pkce, email = identity.new_verifier(), new_address()
    await sign_up(identity, settings, email)
    url = identity.oauth_url(provider="google", redirect_to=callback(settings), pkce=pkce)
    await consent(browser, url, decision="continue", person="other", name="Owner", email=email)
    with pytest.raises(WrongCredentials):
        await identity.sign_in(email=email, password=PASSWORD)


async def test_oauth_joins_a_confirmed_account(identity, settings, browser):
    pkce, email = identity.new_verifier(), new_address()
    auth_id = await confirmed(identity, email)
    url = identity.oauth_url(provider="github", redirect_to=callback(settings), pkce=pkce)
    answer = await consent(browser, url, decision="continue", person="other", email=email)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    assert (await identity.exchange(code=code, verifier=pkce.verifier)).auth_id == auth_id
    assert (await identity.sign_in(email=email, password=PASSWORD)).auth_id == auth_id


async def test_create_user_twice_names_the_same_user(identity):
    email = new_address()
    assert await confirmed(identity, email) == await confirmed(identity, email)


async def test_delete_user(identity):
    email = new_address()
    auth_id = await confirmed(identity, email)
    await identity.delete_user(auth_id)
    await identity.delete_user(auth_id)
    await identity.delete_user("not-a-uuid")
    with pytest.raises(WrongCredentials):
        await identity.sign_in(email=email, password=PASSWORD)
    with pytest.raises(errors.Missing):
        await identity.set_password(auth_id=auth_id, password=PASSWORD)


async def test_banned_users_cannot_sign_in(identity, settings):
    email = new_address()
    auth_id = await confirmed(identity, email)
    async with open_client(settings, admin=True) as client:
        await client.auth.admin.update_user_by_id(auth_id, {"ban_duration": "24h"})
    with pytest.raises(WrongCredentials):
        await identity.sign_in(email=email, password=PASSWORD)


async def test_no_vendor_session_is_left_behind(identity, sandbox_server):
    email = new_address()
    auth_id = await confirmed(identity, email)
    await identity.sign_in(email=email, password=PASSWORD)
    with psycopg.connect(sandbox_server.sandbox.store._pool.conninfo) as connection:
        left = connection.execute(
            "SELECT count(*) FROM sandbox.objects WHERE kind IN ('session','refresh') AND data->>'user' = %s",
            (auth_id,),
        ).fetchone()
    assert left == (0,)


@pytest.mark.parametrize(
    ("knob", "expected"),
    [
        ({"down": True}, errors.Unavailable),
        ({"limit_next": 1}, errors.Limited),
        ({"fail_after": 100}, errors.Unavailable),
    ],
)
async def test_trouble_at_the_vendor(identity, settings, knobs, knob, expected):
    with knobs("supabase", **knob), pytest.raises(expected):
        await sign_up(identity, settings, new_address())


async def test_nobody_answers(settings):
    gone = settings.model_copy(update={"port": 9})
    with pytest.raises(errors.Unavailable):
        await SupabaseIdentity(gone).sign_in(email="a@example.com", password=PASSWORD)


def test_oauth_address_of_a_real_project():
    real = Settings(
        _env_file=None,
        supabase_url="https://abc.supabase.co/",
        supabase_publishable_key="eyJ.legacy.key",
        supabase_secret_key="sb_secret_x",
    )
    gateway = SupabaseIdentity(real)
    pkce = gateway.new_verifier()
    url = gateway.oauth_url(provider="google", redirect_to="https://shop.test/auth/callback", pkce=pkce)
    query = parse_qs(urlsplit(url).query)
    assert url.startswith("https://abc.supabase.co/auth/v1/authorize?")
    assert query["code_challenge"] == [pkce.challenge]
    assert query["code_challenge_method"] == ["s256"]
