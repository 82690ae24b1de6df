"""Parts of Stripe's dashboard inside our page: only with keys, only in the one document, only one's own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from marketplace.api import first_paint, security
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.errors import ConfigurationError, Unavailable
from marketplace.gateways.stripe import StripeGateway
from marketplace.settings import Settings
from marketplace.state import payment_account
from marketplace.state.action import declared
from marketplace.state.payouts import PayoutsState
from marketplace.state.studio import StudioState
from marketplace.vendors import vendors
from tests.domain.world import World
from tests.state.pages import Open

KEYS = {"stripe_secret_key": "sk_test_1", "stripe_publishable_key": "pk_test_1"}
STRIPE = "https://connect-js.stripe.com"


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the operator has set, as far as these pages ask."""

    def given(**values: str) -> None:
        settings = Settings(_env_file=None, marketplace_env="test", **{**KEYS, **values})
        for module in (payment_account, security):
            monkeypatch.setattr(module, "get_settings", lambda: settings)

    return given


def maker(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def shown(who: Actor, **query: str) -> Any:
    page = Open(PayoutsState, who, **query)
    await page.call("on_load")
    return page


def answer(tmp_path: Any, address: str) -> Any:
    """The document that a browser gets at this address."""
    (tmp_path / "__spa-fallback.html").write_bytes(b"<html><head></head></html>")
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": [], "scheme": "http",
        "server": ("localhost", 80),
    }  # fmt: skip
    return first_paint._bare(tmp_path, Request(scope)).headers


@pytest.mark.parametrize("missing", ["stripe_secret_key", "stripe_publishable_key"])
async def test_without_keys_there_is_no_trace_of_it(
    world: World, owner: Account, keys: Callable[..., None], asked: list[str], tmp_path: Any, missing: str
) -> None:
    keys(**{missing: ""})
    page = await shown(maker(owner), account="here")
    assert (page.state.embed_key, page.state.embed_offered, page.state.ready) == ("", False, True)
    headers = answer(tmp_path, "/studio/payouts?account=here")
    assert STRIPE not in headers["content-security-policy"]
    assert "cross-origin-opener-policy" not in headers, "as on every page"
    await page.call("account_session")
    assert (page.state.embed_secret, page.state.embed_round) == ("", 1)
    assert "payout dashboard" in page.state.embed_problem
    assert asked == []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Accounts for which a session was wanted."""
    found: list[str] = []
    real = StripeGateway.account_session

    async def account_session(self: Any, account_id: str, components: Any) -> str:
        found.append(account_id)
        return await real(self, account_id, components)

    monkeypatch.setattr(StripeGateway, "account_session", account_session)
    return found


def test_only_the_one_document_lets_stripe_in(keys: Callable[..., None], tmp_path: Any) -> None:
    keys()
    headers = answer(tmp_path, "/studio/payouts?account=here")
    policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";")}
    assert {STRIPE, "https://js.stripe.com"} <= set(policy["script-src"])
    assert {STRIPE, "https://js.stripe.com"} <= set(policy["frame-src"])
    assert "https://*.stripe.com" in policy["img-src"]
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"], "a hash would switch 'unsafe-inline' off"
    assert not any("stripe" in source for source in policy["connect-src"] + policy["default-src"])
    assert headers["cross-origin-opener-policy"] == "unsafe-none"
    for address in (
        "/studio/payouts",
        "/studio/payouts?account=1",
        "/studio/earnings?account=here",
        "/login?account=here",
    ):
        headers = answer(tmp_path, address)
        assert STRIPE not in headers["content-security-policy"], address
        assert "cross-origin-opener-policy" not in headers, address


async def test_a_creator_gets_a_secret_for_the_own_account_and_the_page_forgets_it(
    world: World, owner: Account, keys: Callable[..., None], asked: list[str]
) -> None:
    keys()
    page = await shown(maker(owner))
    assert (page.state.embed_key, page.state.embed_offered) == ("", True)
    page = await shown(maker(owner), account="here")
    assert (page.state.embed_key, page.state.embed_offered) == ("pk_test_1", False)
    await page.call("account_session")
    assert page.state.embed_secret.startswith("accs_secret_")
    assert (page.state.embed_problem, page.state.embed_round) == ("", 1)
    assert asked == [await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=owner.id)]
    await page.call("forget_secret")
    assert page.state.embed_secret == ""
    declaration = declared(PayoutsState.event_handlers["account_session"].fn)
    assert declaration is not None
    assert (declaration.who, declaration.rate) == ("creator", (10, 60))


async def test_who_has_no_account_and_a_partner_who_is_silent_are_told_in_words(
    world: World, owner: Account, keys: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys()
    page = await shown(maker(await world.creator("Ned New", outcome="")), account="here")
    assert (page.state.embed_key, page.state.embed_offered) == ("", False)
    await page.call("account_session")
    assert page.state.embed_problem == "Set up payments first."

    async def silent(*_: Any) -> str:
        raise Unavailable

    monkeypatch.setattr(type(vendors().connect), "account_session", silent)
    page = await shown(maker(owner), account="here")
    await page.call("account_session")
    assert (page.state.embed_secret, page.state.embed_problem) == ("", Unavailable.message)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stripe_publishable_key": "sk_test_1"}, {"stripe_publishable_key": "pk_live_1"},
        {"stripe_secret_key": "rk_live_1"},
    ],
)  # fmt: skip
def test_a_key_that_would_not_work_or_must_not_be_seen_is_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="STRIPE_PUBLISHABLE_KEY"):
        Settings(_env_file=None, marketplace_env="test", **{**KEYS, **wrong})  # type: ignore[arg-type]


async def test_a_page_that_loads_again_does_not_call_back_who_is_leaving(world: World, owner: Account) -> None:
    """A press right away, on what a tab still shows of its last visit, is answered before the page has loaded."""
    page = Open(StudioState, maker(owner))
    await page.call("on_load")
    await page.call("set_up_payments", {"country": "US"})
    going = page.state.go
    assert "/onboarding/" in going
    await page.call("on_load")
    assert page.state.go == going
