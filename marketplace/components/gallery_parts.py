"""What the gallery shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from .avatar import avatar
from .badge import TONES, badge, chip
from .breadcrumbs import breadcrumbs
from .button import button, icon_button, link_button
from .card import panel, product_grid, product_row, stat
from .chart import column_chart, kpis
from .client import copy_text
from .dialog import confirm_dialog, open_dialog
from .disclosure import disclosure
from .empty import empty_state
from .field import (
    checkbox,
    field,
    file_drop,
    money_input,
    password_input,
    radio_cards,
    select_input,
    text_input,
    textarea,
)
from .header import header
from .markdown import prose
from .menu import menu, menu_button, menu_line, menu_link, opens
from .money import money, sum_lines
from .notice import notice
from .price_box import price_box
from .progress import progress_bar, progress_ring
from .skeleton import skeleton_grid, skeleton_lines, skeleton_rows
from .steps import steps
from .studio_shell import studio_shell
from .table import Column, data_table
from .tabs import tab_buttons, tab_links
from .uploader import signed_put, tus_uploader
from .vimeo_player import shortcut_help, vimeo_player

KPIS = [
    {"label": "Yours", "value": "$1,204.50", "hint": "After fees and refunds", "change": "+12 %", "direction": "up",
     "tone": "good", "before": "$1,075.00 before"},
    {"label": "Revenue", "value": "$1,338.33", "hint": "What buyers paid", "change": "−3 %", "direction": "down",
     "tone": "bad", "before": "$1,380.00 before"},
    {"label": "Sales", "value": "52", "hint": "", "change": "No change", "direction": "same", "tone": "",
     "before": "52 before"},
    {"label": "Refunded", "value": "$24.00", "hint": "1 refund", "change": "New", "direction": "up", "tone": "bad",
     "before": "$0.00 before"},
    {"label": "Conversion", "value": "3.0 %", "hint": "New buyers of 1,733 visitors", "change": "", "direction": "",
     "tone": "", "before": ""},
]  # fmt: skip
_HEIGHTS = (40, 65, 20, -15, 80, 55)
CHART: tuple[list[dict[str, str]], ...] = (
    [
        {
            "x": f"{n * 16.6 + 2}", "width": "12", "y": f"{80 - max(height, 0)}", "height": f"{abs(height)}",
            "left": f"{n * 16.6}", "right": f"{n * 16.6 + 16.6}", "room": "16.6", "below": "yes" if height < 0 else "",
            "side": "start" if n < 2 else "end" if n > 3 else "middle", "label": f"Week {n + 1}",
            "value": f"${height * 5}.00", "sales": f"{n + 3} sold", "before": "$200.00 before", "then": "40",
        }
        for n, height in enumerate(_HEIGHTS)
    ],
    [{"y": f"{80 - percent}", "label": f"${percent * 5}"} for percent in (-20, 0, 20, 40, 60, 80)],
    [{"x": f"{n * 16.6 + 8.3}", "label": f"Week {n + 1}"} for n in (0, 2, 4)],
)  # fmt: skip


def _product(title: str, color: str, creator: str, **extra: str) -> dict[str, str]:
    blank = {
        "cover": "",
        "cover_srcset": "",
        "cover_avif": "",
        "creator_avatar": "",
        "duration": "",
        "level": "",
        "rating": "",
    }
    return {**blank, "href": "#", "title": title, "cover_color": color, "creator": creator, "price": "Free", **extra}


_LONG = (
    "A very long title about painting the sea in watercolour on wet paper, from the first wash to the last highlight, "
    "in one sitting"
)
_LONG_NAME = "Ana Sofia de Albuquerque e Castro"
PRODUCTS = [
    _product(
        "Wheel throwing: your first bowl",
        "#c9785d",
        "Mira Okafor",
        price="$29.00",
        duration="2 h 10 min",
        rating="4.8",
        level="Beginner",
    ),
    _product("Sourdough without a scale", "#d9ae6c", "Jonas Lind", price="€18.00", duration="48 min"),
    _product(_LONG, "#5d8ea6", _LONG_NAME, price="R$ 1.249,00", duration="6 h", rating="4.9", level="Intermediate"),
    _product("Fingerpicking in an evening", "#7d6b8f", "Theo", duration="12 min", rating="5.0"),
    _product("Dovetails by hand", "#8a6f4d", "Kenji Mori", price="¥3,200", level="Advanced"),
]
ORDERS = [
    {"order": "A-1042", "buyer": "Lena Fischer", "state": "Paid", "tone": "success", "amount": "$29.00"},
    {
        "order": "A-1041",
        "buyer": "Sam Whitfield-Harrington",
        "state": "Refunded",
        "tone": "neutral",
        "amount": "−$18.00",
    },
    {"order": "A-1040", "buyer": "Yuki Tanaka", "state": "Disputed", "tone": "danger", "amount": "$1,249.00"},
]


def _row(*children: Any) -> rx.Component:
    return rx.el.div(*children, class_name="flex flex-wrap items-center gap-3")


def _two(*children: Any) -> rx.Component:
    return rx.el.div(*children, class_name="grid items-start gap-5 md:grid-cols-2")


def _type() -> list[Any]:
    sizes = ("4xl", "3xl", "2xl", "xl", "lg", "base", "sm", "xs")
    classes = ("text-4xl", "text-3xl", "text-2xl", "text-xl", "text-lg", "text-base", "text-sm", "text-xs")
    return [
        *[
            rx.el.p(
                f"Hands learn slowly ({s})", class_name=f"{'font-display font-semibold ' if n < 4 else ''}{classes[n]}"
            )
            for n, s in enumerate(sizes)
        ],
        rx.el.p("Muted text explains, and still reads well.", class_name="text-muted"),
    ]


def _buttons() -> list[Any]:
    kinds = ("primary", "secondary", "quiet", "danger")
    return [
        *[_row(*[button("Publish lesson", kind, size) for kind in kinds]) for size in ("lg", "md", "sm")],
        _row(*[button("Publish lesson", kind, loading=True) for kind in kinds]),
        _row(*[button("Publish lesson", kind, disabled=True) for kind in kinds]),
        _row(
            button("Add lesson", icon="plus"),
            link_button("Go to the library", "#", kind="secondary", icon="library"),
            icon_button("pencil", "Edit"),
            button("Copy link", "secondary", "sm", "copy", on_click=copy_text("https://example.com/wheel-throwing")),
        ),
    ]


def _fields() -> list[Any]:
    levels = [("", "Any level"), ("beginner", "Beginner"), ("advanced", "Advanced")]
    access = [
        ("once", "Pay once", "Buyers keep it for good."),
        ("monthly", "Membership", "Part of a monthly plan."),
        ("free", "Free", "Anyone with an account."),
    ]
    return [
        _two(
            field(
                "Title",
                text_input("title", placeholder="Wheel throwing"),
                hint="What people search for.",
                required=True,
            ),
            field(
                "Email",
                text_input("email", "email", auto_complete="email"),
                required=True,
                error="This address has no @.",
            ),
            field("Password", password_input(default_value="demo-password-1"), required=True),
            field("Price", money_input("price", "USD"), hint="You get $26.10 of $29.00."),
            field("Level", select_input("level", levels)),
            field("Not now", text_input("locked", disabled=True, default_value="Cannot be changed after publishing")),
        ),
        field("About this lesson", textarea("about")),
        radio_cards("access", access, "once", label="Access", columns=3),
        checkbox("terms", "I made this or may sell it", "You stay the owner."),
        file_drop("Choose a cover", "image/*", "PNG, JPEG or WebP, up to 10 MB", "cover"),
    ]


def _cards() -> list[Any]:
    items = rx.Var.create(PRODUCTS)
    return [product_grid(items), product_row("New this week", items, "/search")]


def _labels() -> list[Any]:
    return [
        _row(*[badge(tone.capitalize(), tone) for tone in TONES], badge("Published", "success", "check")),
        _row(chip("Pottery", "#", active=True), chip("Bread", "#"), chip("Watercolour", "#")),
        _row(*[avatar("Mira Okafor", size=size) for size in ("xs", "sm", "md", "lg", "xl")]),
        _row(money("$1,249.00", "sm"), money("€18.00"), money("¥3,200", "lg"), money("$12,480.50", "xl")),
    ]


def _figures() -> list[Any]:
    lines = [("Price", "$29.00"), ("Discount SPRING", "−$4.00"), ("Our fee (10 %)", "−$2.50"), ("Tax", "−$0.00")]
    return [
        rx.el.div(
            stat("Available", "$1,204.50", "Next payout on Friday", "/studio/payouts"),
            stat("This month", "$3,980.00", "12 sales more than last month"),
            stat("Learners", "412"),
            class_name="grid gap-4 sm:grid-cols-3",
        ),
        kpis(rx.Var.create(KPIS), "In this period"),
        panel(column_chart("Yours, week by week", *[rx.Var.create(part) for part in CHART], compared=True)),
        _two(
            panel(sum_lines(lines, "Yours", "$22.50", "#"), title="Order A-1042", action=badge("Paid", "success")),
            panel(skeleton_lines(), title="Loading"),
        ),
    ]


def _tables() -> list[Any]:
    columns = [
        Column("Order", "order"),
        Column("Buyer", "buyer"),
        Column("State", cell=lambda row: badge(row["state"], row["tone"])),
        Column("Amount", "amount", numeric=True),
    ]
    return [data_table(columns, rx.Var.create(ORDERS), "Orders"), skeleton_rows(3)]


def _moving() -> list[Any]:
    tabs = [
        ("notes", "Notes", "#"),
        ("transcript", "Transcript", "#"),
        ("files", "Files", "#"),
        ("talk", "Discussion", "#"),
    ]
    wizard = [("Basics", "#", "done"), ("Video", "#", "problem"), ("Price", "#", "current"), ("Publish", "#", "todo")]
    return [
        breadcrumbs([("Courses", "#"), ("Wheel throwing", "#")], "Centring the clay"),
        steps(wizard),
        tab_links(tabs, "notes", "Lesson"),
        tab_buttons([(key, text) for key, text, _href in tabs], "files", lambda key: rx.prevent_default, "Lesson"),
        disclosure("1. Getting ready", rx.el.p("Clay, water, a sponge."), open=True, aside="3 lessons"),
        disclosure("2. The first bowl", rx.el.p("Centre, open, pull."), aside="6 lessons"),
        progress_bar(64, "Wheel throwing", "12 min left"),
        _row(*[progress_ring(percent, "Lesson") for percent in (0, 30, 75, 100)]),
    ]


def _messages() -> list[Any]:
    return [
        notice("Your draft is saved on this device and is sent when you are back online."),
        notice("Everyone can see it now.", "success", "Published", link_button("See it", "#", "secondary", "sm")),
        notice("Add captions so that everyone can follow.", "warning", "Captions are missing"),
        notice("Your card was declined. Nothing was charged; try another card.", "error", "Not paid"),
        empty_state(
            "No lessons yet",
            "Upload a video, give it a title and a price. You can publish later.",
            link_button("Add a lesson", "#"),
            "clapperboard",
        ),
    ]


def _floating() -> list[Any]:
    return [
        _row(
            button("Refund order", "danger", on_click=open_dialog("refund")),
            button("More", "secondary", icon="ellipsis", custom_attrs=opens("more")),
        ),
        confirm_dialog(
            "refund",
            "Refund $29.00 to Lena?",
            "She loses access at once. The money is back on her card in 5 to 10 days.",
            "Refund",
            on_confirm=rx.prevent_default,
        ),
        menu(
            menu_link("Edit", "#", "pencil"),
            menu_button("Duplicate", "copy"),
            menu_line(),
            menu_button("Archive", "archive"),
            id="more",
            label="More",
        ),
    ]


def _buying() -> list[Any]:
    included = ["2 h 10 min of video in 9 lessons", "Glaze recipes (PDF)", "Questions answered by Mira"]
    return [
        rx.el.div(
            price_box(
                "$25.00", button("Buy now", full=True, size="lg"), included, "Money back within 14 days", "$29.00"
            ),
            class_name="max-w-sm",
        )
    ]


def _uploads() -> list[Any]:
    return [
        _two(
            tus_uploader("", "Add the lesson's video", hint="MP4 or MOV, up to 4 GB"),
            signed_put("", "Add a cover", 0, "", hint="PNG, JPEG or WebP, up to 10 MB. You can also paste a picture."),
        ),
        rx.el.div(vimeo_player("", "Wheel throwing"), class_name="max-w-xl"),
        disclosure("Keyboard shortcuts", shortcut_help()),
    ]


def _text() -> list[Any]:
    return [
        prose(
            rx.el.h2("Centring"),
            rx.el.p("Press with ", rx.el.strong("both hands"), " and wait. See ", rx.el.a("the clip", href="#"), "."),
            rx.el.ul(rx.el.li("Elbows on the knees"), rx.el.li("Wet hands, slow wheel")),
            rx.el.blockquote("The clay tells you when."),
            rx.el.p("Type ", rx.el.code("cone 6"), " into the kiln."),
        )
    ]


def _frames() -> list[Any]:
    frame = "overflow-hidden rounded-card border border-line [&>header]:static"
    return [
        rx.el.div(header(search_id="search-guest"), class_name=frame),
        panel(studio_shell("earnings", rx.el.p("The room.", class_name="text-muted"))),
        skeleton_grid(4),
    ]


PARTS: tuple[tuple[str, Callable[[], list[Any]]], ...] = (
    ("Type", _type),
    ("Buttons", _buttons),
    ("Fields", _fields),
    ("Products", _cards),
    ("Labels", _labels),
    ("Figures", _figures),
    ("Tables", _tables),
    ("Finding the way", _moving),
    ("Messages", _messages),
    ("Dialogs and menus", _floating),
    ("Buying", _buying),
    ("Files and video", _uploads),
    ("Long text", _text),
    ("Frames", _frames),
)
