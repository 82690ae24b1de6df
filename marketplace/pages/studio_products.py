"""The list of a creator's products."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge, chip
from marketplace.components.button import button, icon_button, link_button
from marketplace.components.client import close_dialog
from marketplace.components.dialog import dialog, open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.field import text_input
from marketplace.components.icon import icon
from marketplace.components.link import link, plain_form
from marketplace.components.menu import menu_button, menu_line, menu_link
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.course_import import import_button, import_dialog
from marketplace.pages.studio_parts import new_lesson_button, studio_frame
from marketplace.pages.studio_share import share_dialog, share_entry
from marketplace.state.studio import ProductsState

PAGES: list[Route] = []

_DELETE_DIALOG = "delete-draft"


def products_page() -> rx.Component:
    return studio_frame(
        "products",
        page_title(_("Your products"), action=_new()),
        _tools(),
        rx.cond(ProductsState.loaded, rx.cond(ProductsState.items.length() > 0, _list(), _nothing()), skeleton_rows()),
        _delete_dialog(),
        import_dialog(),
        share_dialog(),
        live=ProductsState.loaded,
    )


def _new() -> rx.Component:
    return rx.el.div(
        import_button(),
        link_button(_("New bundle"), "/studio/bundles/new", kind="secondary", icon="layers"),
        link_button(_("New course"), "/studio/new?kind=course", kind="secondary", icon="list_tree"),
        new_lesson_button(),
        class_name="flex flex-wrap gap-3",
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.nav(
            *[_filter(key, label) for key, label in _filters()],
            aria_label=_("Filter by state"),
            class_name="-mx-4 flex gap-2 overflow-x-auto px-4 [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:px-0",
        ),
        plain_form(
            rx.cond(ProductsState.filter != "", rx.el.input(type="hidden", name="state", value=ProductsState.filter)),
            rx.el.label(_("Search your products"), html_for="product-search", class_name="sr-only"),
            rx.el.div(
                icon("search", 18, "pointer-events-none absolute top-3 start-3 text-muted"),
                text_input(
                    "q",
                    type="search",
                    id="product-search",
                    placeholder=_("Search your products"),
                    default_value=ProductsState.query,
                    class_name="ps-10",
                ),
                class_name="relative grow",
            ),
            button(_("Search"), kind="secondary", type="submit"),
            action="/studio/products",
            role="search",
            class_name="flex gap-2 xl:w-96",
        ),
        class_name="mb-5 flex flex-col gap-4 xl:flex-row xl:items-center xl:justify-between",
    )


def _filters() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        ("published", _("Published")),
        ("draft", _("Drafts")),
        ("unpublished", _("Not on offer")),
        ("archived", _("Archived")),
    ]


def _filter(key: str, label: str) -> rx.Component:
    return chip(label, f"/studio/products?state={key}" if key else "/studio/products", ProductsState.filter == key)


def _list() -> rx.Component:
    columns = [
        Column(_("Product"), cell=_name),
        Column(_("State"), cell=_state),
        Column(_("Price"), key="price", numeric=True),
        Column(_("Edited"), key="edited"),
        Column("", cell=_actions),
    ]
    return rx.el.div(
        data_table(columns, ProductsState.items, _("Your products, newest first")),
        show_more(ProductsState.next_key, ProductsState.more, gap="mt-6"),
    )


def _name(row: rx.Var) -> rx.Component:
    return link(
        rx.el.span(
            rx.cond(
                row["cover"].to(str) != "",
                rx.el.img(src=row["cover"], alt="", loading="lazy", class_name="size-full object-cover"),
                rx.el.span(icon("image", 18, "text-muted"), class_name="grid size-full place-items-center"),
            ),
            style={"backgroundColor": row["cover_color"]},
            class_name="aspect-video w-20 shrink-0 overflow-hidden rounded-control",
        ),
        rx.el.span(row["title"], class_name="line-clamp-2 font-semibold group-hover:underline underline-offset-4"),
        href=row["edit_href"],
        class_name="group flex min-w-0 items-center gap-4 md:min-w-52",
    )


def _state(row: rx.Var) -> rx.Component:
    return rx.el.span(
        badge(row["state_words"], row["tone"]),
        rx.cond(row["changes"].to(str) != "", badge(_("Unpublished changes"), "warning")),
        rx.cond(row["announced"].to(str) != "", badge(row["announced"], "info")),
        rx.cond(
            row["waiting"].to(str) != "",
            rx.el.span(row["waiting"], class_name="tnum text-sm whitespace-nowrap text-muted"),
        ),
        class_name="flex flex-wrap gap-1.5 max-md:justify-end",
    )


def _actions(row: rx.Var) -> rx.Component:
    """The browser's popover, one per row; anchored to its own button."""
    menu_id = rx.Var.create("menu-") + row["id"].to(str)
    return rx.el.span(
        icon_button(
            "ellipsis",
            phrase(_("Actions for {title}"), title=row["title"]),
            custom_attrs={"popoverTarget": menu_id},
        ),
        rx.el.nav(
            menu_link(_("Edit"), row["edit_href"], "pencil"),
            rx.cond(row["kind"].to(str) == "course", menu_link(_("Curriculum"), row["curriculum_href"], "list_tree")),
            menu_link(_("Sales page"), row["page_href"], "layout_template"),
            rx.cond(row["public_href"].to(str) != "", menu_link(_("View in shop"), row["public_href"], "eye")),
            rx.cond(row["state"].to(str) == "published", share_entry(row)),
            rx.cond(
                row["waiting_href"].to(str) != "",
                menu_link(_("Download the waitlist"), row["waiting_href"], "download", document=True),
            ),
            rx.cond(
                row["kind"].to(str) != "bundle",
                menu_button(_("Duplicate"), "copy", on_click=ProductsState.duplicate(row["id"])),
            ),
            menu_line(),
            rx.match(
                row["state"],
                (
                    "published",
                    rx.fragment(
                        menu_button(
                            _("Take off the shop"), "eye_off", on_click=ProductsState.change(row["id"], "unpublish")
                        ),
                        _archive(row),
                    ),
                ),
                ("archived", menu_button(_("Restore"), "undo_2", on_click=ProductsState.change(row["id"], "restore"))),
                _archive(row),
            ),
            rx.cond(
                row["deletable"].to(str) != "",
                rx.el.span(
                    menu_button(
                        _("Delete draft…"), "trash_2", on_click=ProductsState.ask_delete(row["id"], row["title"])
                    ),
                    on_click=open_dialog(_DELETE_DIALOG),
                ),
            ),
            id=menu_id,
            aria_label=_("Actions"),
            custom_attrs={"popover": "auto"},
            class_name="menu text-start",
        ),
        class_name="flex justify-end",
    )


def _archive(row: rx.Var) -> rx.Component:
    return menu_button(_("Archive"), "archive", on_click=ProductsState.change(row["id"], "archive"))


def _delete_dialog() -> rx.Component:
    return dialog(
        rx.el.p(
            rx.el.span(ProductsState.doomed_title, class_name="font-semibold text-ink"),
            " ",
            _("was never published, so nobody has bought it. It goes with its video, and can't be brought back."),
            class_name="text-muted",
        ),
        rx.el.div(
            button(
                _("Keep it"),
                kind="secondary",
                on_click=close_dialog(_DELETE_DIALOG),
                custom_attrs={"autoFocus": True},
            ),
            rx.el.span(
                button(
                    _("Delete draft"), kind="danger", on_click=ProductsState.delete(ProductsState.doomed), full=True
                ),
                on_click=close_dialog(_DELETE_DIALOG),
            ),
            class_name="mt-6 flex flex-col-reverse gap-3 sm:flex-row sm:justify-end",
        ),
        id=_DELETE_DIALOG,
        title=_("Delete this draft?"),
    )


def _nothing() -> rx.Component:
    """Nothing at all teaches; nothing found helps to look wider."""
    narrowed = (ProductsState.filter != "") | (ProductsState.query != "")
    return rx.cond(
        narrowed,
        empty_state(
            _("Nothing here"),
            _("Nothing of yours fits this search and filter."),
            link_button(_("Show all products"), "/studio/products", kind="secondary"),
            icon="search_x",
        ),
        empty_state(
            _("Your first lesson starts with a title"),
            _(
                "Then add a cover, the video and a price. Everything is saved as you go, and nobody sees it until you publish."
            ),
            new_lesson_button(),
            icon="clapperboard",
        ),
    )
