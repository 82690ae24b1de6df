"""``OAUTH_PROVIDERS``: the buttons that are shown are those that work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from marketplace.api import auth as routes
from marketplace.errors import ConfigurationError
from marketplace.pages import auth as pages
from marketplace.pages import settings as settings_page
from marketplace.settings import Settings


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Settings]:
    def give(names: str) -> Settings:
        settings = Settings(_env_file=None, marketplace_env="test", oauth_providers=names)
        for module in (routes, pages, settings_page):
            monkeypatch.setattr(module, "get_settings", lambda: settings)
        return settings

    return give


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("google,github", ["google", "github"]), (" GitHub , google,github", ["github", "google"]),
        ("github", ["github"]), ("", []), (" , ", []),
    ],
)  # fmt: skip
def test_the_buttons_are_those_named_in_their_order(
    given: Callable[[str], Settings], names: str, shown: list[str]
) -> None:
    assert given(names).sign_in_providers == shown
    drawn = str(pages._providers().render())
    assert [key for key in sorted(("google", "github"), key=drawn.find) if f"/auth/oauth/{key}" in drawn] == shown
    assert ('"or"' in drawn) is bool(shown)


def test_both_are_shown_unless_said_otherwise() -> None:
    assert Settings(_env_file=None, marketplace_env="test").sign_in_providers == ["google", "github"]


def test_a_provider_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"OAUTH_PROVIDERS.*myspace"):
        Settings(_env_file=None, marketplace_env="test", oauth_providers="google,myspace")


def test_one_that_is_hidden_does_not_work_either(given: Callable[[str], Settings]) -> None:
    given("github")
    client = TestClient(Starlette(routes=routes.routes), follow_redirects=False)
    answer = client.get("/auth/oauth/google", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("google,github", "Signed up with Google or GitHub, or forgot it?"),
        ("github", "Signed up with GitHub, or forgot it?"),
        ("", "Forgot it?"),
    ],
)
def test_the_settings_page_names_them_too(given: Callable[[str], Settings], names: str, words: str) -> None:
    given(names)
    assert settings_page._no_password() == words
