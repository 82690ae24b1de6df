"""The steps that are typed: details and price."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.button import icon_button, link_button
from marketplace.components.field import (
    field,
    field_error,
    money_input,
    radio_cards,
    select_input,
    text_input,
    textarea,
)
from marketplace.components.icon import icon
from marketplace.components.markdown import prose
from marketplace.components.notice import notice
from marketplace.components.sentence import phrase, sentence
from marketplace.domain.catalog.rules import (
    LEVELS,
    MAX_DESCRIPTION,
    MAX_LEARN_LINE,
    MAX_SLUG,
    MAX_SUMMARY,
    MAX_TITLE,
    TOPICS,
)
from marketplace.domain.media.rules import LANGUAGES
from marketplace.i18n import _
from marketplace.money import EXPONENTS
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.wizard import WizardState

PAGES: list[Route] = []


def _wrong(name: str) -> rx.Var:
    return error_of(WizardState.errors, name)


def _priced(name: str) -> rx.Var:
    """Refused, or saved but not enough to publish."""
    return rx.cond(_wrong(name) != "", _wrong(name), error_of(WizardState.price_problems, name))


def _held(name: str) -> rx.Var:
    return WizardState.errors.contains(name) | WizardState.stale


def _saved(name: str, control: rx.Component, **options: Any) -> rx.Component:
    return autosave(
        control,
        value=WizardState.form[name],
        on_save=lambda text: WizardState.edit(name, text),
        held=_held(name),
        **options,
    )


def _chosen(name: str, options: list[tuple[str, str]]) -> rx.Component:
    return _saved(name, select_input(name, options, default_value=WizardState.form[name]), delay=0)


def step_head(title: str, text: str) -> rx.Component:
    return rx.el.div(
        rx.el.h2(title, class_name="text-xl"),
        rx.el.p(text, class_name="mt-1 max-w-[60ch] text-muted"),
        class_name="mb-6",
    )


def details_step(cover: rx.Component) -> rx.Component:
    form = WizardState.form
    return rx.el.div(
        step_head(_("Details"), _("What it is, in the words you'd use at the bench.")),
        rx.el.div(
            field(
                _("Title"),
                _saved(
                    "title",
                    text_input("title", default_value=form["title"], max_length=MAX_TITLE, auto_complete="off"),
                    limit=MAX_TITLE,
                ),
                error=_wrong("title"),
                required=True,
            ),
            field(
                _("Summary"),
                _saved(
                    "summary",
                    textarea("summary", rows=2, default_value=form["summary"], max_length=MAX_SUMMARY),
                    limit=MAX_SUMMARY,
                ),
                hint=_("One or two sentences. Search results and shared links show them."),
                error=_wrong("summary"),
                required=True,
            ),
            cover,
            _description(),
            _learn(),
            rx.el.div(
                field(
                    _("Topic"),
                    _chosen("topic", [("", _("Choose a topic")), *((key, _(name)) for key, name in TOPICS.items())]),
                    error=_wrong("topic"),
                    required=True,
                ),
                field(
                    _("Level"),
                    _chosen("level", [(key, _(name)) for key, name in LEVELS.items()]),
                    error=_wrong("level"),
                    required=True,
                ),
                field(
                    _("Spoken language"),
                    _chosen("language", list(LANGUAGES.items())),
                    error=_wrong("language"),
                    required=True,
                ),
                class_name="grid items-start gap-5 sm:grid-cols-3",
            ),
            _address(),
            class_name="grid grid-cols-1 gap-7",
        ),
    )


def _address() -> rx.Component:
    """Where the lesson will be, as it is typed."""
    address = WizardState.address
    return rx.el.div(
        field(
            _("Address"),
            _saved(
                "slug",
                text_input(
                    "slug",
                    default_value=WizardState.form["slug"],
                    max_length=MAX_SLUG,
                    placeholder=address["slug"],
                    auto_complete="off",
                    auto_capitalize="none",
                    spell_check=False,
                ),
                delay=300,
            ),
            hint=_("The end of its link: small letters, digits and hyphens."),
            error=_wrong("slug"),
        ),
        rx.cond(_wrong("slug") == "", _address_preview(address)),
    )


def _address_preview(address: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            icon("link", 16, "mt-0.5 text-muted"),
            rx.el.span(
                rx.el.span(address["base"], class_name="text-muted"),
                rx.el.span(address["slug"], class_name="font-semibold"),
                class_name="min-w-0 [overflow-wrap:anywhere]",
            ),
            aria_live="polite",
            class_name="flex gap-2",
        ),
        rx.cond(
            address["old"] != "",
            rx.el.p(
                _("It moves here when you publish. Links to {address} will keep working.").format(
                    address=address["old"].to(str)
                ),
                class_name="mt-2 text-muted [overflow-wrap:anywhere]",
            ),
        ),
        class_name="mt-2 text-sm",
    )


def _description() -> rx.Component:
    return rx.el.div(
        field(
            _("Description"),
            _saved(
                "description",
                textarea(
                    "description",
                    rows=8,
                    default_value=WizardState.form["description"],
                    max_length=MAX_DESCRIPTION,
                    class_name="max-h-[32rem] min-h-48 [field-sizing:content]",
                ),
            ),
            hint=_("Who it's for and what they need at hand. Markdown works: **bold**, *italic*, ## heading, - list."),
            error=_wrong("description"),
            required=True,
        ),
        rx.cond(
            WizardState.preview_html != "",
            rx.el.div(
                rx.el.p(_("As learners see it"), class_name="mb-2 text-xs font-semibold text-muted"),
                rendered(WizardState.preview_html),
                class_name="mt-3 rounded-card bg-sunken px-5 py-4",
            ),
        ),
    )


def rendered(html: rx.Var) -> rx.Component:
    """HTML that the server rendered and sanitised."""
    inner = rx.el.div(custom_attrs={"dangerouslySetInnerHTML": rx.Var.create({"__html": html})}, class_name="contents")
    return prose(inner, class_name="[&>div>:first-child]:mt-0 [&>div>*+*]:mt-[1em]")


def _learn() -> rx.Component:
    """A line each; the empty one at the end adds another."""
    return rx.el.fieldset(
        rx.el.legend(_("What they'll learn"), class_name="text-sm font-semibold"),
        rx.el.p(
            _("Up to 12 short points, for instance “Centre a kilo of clay in a minute”."),
            class_name="mt-1 mb-2 text-sm text-muted",
        ),
        rx.el.ol(rx.foreach(WizardState.learn_rows, _learn_row), class_name="grid gap-2"),
        field_error(_wrong("learn"), id="learn-error"),
    )


def _learn_row(line: rx.Var, index: rx.Var) -> rx.Component:
    number = (index + 1).to(str)
    filled = index < WizardState.learn.length()
    return rx.el.li(
        rx.el.span(
            rx.cond(filled, icon("check", 18), icon("plus", 18)),
            class_name=["shrink-0", rx.cond(filled, "text-accent", "text-muted")],
        ),
        rx.el.div(
            autosave(
                text_input(
                    "learn",
                    default_value=line,
                    max_length=MAX_LEARN_LINE,
                    aria_label=phrase(_("Point {number}"), number=number),
                    placeholder=rx.cond(filled, "", _("Add a point")),
                    auto_complete="off",
                ),
                value=line,
                on_save=lambda text: WizardState.edit_learn(index, text),
                held=_held("learn"),
                in_list=True,
            ),
            class_name="min-w-0 grow",
        ),
        rx.el.span(
            icon_button(
                "arrow_up",
                phrase(_("Move up point {number}"), number=number),
                on_click=WizardState.move_learn(index),
                disabled=index == 0,
                size=18,
            ),
            icon_button(
                "x",
                phrase(_("Remove point {number}"), number=number),
                on_click=WizardState.remove_learn(index),
                size=18,
            ),
            class_name=["flex", rx.cond(filled, "", "invisible")],
        ),
        class_name="flex items-center gap-2",
    )


def price_step() -> rx.Component:
    form = WizardState.form
    kind = form["price_kind"]
    kinds = [
        ("fixed", _("One price"), _("Everyone pays the same.")),
        ("pwyw", _("Pay what you want"), _("You suggest, they decide.")),
        ("free", _("Free"), _("Anyone who signs in can watch.")),
    ]
    return rx.el.div(
        step_head(_("Price"), _("You can change it at any time; people who bought keep what they have.")),
        rx.el.div(
            _saved(
                "price_kind", radio_cards("price_kind", kinds, value=kind, label=_("Kind of price"), columns=3), delay=0
            ),
            rx.cond(kind != "free", _amounts()),
            rx.cond(kind != "free", _policy()),
            rx.cond(kind == "free", _free_note()),
            class_name="grid grid-cols-1 gap-7",
        ),
    )


def _amounts() -> rx.Component:
    form = WizardState.form
    pays = form["price_kind"] == "pwyw"
    return rx.el.div(
        rx.el.div(
            field(
                rx.cond(pays, _("Suggested price"), _("Price")),
                _saved("price", _amount("price")),
                error=_priced("price"),
                required=True,
                id="field-price",
            ),
            rx.cond(
                pays,
                field(
                    _("Minimum"),
                    _saved("minimum", _amount("minimum")),
                    error=_priced("minimum"),
                ),
            ),
            field(
                _("Currency"),
                _chosen("currency", [(code, code.upper()) for code in EXPONENTS]),
                error=_wrong("currency"),
                required=True,
            ),
            class_name=["grid items-start gap-5", rx.cond(pays, "sm:grid-cols-3", "sm:grid-cols-2")],
        ),
        rx.cond(
            pays,
            rx.el.p(
                _("Leave the minimum empty to let people take it for nothing."), class_name="-mt-4 text-sm text-muted"
            ),
        ),
        _yours(),
        rx.cond(~WizardState.can_be_paid, _account_hint()),
        class_name="grid grid-cols-1 gap-7",
    )


def _policy() -> rx.Component:
    """What buyers are promised; each sale keeps the promise it was made under."""
    days = [("0", _("No refunds on request"))] + [(str(n), _("{n} days").format(n=n)) for n in (7, 14, 30, 60)]
    shares = [
        *[(str(n), _("at most {n} % seen").format(n=n)) for n in (10, 30, 50)], ("100", _("however much was seen")),
    ]  # fmt: skip
    return rx.el.fieldset(
        rx.el.legend(_("Refunds on request"), class_name="mb-1 font-semibold"),
        rx.el.p(
            _("Inside these limits buyers get their money back at once; outside them they can ask you."),
            class_name="mb-4 text-sm text-muted",
        ),
        rx.el.div(
            field(_("Within"), _chosen("refund_days", days), error=_wrong("refund_days"), required=True),
            rx.cond(
                WizardState.form["refund_days"] != "0",
                field(
                    _("With"), _chosen("refund_max_percent", shares), error=_wrong("refund_max_percent"), required=True
                ),
            ),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        rx.el.p(
            *sentence(_("Shown before buying: {policy}"), policy=rx.el.q(WizardState.form["policy"])),
            class_name="mt-3 text-sm text-muted",
        ),
    )


def _amount(name: str) -> rx.Component:
    currency = WizardState.form["currency"].to(str).upper()
    return money_input(name, currency, default_value=WizardState.form[name], placeholder=WizardState.zero)


def _yours() -> rx.Component:
    """The sum, from the same rule that settles a sale."""
    return rx.cond(
        WizardState.earnings != "",
        rx.el.dl(
            rx.el.div(
                rx.el.dt(
                    rx.cond(
                        WizardState.form["price_kind"] == "pwyw",
                        _("You receive at the suggested price"),
                        _("You receive per sale"),
                    ),
                    class_name="text-sm text-muted",
                ),
                rx.el.dd(WizardState.earnings, class_name="tnum font-display text-3xl font-semibold text-accent"),
            ),
            rx.el.dd(WizardState.fee_words, class_name="tnum text-sm text-muted"),
            custom_attrs={"aria-live": "polite"},
            class_name="flex flex-wrap items-end justify-between gap-3 rounded-card border border-line bg-surface p-5",
        ),
    )


def _account_hint() -> rx.Component:
    return notice(
        _(
            "Until our payment partner knows where to send your money, this can't be sold. What is free can go out today."
        ),
        "warning",
        _("Your payments account isn't ready."),
        link_button(_("Set up payments"), "/studio/payouts", kind="secondary", size="sm"),
    )


def _free_note() -> rx.Component:
    return rx.el.p(
        icon("gift", 20, "text-accent"),
        _("No fee, and no payments account needed."),
        class_name="flex items-center gap-3 text-muted",
    )
