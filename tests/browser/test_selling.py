"""Becoming a creator, making a lesson, selling it, and giving money back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from product import Product

from browser.conftest import Person, connected, knob, link_in, mails_to, make_clip, make_cover, query
from browser.test_buying import money, pay, to_checkout, wait_for
from browser.test_signing_in import sign_up

pytestmark = pytest.mark.browser

SRT = "1\n00:00:00,000 --> 00:00:02,000\nHello, this is the first line.\n"


def newcomer(person: Callable[..., Person], product: Product) -> tuple[Person, str]:
    someone = person()
    email = sign_up(someone)
    someone.page.goto(link_in(mails_to(product, email)[0]))
    return someone.sign_in(email, "a fairly long one 7"), email


def start_selling(page: Page) -> None:
    page.goto("/studio")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Teach what you live by")
    connected(page)
    page.get_by_label("Handle").fill(f"maker-{secrets.token_hex(3)}")
    page.get_by_label("About you").fill("I carve spoons out of green wood and show how.")
    page.get_by_role("button", name="Start selling").click()
    expect(page.get_by_role("link", name="New lesson").first).to_be_visible()


def onboard(page: Page, outcome: str) -> None:
    page.goto("/studio/payouts")
    page.get_by_role("button", name=re.compile("Set up payments|Continue setting up")).first.click()
    page.wait_for_url("**/sandbox/stripe/pages/onboarding/**")
    page.get_by_label(outcome).check()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/studio?setup=back")


def fill_details(page: Page, title: str, folder: Path) -> None:
    page.goto("/studio/new")
    page.wait_for_url("**/studio/new?id=*")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Summary").fill("A spoon, from a branch to the table.")
    page.get_by_label("Topic").select_option("woodwork")
    page.get_by_label("Description").fill("## What we do\n\nSplit, hew, **carve**.\n\n<script>alert(1)</script>\n")
    page.locator("input[type=file][accept*='image']").set_input_files(make_cover(folder))
    expect(page.get_by_alt_text("Your cover").first).to_be_visible()
    saved(page)


def saved(page: Page) -> None:
    expect(page.get_by_text(re.compile("^(Saved|All changes are saved)")).first).to_be_visible()


def step(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(name)).or_(
        page.get_by_role("button", name=re.compile(f"Continue to {name}", re.I))
    ).last.click()
    page.wait_for_url(f"**step={name.lower()}*")


def add_video(page: Page, file: Path) -> None:
    step(page, "Video")
    page.locator("input[type=file][accept*='video'], input[type=file][accept*='.mp4']").first.set_input_files(file)


def test_a_free_lesson_from_nothing_to_the_shop(
    person: Callable[..., Person], product: Product, tmp_path: Path
) -> None:
    someone, _email = newcomer(person, product)
    page, title = someone.page, f"Carve a spoon {secrets.token_hex(2)}"
    start_selling(page)
    fill_details(page, title, tmp_path)
    add_video(page, make_clip(tmp_path))
    expect(page.get_by_text("Ready", exact=True).first).to_be_visible(timeout=60_000)
    captions = tmp_path / "words.srt"
    captions.write_text(SRT)
    page.locator("input[type=file][accept*='vtt']").set_input_files(captions)
    expect(page.get_by_role("button", name="Remove captions: English")).to_be_visible()
    step(page, "Price")
    page.get_by_text("Anyone who signs in can watch.").click()
    expect(page.get_by_text("No fee, and no payments account needed.")).to_be_visible()
    step(page, "Publish")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="View in shop").click()
    page.wait_for_url("**/lessons/carve-a-spoon-*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    assert query(
        product, "SELECT protected FROM video v JOIN product p ON p.video_id = v.id WHERE p.title = %s", title
    ) == [(True,)]
    assert page.locator("main script").count() == 0


def test_a_paid_lesson_waits_for_the_payments_account(
    person: Callable[..., Person], product: Product, tmp_path: Path
) -> None:
    someone, _email = newcomer(person, product)
    page, title = someone.page, f"Sharpen a knife {secrets.token_hex(2)}"
    start_selling(page)
    onboard(page, "More information needed")
    page.goto("/studio/payouts")
    expect(page.get_by_text("More information is needed").first).to_be_visible()
    fill_details(page, title, tmp_path)
    add_video(page, make_clip(tmp_path))
    expect(page.get_by_text("Ready", exact=True).first).to_be_visible(timeout=60_000)
    step(page, "Price")
    page.get_by_text("Everyone pays the same.").click()
    price = page.get_by_label("Price", exact=True)
    for wrong, words in (("-1", "negative"), ("1e9", "highest|such as 12.50"), ("0.10", "lowest price")):
        price.fill(wrong)
        price.blur()
        if wrong != "0.10":
            expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    price.fill("12,50")
    price.blur()
    expect(page.get_by_text("$11.25").first).to_be_visible()
    step(page, "Publish")
    expect(page.get_by_text("Finish setting up your payments account").first).to_be_visible()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
    onboard(page, "Everything verified")
    page.goto("/studio/products?state=draft")
    page.get_by_role("link", name=re.compile(title)).first.click()
    page.wait_for_url("**/studio/new?id=*")
    step(page, "Publish")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("link", name="View in shop")).to_be_visible()
    sell_and_refund(person, product, someone, title)


def sell_and_refund(person: Callable[..., Person], product: Product, creator: Person, title: str) -> None:
    """A sale appears in the studio to the cent; a refund takes access and money back."""
    slug = str(query(product, "SELECT slug FROM product WHERE title = %s", title)[0][0])
    buyer, email = newcomer(person, product)
    to_checkout(buyer.page, slug)
    pay(buyer.page)
    expect(buyer.page.get_by_text("It's yours")).to_be_visible()
    wait_for(
        lambda: query(
            product,
            "SELECT 1 FROM transfer t JOIN share s ON s.id = t.share_id JOIN order_line l ON l.id = s.line_id"
            " WHERE l.title = %s AND t.state = 'done'",
            title,
        )
    )
    page = creator.page
    page.goto("/studio/earnings")
    page.get_by_role("table", name="Your sales").get_by_role("link", name=re.compile(title)).first.click()
    page.wait_for_url("**/studio/earnings/*")
    expect(page.get_by_text("$12.50").first).to_be_visible()
    expect(page.get_by_text("$11.25").first).to_be_visible()
    page.get_by_role("button", name="Give a refund").click()
    page.get_by_label("Note").fill("As agreed by mail")
    page.get_by_role("dialog").get_by_role("button", name="Refund now").click()
    wait_for(lambda: money(product, email)[2] == 0)
    buyer.page.goto(f"/watch/{slug}")
    expect(buyer.page.get_by_text(re.compile("refunded")).first).to_be_visible()
    assert "/vimeo/play/" not in buyer.page.content()
    line = "SELECT sum(p.amount_minor) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id JOIN order_line l ON l.id = e.line_id"
    wait_for(lambda: query(product, f"{line} WHERE l.title = %s AND p.account = 'held'", title) == [(0,)])
    wait_for(lambda: query(product, f"{line} WHERE l.title = %s AND p.account = 'available'", title) == [(0,)])


@pytest.mark.parametrize("path", ["/studio", "/studio/payouts"])
def test_the_payout_dashboard_while_the_payment_partner_is_down(
    person: Callable[..., Person], product: Product, path: str
) -> None:
    page = person("creator@example.com").page
    page.goto(path)
    button = page.get_by_role("button", name="Open payout dashboard")
    expect(button).to_be_enabled()
    knob(product, "stripe", down=True)
    try:
        button.click()
        expect(page.get_by_text("isn't answering. Nothing was lost; please try again")).to_be_visible()
    finally:
        knob(product, "stripe", down=None)
    expect(button).to_be_enabled()
    button.click()
    page.wait_for_url("**/sandbox/stripe/pages/**")


def test_a_picture_that_is_refused_is_not_called_uploaded(person: Callable[..., Person], tmp_path: Path) -> None:
    page = person("moderator@example.com").page
    page.goto("/settings")
    page.locator("input[type=file]").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": b"no picture at all"}
    )
    expect(page.get_by_role("alert").filter(has_text="an image we can read")).to_be_visible()
    expect(page.get_by_text("Not saved").first).to_be_visible()
    expect(page.get_by_text("Uploaded")).to_have_count(0)
    page.get_by_role("button", name="Choose another file").click()
    page.locator("input[type=file]").set_input_files(make_cover(tmp_path))
    expect(page.get_by_text("Picture changed.")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="an image we can read")).to_have_count(0)


@pytest.mark.parametrize("when", ["before", "on the way", "afterwards"])
def test_a_picture_is_tried_again_when_the_storage_was_down(
    person: Callable[..., Person], product: Product, tmp_path: Path, when: str
) -> None:
    someone = person("moderator@example.com")
    page = someone.page
    sending = re.compile("/object/upload/sign/")

    def send(route: Route) -> None:
        if when == "on the way":
            return route.fulfill(status=500)
        answer = route.fetch()
        knob(product, "supabase", down=True)
        return route.fulfill(response=answer)

    page.route(sending, send)
    page.goto("/settings")
    expect(page.get_by_label("Handle")).to_be_visible()
    try:
        knob(product, "supabase", down=when == "before")
        page.locator("input[type=file]").set_input_files(make_cover(tmp_path))
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text=re.compile("again"))).to_be_visible()
        expect(page.get_by_text("Uploaded")).to_have_count(0)
    finally:
        knob(product, "supabase", down=None)
        page.unroute(sending)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Picture changed.")).to_be_visible()
    someone.complaints[:] = [text for text in someone.complaints if "status of 500" not in text]


def test_what_is_not_a_video_is_said_to_be_none(
    person: Callable[..., Person], product: Product, tmp_path: Path
) -> None:
    page = person("juno@example.com").page
    page.goto("/studio/new")
    page.wait_for_url("**/studio/new?id=*")
    step(page, "Video")
    text = tmp_path / "notes.mp4"
    text.write_text("not a video at all\n" * 200)
    page.locator("input[type=file][accept*='video'], input[type=file][accept*='.mp4']").first.set_input_files(text)
    expect(page.get_by_text(re.compile("couldn't read this file")).first).to_be_visible(timeout=60_000)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    page.locator("input[type=file][accept*='video'], input[type=file][accept*='.mp4']").first.set_input_files(empty)
    expect(page.get_by_text(re.compile("0 bytes")).first).to_be_visible()


def test_two_tabs_do_not_overwrite_each_other(person: Callable[..., Person], product: Product) -> None:
    someone = person("juno@example.com")
    first = someone.page
    first.goto("/studio/new")
    first.wait_for_url("**/studio/new?id=*")
    second = someone.open()
    second.goto(first.url)
    expect(second.get_by_label("Title")).to_be_visible()
    first.get_by_label("Title").fill("Written in the first tab")
    saved(first)
    wait_for(lambda: query(product, "SELECT 1 FROM product_draft WHERE title = 'Written in the first tab'"))
    second.get_by_label("Title").fill("Written in the second tab")
    expect(second.get_by_text("changed in another tab").first).to_be_visible()
    assert query(product, "SELECT 1 FROM product_draft WHERE title = 'Written in the second tab'") == []
    second.get_by_role("button", name="Load that version").click()
    expect(second.get_by_label("Title")).to_have_value("Written in the first tab")


def copy_of(product: Product, owner: str) -> tuple[str, str]:
    """(id, slug) of one more published lesson of this creator, made of one they have."""
    slug = f"copy-{secrets.token_hex(4)}"
    fields = (
        "title, summary, description_md, learn, topic, level, language, image_id, video_id, preview_video_id, price_kind,"
        " price_minor, min_minor, currency"
    )
    made = query(
        product,
        f"INSERT INTO product (id, kind, creator_id, slug, state, revision, creator_name, duration_s, created_at,"
        f" updated_at, published_at, {fields}) SELECT gen_random_uuid(), kind, creator_id, %s, state, 1, creator_name,"
        f" duration_s, now(), now(), now() - interval '1 year', {fields} FROM product WHERE state = 'published' AND"
        f" price_kind = 'free' AND creator_id = (SELECT id FROM account WHERE email = %s) LIMIT 1 RETURNING id",
        slug,
        owner,
    )
    query(
        product,
        f"INSERT INTO product_draft (product_id, revision, slug, updated_at, {fields})"
        f" SELECT id, 1, '', now(), {fields} FROM product WHERE id = %s RETURNING revision",
        made[0][0],
    )
    return str(made[0][0]), slug


def test_a_lesson_moves_and_its_old_links_lead_on(person: Callable[..., Person], product: Product) -> None:
    made, old = copy_of(product, "creator@example.com")
    taken = str(query(product, "SELECT slug FROM product WHERE state = 'published' AND id <> %s", made)[0][0])
    new = f"moved-{secrets.token_hex(4)}"
    page = person("creator@example.com").page
    page.goto(f"/studio/new?id={made}&step=details")
    address = page.get_by_label("Address")
    expect(address).to_have_value(old)
    for wrong, words in ((taken, "Another lesson has this address"), ("!!!", "Use letters from a to z")):
        address.fill(wrong)
        address.blur()
        expect(page.get_by_text(words)).to_be_visible()
        expect(page.locator("[data-save-status=saved]")).to_be_visible()
        expect(address).to_have_value(wrong)
    address.fill(new.replace("-", " ").title())
    address.blur()
    expect(page.get_by_text(f"/lessons/{new}")).to_be_visible()
    expect(address).to_have_value(new)
    expect(page.get_by_text(f"Links to /lessons/{old} will keep working.")).to_be_visible()
    visitor = person()
    assert visitor.context.request.get(f"/lessons/{new}").status == 404
    step(page, "Publish")
    page.get_by_role("button", name="Publish changes").click()
    expect(page.get_by_text("This lesson is in the shop.")).to_be_visible()
    page.get_by_role("link", name="View in shop").click()
    page.wait_for_url(f"**/lessons/{new}")
    answer = visitor.context.request.get(f"/lessons/{old}?ref=mail", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (308, f"/lessons/{new}?ref=mail")
    visitor.page.goto(f"/lessons/{old}")
    expect(visitor.page).to_have_url(re.compile(f"/lessons/{new}$"))
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"/watch/{old}")
    page.wait_for_url(f"**/watch/{new}")
    query(product, "UPDATE product SET state = 'unpublished' WHERE id = %s RETURNING 1", made)
