"""What was bought, and where its payment stands."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.client import copy_text, print_page
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL, field_error
from marketplace.components.icon import icon, spinner
from marketplace.components.link import link
from marketplace.components.money import money
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton_lines, skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.state.orders import OrdersState, OrderState

_NO_PRINT = {"data-print": "no"}


def orders() -> rx.Component:
    return shell(
        page_title(_("Orders"), _("What you paid for, with a receipt for each.")),
        rx.cond(OrdersState.loaded, rx.cond(OrdersState.items.length() > 0, _list(), _nothing_yet()), skeleton_rows(4)),
        live=OrdersState.loaded,
        tab="orders",
    )


def _nothing_yet() -> rx.Component:
    return empty_state(
        _("No orders yet"),
        _("When you buy a lesson, its receipt is kept here. Free lessons go straight to your library."),
        link_button(_("Browse lessons"), "/search"),
        icon="receipt",
    )


def _list() -> rx.Component:
    columns = (
        Column(_("Lesson"), cell=_titles),
        Column(_("Order"), cell=lambda row: rx.el.span("#", row["number"], class_name="tnum")),
        Column(_("Date"), cell=lambda row: rx.el.span(row["day"], class_name="whitespace-nowrap")),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
        Column(_("Total"), cell=lambda row: money(row["total"], "sm"), numeric=True),
    )
    return rx.el.div(
        data_table(columns, OrdersState.items, _("Your orders, newest first")),
        show_more(OrdersState.next_key, OrdersState.more, gap="mt-6"),
    )


def _titles(row: rx.Var) -> rx.Component:
    return link(
        row["titles"],
        href=row["href"],
        class_name="font-semibold decoration-1 underline-offset-4 hover:underline pointer-coarse:py-3",
    )


def order() -> rx.Component:
    """Also where the payment provider sends the buyer back to."""
    return shell(
        rx.cond(OrderState.failure != "", _no_order(), rx.cond(OrderState.loaded, _order(), _loading())),
        live=OrderState.loaded,
        width="read",
        tab="orders",
    )


def _no_order() -> rx.Component:
    return rx.el.div(
        page_title(_("There is no such order"), _("It may belong to another account, or the address is mistyped.")),
        link_button(_("See your orders"), "/orders"),
    )


def _loading() -> rx.Component:
    return rx.el.div(page_title(_("Order")), skeleton_lines(6))


def _order() -> rx.Component:
    number = rx.el.span("#", OrderState.order["number"], class_name="tnum")
    return rx.el.div(
        link(
            icon("arrow_left", 16),
            _("All orders"),
            href="/orders",
            custom_attrs=_NO_PRINT,
            class_name=(
                "-mb-4 inline-flex items-center gap-1.5 justify-self-start text-sm text-muted hover:text-ink "
                "pointer-coarse:min-h-11"
            ),
        ),
        rx.el.div(
            rx.el.h1(*sentence(_("Order {number}"), number=number), class_name="text-2xl sm:text-3xl"),
            badge(OrderState.order["state"], OrderState.order["tone"]),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
        ),
        rx.cond(OrderState.order["own"] != "", rx.el.div(_standing(), role="status", custom_attrs=_NO_PRINT)),
        _receipt(),
        rx.cond((OrderState.order["raw_state"] == "paid") & (OrderState.order["own"] != ""), _after_sales()),
        class_name="grid grid-cols-[minmax(0,1fr)] gap-6",
    )


def _standing() -> rx.Component:
    """Where the payment stands, and the one thing to do next."""
    return rx.cond(
        OrderState.checking,
        _step(spinner(24), _("We're confirming your payment…"), _("This takes a few seconds. You can stay here.")),
        rx.cond(
            OrderState.unsure,
            _unsure(),
            rx.match(
                OrderState.order["raw_state"],
                ("paid", rx.cond(OrderState.refunded_all, _refunded(), _yours())),
                ("processing", _processing()),
                ("pending", _pending()),
                _not_paid(),
            ),
        ),
    )


def _step(sign: rx.Component, title: Any, text: Any, *actions: rx.Component, tone: str = "bg-sunken") -> rx.Component:
    return rx.el.div(
        rx.el.span(sign, class_name=f"grid size-12 shrink-0 place-items-center rounded-full {tone}"),
        rx.el.div(
            rx.el.h2(title, class_name="text-xl"),
            rx.el.p(text, class_name="mt-1 text-muted"),
            *([rx.el.div(*actions, class_name="mt-5 flex flex-wrap gap-3")] if actions else []),
            class_name="min-w-0",
        ),
        class_name="flex gap-4 rounded-card border border-line bg-surface p-5 max-sm:flex-col sm:gap-5 sm:p-6",
    )


def _yours() -> rx.Component:
    several = OrderState.lines.length() > 1
    actions = rx.cond(
        several,
        link_button(_("Open your library"), "/library"),
        rx.fragment(
            rx.foreach(OrderState.lines, lambda line: link_button(_("Start now"), line["href"], icon="play")),
            link_button(_("Open your library"), "/library", kind="secondary"),
        ),
    )
    text = rx.fragment(
        rx.el.strong(OrderState.order["mine"], class_name="font-semibold text-ink"),
        " ",
        rx.cond(
            OrderState.order["several"] != "",
            _("are in your library, to open as often as you like. The receipt went to"),
            _("is in your library, to open as often as you like. The receipt went to"),
        ),
        " ",
        rx.el.span(OrderState.order["email"], class_name="[overflow-wrap:anywhere]"),
        ".",
        rx.cond(
            OrderState.order["gifts"] != "",
            rx.el.span(" ", _("What you give away we mail to the person it is for; below is its link.")),
        ),
    )
    mine = _step(
        icon("check", 24),
        _("It's yours"),
        text,
        actions,
        tone="bg-accent-soft text-accent",
    )
    given = _step(
        icon("gift", 24),
        _("Your present is paid"),
        _("We mail it to the person it is for. Below you find a link that you can hand over yourself."),
        tone="bg-accent-soft text-accent",
    )
    disputed = _step(
        icon("triangle_alert", 24),
        _("Your bank is taking this payment back"),
        _("Access is off until it has decided. If this is a mistake, tell your bank."),
        tone="bg-warning-soft text-warning",
    )
    lost = _step(
        icon("triangle_alert", 24),
        _("Your bank took this payment back"),
        _("So access has ended. You can buy it again at any time."),
        tone="bg-warning-soft text-warning",
    )
    only_gifts = OrderState.order["only_gifts"] != ""
    stands = rx.cond(OrderState.order["lost"] != "", lost, rx.cond(only_gifts, given, mine))
    return rx.cond(OrderState.order["disputed"] != "", disputed, stands)


def _refunded() -> rx.Component:
    return _step(
        icon("undo_2", 24),
        rx.cond(
            OrderState.order["partly"] != "",
            _("Part of this order was refunded, and access has ended"),
            _("This order was refunded"),
        ),
        _("The money goes back the way it came. Banks take up to ten days to show it."),
        tone="bg-info-soft text-info",
    )


def _processing() -> rx.Component:
    return _step(
        icon("clock", 24),
        _("Your payment is on its way"),
        _("Your bank is still moving it, which can take some days. We mail you when it has arrived, and you won't be "
          "charged twice."),
        button(_("Check again"), kind="secondary", on_click=OrderState.check_again),
        tone="bg-warning-soft text-warning",
    )  # fmt: skip


def _unsure() -> rx.Component:
    return _step(
        icon("clock", 24),
        _("We can't reach the payment service right now"),
        _("If you have paid, your payment is safe: it is confirmed here by itself as soon as the service answers, and "
          "you needn't pay again."),
        button(_("Check again"), kind="secondary", on_click=OrderState.check_again),
        tone="bg-warning-soft text-warning",
    )  # fmt: skip


def _pending() -> rx.Component:
    return _step(
        icon("credit_card", 24),
        _("Not paid yet"),
        _("Nothing was charged so far. The payment page is still open for you."),
        link_button(_("Continue to payment"), OrderState.order["resume"], document=True),
        button(_("I have paid, check again"), kind="secondary", on_click=OrderState.check_again),
        tone="bg-warning-soft text-warning",
    )


def _not_paid() -> rx.Component:
    failed = rx.match(
        OrderState.order["raw_state"],
        ("failed", _("The payment didn't go through")),
        ("expired", _("The payment page has closed")),
        _("This order was cancelled"),
    )
    why = rx.cond(OrderState.order["failure"] != "", OrderState.order["failure"] + " ", "")
    again = rx.foreach(OrderState.lines, lambda line: link_button(_("Try again"), line["lesson"]))
    return _step(
        icon("circle_x", 24),
        failed,
        rx.fragment(why, _("Nothing was charged. You can start over from the lesson's page.")),
        again,
        tone="bg-danger-soft text-danger",
    )


def _receipt() -> rx.Component:
    paid = OrderState.order["paid_at"] != ""
    printing = button(
        _("Print receipt"), kind="secondary", size="sm", icon="printer", on_click=print_page(), custom_attrs=_NO_PRINT
    )
    return panel(
        rx.el.div(
            rx.el.h2(rx.cond(paid, _("Receipt"), _("Your order")), class_name="text-lg"),
            rx.cond(paid, printing),
            class_name="mb-4 flex flex-wrap items-center justify-between gap-3",
        ),
        rx.el.dl(
            _fact(_("Sold by"), OrderState.order["sold_by"]),
            _fact(_("Order"), "#" + OrderState.order["number"]),
            _fact(_("Bought by"), rx.fragment(OrderState.order["buyer"], rx.el.br(), OrderState.order["email"])),
            _fact(rx.cond(paid, _("Paid"), _("Begun")), rx.cond(paid, OrderState.order["paid_at"], _created())),
            class_name="grid gap-x-8 gap-y-4 text-sm sm:grid-cols-2",
        ),
        _lines(),
        rx.cond(OrderState.documents.length() > 0, _documents()),
    )


def _documents() -> rx.Component:
    """Invoices and credit notes, to look at and to keep."""
    return rx.el.ul(
        rx.foreach(
            OrderState.documents,
            lambda paper: rx.el.li(
                link(
                    icon("file_text", 16), paper["name"], href=paper["href"], document=True,
                    class_name="inline-flex min-h-11 items-center gap-2 font-semibold underline-offset-4 hover:underline",
                ),
                link(
                    "PDF", href=paper["href"].to(str) + ".pdf", document=True, aria_label=paper["name"].to(str) + " PDF",
                    class_name="inline-flex min-h-11 items-center px-2 text-sm text-accent underline underline-offset-4",
                ),
                class_name="flex flex-wrap items-center gap-x-2",
            ),
        ),
        custom_attrs=_NO_PRINT,
        class_name="mt-5 border-t border-line pt-3",
    )  # fmt: skip


def _created() -> rx.Var:
    return OrderState.order["created"]


def _fact(name: Any, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(name, class_name="text-muted"), rx.el.dd(value, class_name="font-medium break-words"))


def _lines() -> rx.Component:
    refunds = rx.cond(
        OrderState.refunds.length() > 0,
        rx.fragment(
            rx.foreach(OrderState.refunds, _refund),
            _sum(_("You paid in the end"), OrderState.order["kept"], "font-semibold text-ink"),
        ),
    )
    return rx.el.dl(
        rx.foreach(OrderState.lines, _line),
        rx.cond(
            OrderState.order["discount"] != "",
            _sum(phrase(_("Code {code}"), code=OrderState.order["code"]), OrderState.order["discount"], "text-accent"),
        ),
        rx.cond(OrderState.order["tax"] != "", _sum(_("Tax"), OrderState.order["tax"], "text-muted")),
        _sum(
            _("Total"),
            OrderState.order["total"],
            "border-t border-line pt-3 text-lg font-semibold text-ink",
            _included(OrderState.order["tax_within"]),
        ),
        rx.cond(
            OrderState.order["reverse_charge"] != "",
            _sum(
                _("Tax"),
                "",
                "text-sm text-muted",
                rx.el.span(_("Reverse charge: the tax is to be accounted for by the buyer.")),
            ),
        ),
        refunds,
        class_name="mt-6 grid gap-3 border-t border-line pt-5",
    )


def _line(line: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.dt(
            link(
                line["title"],
                href=line["lesson"],
                class_name="font-medium underline-offset-4 hover:underline pointer-coarse:py-3",
            ),
            rx.el.span(phrase(_("by {name}"), name=line["creator"]), class_name="block text-sm text-muted"),
            rx.el.span(line["bundle"], class_name="block text-sm text-muted empty:hidden"),
            rx.el.span(line["gift"], class_name="block text-sm text-muted empty:hidden"),
            class_name="min-w-0",
        ),
        rx.el.dd(money(line["amount"]), _included(line["tax_within"]), class_name="text-end"),
        class_name="flex items-baseline justify-between gap-6",
    )


def _refund(refund: rx.Var) -> rx.Component:
    under_way = rx.cond(refund["state"] == "pending", _("on its way to your bank"), "")
    label = rx.fragment(
        phrase(_("Refunded on {day}"), day=refund["day"]),
        rx.el.span(under_way, class_name="block text-sm empty:hidden"),
    )
    return _sum(label, "−" + refund["amount"], "text-muted")


def _included(words: rx.Var) -> rx.Component:
    """The tax that is in a price."""
    return rx.el.span(words, class_name="tnum block text-sm font-normal text-muted empty:hidden")


def _sum(label: Any, amount: rx.Var | str, look: str, *beneath: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label),
        rx.el.dd(rx.el.span(amount, class_name="tnum whitespace-nowrap"), *beneath, class_name="text-end"),
        class_name=f"flex items-baseline justify-between gap-6 {look}",
    )


def _after_sales() -> rx.Component:
    """Refunds on request, with the policy's answer before one asks; and links of presents."""
    return panel(
        rx.el.h2(_("Refunds and presents"), class_name="text-lg"),
        rx.el.ul(rx.foreach(OrderState.lines, _claim), class_name="mt-4 grid grid-cols-[minmax(0,1fr)] gap-5"),
        custom_attrs=_NO_PRINT,
    )


def _answered(outcome: str, line: rx.Var) -> rx.Component:
    return rx.el.p(outcome, " ", line["answer"], class_name="mt-1 whitespace-pre-line text-sm [overflow-wrap:anywhere]")


def _claim(line: rx.Var) -> rx.Component:
    declined = rx.el.form(
        rx.el.input(type="hidden", name="line_id", value=line["id"]),
        rx.el.p(line["ask_reason"], class_name="text-sm"),
        rx.el.label(
            _("Why should the creator look at it?"),
            html_for="words-" + line["id"].to(str),
            class_name="text-sm font-semibold",
        ),
        rx.el.textarea(
            name="words", id="words-" + line["id"].to(str), rows="3", max_length=1000, class_name=f"{CONTROL} py-2"
        ),
        field_error(rx.cond(OrderState.errors.contains("words"), OrderState.errors["words"], "")),
        button(_("Ask the creator"), kind="secondary", size="sm", type="submit", class_name="justify-self-start"),
        on_submit=OrderState.appeal,
        class_name="mt-2 grid gap-2",
    )
    box, refund = "refund-" + line["id"].to(str), phrase(_("Refund {amount}"), amount=line["back"])
    ask = rx.el.div(
        rx.el.p(line["why"], class_name="text-sm text-muted"),
        rx.cond(
            line["would"] != "",
            rx.fragment(
                button(refund, kind="secondary", size="sm", on_click=open_dialog(box)),
                confirm_dialog(box, _("Give it back?"), _what_goes(line), refund, OrderState.ask_refund(line["id"])),
            ),
            button(_("Ask for a refund"), kind="secondary", size="sm", on_click=OrderState.ask_refund(line["id"])),
        ),
        class_name="mt-2 flex flex-wrap items-center justify-between gap-3",
    )
    said = rx.match(
        line["ask"],
        ("approved", rx.el.p(_("You asked for a refund and got it."), class_name="mt-1 text-sm")),
        ("asked", rx.el.p(_("The creator has been asked. We mail you the answer."), class_name="mt-1 text-sm")),
        ("granted", _answered(_("The creator granted the refund."), line)),
        ("refused", _answered(_("The creator didn't grant the refund."), line)),
        ("declined", rx.cond(line["can_ask"] != "", declined)),
        (
            "came_back",
            rx.fragment(
                rx.el.p(
                    _("Your refund didn't arrive: the money came back to us. You can ask again."),
                    class_name="mt-1 text-sm",
                ),
                rx.cond(line["can_ask"] != "", ask),
            ),
        ),
        rx.cond(line["can_ask"] != "", ask),
    )
    present = rx.el.div(
        rx.el.code(line["gift_link"], class_name="min-w-0 truncate text-sm"),
        button(_("Copy link"), kind="quiet", size="sm", on_click=copy_text(line["gift_link"])),
        class_name="mt-2 flex items-center justify-between gap-3 rounded-control bg-sunken px-3 py-1",
    )
    return rx.el.li(
        rx.el.p(line["title"], class_name="font-semibold [overflow-wrap:anywhere]"),
        rx.el.p(line["gift"], class_name="text-sm text-muted empty:hidden [overflow-wrap:anywhere]"),
        rx.el.p(line["policy"], class_name="text-sm text-muted empty:hidden"),
        rx.el.p(line["given"], class_name="text-sm empty:hidden"),
        rx.cond(line["gift_link"] != "", present),
        said,
        class_name="border-t border-line pt-4 first:border-t-0 first:pt-0",
    )


def _what_goes(line: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.strong(line["title"], class_name="text-ink"),
        " ",
        rx.cond(
            line["gift"] != "",
            _("can't be opened any more, and the money goes back the way it came."),
            _("leaves your library at once, and the money goes back the way it came."),
        ),
    )


_NUMBER = OrderState.order.get("number", "")


def _title() -> rx.Var:
    return rx.cond(_NUMBER != "", phrase(_("Order #{number}"), number=_NUMBER), _("Order"))


PAGES = [
    Route("/orders", orders, _("Orders"), OrdersState.on_load),
    Route("/orders/[order_id]", order, _title, OrderState.on_load),
]
