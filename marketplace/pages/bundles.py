"""Making a bundle."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, icon_button, link_button
from marketplace.components.empty import empty_state
from marketplace.components.field import (
    CONTROL,
    checkbox,
    field,
    field_error,
    look_above,
    money_input,
    radio_cards,
    select_input,
    text_input,
    textarea,
)
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton_rows
from marketplace.i18n import _
from marketplace.money import EXPONENTS
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.state.bundles import BundleState


def bundle_page() -> rx.Component:
    return studio_frame(
        "products",
        rx.cond(
            BundleState.failure != "",
            rx.el.div(
                rx.el.h1(_("No such bundle"), class_name="mb-6 text-2xl"),
                empty_state(
                    BundleState.failure, action=link_button(_("Your products"), "/studio/products"), icon="search_x"
                ),
            ),
            rx.cond(BundleState.loaded, _editor(), skeleton_rows()),
        ),
        live=BundleState.loaded,
    )


def _editor() -> rx.Component:
    state = rx.match(
        BundleState.state,
        ("published", badge(_("Published"), "success")),
        ("unpublished", badge(_("Not on offer"), "warning")),
        rx.fragment(),
    )
    return rx.el.div(
        rx.el.div(breadcrumbs([(_("Products"), "/studio/products")], _("Bundle")), class_name="mb-3"),
        page_title(_("Bundle"), _("Several lessons for one price. Buyers get each of them; refunds go lesson by lesson.")),
        rx.el.div(
            state,
            rx.cond(
                BundleState.public_href != "",
                link_button(_("View in shop"), BundleState.public_href, kind="quiet", size="sm", icon="eye"),
            ),
            rx.cond(
                BundleState.page_href != "",
                link_button(
                    _("Sales page"), BundleState.page_href, kind="quiet", size="sm", icon="layout_template"
                ),
            ),
            rx.cond(
                BundleState.state == "published",
                button(_("Take off the shop"), kind="quiet", size="sm", on_click=BundleState.take_off),
            ),
            class_name="mb-6 flex flex-wrap items-center gap-3 empty:hidden",
        ),
        rx.cond(
            BundleState.missing != "",
            rx.el.div(notice(BundleState.missing, "warning"), class_name="mb-6 max-w-2xl"),
        ),
        rx.cond(
            BundleState.lessons.length() > 1,
            _form(),
            empty_state(
                _("Publish two lessons first"), _("A bundle holds at least two lessons that are in the shop."),
                link_button(_("New lesson"), "/studio/new"), icon="shapes",
            ),
        ),
    )  # fmt: skip


def _error(name: str) -> rx.Var:
    return error_of(BundleState.errors, name)


def _form() -> rx.Component:
    form = BundleState.form
    days = [("0", _("No refunds on request")), *[(str(n), _("{n} days").format(n=n)) for n in (7, 14, 30, 60)]]
    shares = [
        *[(str(n), _("at most {n} % seen").format(n=n)) for n in (10, 30, 50)], ("100", _("however much was seen")),
    ]  # fmt: skip
    return rx.el.form(
        field(_("Title"), text_input("title", default_value=form["title"], max_length=150), error=_error("title"), required=True),
        field(_("Summary"), text_input("summary", default_value=form["summary"], max_length=300), error=_error("summary")),
        field(_("Description"), textarea("description", default_value=form["description"]), error=_error("description"),
              hint=_("Markdown works here.")),
        _lessons(),
        rx.el.div(
            field(
                _("Price"),
                money_input("price", form["currency"].to(str).upper(), default_value=form["price"],
                            on_blur=lambda value: BundleState.edit("price", value)),
                error=_error("price"), required=True,
            ),
            field(
                _("Currency"),
                select_input("currency", [(code, code.upper()) for code in EXPONENTS], default_value=form["currency"],
                             on_change=lambda value: BundleState.edit("currency", value)),
                error=_error("currency"), required=True,
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        rx.cond(
            BundleState.worth != "",
            rx.el.p(*sentence(_("Bought one by one they cost {amount}."), amount=rx.el.strong(BundleState.worth, class_name="tnum")),
                    class_name="-mt-3 text-sm text-muted"),
        ),
        rx.cond(BundleState.dearer, notice(_("One by one they cost less than this bundle."), "warning")),
        rx.cond(BundleState.chosen.length() > 1, _shares()),
        rx.el.div(
            field(_("Refunds on request within"), select_input("refund_days", days, default_value=form["refund_days"]),
                  error=_error("refund_days"), required=True),
            field(_("With"), select_input("refund_max_percent", shares, default_value=form["refund_max_percent"]), required=True),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        look_above(BundleState.errors),
        button(_("Save and put into the shop"), type="submit", size="lg", class_name="justify-self-start"),
        on_submit=BundleState.save,
        reset_on_submit=False,
        class_name="grid max-w-2xl gap-6",
    )  # fmt: skip


def _lessons() -> rx.Component:
    """Ticked is in; the order is that of ticking. A box shows at once that it was ticked; those taken out of the list
    below make all boxes anew."""
    ids = rx.Var.create(BundleState.chosen).to(list[dict[str, str]])
    return rx.el.fieldset(
        rx.el.legend(_("Lessons"), class_name="mb-1.5 text-sm font-semibold"),
        rx.el.div(
            rx.foreach(
                BundleState.lessons,
                lambda lesson: checkbox(
                    "in-" + lesson["id"].to(str), _titled(lesson),
                    default_checked=ids.to_string().contains(lesson["id"].to(str)),
                    on_change=lambda into: BundleState.toggle(lesson["id"], into),
                ),
            ),
            key="boxes-" + BundleState.taken_out.to(str),
            class_name="max-h-80 overflow-y-auto rounded-control border border-line px-3",
        ),
        rx.el.div(field_error(_error("products")), class_name="mt-1.5"),
    )  # fmt: skip


def _titled(lesson: rx.Var) -> rx.Component:
    return rx.fragment(lesson["title"], " ", rx.el.span(lesson["price"], class_name="tnum text-sm text-muted"))


def _shares() -> rx.Component:
    """How the price is spread: it decides refunds and partners' shares."""
    rules = [
        ("by_price", _("By price"), _("As what they cost one by one.")), ("equal", _("Equally"), _("The same for each.")),
        ("custom", _("By weight"), _("As you say below.")),
    ]  # fmt: skip
    return rx.el.fieldset(
        rx.el.legend(_("How the price is spread"), class_name="mb-1 text-sm font-semibold"),
        rx.el.p(_("It decides what goes back when one lesson is refunded."), class_name="mb-3 text-sm text-muted"),
        radio_cards("rule", rules, value=BundleState.rule, on_change=BundleState.choose_rule, label=_("Rule"), columns=3),
        rx.el.ul(
            rx.foreach(
                BundleState.chosen,
                lambda row: rx.el.li(
                    rx.el.span(row["title"], class_name="min-w-0 flex-1 [overflow-wrap:anywhere]"),
                    rx.cond(
                        BundleState.rule == "custom",
                        rx.el.span(
                            rx.el.input(
                                type="text", name="weight-" + row["id"].to(str), input_mode="numeric", default_value=row["weight"],
                                max_length=6, auto_complete="off",
                                aria_label=phrase(_("Weight of {title}"), title=row["title"]),
                                on_blur=lambda value: BundleState.weigh(row["id"], value), class_name=f"{CONTROL} tnum",
                            ),
                            class_name="w-20 shrink-0",
                        ),
                    ),
                    rx.el.span(row["part"], class_name="tnum shrink-0 text-end sm:w-24"),
                    icon_button("x", phrase(_("Take out {title}"), title=row["title"]), on_click=BundleState.take_out(row["id"]), size=18),
                    class_name="flex items-center gap-3 py-1",
                ),
            ),
            class_name="mt-4 divide-y divide-line rounded-card border border-line bg-surface px-4 py-1",
        ),
        rx.el.div(field_error(_error("weights")), class_name="mt-1.5"),
    )  # fmt: skip


PAGES = [Route("/studio/bundles/[bundle_id]", bundle_page, _("Bundle"), BundleState.on_load)]
