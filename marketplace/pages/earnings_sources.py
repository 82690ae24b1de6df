"""Where sales came from: sites and campaigns, with what each of them brought."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import link_button
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.sources import SourcesState

PAGES: list[Route] = []


def where_from() -> rx.Component:
    """Nothing before something was sold in these days."""
    columns = [
        Column(
            _("Source"), cell=lambda row: rx.el.span(row["source"], class_name="font-medium [overflow-wrap:anywhere]")
        ),
        Column(_("Medium"), key="medium"),
        Column(_("Campaign"), cell=lambda row: rx.el.span(row["campaign"], class_name="[overflow-wrap:anywhere]")),
        Column(_("Sales"), key="sales", numeric=True),
        Column(_("Net revenue"), key="revenue", numeric=True),
        Column(_("Yours"), cell=lambda row: rx.el.span(row["yours"], class_name="font-semibold"), numeric=True),
    ]
    return rx.cond(
        SourcesState.rows.length() > 0,
        rx.el.section(
            rx.el.div(
                rx.el.h2(_("Where sales came from"), class_name="text-xl"),
                link_button(
                    _("Download CSV"),
                    SourcesState.csv_href,
                    kind="secondary",
                    size="sm",
                    icon="download",
                    document=True,
                ),
                class_name="mb-2 flex flex-wrap items-center justify-between gap-3",
            ),
            rx.el.p(
                _(
                    "The site or campaign that buyers first came by, up to 30 days before. Add utm_source, utm_medium "
                    "and utm_campaign to your links to tell them apart."
                ),
                class_name="mb-4 max-w-[70ch] text-sm text-muted",
            ),
            data_table(columns, SourcesState.rows, _("Sites and campaigns, what brought most first")),
            rx.cond(
                SourcesState.cut,
                rx.el.p(_("The file has all of them."), class_name="mt-3 text-sm text-muted"),
            ),
        ),
    )
