"""Tables that become cards on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        label: Heading; empty for a column of actions.
        key: Key of the row shown, when ``cell`` is not given.
        cell: Draws the cell from the row's Var.
        numeric: Right-aligned with digits of equal width.
    """

    label: str
    key: str = ""
    cell: Callable[[rx.Var], rx.Component] | None = None
    numeric: bool = False

    def draw(self, row: rx.Var) -> rx.Component | rx.Var:
        return self.cell(row) if self.cell else row[self.key]


def data_table(columns: Sequence[Column], rows: rx.Var, caption: rx.Var | str) -> rx.Component:
    """Rows under headings; on a phone each row is a card with its headings beside the values.

    Args:
        columns: The first is the row's name.
        rows: Var of a list of dicts (annotate it ``list[dict[str, str]]``).
        caption: What the table holds, for screen readers.
    """
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(rx.el.tr(*[_heading(column) for column in columns])),
            rx.el.tbody(
                rx.foreach(
                    rows,
                    lambda row, place: rx.el.tr(
                        *[_cell(column, row) for column in columns],
                        key=rx.cond(row.contains("id"), row["id"].to(str), place.to_string()),
                        class_name=_ROW,
                    ),
                )
            ),
            class_name="data-table w-full text-sm",
        ),
        class_name="relative overflow-x-auto rounded-card border border-line bg-surface",
    )


_ROW = "border-t border-line first:border-t-0 md:first:border-t transition-colors md:hover:bg-paper"


def _heading(column: Column) -> rx.Component:
    side = "text-end" if column.numeric else "text-start"
    return rx.el.th(column.label, scope="col", class_name=f"px-4 py-3 text-xs font-semibold text-muted {side}")


def _cell(column: Column, row: rx.Var) -> rx.Component:
    side = "tnum md:text-end" if column.numeric else ""
    return rx.el.td(
        rx.el.span(column.draw(row), class_name="min-w-0"),
        custom_attrs={"data-label": column.label},
        class_name=f"md:px-4 md:py-3 {side}".strip(),
    )
