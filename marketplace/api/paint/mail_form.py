"""First paint of a list's form: as ``components/mail_form.py``."""

from __future__ import annotations

from marketplace.api.paint.html import Html, h
from marketplace.api.paint.parts import icon
from marketplace.components.button import button_class
from marketplace.components.field import CONTROL
from marketplace.components.mail_form import BOX, LEAVE, ON, TOLD
from marketplace.i18n import current_locale


def mail_form(
    id: str,
    action: str,
    *,
    label: str,
    join: str,
    listed_words: str,
    leave: str,
    signed_in: bool,
    listed: bool,
    told: str,
) -> Html:
    locale = h("input", type="hidden", name="in", value=current_locale.get())
    press = h("button", join, type="submit", class_=button_class("primary", "md", True))
    if signed_in and listed:
        on = h("p", icon("check", 18, "mt-0.5 text-accent"), h("span", listed_words), class_=ON)
        gone = h("input", type="hidden", name="leave", value="1")
        form = h(
            "form", locale, gone, on, h("button", leave, type="submit", class_=LEAVE), action=action, method="post"
        )
    elif signed_in:
        form = h("form", locale, press, action=action, method="post")
    else:
        field = h(
            "input", id=f"first-{id}-email", name="email", type="email", autocomplete="email", required=True,
            maxlength="254", class_=f"{CONTROL} h-11 w-full min-w-0",
        )  # fmt: skip
        title = h("label", label, for_=f"first-{id}-email", class_="text-sm font-semibold")
        form = h("form", locale, title, field, press, action=action, method="post", class_="grid gap-2")
    words = h("p", icon("info", 18, "text-info") if told else None, told, role="status", class_=TOLD)
    return h("div", form, words, id=f"first-{id}", class_=BOX)
