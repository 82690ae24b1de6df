"""Slow starts: what somebody types, clicks or sees before the page is connected is not lost when it is."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from product import Product

from browser.conftest import PASSWORD, Person, connected, query
from browser.slow_start import HeldScripts, HeldSocket
from browser.test_signing_in import sign_up

pytestmark = pytest.mark.browser
PAY_WHAT_YOU_WANT = "name-things-well"


def sign_in_works(page: Page) -> None:
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def sign_up_works(page: Page) -> None:
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()


def forgot_works(page: Page) -> None:
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("a link is on its way")).to_be_visible()


FORMS: dict[str, tuple[dict[str, str], Callable[[Page], None]]] = {
    "/login": ({"Email": "learner@example.com", "Password": PASSWORD}, sign_in_works),
    "/signup": (
        {"Your name": "Nina Newcomer", "Email": "{new}@example.com", "Password": "a fairly long one 7"},
        sign_up_works,
    ),
    "/forgot": ({"Email": "{new}@example.com"}, forgot_works),
}


def type_into(page: Page, fields: dict[str, str]) -> dict[str, str]:
    """Key by key, as soon as the fields are there; returns what was typed."""
    typed = {label: text.replace("{new}", f"early-{secrets.token_hex(4)}") for label, text in fields.items()}
    for label, text in typed.items():
        page.get_by_label(label, exact=True).press_sequentially(text)
    return typed


def kept(page: Page, typed: dict[str, str]) -> None:
    for label, text in typed.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(text)
    expect(page.get_by_label(list(typed)[-1], exact=True)).to_be_focused()


@pytest.mark.parametrize("held", [HeldScripts, HeldSocket], ids=["before scripts", "before the connection"])
@pytest.mark.parametrize("path", FORMS)
def test_a_form_keeps_what_was_typed_early(
    person: Callable[..., Person], path: str, held: type[HeldScripts | HeldSocket]
) -> None:
    page = person().page
    start = held(page)
    page.goto(path, wait_until="commit")
    typed = type_into(page, FORMS[path][0])
    start.let_go()
    connected(page)
    kept(page, typed)
    FORMS[path][1](page)


_LIKE_A_PASSWORD_MANAGER = """
new MutationObserver(() => document.querySelectorAll("main input:not([data-seen])").forEach((field) => {
  field.dataset.seen = "true";
  field.after(Object.assign(document.createElement("aside"), { textContent: "…" }));
})).observe(document, { childList: true, subtree: true });
"""


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_an_extension_changed_keeps_what_was_typed(person: Callable[..., Person], path: str) -> None:
    someone = person()
    page = someone.page
    page.add_init_script(_LIKE_A_PASSWORD_MANAGER)
    start = HeldScripts(page)
    page.goto(path, wait_until="commit")
    typed = type_into(page, FORMS[path][0])
    start.let_go()
    connected(page)
    kept(page, typed)
    FORMS[path][1](page)
    assert "418" in someone.complaints[0], "the page was drawn anew, else this test says nothing"
    someone.complaints.clear()


@pytest.mark.parametrize("path", ["/signup", "/forgot"])
def test_what_the_tab_showed_before_does_not_take_a_form_s_place(person: Callable[..., Person], path: str) -> None:
    """The state of a tab outlives its documents: it once came first, with "Check your mail" for the form."""
    someone = person()
    sign_up(someone)
    page = someone.page
    start = HeldSocket(page)
    page.goto(path, wait_until="commit")
    typed = type_into(page, FORMS[path][0])
    start.let_go(only=1)
    start.reach(1)
    kept(page, typed)
    start.let_rest_go()
    connected(page)
    kept(page, typed)
    FORMS[path][1](page)


def test_check_your_mail_stays_after_a_look_into_the_mailbox(person: Callable[..., Person]) -> None:
    """A phone drops the connection of a page in the background."""
    someone = person()
    page = someone.page
    start = HeldSocket(page)
    page.goto("/signup", wait_until="commit")
    typed = type_into(page, FORMS["/signup"][0])
    start.let_go()
    connected(page)
    kept(page, typed)
    sign_up_works(page)
    before = start.states
    start.break_off()
    start.let_go()
    start.reach(before + 2)
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    expect(page.get_by_text(typed["Email"])).to_be_visible()


@pytest.mark.parametrize("held", [HeldScripts, HeldSocket], ids=["before scripts", "before the connection"])
@pytest.mark.parametrize("path", ["/", "/search", "/lessons/hand-cut-dovetails", "/login"])
def test_the_search_keeps_what_was_typed_early(
    person: Callable[..., Person], path: str, held: type[HeldScripts | HeldSocket]
) -> None:
    page = person().page
    start = held(page)
    page.goto(path, wait_until="commit")
    page.locator("header input[type=search]:visible").press_sequentially("clay")
    start.let_go()
    expect(page.locator("#search")).to_be_visible()
    expect(page.locator("[data-first-page]")).not_to_be_attached()
    expect(page.locator("#search")).to_have_value("clay")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=clay")


def test_a_menu_opened_early_stays_open(person: Callable[..., Person]) -> None:
    page = person("learner@example.com").page
    start = HeldSocket(page)
    page.goto("/", wait_until="commit")
    page.get_by_role("button", name="Your account").click()
    expect(page.locator("#first-account-menu").get_by_role("button", name="Sign out")).to_be_visible()
    start.let_go()
    expect(page.locator("[data-first-page]")).not_to_be_attached()
    live = page.locator("#account-menu")
    expect(live).to_be_visible()
    page.keyboard.press("Escape")
    expect(live).to_be_hidden()
    page.get_by_role("button", name="Your account").click()
    expect(live).to_be_visible()


def test_what_was_unfolded_early_stays_so(person: Callable[..., Person]) -> None:
    page = person().page
    start = HeldSocket(page)
    page.goto("/search?q=dovetails", wait_until="commit")
    page.get_by_text("Why it is here").locator("visible=true").first.click()
    reason = page.get_by_text("In the title: “dovetails”").locator("visible=true").first
    expect(reason).to_be_visible()
    start.let_go()
    expect(page.locator("[data-first-page]")).not_to_be_attached()
    expect(reason).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/search?q=clay", "/lessons/hand-cut-dovetails"])
def test_scripts_are_fetched_early_and_run_with_the_first_sign_of_a_person(
    chromium: Browser, product: Product, path: str
) -> None:
    page = chromium.new_page(base_url=product.url)
    page.goto(path)
    page.wait_for_function("() => document.querySelectorAll('link[rel=modulepreload]').length > 5")
    assert page.evaluate("window.__reactRouterRouteModules === undefined")
    expect(page.locator("main[data-live]")).not_to_be_attached()
    page.mouse.move(30, 40)
    expect(page.locator("main[data-live=true]")).to_be_attached()
    page.close()


def test_what_is_pressed_while_the_page_turns_live_is_clicked(person: Callable[..., Person]) -> None:
    page = person().page
    start = HeldSocket(page)
    page.goto("/lessons/hand-cut-dovetails", wait_until="commit")
    painted = page.locator("[data-first-page]").get_by_role("link", name="Browse").first
    painted.hover()
    page.mouse.down()
    start.let_go()
    expect(page.locator("main[data-live='true']")).to_be_attached()
    expect(painted).to_be_visible()
    page.mouse.up()
    page.wait_for_url("**/search")


def test_what_is_let_go_elsewhere_is_not_clicked(person: Callable[..., Person]) -> None:
    page = person().page
    start = HeldSocket(page)
    page.goto("/lessons/hand-cut-dovetails", wait_until="commit")
    page.locator("[data-first-page]").get_by_role("heading", level=1).hover()
    page.mouse.down()
    start.let_go()
    expect(page.locator("main[data-live='true']")).to_be_attached()
    page.mouse.up()
    expect(page.locator("[data-first-page]")).not_to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_amount_typed_early_is_what_is_paid(person: Callable[..., Person]) -> None:
    someone = person("learner@example.com")
    page = someone.page
    start = HeldSocket(page)
    page.goto(f"/lessons/{PAY_WHAT_YOU_WANT}", wait_until="commit")
    painted = page.locator("#first-amount")
    painted.fill("")
    painted.press_sequentially("17")
    painted.press("ArrowLeft")
    start.let_go()
    expect(page.locator("#amount")).to_have_value("17")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.type("2")
    expect(page.locator("#amount")).to_have_value("127")
    page.get_by_role("button", name="Buy now").click()
    page.wait_for_url("**/sandbox/stripe/pages/**")
    expect(page.get_by_text("127.00").first).to_be_visible()


def test_a_provider_s_link_clicked_early_leads_on_to_where_one_was_going(person: Callable[..., Person]) -> None:
    page = person().page
    start = HeldScripts(page)
    page.goto("/login?next=/library", wait_until="commit")
    page.get_by_role("link", name=re.compile("Google")).click()
    start.let_go()
    page.get_by_role("button", name="Continue").first.click()
    page.wait_for_url("**/library")


def test_the_wizard_keeps_what_is_typed_at_once(person: Callable[..., Person], product: Product) -> None:
    page = person("creator@example.com").page
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.goto("/studio/new", wait_until="commit")
    title = page.get_by_label("Title", exact=True)
    words = f"Typed at once {secrets.token_hex(3)}"
    title.press_sequentially(words)
    expect(page.locator("[data-save-status=saved]")).to_be_visible()
    expect(title).to_have_value(words)
    expect.soft(title).to_be_focused()
    assert query(product, "SELECT 1 FROM product_draft WHERE title = %s", words)


def test_the_wizard_never_offers_another_draft_s_fields(person: Callable[..., Person], product: Product) -> None:
    """From one draft to the next inside the page: what is typed would have gone to the wrong one."""
    page = person("creator@example.com").page
    page.goto("/studio/products")
    rows = page.locator("table tbody tr a[href^='/studio/new?id=']:visible")
    expect(rows.nth(1)).to_be_visible()
    ids = [str(rows.nth(n).get_attribute("href")).partition("=")[2] for n in (0, 1)]
    start = HeldSocket(page)
    page.goto(f"/studio/new?id={ids[0]}", wait_until="commit")
    start.let_go()
    expect(page.get_by_label("Title", exact=True)).to_be_visible()
    page.get_by_role("link", name="Products").first.click()
    edit = page.locator(f"a[href='/studio/new?id={ids[1]}']").first
    expect(edit).to_be_visible()
    start.hold()
    edit.click()
    page.wait_for_url(f"**/studio/new?id={ids[1]}")
    expect(page.get_by_role("heading", name="New lesson")).to_be_visible()
    expect(page.get_by_label("Title", exact=True)).to_have_count(0)
    start.let_rest_go()
    expect(page.get_by_label("Title", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("email", "paths"),
    [
        ("", ["/", "/search?q=clay", "/lessons/hand-cut-dovetails", "/creators/mara", "/login", "/signup", "/forgot",
              "/reset", "/nowhere"]),
        ("creator@example.com", ["/", "/lessons/hand-cut-dovetails", "/library", "/orders", "/settings", "/studio",
              "/studio/products", "/studio/earnings", "/studio/payouts"]),
    ],
    ids=["visitor", "creator"],
)  # fmt: skip
def test_no_page_complains_on_a_slow_machine(person: Callable[..., Person], email: str, paths: list[str]) -> None:
    """Such as of a built page that is not what its scripts draw (React's error 418)."""
    someone = person(email)
    page = someone.page
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for path in paths:
        with page.expect_websocket() as opened:
            page.goto(path, wait_until="commit")
        opened.value.wait_for_event("framereceived", lambda frame: '"is_hydrated_rx_state_":true' in str(frame))
        expect(page.locator("main[data-live=true]")).to_be_attached()
        assert someone.complaints == [], path
