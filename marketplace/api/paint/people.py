"""First paint of a creator's page and of addresses with nothing at them: as ``pages/creator.py``, ``missing.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.api.paint.cards import Card, grid
from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.mail_form import mail_form
from marketplace.api.paint.parts import avatar, chip, empty, icon, show_more
from marketplace.components.button import button_class
from marketplace.components.mail_form import LETTERS
from marketplace.domain.accounts.models import Account
from marketplace.i18n import _
from marketplace.markdown import render


def creator(account: Account, items: Sequence[Card], next_key: str, form: Html | None = None) -> Html:
    about = h("div", Html(render(account.bio)), class_="prose mt-3") if account.bio else None
    lessons = grid(items, leads=True) if items else _none_yet(account.name)
    return join(
        h(
            "header",
            avatar(account.name, account.avatar_url, "xl"),
            h(
                "div",
                h("h1", account.name, class_="text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
                about,
                class_="min-w-0",
            ),
            class_="flex flex-col gap-5 sm:flex-row sm:gap-8",
        ),
        form,
        h(
            "section",
            h("h2", _("Lessons"), class_="mb-5 text-xl"),
            lessons,
            show_more(f"/creators/{account.handle}", key=next_key),
            class_="mt-10 border-t border-line pt-10 sm:mt-14 sm:pt-12",
        ),
    )


def letters(words: Mapping[str, str], *, signed_in: bool, listed: bool, told: str) -> Html:
    """The form for a creator's letters; their own page has none."""
    return h(
        "aside",
        h(
            "div", h("h2", words["title"], class_="text-lg"), h("p", words["text"], class_="mt-1 text-sm text-muted"),
            class_="min-w-0",
        ),
        mail_form(
            "letters", words["action"], label=_("Your email address"), join=words["join"], listed_words=words["listed"],
            leave=_("No more letters"), signed_in=signed_in, listed=listed, told=told,
        ),
        class_=LETTERS,
    )  # fmt: skip


def _none_yet(name: str) -> Html:
    words = _("{name} is still working on the first one. Come back soon.").format(name=name)
    return empty(_("No lessons yet"), words, "clapperboard")


def missing(title: str, suggestions: Sequence[Card]) -> Html:
    return join(_ways_on(title), _suggestions(suggestions) if suggestions else None)


def _ways_on(title: str) -> Html:
    return h(
        "div",
        h("h1", title, class_="text-2xl sm:text-3xl"),
        h(
            "p",
            _("It may have moved, or the link has a slip of the pen. Search for it, or go on from here."),
            class_="mt-3 max-w-[52ch] text-muted",
        ),
        _search_form(),
        h(
            "nav",
            chip(_("Home"), "/"),
            chip(_("All lessons"), "/search"),
            chip(_("Your library"), "/library"),
            aria_label=_("Ways on"),
            class_="mt-5 flex flex-wrap gap-2",
        ),
        class_="pt-4 sm:pt-10",
    )


def _search_form() -> Html:
    return h(
        "form",
        h(
            "input",
            type="search",
            name="q",
            aria_label=_("Search lessons"),
            placeholder=_("Search lessons"),
            class_="h-11 w-full min-w-0 rounded-control border border-line-strong bg-surface px-3 text-base "
            "hover:border-ink",
        ),
        h("button", icon("search", 18), _("Search"), type="submit", class_=button_class()),
        action="/search",
        method="get",
        class_="mt-6 flex max-w-md gap-2",
    )


def _suggestions(items: Sequence[Card]) -> Html:
    return h(
        "section",
        h("h2", _("Perhaps one of these"), class_="mb-5 text-xl"),
        grid(items, 3),
        class_="mt-14 border-t border-line pt-10",
    )
