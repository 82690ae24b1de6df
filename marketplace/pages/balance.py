"""``/studio/balance``: the balance spelled out, proven, and every line that it is made of."""

from __future__ import annotations

import reflex as rx

from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.disclosure import disclosure
from marketplace.components.empty import empty_state
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.money import balance_panel, sum_lines
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import studio_frame
from marketplace.state.balance import BalanceState


def balance_page() -> rx.Component:
    return studio_frame(
        "earnings",
        rx.cond(BalanceState.failure != "", _nothing_here(), _page()),
        live=BalanceState.loaded,
    )


def _nothing_here() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("No such statement"), class_name="mb-6 text-2xl"),
        empty_state(
            BalanceState.failure,
            action=link_button(_("All earnings"), "/studio/earnings", kind="secondary"),
            icon="search_x",
        ),
    )


def _page() -> rx.Component:
    return rx.el.div(
        breadcrumbs([(_("Earnings"), "/studio/earnings")], _("Balance")),
        page_title(
            _("Why is my balance this?"),
            rx.cond(
                BalanceState.whose != "",
                phrase(_("The statement of {name}."), name=BalanceState.whose),
                _("Every amount, what it is made of, and each line in our books behind it."),
            ),
            rx.cond(BalanceState.rows.length() > 0, _downloads()),
        ),
        rx.cond(
            BalanceState.loaded,
            rx.cond(BalanceState.overview.length() > 0, _statement(), _empty()),
            skeleton_rows(6),
        ),
        class_name="grid gap-3",
    )


def _downloads() -> rx.Component:
    """Files for accountants."""
    return rx.el.div(
        link_button(_("CSV"), BalanceState.files["csv"], kind="secondary", size="sm", icon="download", document=True),
        link_button(
            _("Plain-text ledger"), BalanceState.files["ledger"], kind="secondary", size="sm", icon="download", document=True
        ),
        class_name="flex flex-wrap gap-2",
    )  # fmt: skip


def _empty() -> rx.Component:
    return empty_state(
        _("No money yet"),
        _("With your first sale, everything that happens to its money is listed here."),
        link_button(_("Your products"), "/studio/products", kind="secondary"),
        icon="wallet",
    )


def _statement() -> rx.Component:
    return rx.el.div(
        rx.cond(BalanceState.overview.length() > 1, _currencies()),
        _frozen(),
        _figures(),
        rx.el.div(_earned(), _places(), class_name="grid grid-cols-1 items-start gap-6 lg:grid-cols-2"),
        rx.el.div(_steps(), class_name="grid"),
        _proof(),
        _lines(),
        class_name="grid grid-cols-1 gap-8",
    )


def _currencies() -> rx.Component:
    return rx.el.nav(
        rx.foreach(
            BalanceState.overview,
            lambda row: link(
                rx.el.span(row["currency"], class_name="font-semibold"),
                rx.el.span(row["available"], class_name="tnum text-muted"),
                href=row["href"],
                aria_current=rx.cond(row["currency"] == BalanceState.current["currency"], "page", "false"),
                class_name=(
                    "inline-flex min-h-11 items-center gap-2 rounded-full border border-line bg-surface px-4 text-sm "
                    "hover:border-line-strong aria-[current=page]:border-accent aria-[current=page]:bg-accent-soft"
                ),
            ),
        ),
        aria_label=_("Currencies"),
        class_name="flex flex-wrap gap-2",
    )


def _frozen() -> rx.Component:
    return rx.cond(
        BalanceState.current["frozen"] != "",
        notice(
            _(
                "Our books and our payment partner's don't agree about this money, so it stays where it is until we have "
                "found out why. We have been told; there is nothing you need to do. Sales go on."
            ),
            "warning",
            title=_("Transfers and payouts in this currency are paused"),
        ),
    )


def _figures() -> rx.Component:
    row = BalanceState.current
    return balance_panel(
        phrase(_("Balance in {currency}"), currency=row["currency"]),
        [
            (_("On hold"), row["held"], _("Sold, and not yet in your payments account.")),
            (_("Available"), row["available"], _("In your payments account, or arriving there.")),
            (_("On its way"), row["moving"], _("Left for your bank, not arrived yet.")),
            (_("Paid out"), row["arrived"], _("Arrived at your bank so far.")),
        ],
        row["debt"],
        heading_class="sr-only",
    )


def _earned() -> rx.Component:
    return panel(
        sum_lines(BalanceState.earned, _("Earned so far"), BalanceState.current["total"]), title=_("How it adds up")
    )


def _places() -> rx.Component:
    return panel(
        sum_lines(BalanceState.places, _("The same sum"), BalanceState.current["total"]), title=_("Where it is now")
    )


def _steps() -> rx.Component:
    row = BalanceState.current
    return rx.fragment(
        rx.cond(
            BalanceState.held_steps.length() > 0,
            disclosure(
                _("On hold, step by step"),
                rx.el.div(sum_lines(BalanceState.held_steps, _("On hold"), row["held"]), class_name="max-w-lg"),
                aside=row["held"],
            ),
        ),
        rx.cond(
            BalanceState.available_steps.length() > 0,
            disclosure(
                _("Available, step by step"),
                rx.el.div(
                    sum_lines(BalanceState.available_steps, _("Available"), row["available"]), class_name="max-w-lg"
                ),
                aside=row["available"],
            ),
        ),
    )


def _proof() -> rx.Component:
    proven = BalanceState.proven
    return panel(
        rx.el.div(
            rx.match(
                proven["state"],
                ("matched", _verdict("circle_check", "text-success", _("It agrees to the cent"), _matched())),
                ("differs", _verdict("triangle_alert", "text-warning", _("It doesn't agree"), _differs())),
                _verdict("scale", "text-muted", _("Not compared yet"), _never()),
            ),
            button(
                _("Check now"),
                kind="secondary",
                icon="refresh_cw",
                loading=BalanceState.checking,
                on_click=BalanceState.check,
                class_name="shrink-0",
            ),
            class_name="flex flex-wrap items-start justify-between gap-5",
        ),
        title=_("Compared with our payment partner"),
    )


def _verdict(name: str, colour: str, title: str, text: rx.Component) -> rx.Component:
    return rx.el.div(
        icon(name, 22, f"{colour} mt-0.5 shrink-0"),
        rx.el.div(rx.el.p(title, class_name="font-semibold"), text, role="status", class_name="min-w-0"),
        class_name="flex min-w-0 max-w-[70ch] flex-1 basis-80 gap-3",
    )


def _never() -> rx.Component:
    return rx.el.p(
        _("Every night we compare what our books say you have there with what our payment partner's say."),
        class_name="mt-1 text-muted",
    )


def _matched() -> rx.Component:
    proven = BalanceState.proven
    return rx.el.div(
        rx.el.p(
            *sentence(
                _(
                    "By our books, by the partner's single records and by its statement there is {amount} in your payments account."
                ),
                amount=rx.el.span(proven["journal"], class_name="tnum font-semibold text-ink"),
            ),
            class_name="mt-1 text-muted",
        ),
        rx.cond(
            proven["waiting"] != "",
            rx.el.p(_("What happened in the last minutes isn't counted yet."), class_name="mt-1 text-muted"),
        ),
        rx.el.p(
            *sentence(_("Compared {when}"), when=rx.el.span(proven["when"], title=proven["at"])),
            class_name="mt-1 text-sm text-muted",
        ),
    )


def _differs() -> rx.Component:
    proven = BalanceState.proven
    lines = [
        (_("By our books"), proven["journal"]),
        (_("By the partner's records"), proven["objects"]),
        (_("By the partner's statement"), proven["statement"]),
    ]
    return rx.el.div(
        rx.el.dl(
            *[
                rx.el.div(
                    rx.el.dt(label, class_name="text-muted"),
                    rx.el.dd(amount, class_name="tnum"),
                    class_name="flex justify-between gap-6",
                )
                for label, amount in lines
            ],
            class_name="mt-2 grid max-w-sm gap-1",
        ),
        rx.cond(
            proven["frozen"] == "",
            rx.el.p(
                _("That may be something still under way. We look again in some minutes before it counts."),
                class_name="mt-2 text-muted",
            ),
        ),
        rx.el.p(
            *sentence(_("Compared {when}"), when=rx.el.span(proven["when"], title=proven["at"])),
            class_name="mt-1 text-sm text-muted",
        ),
    )


def _lines() -> rx.Component:
    columns = [
        Column(_("What"), cell=_what),
        Column(_("Day"), cell=lambda row: rx.el.span(row["day"], title=row["when"], class_name="whitespace-nowrap")),
        Column(_("On hold"), cell=lambda row: _change(row["held"], row["held_after"]), numeric=True),
        Column(_("Available"), cell=lambda row: _change(row["available"], row["available_after"]), numeric=True),
    ]
    owed = Column(_("You owe"), cell=lambda row: _change(row["debt"], row["debt_after"]), numeric=True)
    caption = _("Journal lines of your accounts, newest first")
    return rx.el.section(
        rx.el.h2(_("Every line"), class_name="text-xl"),
        rx.el.p(
            _("Newest first. Under each change stands what was there after it."), class_name="mt-1 mb-4 text-muted"
        ),
        rx.cond(
            BalanceState.current["owed_once"] != "",
            data_table([*columns, owed], BalanceState.rows, caption),
            data_table(columns, BalanceState.rows, caption),
        ),
        rx.cond(
            BalanceState.has_more,
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=BalanceState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _what(row: rx.Var) -> rx.Component:
    return rx.el.span(
        rx.cond(
            row["href"].to(str) != "",
            link(
                row["what"],
                href=row["href"],
                class_name="font-semibold underline decoration-line-strong underline-offset-4 hover:text-accent",
            ),
            rx.el.span(row["what"], class_name="font-semibold"),
        ),
        rx.el.span(row["detail"], class_name="mt-0.5 block font-normal break-words text-muted empty:hidden"),
    )


def _change(change: rx.Var, after: rx.Var) -> rx.Component:
    """What the line did to an account. A phone leaves out the accounts that it didn't touch."""
    return rx.cond(
        change.to(str) != "",
        rx.el.span(
            rx.el.span(change, class_name="block whitespace-nowrap"),
            rx.el.span(after, class_name="block text-xs whitespace-nowrap text-muted"),
        ),
        rx.el.span(custom_attrs={"data-blank": ""}),
    )


PAGES = [Route("/studio/balance", balance_page, _("Balance"), BalanceState.on_load)]
