"""First paint of the courses that come before one: as ``pages/first_courses.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.api.paint.html import Html, h
from marketplace.api.paint.parts import icon
from marketplace.i18n import _


def first_courses(rows: Sequence[Mapping[str, str]]) -> Html | None:
    if not rows:
        return None
    required = rows[0]["required"]
    words = _("Lessons open when you have finished what is required.")
    return h(
        "section",
        h("h2", _("You need first") if required else _("Recommended before"), class_="text-xl"),
        h("p", words, class_="mt-1 text-sm text-muted") if required else None,
        h("ul", [_row(row) for row in rows], class_="mt-4 grid gap-2"),
    )


def _row(row: Mapping[str, str]) -> Html:
    done = row["state"] == "done"
    sign = icon("circle-check", 20, "shrink-0 text-success") if done else icon("book-open", 20, "shrink-0 text-muted")
    names = h(
        "span",
        h("span", row["title"], class_="block font-semibold [overflow-wrap:anywhere]"),
        h("span", row["words"], class_="block text-sm text-muted empty:hidden"),
        class_="min-w-0 grow",
    )
    kind = h("span", _("Required") if row["required"] else _("Recommended"), class_="shrink-0 text-sm text-muted")
    look = (
        "flex min-h-14 items-center gap-3 rounded-card border border-line bg-surface px-4 py-2 hover:border-line-strong"
    )
    return h("li", h("a", sign, names, kind, href=row["href"], class_=look))
