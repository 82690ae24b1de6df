"""``/studio/customers``: who bought, and what one of them did with it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import chip
from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, link_button
from marketplace.components.card import stat
from marketplace.components.empty import empty_state
from marketplace.components.field import text_input
from marketplace.components.icon import icon
from marketplace.components.link import link, plain_form
from marketplace.components.page import page_title
from marketplace.components.progress import progress_bar
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import studio_frame
from marketplace.state.customers import CustomersState, CustomerState

_NAMED = "font-semibold underline decoration-line-strong underline-offset-4 hover:text-accent"


def customers_page() -> rx.Component:
    return studio_frame(
        "customers",
        page_title(
            _("Customers"),
            CustomersState.count,
            rx.cond(
                CustomersState.items.length() > 0,
                link_button(
                    _("Download CSV"), CustomersState.csv_href, kind="secondary", icon="download", document=True
                ),
            ),
        ),
        _tools(),
        rx.cond(CustomersState.loaded, rx.cond(CustomersState.items.length() > 0, _list(), _nobody()), skeleton_rows()),
        live=CustomersState.loaded,
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.nav(
            rx.foreach(CustomersState.sorts, lambda sort: chip(sort["label"], sort["href"], sort["on"] != "")),
            aria_label=_("Sort by"),
            class_name="-mx-4 flex gap-2 overflow-x-auto px-4 [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:px-0",
        ),
        plain_form(
            rx.cond(
                CustomersState.most_in != "",
                rx.fragment(
                    rx.el.input(type="hidden", name="sort", value="most"),
                    rx.el.input(type="hidden", name="currency", value=CustomersState.most_in),
                ),
            ),
            rx.el.label(_("Search by name or email"), html_for="customer-search", class_name="sr-only"),
            rx.el.div(
                icon("search", 18, "pointer-events-none absolute top-3 start-3 text-muted"),
                text_input(
                    "q",
                    type="search",
                    id="customer-search",
                    placeholder=_("Name or email"),
                    default_value=CustomersState.query,
                    key=CustomersState.query,
                    class_name="ps-10",
                ),
                class_name="relative grow",
            ),
            button(_("Search"), kind="secondary", type="submit"),
            action="/studio/customers",
            role="search",
            class_name="flex gap-2 xl:w-96",
        ),
        class_name="mb-5 flex flex-col gap-4 xl:flex-row xl:items-center xl:justify-between",
    )


def _list() -> rx.Component:
    columns = [
        Column(_("Customer"), cell=_person),
        Column(_("Purchases"), key="purchases", numeric=True),
        Column(_("Spent"), cell=lambda row: rx.el.span(row["spent"], class_name="font-semibold"), numeric=True),
        Column(_("Given back"), key="refunded", numeric=True),
        Column(_("Since"), key="first"),
        Column(_("Last purchase"), key="last"),
    ]
    return rx.el.div(
        data_table(columns, CustomersState.items, _("Your customers")),
        rx.cond(
            CustomersState.has_more,
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=CustomersState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _person(row: rx.Var) -> rx.Component:
    return rx.el.span(
        link(row["name"], href=row["href"], class_name=_NAMED),
        rx.el.span(
            row["email"], class_name="block text-sm font-normal [overflow-wrap:anywhere] text-muted empty:hidden"
        ),
    )


def _nobody() -> rx.Component:
    return rx.cond(
        CustomersState.query != "",
        empty_state(
            _("Nobody found"),
            _("None of your customers has that name or email."),
            link_button(_("Show all customers"), "/studio/customers", kind="secondary"),
            icon="search_x",
        ),
        empty_state(
            _("No customers yet"),
            _("Whoever buys something from you appears here, with what they bought and how far they are."),
            link_button(_("Your products"), "/studio/products", kind="secondary"),
            icon="users",
        ),
    )


def customer_page() -> rx.Component:
    return studio_frame(
        "customers",
        rx.cond(
            CustomerState.failure != "",
            rx.el.div(
                rx.el.h1(_("No such customer"), class_name="mb-6 text-2xl"),
                empty_state(
                    CustomerState.failure,
                    action=link_button(_("All customers"), "/studio/customers", kind="secondary"),
                    icon="search_x",
                ),
            ),
            rx.cond(
                CustomerState.loaded & (CustomerState.person.length() > 0),
                _customer(),
                rx.el.div(rx.el.h1(_("Customer"), class_name="mb-6 text-2xl"), skeleton_rows(4)),
            ),
        ),
        live=CustomerState.loaded,
    )


def _customer() -> rx.Component:
    person = CustomerState.person
    return rx.el.div(
        breadcrumbs([(_("Customers"), "/studio/customers")], person["name"]),
        rx.el.div(
            rx.el.h1(person["name"], class_name="mt-3 text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
            rx.cond(
                person["gone"] != "",
                rx.el.p(_("They left. What they paid stays in your books."), class_name="mt-2 text-muted"),
                rx.el.p(person["email"], class_name="mt-2 [overflow-wrap:anywhere] text-muted"),
            ),
            class_name="mb-8",
        ),
        rx.el.div(
            stat(_("Spent"), person["spent"], rx.cond(person["refunded"] != "", _refunded(person["refunded"]), "")),
            stat(_("Purchases"), person["purchases"]),
            stat(_("Customer since"), person["since"], phrase(_("Last purchase {day}"), day=person["last"])),
            class_name="mb-10 grid grid-cols-[repeat(auto-fit,minmax(12rem,1fr))] gap-4",
        ),
        _purchases(),
    )


def _refunded(amount: rx.Var) -> rx.Var:
    return phrase(_("{amount} given back"), amount=amount)


def _purchases() -> rx.Component:
    columns = [
        Column(_("Product"), cell=_product),
        Column(_("Bought"), key="day"),
        Column(_("Paid"), key="paid", numeric=True),
        Column(_("Given back"), key="refunded", numeric=True),
        Column(_("Yours"), cell=lambda row: rx.el.span(row["yours"], class_name="font-semibold"), numeric=True),
        Column(_("Progress"), cell=_progress),
    ]
    return rx.el.section(
        rx.el.h2(_("Purchases"), class_name="mb-4 text-xl"),
        data_table(columns, CustomerState.purchases, _("What they bought from you, newest first")),
        rx.cond(
            CustomerState.has_more,
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=CustomerState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _product(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["href"].to(str) != "",
        link(row["title"], href=row["href"], class_name=f"line-clamp-2 {_NAMED}"),
        rx.el.span(row["title"], class_name="line-clamp-2 font-semibold"),
    )


def _progress(row: rx.Var) -> rx.Component:
    return rx.el.div(
        progress_bar(row["progress"], phrase(_("Progress in {title}"), title=row["title"]), row["reached"]),
        class_name="min-w-36",
    )


PAGES = [
    Route("/studio/customers", customers_page, _("Customers"), CustomersState.on_load),
    Route("/studio/customers/[customer_id]", customer_page, _("Customer"), CustomerState.on_load),
]
