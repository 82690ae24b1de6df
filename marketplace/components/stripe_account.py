"""A creator's payment account inside our page: parts of the provider's dashboard, drawn by the provider's own script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from marketplace.i18n import _

from .stripe_account_js import STRIPE_ACCOUNT


def _nothing() -> list[rx.Var]:
    return []


class StripeAccount(rx.Component):
    """Loads Connect.js from its vendor, which is the only way to have it, once it is mounted with a key.

    Connect.js asks for a client secret now and then: ``on_need_secret`` asks the server, which answers by ``secret``, or
    by ``problem``, and counts ``answered`` up. ``on_taken`` says that the secret may be forgotten.
    """

    tag = "StripeAccount"

    publishable_key: rx.Var[str]
    parts: rx.Var[list[str]]
    secret: rx.Var[str]
    problem: rx.Var[str]
    answered: rx.Var[int]
    words: rx.Var[dict[str, str]]

    on_need_secret: rx.EventHandler[_nothing]
    on_taken: rx.EventHandler[_nothing]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [STRIPE_ACCOUNT]


def stripe_account(
    publishable_key: rx.Var[str] | str,
    parts: Sequence[str],
    secret: rx.Var[str] | str,
    problem: rx.Var[str] | str,
    answered: rx.Var[int] | int,
    **events: Any,
) -> rx.Component:
    """Embedded parts of the provider's dashboard, one below the other. The document's content policy has to allow them.

    Args:
        publishable_key: The platform's ``pk_…``. Without it, don't mount this.
        parts: Connect.js's names: ``payouts``, ``account-management``…
        secret: What the server answered last, empty when it had none to give.
        problem: Why, in words.
        answered: Counted up with each answer.
        events: ``on_need_secret()``, ``on_taken()``.
    """
    words = {
        "loading": _("Loading from our payment partner…"),
        "not_loaded": _("Our payment partner's page didn't load. Check your connection and try again, or open the payout dashboard."),
        "failed": _("Our payment partner couldn't show this. Try again, or open the payout dashboard."),
        "retry": _("Try again"),
    }  # fmt: skip
    return StripeAccount.create(
        publishable_key=publishable_key, parts=list(parts), secret=secret, problem=problem, answered=answered,
        words=words, **events,
    )  # fmt: skip
