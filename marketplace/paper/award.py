"""What a certificate shows, on the page, in the PDF and in the picture; and the mark of the house as shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from marketplace.domain.certificates.rules import Standing
from marketplace.domain.certificates.service import Certificate
from marketplace.i18n import _, ngettext
from marketplace.present import day

Point = tuple[float, float]
Colour = tuple[int, int, int]
PAPER: Colour = (250, 248, 244)
INK: Colour = (29, 27, 24)
MUTED: Colour = (95, 89, 80)
LINE: Colour = (214, 207, 196)
ACCENT: Colour = (15, 107, 79)
DEEP: Colour = (12, 92, 68)
OCHRE: Colour = (224, 164, 64)
DANGER: Colour = (173, 42, 31)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Award:
    """``facts`` are labels and values. ``url`` is where it can be checked; ``void`` says that it isn't valid. ``kind`` is
    what it is called, ``did`` what its holder did."""

    brand: str
    name: str
    title: str
    facts: tuple[tuple[str, str], ...]
    url: str
    void: str = ""
    kind: str = ""
    did: str = ""


def award(row: Certificate, standing: Standing, *, brand: str, url: str) -> Award:
    void = "" if standing.valid else _("No longer valid")
    if row.badge_id:
        asked = row.narrative if len(row.narrative) <= 120 else row.narrative[:118].rsplit(" ", 1)[0] + " …"
        facts = (
            (_("Awarded"), day(row.completed_at)), (_("Given by"), row.creator_name or brand),
            (_("Skills"), ", ".join(row.skills) or "–"), (_("For"), asked),
        )  # fmt: skip
        name = row.name or _("Former member")
        return Award(brand, name, row.title, facts, url, void, _("Skill badge"), _("earned the badge"))
    lessons = ngettext("{count} lesson", "{count} lessons", row.lessons).format(count=row.lessons)
    return Award(
        brand, row.name or _("Former member"), row.title,
        (
            (_("Completed"), day(row.completed_at)), (_("All of it"), lessons),
            (_("Version of the course"), str(row.version)), (_("Taught by"), row.creator_name),
        ),
        url, void, _("Certificate of completion"), _("completed the course"),
    )  # fmt: skip


def mark(x: float, y: float, size: float) -> list[tuple[str, list[Point]]]:
    """An arch that is also an A, as in ``assets/mark.svg``: shapes from back to front, each ``arch``, ``ground`` or ``sun``."""
    k = size / 64

    def arc(cx: float, cy: float, r: float, start: int, end: int) -> list[Point]:
        turns = [math.radians(start + (end - start) * n / 64) for n in range(65)]
        return [(x + (cx + r * math.cos(t)) * k, y + (cy + r * math.sin(t)) * k) for t in turns]

    def at(cx: float, cy: float) -> Point:
        return x + cx * k, y + cy * k

    return [
        ("arch", [*arc(32, 30, 26, 180, 360), at(58, 60), at(6, 60)]),
        ("ground", [*arc(32, 52, 11, 180, 360), at(43, 60.4), at(21, 60.4)]),
        ("ground", arc(32, 27, 9.5, 0, 360)),
        ("sun", arc(32, 27, 6.5, 0, 360)),
    ]
