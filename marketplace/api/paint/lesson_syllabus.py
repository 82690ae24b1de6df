"""First paint of what a course teaches: as ``pages/lesson_syllabus.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.api.paint.html import Html, h
from marketplace.api.paint.parts import badge, icon
from marketplace.i18n import _

View = Mapping[str, str]


def syllabus(rows: Sequence[View]) -> Html | None:
    """What a course teaches, in its order."""
    if not rows:
        return None
    return h(
        "section",
        h("h2", _("What it teaches"), class_="text-xl"),
        h(
            "ol",
            [_taught(row) for row in rows],
            class_="mt-4 overflow-hidden rounded-card border border-line bg-surface",
        ),
    )


def _taught(row: View) -> Html:
    terms = h("span", row["terms"], class_="block text-sm font-normal text-muted empty:hidden")
    title = h("span", row["title"], terms, class_="min-w-0 grow [overflow-wrap:anywhere]")
    meta = h("span", row["meta"], class_="tnum shrink-0 text-sm font-normal text-muted empty:hidden")
    line = "flex min-h-11 items-center gap-3 px-4 py-2 sm:px-5"
    if row["kind"] == "section":
        return h("li", title, meta, class_=f"{line} border-t border-line bg-sunken font-semibold first:border-t-0")
    if row["href"]:
        sign, preview = (
            icon("play", 16, "shrink-0 text-accent"),
            badge(row["preview"], "success") if row["preview"] else None,
        )
        inside = h("a", sign, title, preview, meta, href=row["href"], class_=f"{line} hover:bg-sunken")
    else:
        inside = h("span", icon("lock", 16, "shrink-0 text-muted"), title, meta, class_=line)
    return h("li", inside, class_="border-t border-line")
