"""A chart of columns, drawn from positions that the server computed; and figures beside what they were before."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

from .icon import icon

_TIP = (
    "pointer-events-none invisible absolute z-10 w-max max-w-48 rounded-control border border-line bg-surface px-3 py-2 "
    "text-start text-sm shadow-float group-hover:visible group-has-[:focus-visible]:visible"
)


def column_chart(
    title: rx.Var | str,
    columns: rx.Var,
    ticks: rx.Var,
    marks: rx.Var,
    compared: rx.Var | bool = False,
    table: str = "",
    key: str = "",
) -> rx.Component:
    """Columns with a scale, each with a stroke where it was before.

    Hovering a column tells its figures. So does the keyboard: the columns are one group of radio buttons, which Tab
    enters once and the arrow keys walk through.

    Args:
        title: What is shown, in words.
        columns: Var of dicts: ``x``, ``width``, ``y``, ``height`` (percent), ``left``, ``right`` and ``room`` (of the
            column's whole place), ``below`` (set when the value is negative), ``side`` of its tip (start, middle, end),
            ``label``, ``value``, ``sales``, ``before``; ``then`` is where the comparison is (percent), or empty.
        ticks: Var of dicts: ``y`` (percent) and ``label``.
        marks: Var of dicts: ``x`` (percent) and ``label``.
        compared: Whether the columns have a comparison.
        table: Id of the table with the same figures.
        key: What a column is; else it is this period's.
    """
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(title, class_name="font-semibold"),
            rx.el.span(
                _key("size-2.5 rounded-xs bg-accent", key or _("This period")),
                rx.cond(compared, _key("h-0.5 w-4 bg-line-strong", _("Before"))),
                class_name="flex gap-4 text-muted",
            ),
            class_name="mb-4 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 text-sm",
        ),
        rx.el.div(
            rx.foreach(ticks, _tick),
            rx.el.div(_shapes(columns), _points(columns, title, table), class_name="absolute inset-0 left-16"),
            dir="ltr",  # time goes to the right, as in every language's figures
            class_name="relative h-56 sm:h-64",
        ),
        rx.el.div(
            rx.el.div(rx.foreach(marks, _mark), class_name="absolute inset-0 left-16"),
            aria_hidden="true",
            dir="ltr",
            class_name="relative h-6",
        ),
    )


def _key(shape: str, label: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(class_name=f"inline-block {shape}"), label, class_name="inline-flex items-center gap-1.5"
    )


def _tick(tick: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.span(tick["label"], class_name="tnum -mt-2.5 w-14 shrink-0 text-end text-xs text-muted"),
        rx.el.span(class_name="ml-2 grow border-t border-line"),
        style={"top": tick["y"].to(str) + "%"},
        aria_hidden="true",
        class_name="absolute inset-x-0 flex",
    )


def _shapes(columns: rx.Var) -> rx.Component:
    return rx.el.svg(
        rx.foreach(
            columns,
            lambda column: rx.el.svg.rect(
                x=column["x"],
                y=column["y"],
                width=column["width"],
                height=column["height"],
                class_name=rx.cond(column["below"] != "", "fill-danger", "fill-accent"),
            ),
        ),
        rx.foreach(columns, lambda column: rx.cond(column["then"] != "", _stroke(column))),
        view_box="0 0 100 100",
        custom_attrs={"preserveAspectRatio": "none"},
        aria_hidden="true",
        class_name="absolute inset-0 size-full overflow-visible",
    )


def _stroke(column: rx.Var) -> rx.Component:
    return rx.el.svg.line(
        x1=column["left"],
        x2=column["right"],
        y1=column["then"],
        y2=column["then"],
        custom_attrs={"vectorEffect": "non-scaling-stroke"},
        class_name="stroke-line-strong stroke-2",
    )


def _points(columns: rx.Var, title: rx.Var | str, table: str) -> rx.Component:
    return rx.el.div(
        rx.foreach(columns, _point),
        role="radiogroup",
        aria_label=title,
        custom_attrs={"aria-describedby": table} if table else {},
        class_name="absolute inset-0",
    )


def _point(column: rx.Var) -> rx.Component:
    side = rx.match(
        column["side"], ("start", "left-0"), ("end", "right-0"), "left-1/2 -translate-x-1/2",
    )  # fmt: skip
    return rx.el.label(
        rx.el.input(type="radio", name="chart-point", class_name="sr-only"),
        rx.el.span(column["label"], ": ", column["value"], ", ", column["sales"], class_name="sr-only"),
        rx.el.span(
            rx.el.span(column["label"], class_name="block text-muted"),
            rx.el.span(column["value"], class_name="tnum block font-semibold"),
            rx.el.span(column["sales"], class_name="tnum block"),
            rx.el.span(column["before"], class_name="tnum block text-muted empty:hidden"),
            aria_hidden="true",
            class_name=[_TIP, side, "bottom-full mb-1"],
        ),
        style={"left": column["left"].to(str) + "%", "width": column["room"].to(str) + "%"},
        class_name=(
            "group absolute inset-y-0 hover:bg-ink/5 has-[:focus-visible]:bg-ink/5 has-[:focus-visible]:outline-2 "
            "has-[:focus-visible]:outline-accent"
        ),
    )


def _mark(mark: rx.Var) -> rx.Component:
    return rx.el.span(
        mark["label"],
        style={"left": mark["x"].to(str) + "%"},
        class_name="tnum absolute top-1.5 -translate-x-1/2 text-xs whitespace-nowrap text-muted",
    )


def kpi(row: rx.Var) -> rx.Component:
    """A figure and how it moved.

    Args:
        row: Var of a dict of texts: ``label``, ``value``, ``hint``, ``change`` ("+12 %"), ``direction`` (up, down, same
            or empty), ``tone`` (good, bad or empty), ``before`` ("$1,200.00 before").
    """
    tone = rx.match(row["tone"], ("good", "text-success"), ("bad", "text-danger"), "text-muted")
    return rx.el.dl(
        rx.el.dt(row["label"], class_name="text-sm text-muted"),
        rx.el.dd(row["value"], class_name="tnum mt-1 font-display text-xl font-semibold [overflow-wrap:anywhere]"),
        rx.el.dd(
            rx.el.span(
                rx.match(
                    row["direction"],
                    ("up", icon("trending_up", 16)),
                    ("down", icon("trending_down", 16)),
                    ("same", icon("minus", 16)),
                    rx.fragment(),
                ),
                row["change"],
                class_name=["inline-flex items-center gap-1 font-semibold", tone],
            ),
            rx.el.span(row["before"], class_name="text-muted"),
            class_name="tnum mt-1 flex flex-wrap gap-x-2 text-sm",
        ),
        rx.el.dd(row["hint"], class_name="mt-1 text-sm text-muted empty:hidden"),
        class_name="min-w-0 bg-surface p-4 max-xl:last:col-span-2 sm:p-5",
    )


def kpis(rows: rx.Var, label: str) -> rx.Component:
    """Five figures side by side in one frame; in pairs where there is less room."""
    return rx.el.section(
        rx.foreach(rows, kpi),
        aria_label=label,
        class_name="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line xl:grid-cols-5",
    )
