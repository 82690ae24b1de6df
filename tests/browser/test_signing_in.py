"""Signing up, in and out, forgotten passwords, other providers, sessions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, connected, link_in, mails_to, query

pytestmark = pytest.mark.browser


def sign_up(someone: Person, password: str = "a fairly long one 7") -> str:
    email = f"new-{secrets.token_hex(4)}@example.com"
    page = someone.page
    page.goto("/signup")
    connected(page)
    page.get_by_label("Your name").fill("Nina Newcomer")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    return email


def test_sign_up_confirm_sign_in_sign_out(person: Callable[..., Person], product: Product) -> None:
    someone = person()
    page = someone.page
    email = sign_up(someone)
    page.goto("/login")
    connected(page)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("a fairly long one 7")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Confirm your email first")).to_be_visible()
    link = link_in(mails_to(product, email)[0])
    page.goto(link)
    page.wait_for_url(re.compile("notice=confirmed"))
    someone.sign_in(email, "a fairly long one 7")
    cookie = next(c for c in someone.context.cookies() if c["name"] == "market_session")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{product.url}/")
    assert not [c for c in someone.context.cookies() if c["name"] == "market_session"]
    assert (
        query(
            product,
            "SELECT 1 FROM session s JOIN account a ON a.id = s.account_id WHERE a.email = %s AND revoked_at IS NULL",
            email,
        )
        == []
    )
    page.goto(link)
    page.wait_for_url(re.compile("notice=expired"))


def test_wrong_password_is_said_and_nothing_more(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/login")
    connected(page)
    page.get_by_label("Email").fill("learner@example.com")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("don't match")).to_be_visible()


def test_forgotten_password(person: Callable[..., Person], product: Product) -> None:
    someone = person()
    page = someone.page
    email = sign_up(someone)
    page.goto(link_in(mails_to(product, email)[0]))
    page.goto("/forgot")
    connected(page)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("a link is on its way")).to_be_visible()
    link = link_in(mails_to(product, email)[0])
    page.goto(link)
    page.wait_for_url("**/reset?token=*")
    connected(page)
    page.get_by_label("New password").fill("another quite long one")
    page.get_by_role("button", name="Change password").click()
    page.wait_for_url(re.compile("notice=password"))
    someone.sign_in(email, "another quite long one")
    page.goto(link)
    page.wait_for_url(re.compile("notice=expired"))


def test_another_provider_by_its_consent_page(person: Callable[..., Person], product: Product) -> None:
    someone = person()
    page = someone.page
    page.goto("/login?next=/library")
    link = page.get_by_role("link", name=re.compile("Google"))
    expect(link).to_have_attribute("href", re.compile("next="))
    link.click()
    page.get_by_role("button", name="Continue").first.click()
    page.wait_for_url("**/library")
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def test_cancelling_at_the_provider_changes_nothing(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/login")
    page.get_by_role("link", name=re.compile("GitHub")).click()
    page.get_by_role("button", name="Cancel").first.click()
    page.wait_for_url(re.compile("notice=denied"))
    expect(page.get_by_text("cancelled", exact=False).first).to_be_visible()


def test_a_session_ended_elsewhere_ends_here(person: Callable[..., Person]) -> None:
    first, second = person("moderator@example.com"), person("moderator@example.com")
    first.page.goto("/settings")
    first.page.get_by_role("button", name="Sign out all other browsers").click()
    expect(first.page.get_by_text("Every other browser is signed out")).to_be_visible()
    second.page.goto("/settings")
    second.page.wait_for_url("**/login?next=/settings")


def test_profile_and_taken_handle(person: Callable[..., Person]) -> None:
    page = person("moderator@example.com").page
    page.goto("/settings")
    connected(page)
    page.get_by_label("Handle").fill("mara")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("That handle is taken")).to_be_visible()
