"""``/studio/payouts``: from the payments account to the bank."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button
from marketplace.components.card import panel
from marketplace.components.dialog import dialog, open_dialog
from marketplace.components.field import checkbox, field, field_error, money_input, radio_cards, text_input
from marketplace.components.icon import icon
from marketplace.components.link import ARROW_LINK, link
from marketplace.components.money import balance_panel
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.stripe_account import stripe_account
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import account_panel, error_of, studio_frame
from marketplace.state.payouts import DAYS, PayoutsState
from marketplace.state.studio import StudioState

_SCHEDULE = "schedule"


def payouts_page() -> rx.Component:
    live = StudioState.loaded & PayoutsState.loaded
    return studio_frame(
        "payouts",
        page_title(_("Payouts"), _("Where your money is, and when it goes to your bank.")),
        rx.cond(live, _content(), skeleton_rows()),
        live=live,
    )


def _paused() -> rx.Var[bool]:
    return (PayoutsState.schedule.length() > 0) & (PayoutsState.schedule["enabled"] == "")


def _content() -> rx.Component:
    return rx.el.div(
        rx.cond(
            PayoutsState.unreachable,
            notice(
                _("Our payment partner isn't answering, so these figures are from our own books. Nothing is lost."),
                "warning",
            ),
        ),
        rx.cond(
            _paused(),
            notice(
                _(
                    "Payouts are paused because one came back from your bank. Check your bank details in the payout dashboard."
                ),
                "warning",
            ),
        ),
        rx.el.div(rx.foreach(PayoutsState.rows, _balance), class_name="grid gap-4 empty:hidden"),
        rx.cond(PayoutsState.schedule.length() > 0, _schedule()),
        account_panel(_paused()),
        rx.cond(PayoutsState.embed_offered, _offer_account()),
        rx.cond(PayoutsState.embed_key != "", _embedded_account()),
        _history(),
        rx.cond(PayoutsState.schedule.length() > 0, _schedule_dialog()),
        class_name="grid grid-cols-1 gap-8",
    )


def _offer_account() -> rx.Component:
    """Loads the page anew: what Stripe's parts may do is decided when a document comes."""
    return rx.el.p(
        link(
            _("Show bank details and payouts here"),
            icon("arrow_right", 16),
            href="/studio/payouts?account=here",
            document=True,
            class_name=ARROW_LINK,
        ),
    )


def _embedded_account() -> rx.Component:
    shown = stripe_account(
        PayoutsState.embed_key,
        ("account-management", "payouts"),
        PayoutsState.embed_secret,
        PayoutsState.embed_problem,
        PayoutsState.embed_round,
        on_need_secret=PayoutsState.account_session,
        on_taken=PayoutsState.forget_secret,
    )
    return panel(shown, title=_("Bank details and payouts, at our payment partner"), id="payment-account")


def _balance(row: rx.Var) -> rx.Component:
    """One currency: its money in the order it travels."""
    waiting = rx.cond(
        row["pending"] != "",
        rx.fragment(phrase(_("{amount} more is arriving at your payments account."), amount=row["pending"])),
        _("In your payments account, free to go to your bank."),
    )
    held = rx.cond(
        row["taking"] != "",
        _("Being taken back, for a refund or a dispute."),
        rx.cond(
            row["release"] != "",
            rx.fragment(phrase(_("Sold; released {day}."), day=row["release"])),
            _("Sold, and not in your payments account yet."),
        ),
    )
    pay = button(
        phrase(_("Pay out {amount} now"), amount=row["payable"]),
        on_click=PayoutsState.pay_out(row["currency"]),
        loading=PayoutsState.busy == row["currency"],
    )
    return balance_panel(
        row["name"],
        [
            (_("On hold"), row["held"], held),
            (_("Available"), row["available"], waiting),
            (_("On its way"), row["transit"], _("Sent to your bank and not there yet.")),
        ],
        row["debt"],
        rx.cond((row["can_pay"] != "") & ~_paused(), rx.el.div(pay, class_name="mt-6")),
    )


def _schedule() -> rx.Component:
    words = rx.el.div(
        rx.el.p(PayoutsState.schedule["words"], class_name="font-semibold"),
        rx.el.p(
            phrase(_("Money of a sale is available {n} days after it was paid."), n=PayoutsState.schedule["delay"]),
            class_name="text-sm text-muted",
        ),
        class_name="min-w-0 flex-1 max-sm:basis-full",
    )  # fmt: skip
    change = button(_("Change schedule"), kind="secondary", on_click=open_dialog(_SCHEDULE))
    return panel(rx.el.div(words, change, class_name="flex flex-wrap items-center gap-4"), title=_("Schedule"))


def _schedule_dialog() -> rx.Component:
    """A schedule that was saved makes a new form, and closes the dialog."""
    kinds = [
        ("daily", _("Daily"), _("Every working day.")), ("weekly", _("Weekly"), _("On the days you choose.")),
        ("monthly", _("Monthly"), _("On one day of the month.")), ("manual", _("By hand"), _("Only when you ask for it.")),
    ]  # fmt: skip
    days = rx.el.fieldset(
        rx.el.legend(_("Days"), class_name="text-sm font-semibold"),
        rx.el.div(
            *[
                checkbox(f"day-{name}", _(label), default_checked=PayoutsState.schedule[f"day-{name}"] != "")
                for name, label in DAYS.items()
            ],
            class_name="flex flex-wrap gap-x-6",
        ),
        field_error(error_of(PayoutsState.errors, "days")),
    )
    form = rx.el.form(
        radio_cards(
            "interval", kinds, value=PayoutsState.interval, on_change=PayoutsState.choose, label=_("How often")
        ),
        rx.match(
            PayoutsState.interval,
            ("weekly", days),
            (
                "monthly",
                field(
                    _("Day of the month"),
                    text_input(
                        "day_of_month", input_mode="numeric", default_value=PayoutsState.schedule["day_of_month"]
                    ),
                    hint=_("In shorter months 29 to 31 mean the last day."),
                    error=error_of(PayoutsState.errors, "day_of_month"),
                    required=True,
                ),
            ),
            rx.fragment(),
        ),
        rx.cond(PayoutsState.interval != "manual", rx.foreach(PayoutsState.rows, _minimum)),
        button(_("Save schedule"), type="submit", full=True),
        on_submit=PayoutsState.set_schedule,
        reset_on_submit=False,
        class_name="grid gap-5",
    )
    return dialog(
        rx.el.div(form, key=PayoutsState.schedule["words"]), id=_SCHEDULE, title=_("When your money goes to your bank"),
        done=PayoutsState.saved,
    )  # fmt: skip


def _minimum(row: rx.Var) -> rx.Component:
    name = "minimum-" + row["currency"].to(str)
    return field(
        phrase(_("Leave in the account ({currency})"), currency=row["name"]),
        money_input(name, row["name"], default_value=PayoutsState.schedule.get(name, "")),
        error=error_of(PayoutsState.errors, name),
        id=name,
    )


def _history() -> rx.Component:
    columns = [
        Column(_("Arrives"), key="arrives"),
        Column(_("Amount"), key="amount", numeric=True),
        Column(_("State"), cell=lambda row: badge(row["state_words"], row["tone"])),
        Column(_("How"), key="how"),
        Column(_("Remark"), cell=_remark),
    ]
    return rx.el.section(
        rx.el.h2(_("Sent to your bank"), class_name="mb-4 text-xl"),
        rx.el.ul(rx.foreach(PayoutsState.orders, _order), class_name="mb-4 grid gap-2 empty:hidden"),
        rx.cond(
            PayoutsState.history.length() > 0,
            data_table(columns, PayoutsState.history, _("Your payouts, newest first")),
            rx.el.p(
                icon("info", 18, "mt-0.5 text-muted"),
                _("Nothing yet. What is available goes out by your schedule, or when you ask for it."),
                class_name="flex gap-2.5 text-muted",
            ),
        ),
        rx.cond(
            PayoutsState.next_key != "",
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=PayoutsState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _remark(row: rx.Var) -> rx.Component:
    return rx.el.span(
        row["failure"],
        rx.cond(
            row["trace"] != "",
            rx.el.span(phrase(_("Trace {number}"), number=row["trace"]), class_name="tnum block text-muted"),
        ),
        class_name="break-words",
    )


def _order(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(row["amount"], class_name="tnum font-semibold"),
        badge(row["state_words"], row["tone"]),
        rx.el.span(row["when"], class_name="tnum text-sm text-muted"),
        rx.el.span(row["failure"], class_name="text-sm text-danger empty:hidden"),
        class_name="flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface px-4 py-3",
    )


PAGES = [
    Route("/studio/payouts", payouts_page, _("Payouts"), [StudioState.on_load, PayoutsState.on_load]),
]
