"""Refunds that buyers ask for, and disputes of their banks."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.client import client_action
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL, field_error
from marketplace.components.given import given
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.dispute_files import files_panel
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.state.requests import DisputeState, RequestsState


def requests_page() -> rx.Component:
    return studio_frame(
        "requests",
        page_title(
            _("Requests"), _("Refunds that your policy declined and somebody asks you about, and disputes of banks.")
        ),
        rx.cond(RequestsState.loaded, _content(), skeleton_rows()),
        live=RequestsState.loaded,
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.h2(_("Refunds they ask for"), class_name="mb-4 text-xl"),
            rx.cond(
                RequestsState.asks.length() > 0,
                rx.el.ul(rx.foreach(RequestsState.asks, _ask), class_name="grid gap-4"),
                _none(_("Nobody is waiting for an answer.")),
            ),
        ),
        rx.el.section(
            rx.el.h2(_("Disputes"), class_name="mb-4 text-xl"),
            rx.cond(
                RequestsState.disputes.length() > 0,
                _disputes(),
                _none(_("No bank has taken a payment of yours back.")),
            ),
        ),
        class_name="grid grid-cols-1 gap-12",
    )


def _none(words: str) -> rx.Component:
    return rx.el.p(
        icon("circle_check", 20, "text-success"),
        words,
        class_name="flex items-center gap-3 rounded-card border border-line bg-surface px-5 py-4",
    )


def _ask(row: rx.Var) -> rx.Component:
    return ask_card(row, RequestsState.grant, RequestsState.refuse)


def ask_card(row: rx.Var, grant: rx.EventHandler, refuse: rx.EventHandler) -> rx.Component:
    """What a buyer asks, and the two answers."""
    box = "answer-" + row["id"].to(str)

    def answering(label: rx.Var | str, kind: str, handler: rx.EventHandler) -> rx.Component:
        return rx.el.form(
            rx.el.input(type="hidden", name="ask_id", value=row["id"]),
            rx.el.label(
                _("Your words to them, if you like"), html_for=box + "-" + kind, class_name="text-sm font-semibold"
            ),
            rx.el.textarea(name="answer", id=box + "-" + kind, rows="2", max_length=1000, class_name=f"{CONTROL} py-2"),
            button(label, kind=kind, size="sm", type="submit", class_name="justify-self-start"),
            on_submit=handler,
            class_name="grid gap-2",
        )

    return rx.el.li(
        rx.el.div(
            link(row["title"], href=row["href"], class_name="font-semibold underline-offset-4 hover:underline"),
            rx.el.span(row["amount"], class_name="tnum font-semibold"),
            class_name="flex flex-wrap items-baseline justify-between gap-3",
        ),
        rx.el.p(
            row["buyer"],
            " · ",
            row["day"],
            " · ",
            phrase(_("They were told: {reason}"), reason=row["reason"]),
            class_name="mt-1 text-sm text-muted",
        ),
        rx.el.blockquote(
            row["words"],
            class_name="mt-3 border-s-2 border-line-strong ps-4 whitespace-pre-line [overflow-wrap:anywhere]",
        ),
        rx.el.div(
            rx.el.details(
                rx.el.summary(_("Grant it"), class_name="cursor-pointer py-2 font-semibold text-accent"),
                answering(phrase(_("Refund {amount}"), amount=row["amount"]), "danger", grant),
            ),
            rx.el.details(
                rx.el.summary(_("Refuse it"), class_name="cursor-pointer py-2 font-semibold"),
                answering(_("Send refusal"), "secondary", refuse),
            ),
            class_name="mt-3 grid gap-x-8 sm:grid-cols-2",
        ),
        key=row["id"],
        class_name="rounded-card border border-line bg-surface p-5",
    )


def _disputes() -> rx.Component:
    columns = [
        Column(
            _("Order"),
            cell=lambda row: link(
                "#", row["order"], href=row["href"], class_name="tnum font-semibold underline underline-offset-4"
            ),
        ),
        Column(_("Opened"), key="day"),
        Column(_("Reason"), key="reason"),
        Column(_("Answer until"), key="due"),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
        Column(_("Amount"), key="amount", numeric=True),
    ]
    return rx.el.div(
        data_table(columns, RequestsState.disputes, _("Disputes, newest first")),
        rx.cond(
            RequestsState.next_key != "",
            button(_("Show more"), kind="secondary", on_click=RequestsState.more, class_name="justify-self-center"),
        ),
        class_name="grid gap-6",
    )


def dispute_page() -> rx.Component:
    return studio_frame(
        "requests",
        rx.cond(
            DisputeState.failure != "",
            rx.el.div(
                rx.el.h1(_("No such dispute"), class_name="mb-6 text-2xl"),
                empty_state(
                    DisputeState.failure, action=link_button(_("All requests"), "/studio/requests", kind="secondary"),
                    icon="search_x",
                ),
            ),
            rx.cond(
                DisputeState.loaded & (DisputeState.dispute.length() > 0),
                _dispute(),
                rx.el.div(rx.el.h1(_("Dispute"), class_name="mb-6 text-2xl"), skeleton_rows(4)),
            ),
        ),
        live=DisputeState.loaded,
    )  # fmt: skip


def _dispute() -> rx.Component:
    row = DisputeState.dispute
    return rx.el.div(
        breadcrumbs([(_("Requests"), "/studio/requests")], phrase(_("Order {number}"), number=row["order"])),
        rx.el.header(
            rx.el.h1(
                phrase(_("Dispute about order #{number}"), number=row["order"]), class_name="text-2xl sm:text-3xl"
            ),
            rx.el.p(
                badge(row["state"], row["tone"]),
                rx.el.span(row["amount"], class_name="tnum font-semibold text-ink"),
                rx.el.span(phrase(_("Bought by {name}"), name=row["buyer"])),
                rx.cond(
                    row["due"] != "",
                    rx.el.span(phrase(_("Answer until {day}"), day=row["due"]), class_name="font-semibold text-danger"),
                ),
                class_name="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted",
            ),
        ),
        _what_it_means(),
        panel(
            rx.el.ul(
                rx.foreach(
                    DisputeState.lines,
                    lambda line: rx.el.li(
                        rx.el.span(line["title"], class_name="min-w-0 [overflow-wrap:anywhere]"),
                        rx.el.span(line["amount"], class_name="tnum"),
                        class_name="flex justify-between gap-4 py-2",
                    ),
                ),
                class_name="divide-y divide-line",
            ),
            title=_("What was bought"),
        ),
        given(
            row["refusal"],
            notice(
                rx.fragment(
                    phrase(
                        _("The payment provider didn't take the answer: {reason} Change it and send it again."),
                        reason=row["refusal"],
                    ),
                ),
                "error",
            ),
        ),
        rx.cond(row["sending"] != "", notice(_("The evidence is on its way to the bank."))),
        rx.cond(
            (row["others"] != "") & (row["editable"] != ""),
            notice(
                phrase(
                    _(
                        "The bank takes one answer for the whole order, also for {names}. You write it together; who sends it sends it for all."
                    ),
                    names=row["others"],
                )
            ),
        ),
        files_panel(),
        rx.cond(row["editable"] != "", _evidence_form(), _evidence_sent()),
        class_name="grid grid-cols-1 gap-6",
    )


def _what_it_means() -> rx.Component:
    row = DisputeState.dispute
    return rx.match(
        row["status"],
        ("won", notice(_("The bank decided for you. Your share comes back to you, and so does the access to what was bought."), "success")),
        ("lost", notice(_("The bank gave the money back to its customer. Access stays ended, and this is closed."), "warning")),
        ("warning_closed", notice(_("The bank asks no more. No money has moved."), "success")),
        ("warning_needs_response", notice(rx.fragment(row["reason"], " ", _("No money has moved yet. A good answer often ends it.")))),
        (
            "needs_response",
            notice(
                rx.fragment(
                    row["reason"], " ",
                    _("The bank has taken the money back for now, your share of it is taken back, and access is off."),
                ),
                "warning",
            ),
        ),
        notice(_("The evidence is with the bank. It decides within some weeks; there is nothing to do.")),
    )  # fmt: skip


def _evidence_form() -> rx.Component:
    """What the product knows is filled in; the same form saves and sends."""
    fields = rx.foreach(
        DisputeState.evidence,
        lambda item: rx.el.div(
            rx.el.label(item["label"], html_for="e-" + item["name"].to(str), class_name="text-sm font-semibold"),
            rx.el.textarea(
                name=item["name"],
                id="e-" + item["name"].to(str),
                default_value=item["value"],
                rows="3",
                max_length=20000,
                class_name=f"{CONTROL} py-2 leading-relaxed",
            ),
            class_name="grid gap-1.5",
        ),
    )
    keep = client_action('(e) => { e.currentTarget.form.elements.then.value = "keep" }')
    send = client_action(
        "(e) => { if (confirm(e.currentTarget.dataset.ask)) e.currentTarget.form.elements.then.value = "
        '"send"; else e.preventDefault() }'
    )
    return panel(
        rx.el.p(
            _("We have filled in what we know ourselves. Correct it, add what you know, and send it: the bank takes one answer only."),
            class_name="mb-5 text-muted",
        ),
        rx.el.form(
            fields,
            field_error(error_of(DisputeState.errors, "evidence")),
            rx.el.input(type="hidden", name="then", default_value="keep"),
            rx.el.div(
                button(_("Save"), kind="secondary", type="submit", on_click=keep),
                button(
                    _("Send to the bank"), type="submit", on_click=send,
                    custom_attrs={"data-ask": _("Send it now? It can't be changed afterwards.")},
                ),
                class_name="flex flex-wrap gap-3",
            ),
            on_submit=DisputeState.submit,
            reset_on_submit=False,
            id="evidence",
            class_name="grid gap-5",
        ),
        title=_("Evidence"),
    )  # fmt: skip


def _evidence_sent() -> rx.Component:
    shown = rx.foreach(
        DisputeState.evidence,
        lambda item: rx.cond(
            item["value"] != "",
            rx.el.div(
                rx.el.dt(item["label"], class_name="text-sm text-muted"),
                rx.el.dd(item["value"], class_name="whitespace-pre-line [overflow-wrap:anywhere]"),
            ),
        ),
    )
    return panel(
        rx.cond(
            DisputeState.dispute["sent"] != "",
            rx.el.p(
                phrase(_("Sent on {day}."), day=DisputeState.dispute["sent"]), class_name="mb-4 text-sm text-muted"
            ),
        ),
        rx.el.dl(shown, class_name="grid gap-4"),
        title=_("Evidence"),
    )


PAGES = [
    Route("/studio/requests", requests_page, _("Requests"), RequestsState.on_load),
    Route("/studio/disputes/[dispute_id]", dispute_page, _("Dispute"), DisputeState.on_load),
]
