"""The basket, and opening a present."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, icon_button, link_button
from marketplace.components.card import panel
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL, field_error
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.money import money
from marketplace.components.navigate import navigate
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton_rows
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.state.cart import CartState, GiftState


def cart() -> rx.Component:
    return shell(
        navigate(CartState.go, CartState.trip),
        page_title(_("Your cart")),
        rx.cond(CartState.loaded, rx.cond(CartState.rows.length() > 0, _basket(), _empty()), skeleton_rows(3)),
    )


def _empty() -> rx.Component:
    return empty_state(
        _("Your cart is empty"),
        _("Put lessons of several creators into it and pay for all of them at once."),
        link_button(_("Browse lessons"), "/search"),
        icon="shopping_cart",
    )


def _basket() -> rx.Component:
    return rx.el.div(
        rx.cond(
            CartState.cancelled,
            notice(_("You left the payment page. Nothing was charged; everything is still here.")),
        ),
        rx.cond(CartState.failure != "", notice(CartState.failure, "warning")),
        rx.el.div(
            rx.el.ul(
                rx.foreach(CartState.rows, _row),
                aria_label=_("In your cart"),
                class_name="grid min-w-0 gap-px overflow-hidden rounded-card border border-line bg-line self-start",
            ),
            rx.el.div(
                rx.foreach(CartState.groups, _group), _code(), class_name="grid gap-4 self-start lg:sticky lg:top-24"
            ),
            class_name="grid gap-6 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-10",
        ),
        class_name="grid gap-5",
    )


def _row(row: rx.Var) -> rx.Component:
    picture = rx.el.div(
        rx.cond(
            row["image"] != "",
            rx.el.img(src=row["image"], alt="", width="320", height="180", class_name="size-full object-cover"),
        ),
        style={"backgroundColor": row["color"]},
        class_name="aspect-video w-24 shrink-0 self-start overflow-hidden rounded-control bg-sunken sm:w-36",
    )
    return rx.el.li(
        picture,
        rx.el.div(
            rx.cond(
                row["href"] != "",
                link(row["title"], href=row["href"], class_name="font-semibold underline-offset-4 hover:underline"),
                rx.el.span(row["title"], class_name="font-semibold"),
            ),
            rx.el.p(row["creator"], class_name="text-sm text-muted empty:hidden"),
            rx.cond(
                row["gift"] != "",
                rx.el.p(icon("gift", 16), row["gift"], class_name="mt-1 flex gap-2 text-sm text-accent"),
            ),
            rx.el.p(row["policy"], class_name="mt-1 text-sm text-muted empty:hidden"),
            rx.cond(row["problem"] != "", rx.el.p(row["problem"], class_name="mt-2 text-sm font-semibold text-danger")),
            rx.cond(row["changed"] != "", _changed(row)),
            class_name="min-w-0 flex-1 [overflow-wrap:anywhere]",
        ),
        rx.el.div(
            money(row["price"], "sm"),
            icon_button(
                "trash_2",
                phrase(_("Remove {title}"), title=row["title"]),
                size=18,
                on_click=CartState.remove(row["id"]),
                class_name="-me-3",
            ),
            class_name="flex shrink-0 flex-col items-end gap-1",
        ),
        key=row["id"],
        class_name="flex gap-4 bg-surface p-4 sm:p-5",
    )


def _changed(row: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            icon("triangle_alert", 16, "text-warning"),
            rx.el.span(
                *sentence(_("The price is now {amount}."), amount=rx.el.strong(row["changed"], class_name="tnum"))
            ),
            class_name="flex items-center gap-2",
        ),
        button(_("Accept new price"), kind="secondary", size="sm", on_click=CartState.accept(row["id"])),
        class_name="mt-2 flex flex-wrap items-center gap-3 text-sm",
    )


def _group(group: rx.Var) -> rx.Component:
    """One payment: all things of one currency."""
    several = CartState.groups.length() > 1
    count = group["count"].to(str)
    things = rx.cond(count == "1", _("1 item"), phrase(_("{n} items"), n=count))
    heading = rx.cond(several, phrase(_("Pay in {title}"), title=group["name"]), _("Summary"))
    pay = button(
        _("Check out"),
        size="lg",
        full=True,
        loading=CartState.busy == group["currency"],
        disabled=(CartState.busy != "") | (group["blocked"] != ""),
        on_click=CartState.check_out(group["currency"]),
    )
    return panel(
        rx.el.div(
            rx.el.h2(heading, class_name="text-lg"),
            rx.el.span(things, class_name="tnum text-sm text-muted"),
            class_name="flex items-baseline justify-between gap-4",
        ),
        rx.cond(
            group["failure"] != "",
            rx.el.p(group["failure"], class_name="mt-3 text-sm text-danger"),
            rx.el.dl(
                rx.cond(
                    group["discount"] != "",
                    rx.fragment(
                        _sum(_("Before discount"), group["subtotal"], "text-muted"),
                        _sum(phrase(_("Code {code}"), code=group["code"]), group["discount"], "text-accent"),
                    ),
                ),
                _sum(_("Total"), group["total"], "text-lg font-semibold"),
                rx.cond(
                    group["tax"] != "",
                    rx.el.div(rx.el.dd(group["tax"]), class_name="-mt-2 text-end text-sm text-muted"),
                ),
                class_name="mt-4 grid gap-2",
            ),
        ),
        rx.el.div(pay, class_name="mt-5"),
        rx.cond(
            group["blocked"] != "",
            rx.el.p(_("Settle the marked lines first."), class_name="mt-2 text-sm text-muted"),
            rx.cond(
                group["minor"] != "0",
                rx.el.p(
                    icon("lock", 16),
                    _("Secure payment with Stripe"),
                    class_name="mt-3 flex items-center gap-2 text-sm text-muted",
                ),
            ),
        ),
    )


def _sum(label: rx.Var | str, amount: rx.Var, look: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label),
        rx.el.dd(amount, class_name="tnum whitespace-nowrap"),
        class_name=f"flex items-baseline justify-between gap-6 {look}",
    )


def _code() -> rx.Component:
    wrong = CartState.errors.contains("code")
    field = rx.el.form(
        rx.el.label(_("Discount code"), html_for="code", class_name="text-sm font-semibold"),
        rx.el.div(
            rx.el.input(
                id="code",
                name="code",
                type="text",
                auto_complete="off",
                max_length=40,
                aria_invalid=wrong,
                custom_attrs={"aria-describedby": "code-error", "autocapitalize": "characters"},
                class_name=f"{CONTROL} min-w-0 flex-1 uppercase",
            ),
            button(_("Apply"), kind="secondary", type="submit"),
            class_name="flex gap-2",
        ),
        field_error(rx.cond(wrong, CartState.errors["code"], ""), id="code-error"),
        on_submit=CartState.use_code,
        reset_on_submit=False,
        class_name="grid gap-1.5",
    )
    takes_off = rx.el.span(*sentence(_("Code {code} is applied."), code=rx.el.strong(CartState.code)))
    refused = rx.el.span(
        *sentence(_("Code {code}: {problem}"), code=rx.el.strong(CartState.code), problem=CartState.refusal),
        class_name="text-danger",
    )
    used = rx.el.div(
        icon("tag", 16, "shrink-0"),
        rx.cond(CartState.refusal != "", refused, takes_off),
        button(
            _("Remove code"), kind="quiet", size="sm", on_click=CartState.drop_code, class_name="-me-3 ms-auto shrink-0"
        ),
        class_name="flex items-center gap-2 text-sm [overflow-wrap:anywhere]",
    )
    return rx.cond(CartState.code != "", used, field)


def gift() -> rx.Component:
    return shell(
        rx.cond(
            GiftState.loaded,
            rx.cond(GiftState.failure != "", _no_gift(), _gift()),
            rx.el.div(page_title(_("A present")), skeleton_rows(2)),
        ),
        width="read",
    )


def _no_gift() -> rx.Component:
    return rx.el.div(page_title(_("No present here"), GiftState.failure), link_button(_("Browse lessons"), "/search"))


def _gift() -> rx.Component:
    return rx.el.div(
        page_title(
            rx.cond(
                GiftState.gift["own"] != "",
                phrase(_("Your present for {title}"), title=GiftState.gift["name"]),
                phrase(_("{giver} has a present for you"), giver=GiftState.gift["from"]),
            )
        ),
        rx.cond(
            GiftState.gift["note"] != "",
            rx.el.blockquote(
                GiftState.gift["note"],
                class_name="border-s-2 border-accent ps-4 text-lg whitespace-pre-line [overflow-wrap:anywhere]",
            ),
        ),
        rx.el.ul(rx.foreach(GiftState.lines, _present), class_name="grid gap-4"),
        rx.match(
            GiftState.gift["state"],
            ("mine", notice(_("It is in your library, to open as often as you like."), "success")),
            (
                "taken",
                notice(
                    rx.cond(
                        GiftState.signed_in,
                        _("Somebody has opened this present already."),
                        _("Somebody has opened this present already. If it was you, sign in: it is in your library."),
                    )
                ),
            ),
            ("opened", notice(_("Your present was opened."), "success")),
            ("given", notice(_("Nobody has opened it yet. It waits here for the person you give the link to."))),
            ("owned", notice(_("You own this already. Pass the link on to somebody who doesn't: it works once."))),
            rx.cond(
                GiftState.signed_in,
                button(
                    _("Put it into my library"), size="lg", on_click=GiftState.claim, class_name="justify-self-start"
                ),
                rx.el.div(
                    rx.el.p(_("Sign in, or make an account, to keep it.")),
                    link_button(_("Sign in"), "/login?next=" + GiftState.router.url.path, size="lg"),
                    link_button(_("Sign up"), "/signup?next=" + GiftState.router.url.path, size="lg", kind="secondary"),
                    class_name="flex flex-wrap items-center gap-3",
                ),
            ),
        ),
        class_name="grid gap-6",
    )


def _present(line: rx.Var) -> rx.Component:
    mine = GiftState.gift["state"] == "mine"
    return rx.el.li(
        rx.cond(
            line["image"] != "",
            rx.el.img(
                src=line["image"],
                alt="",
                width="640",
                height="360",
                class_name="aspect-video w-40 rounded-control object-cover",
            ),
        ),
        rx.el.div(
            rx.el.p(line["title"], class_name="font-semibold"),
            rx.el.p(phrase(_("by {name}"), name=line["creator"]), class_name="text-sm text-muted"),
            rx.cond(mine, link_button(_("Start now"), line["href"], size="sm", icon="play", class_name="mt-3")),
            class_name="min-w-0",
        ),
        class_name="flex gap-4 rounded-card border border-line bg-surface p-4",
    )


PAGES = [
    Route("/cart", cart, _("Cart"), CartState.on_load),
    Route("/gifts/[gift_token]", gift, _("A present"), GiftState.on_load),
]
