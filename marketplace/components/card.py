"""Cards, grids and rows of products; panels and figures."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .avatar import avatar
from .given import given
from .icon import icon
from .link import link
from .money import money


def cover(product: rx.Var, eager: bool = False) -> rx.Component:
    """The 16:9 picture of a product. Keys as in :func:`product_card`."""
    return rx.el.div(
        rx.cond(
            product["cover"].to(str) != "",
            rx.el.img(
                src=product["cover"],
                src_set=product["cover_srcset"],
                sizes="(min-width: 1280px) 288px, (min-width: 640px) 45vw, 92vw",
                alt="",
                width="640",
                height="360",
                loading="eager" if eager else "lazy",
                custom_attrs={"decoding": "async"},
                class_name="size-full object-cover",
            ),
        ),
        rx.cond(
            product["duration"].to(str) != "",
            rx.el.span(
                product["duration"],
                class_name="tnum absolute right-2 bottom-2 rounded bg-black/75 px-1.5 text-xs font-semibold text-white",
            ),
        ),
        style={"backgroundColor": product["cover_color"]},
        class_name="relative aspect-video overflow-hidden rounded-card bg-sunken",
    )


def product_card(product: rx.Var, eager: bool = False) -> rx.Component:
    """A product as one link.

    Args:
        product: Var of a dict of strings, ``""`` where there is nothing: ``href``, ``title``, ``cover``,
            ``cover_srcset``, ``cover_color`` (shown until the picture is there), ``creator``, ``creator_avatar``,
            ``price`` (formatted, or "Free"), ``duration`` ("12 min"), ``level``, ``rating`` ("4.8").
        eager: For the first cards of a page: load the cover at once.
    """
    return link(
        rx.el.div(cover(product, eager), class_name="transition-transform group-hover:-translate-y-0.5"),
        rx.el.h3(
            product["title"],
            class_name=(
                "mt-3 line-clamp-2 text-base leading-snug font-semibold group-hover:underline decoration-1 "
                "underline-offset-4"
            ),
        ),
        rx.el.div(
            avatar(product["creator"], product["creator_avatar"], "xs"),
            rx.el.span(product["creator"], class_name="truncate"),
            class_name="mt-2 flex items-center gap-2 text-sm text-muted",
        ),
        rx.el.div(
            money(product["price"], "sm", "font-semibold text-ink"),
            rx.cond(product["rating"].to(str) != "", _rating(product["rating"])),
            rx.cond(product["level"].to(str) != "", rx.el.span(product["level"], class_name="ml-auto truncate")),
            class_name="mt-1.5 flex items-center gap-3 text-sm text-muted",
        ),
        href=product["href"],
        class_name="group block rounded-card",
    )


def _rating(value: rx.Var) -> rx.Component:
    return rx.el.span(
        icon("star", 14, "fill-current text-ink"),
        rx.el.span(_("Rated"), class_name="sr-only"),
        value,
        class_name="tnum inline-flex items-center gap-1",
    )


def product_grid(items: rx.Var, columns: int = 4) -> rx.Component:
    """Products in columns: one on a phone, two on a tablet, ``columns`` (3 or 4) on desktop."""
    wide = {3: "lg:grid-cols-3", 4: "lg:grid-cols-3 xl:grid-cols-4"}[columns]
    return rx.el.ul(
        rx.foreach(items, lambda item: rx.el.li(product_card(item))),
        class_name=f"grid gap-x-5 gap-y-10 sm:grid-cols-2 {wide}",
    )


def product_row(title: rx.Var | str, items: rx.Var, href: rx.Var | str = "") -> rx.Component:
    """A titled row that scrolls with the thumb.

    Args:
        title: Heading of the row.
        items: Var of a list of products.
        href: "See all" page, or empty.
    """
    more = link(
        rx.el.span(_("See all"), rx.el.span(" ", title, class_name="sr-only")),
        icon("arrow_right", 16),
        href=href,
        class_name="inline-flex min-h-11 items-center gap-1 text-sm font-semibold text-accent hover:text-accent-hover",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="text-xl"),
            given(href, more),
            class_name="mb-3 flex items-center justify-between gap-4",
        ),
        rx.el.ul(
            rx.foreach(items, lambda item: rx.el.li(product_card(item))),
            tab_index=0,
            aria_label=title,
            class_name="scroll-row",
        ),
    )


def panel(*children: Any, title: rx.Var | str = "", action: rx.Component | None = None, **props: Any) -> rx.Component:
    """A surface with a line round it.

    Args:
        children: Content.
        title: Heading, or empty.
        action: A quiet button or link at the heading's right.
        props: Passed on.
    """
    head = rx.el.div(
        rx.el.h2(title, class_name="text-lg"),
        *([action] if action is not None else []),
        class_name="mb-4 flex flex-wrap items-center justify-between gap-3",
    )
    extra = props.pop("class_name", "")
    return rx.el.section(
        given(title, head),
        *children,
        class_name=f"panel rounded-card border border-line bg-surface p-5 sm:p-6 {extra}".strip(),
        **props,
    )


def stat(label: rx.Var | str, value: rx.Var | str, hint: rx.Var | str = "", href: rx.Var | str = "") -> rx.Component:
    """A figure with its name and what it is made of.

    Args:
        label: "Available to pay out".
        value: Formatted figure.
        hint: "3 payments clear on Friday".
        href: Page that explains the figure, or empty.
    """
    body = [
        rx.el.dt(label, class_name="text-sm text-muted"),
        rx.el.dd(value, class_name="tnum mt-1 font-display text-2xl font-semibold"),
        rx.el.dd(hint, class_name="mt-1 text-sm text-muted empty:hidden"),
    ]
    shape = "block rounded-card border border-line bg-surface p-5"
    leading = link(rx.el.dl(*body), href=href, class_name=f"{shape} transition-colors hover:border-line-strong")
    return given(href, leading, rx.el.dl(*body, class_name=shape))
