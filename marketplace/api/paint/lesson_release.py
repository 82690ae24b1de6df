"""First paint of a product that isn't out yet: as ``pages/lesson_release.py``."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.api.paint.html import Html, h
from marketplace.api.paint.mail_form import mail_form
from marketplace.api.paint.parts import icon
from marketplace.i18n import _

ASK, TICK = "mb-3 flex min-h-11 items-center gap-2.5 text-sm", "size-4 shrink-0 accent-accent"
OPENS = "flex items-start gap-2.5 font-semibold"


def ask_for_letters(name: str) -> Html:
    tick = h("input", type="checkbox", name="letters", value="1", class_=TICK)
    return h("label", tick, h("span", _("Send me letters from {name}, too").format(name=name)), class_=ASK)


def waiting(explanation: str) -> Html:
    return h("p", icon("calendar-clock", 20, "mt-0.5 text-accent"), explanation, class_=OPENS)


def waitlist(view: Mapping[str, str], *, signed_in: bool, listed: bool, told: str) -> Html:
    return mail_form(
        "waitlist", view["waitlist"], label=_("Your email address"), join=_("Join the waitlist"),
        listed_words=_("You are on the waitlist. We'll mail you when it's out."), leave=_("Leave the waitlist"),
        signed_in=signed_in, listed=listed, told=told,
    )  # fmt: skip


def release_words(view: Mapping[str, str], code: str) -> Html | None:
    if not view["opens"] or code == "announced":
        return None
    return h("p", icon("calendar-clock", 18, "mt-0.5 text-muted"), view["opens"], class_="mt-3 flex gap-2.5 text-sm")
