"""Cards, grids and rows of products; panels and figures."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .avatar import avatar
from .given import given
from .icon import icon
from .link import arrow_link, link
from .money import money

GRID_SIZES = "(min-width: 1280px) 288px, (min-width: 640px) 45vw, 92vw"
LARGE_SIZES = "(min-width: 1280px) 693px, (min-width: 1024px) 55vw, 94vw"
PAGE_SIZES = "(min-width: 1280px) 816px, (min-width: 1024px) 62vw, 100vw"

# How cards look; the first paint has the same.
FRAME = "relative aspect-video overflow-hidden bg-sunken"
LENGTH = "tnum absolute end-2 bottom-2 rounded bg-black/75 px-1.5 text-xs font-semibold text-white"
TITLE = "font-semibold leading-snug decoration-1 underline-offset-4 group-hover:underline"
LARGE_TITLE = "line-clamp-2 text-xl decoration-1 underline-offset-4 group-hover:underline sm:text-2xl"
RATING = "tnum inline-flex items-center gap-1 text-sm"
ROW_FACTS = "mt-1 flex items-center gap-3"
BY = "flex items-center gap-2 text-sm text-muted"


def framed(
    product: rx.Var,
    *over: rx.Component,
    picture: str = "cover",
    sizes: str = GRID_SIZES,
    rank: str = "later",
    look: str = "rounded-card",
) -> rx.Component:
    """The 16:9 picture of a product, with what lies over it.

    Args:
        product: Keys as in :func:`product_card`.
        over: Elements placed in the frame's corners.
        picture: The key of the address to fall back to.
        sizes: How wide it is shown.
        rank: ``first`` for the largest thing of a page, ``soon`` for what is seen at once, ``later`` when scrolled to.
        look: The frame's corners.
    """
    width, height = ("1280", "720") if rank == "first" else ("640", "360")
    urgency = {"fetchPriority": "high"} if rank == "first" else {"loading": "eager" if rank == "soon" else "lazy"}
    return rx.el.div(
        rx.cond(
            product[picture].to(str) != "",
            rx.el.picture(
                rx.cond(
                    product["cover_avif"],
                    rx.el.source(type="image/avif", src_set=product["cover_avif"], sizes=sizes),
                ),
                rx.el.img(
                    src=product[picture],
                    src_set=product["cover_srcset"],
                    sizes=sizes,
                    alt="",
                    width=width,
                    height=height,
                    custom_attrs={**urgency, "decoding": "async"},
                    class_name="size-full object-cover",
                ),
            ),
        ),
        *over,
        style={"backgroundColor": product["cover_color"]},
        class_name=f"{FRAME} {look}",
    )


def cover(product: rx.Var, eager: bool = False, sizes: str = GRID_SIZES, rank: str = "") -> rx.Component:
    """The picture with its length in the corner. Keys as in :func:`product_card`, ``rank`` as in :func:`framed`."""
    length = rx.cond(product["duration"].to(str) != "", rx.el.span(product["duration"], class_name=LENGTH))
    return framed(product, length, sizes=sizes, rank=rank or ("soon" if eager else "later"))


def lifted(product: rx.Var, eager: bool = False, look: str = "") -> rx.Component:
    """The cover of a card, which rises when it is pointed at."""
    return rx.el.div(
        cover(product, eager), class_name=f"transition-transform group-hover:-translate-y-0.5 {look}".strip()
    )


def card_title(product: rx.Var, look: str = "line-clamp-2 text-base") -> rx.Component:
    return rx.el.h3(product["title"], class_name=f"{look} {TITLE}")


def by(product: rx.Var, look: str = "mt-2") -> rx.Component:
    """Who made it."""
    return rx.el.div(
        avatar(product["creator"], product["creator_avatar"], "xs"),
        rx.el.span(product["creator"], class_name="truncate"),
        class_name=f"{look} {BY}".strip(),
    )


def product_card(product: rx.Var, eager: bool = False) -> rx.Component:
    """A product as one link.

    Args:
        product: Var of a dict of strings, ``""`` where there is nothing: ``href``, ``title``, ``cover``,
            ``cover_srcset``, ``cover_avif`` (the same in fewer bytes),
            ``cover_color`` (shown until the picture is there), ``creator``, ``creator_avatar``,
            ``price`` (formatted, or "Free"), ``duration`` ("12 min"), ``level``, ``rating`` ("4.8").
        eager: For the first cards of a page: load the cover at once.
    """
    return link(
        lifted(product, eager),
        card_title(product, "mt-3 line-clamp-2 text-base"),
        by(product),
        rx.el.div(
            money(product["price"], "sm", "font-semibold text-ink"),
            rating(product["rating"]),
            rx.cond(product["level"].to(str) != "", rx.el.span(product["level"], class_name="ms-auto truncate")),
            class_name="mt-1.5 flex items-center gap-3 text-sm text-muted",
        ),
        href=product["href"],
        class_name="group block rounded-card",
    )


def rating(value: rx.Var) -> rx.Component:
    """What people think of it, once enough have said."""
    return rx.cond(
        value.to(str) != "",
        rx.el.span(
            icon("star", 14, "fill-current text-ink"),
            rx.el.span(_("Rated"), class_name="sr-only"),
            value,
            class_name=RATING,
        ),
    )


def large_card(product: rx.Var) -> rx.Component:
    """The one that leads a page: its cover is fetched before everything else."""
    return link(
        cover(product, sizes=LARGE_SIZES, rank="first"),
        rx.el.div(
            rx.el.h2(product["title"], class_name=LARGE_TITLE),
            money(product["price"], "lg", "mt-0.5"),
            class_name="mt-4 flex items-start justify-between gap-6",
        ),
        rx.el.div(
            avatar(product["creator"], product["creator_avatar"], "sm"),
            rx.el.span(product["creator"], class_name="truncate font-medium text-ink"),
            rx.el.span(
                product["level"], class_name="truncate border-s border-line-strong ps-2 leading-none empty:hidden"
            ),
            rating(product["rating"]),
            class_name=f"mt-2 {BY}",
        ),
        href=product["href"],
        class_name="group block rounded-card",
    )


def row_card(product: rx.Var) -> rx.Component:
    """A small cover with its words beside it."""
    return link(
        rx.el.div(cover(product, eager=True), class_name="w-36 shrink-0 sm:w-52"),
        rx.el.div(
            card_title(product, "line-clamp-3 text-base sm:text-lg"),
            rx.el.p(product["creator"], class_name="mt-1 truncate text-sm text-muted"),
            rx.el.p(
                money(product["price"], "sm", "font-semibold"),
                rating(product["rating"]),
                class_name=ROW_FACTS,
            ),
            class_name="min-w-0 self-center",
        ),
        href=product["href"],
        class_name="group flex gap-4 rounded-card sm:gap-5",
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
    more = arrow_link(rx.el.span(_("See all"), rx.el.span(" ", title, class_name="sr-only")), href=href)
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
        rx.el.dd(value, class_name="tnum mt-1 font-display text-lg font-semibold sm:text-2xl"),
        rx.el.dd(hint, class_name="mt-1 text-sm text-muted empty:hidden"),
    ]
    shape = "block rounded-card border border-line bg-surface p-5"
    leading = link(rx.el.dl(*body), href=href, class_name=f"{shape} transition-colors hover:border-line-strong")
    return given(href, leading, rx.el.dl(*body, class_name=shape))
