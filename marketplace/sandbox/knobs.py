"""The chaos panel's knobs: what each may be set to, and reading them from a form or JSON.

A vendor's package adds its own with ``KNOBS: tuple[Knob, ...]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from marketplace.sandbox.html import e
from marketplace.sandbox.store import Row

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Knob:
    """A number from 0 to ``maximum`` (whole unless ``default`` is a float), or a switch when ``maximum`` is 1 and
    ``switch`` is set."""

    name: str
    label: str
    maximum: float = 100
    default: float = 0
    switch: bool = False

    def parse(self, value: Any) -> float | bool:
        """Raises ``ValueError`` with a sentence for people."""
        if self.switch:
            return str(value).lower() in ("1", "true", "on", "yes")
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"{self.name} must be a number.") from None
        if not 0 <= number <= self.maximum:
            raise ValueError(f"{self.name} goes from 0 to {self.maximum:g}.")
        return number if isinstance(self.default, float) else int(number)

    def field(self, vendor: str, value: Any) -> str:
        """The labelled form field."""
        field_id = f"{vendor}-{self.name}"
        if self.switch:
            checked = " checked" if value else ""
            box = f'<input type="checkbox" id="{field_id}" name="{self.name}" value="true"{checked}>'
            return f'<div class="knob"><label for="{field_id}">{box}{e(self.label)}</label></div>'
        step = "any" if isinstance(self.default, float) else "1"
        attributes = f'type="number" min="0" max="{self.maximum:g}" step="{step}" inputmode="decimal"'
        field = f'<input id="{field_id}" name="{self.name}" {attributes} value="{e(value)}">'
        return f'<div class="knob"><label for="{field_id}">{e(self.label)}</label>{field}</div>'


ANSWERS = (
    Knob("slow_ms", "Every answer waits (ms)", 60_000),
    Knob("fail_before", "Fails before it takes effect (%)"),
    Knob("fail_after", "Fails after it took effect (%)"),
    Knob("fail_next", "The next calls that fail", 10_000),
    Knob("limit_next", "The next calls that are told to slow down (429)", 10_000),
    Knob("down", "Is down", switch=True),
)
EVENTS = (
    Knob("drop", "Events that are lost (%)"),
    Knob("duplicate", "Events that come twice (%)"),
    Knob("delay", "Events come late (seconds)", 86_400, default=0.0),
    Knob("reorder", "Events come in any order", switch=True),
)


def knobs_of(module: ModuleType) -> tuple[Knob, ...]:
    return (*ANSWERS, *EVENTS, *getattr(module, "KNOBS", ()))


def merge(known: Iterable[Knob], current: Row, changes: Mapping[str, Any]) -> Row:
    """``current`` with ``changes``; ``None`` puts a knob back. Raises ``ValueError``.

    Names that no panel shows are taken as they are, since a stand-in may have private ones.
    """
    by_name = {knob.name: knob for knob in known}
    merged = dict(current)
    for name, value in changes.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:40]!r} is no name of a knob.")
        if value is None or value == "":
            merged.pop(name, None)
        elif name in by_name:
            merged[name] = by_name[name].parse(value)
        elif isinstance(value, str | int | float | bool):
            merged[name] = value
        else:
            raise ValueError(f"{name} must be a number, a switch or a text.")
    return merged


def form_values(known: Iterable[Knob], form: Mapping[str, str]) -> Row:
    """A form leaves out switches that are off."""
    return {knob.name: form.get(knob.name, "false" if knob.switch else None) for knob in known}


def turned(known: Iterable[Knob], current: Row) -> list[str]:
    """What is not calm, for the panel's summary."""
    defaults = {knob.name: knob.default for knob in known}
    return [f"{name} {value}" for name, value in current.items() if value and value != defaults.get(name)]
