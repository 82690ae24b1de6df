"""First paint of a discount code: as ``pages/lesson_code.py``, but a plain form that asks for the page with the code."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.api.paint.html import Html, h
from marketplace.api.paint.parts import icon
from marketplace.components.button import button_class
from marketplace.components.field import CONTROL
from marketplace.components.price_box import CODE_SUMMARY
from marketplace.components.sentence import sentence
from marketplace.i18n import _


def hidden_code(code: str) -> Html | None:
    """Takes the code along into the form that buys."""
    return h("input", type="hidden", name="code", value=code) if code else None


def code_part(view: Mapping[str, str], quote: Mapping[str, str]) -> Html:
    """The field, with why its code is refused, or the code that is applied."""
    return _applied(quote["code"]) if quote.get("price") else _field(view, quote)


def _applied(code: str) -> Html:
    return h(
        "div",
        icon("tag", 16, "text-accent"),
        h("span", *sentence(_("Code {code} is applied."), code=h("strong", code))),
        h("a", _("Remove code"), href="?", class_=f"{button_class('quiet', 'sm')} -me-3 ms-auto shrink-0"),
        class_="mt-2 flex items-center gap-2 text-sm [overflow-wrap:anywhere]",
    )


def _field(view: Mapping[str, str], quote: Mapping[str, str]) -> Html:
    refusal = quote.get("refusal", "")
    typed = h(
        "input", id="first-code", type="text", name="code", autocomplete="off", maxlength="40", value=quote.get("code", ""),
        aria_label=_("Discount code"), aria_invalid="true" if refusal else "false", aria_describedby="first-code-error",
        autocapitalize="characters", class_=f"{CONTROL} h-11 min-w-0 flex-1 uppercase",
    )  # fmt: skip
    apply = h("button", _("Apply"), type="submit", class_=button_class("secondary", "md"))
    wrong = h("span", icon("circle-alert", 16, "mt-0.5"), refusal, class_="flex gap-1.5 text-sm text-danger")
    form = h(
        "form",
        h("div", typed, apply, class_="flex gap-2"),
        h("div", wrong if refusal else None, id="first-code-error", class_="empty:hidden"),
        method="get",
        class_="grid gap-1.5 pb-1",
    )
    return h("details", h("summary", _("Have a code?"), class_=CODE_SUMMARY), form, open=bool(refusal))
