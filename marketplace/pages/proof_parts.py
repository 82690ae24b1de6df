"""The part of ``/admin`` about money that doesn't match."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, link_button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field, textarea
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.sentence import phrase
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.state.proof import AlertView, ProofState

PAGES: list[Route] = []


def mismatches() -> rx.Component:
    """Alerts with both sides, and the platform's own comparison."""
    return rx.el.section(
        rx.el.h2(_("Money that doesn't match"), class_name="text-xl"),
        rx.el.p(
            _("Our books against the payment partner's, every night. What differs stays where it is until it matches."),
            class_name="mt-1 mb-4 text-muted",
        ),
        rx.cond(
            ProofState.alerts.length() > 0,
            rx.el.ul(rx.foreach(ProofState.alerts, _alert), class_name="grid grid-cols-1 gap-4"),
            rx.el.p(
                icon("circle_check", 20, "text-success"),
                _("None. Nobody's money is kept still."),
                class_name="flex items-center gap-3 rounded-card border border-line bg-surface px-5 py-4",
            ),
        ),
        rx.cond(
            ProofState.next_key != "",
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=ProofState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
        _platform(),
    )


def _alert(alert: rx.Var[AlertView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h3(
                    rx.cond(
                        alert.href != "",
                        link(
                            alert.who,
                            href=alert.href,
                            class_name="underline decoration-line-strong underline-offset-4 hover:text-accent",
                        ),
                        rx.el.span(alert.who),
                    ),
                    class_name="min-w-0 text-lg break-words",
                ),
                badge(alert.currency, "neutral"),
                rx.cond(alert.state == "released", badge(_("Released"), "info"), _state(alert)),
                class_name="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1",
            ),
            button(
                _("Check again"),
                kind="secondary",
                size="sm",
                icon="refresh_cw",
                loading=ProofState.busy == alert.id,
                on_click=ProofState.check(alert.id),
            ),
            class_name="flex flex-wrap items-start justify-between gap-3",
        ),
        _figures(alert),
        _differences(alert),
        rx.cond(alert.state == "released", _note(alert), _release(alert)),
        rx.el.p(
            phrase(_("First seen {since}, last compared {checked}"), since=alert.since, checked=alert.checked), class_name="mt-3 text-sm text-muted"
        ),
        class_name="rounded-card border border-line bg-surface p-5 sm:p-6",
    )  # fmt: skip


def _state(alert: rx.Var[AlertView]) -> rx.Component:
    """Nobody's money is behind the platform's own balance."""
    return rx.cond(alert.href != "", badge(_("Kept still"), "danger"), badge(_("Look at it"), "danger"))


def _figures(alert: rx.Var[AlertView]) -> rx.Component:
    lines = [
        (_("Our journal"), alert.journal),
        (_("The partner's objects"), alert.objects),
        (_("The partner's statement"), alert.statement),
    ]
    return rx.el.dl(
        *[
            rx.el.div(
                rx.el.dt(label, class_name="text-sm text-muted"),
                rx.el.dd(amount, class_name="tnum font-display text-xl font-semibold"),
            )
            for label, amount in lines
        ],
        class_name="mt-4 grid gap-4 sm:grid-cols-3",
    )


def _differences(alert: rx.Var[AlertView]) -> rx.Component:
    columns = [
        Column(_("Object"), cell=_object),
        Column(_("What is wrong"), key="why"),
        Column(_("Here"), key="here", numeric=True),
        Column(_("There"), key="there", numeric=True),
    ]
    return rx.el.div(
        data_table(columns, alert.differences, _("Objects that differ, both sides")),
        rx.cond(
            alert.more != "",
            rx.el.p(phrase(_("And {n} more."), n=alert.more), class_name="mt-2 text-sm text-muted"),
        ),
        class_name="mt-4",
    )


def _object(row: rx.Var) -> rx.Component:
    return rx.el.span(
        rx.el.span(row["what"], class_name="block font-semibold"),
        rx.el.span(row["object"], class_name="block text-xs font-normal break-all text-muted empty:hidden"),
    )


def _note(alert: rx.Var[AlertView]) -> rx.Component:
    return rx.el.p(
        rx.el.span(phrase(_("Released {when}:"), when=alert.released), " ", class_name="font-semibold"), alert.note,
        class_name="mt-4",
    )  # fmt: skip


def _release(alert: rx.Var[AlertView]) -> rx.Component:
    """Only for what somebody has looked into: hence behind a fold, and with a note."""
    form = rx.el.form(
        rx.el.input(type="hidden", name="alert_id", value=alert.id),
        field(
            _("Why may it move?"),
            textarea("note", rows=2, max_length=500),
            hint=_("Kept with your name. The same difference won't count again, another one will."),
            error=error_of(ProofState.errors, "note"),
            required=True,
        ),
        rx.el.div(button(_("Release with a note"), kind="danger", type="submit")),
        on_submit=ProofState.release,
        class_name="grid max-w-xl gap-4",
    )
    return rx.el.div(disclosure(_("Release it all the same"), form), class_name="mt-3")


def _platform() -> rx.Component:
    columns = [
        Column(_("Currency"), key="currency"),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
        Column(_("Our journal"), key="journal", numeric=True),
        Column(_("Its movements"), key="objects", numeric=True),
        Column(_("Its statement"), key="statement", numeric=True),
        Column(_("Your own money"), key="own", numeric=True),
        Column(_("Compared"), key="checked"),
    ]
    return rx.el.div(
        rx.el.div(
            rx.el.h3(_("The platform's balance at the payment partner"), class_name="text-lg"),
            rx.el.div(
                button(
                    _("Check now"),
                    kind="secondary",
                    size="sm",
                    icon="refresh_cw",
                    loading=ProofState.busy == "platform",
                    on_click=ProofState.check_platform,
                ),
                link_button(
                    _("Journal as CSV"),
                    "/studio/export/ledger.csv?whose=platform",
                    kind="secondary",
                    size="sm",
                    icon="download",
                    document=True,
                ),
                link_button(
                    _("Plain-text ledger"),
                    "/studio/export/ledger.ledger?whose=platform",
                    kind="secondary",
                    size="sm",
                    icon="download",
                    document=True,
                ),
                class_name="flex flex-wrap gap-2",
            ),
            class_name="mb-3 flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            ProofState.platform.length() > 0,
            data_table(columns, ProofState.platform, _("The platform's balance, three ways")),
            rx.el.p(_("Not compared yet."), class_name="text-muted"),
        ),
        class_name="mt-8",
    )
