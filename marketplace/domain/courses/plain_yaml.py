"""YAML without its surprises: every value is text, and there are no aliases, tags, repeated keys or second documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from marketplace.errors import Invalid
from marketplace.i18n import _

MAX_CHARS, MAX_DEPTH = 3_000_000, 12
Value: TypeAlias = "str | list[Value] | dict[str, Value]"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(value: Any) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))


def read(words: str, name: str) -> dict[str, Value]:
    """The mapping that ``words`` are. ``name`` is the file's, for what is said of failures."""
    if len(words) > MAX_CHARS:
        raise Invalid("{name} is too large.", name=name)
    try:
        found = _document(iter(yaml.parse(words, Loader=_LOADER)), name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            raise Invalid("{name} isn't valid YAML.", name=name) from error
        raise Invalid("{name} isn't valid YAML, line {n}.", name=name, n=mark.line + 1) from error
    if not isinstance(found, dict):
        raise Invalid("{name} must be a list of names and values.", name=name)
    return found


def _document(events: Iterator[Any], name: str) -> Value | None:
    found, seen = None, 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            seen += 1
            if seen > 1:
                raise Invalid("{name} holds more than one document.", name=name)
        elif isinstance(event, yaml.NodeEvent):
            found = _node(event, events, name, 0)
    return found


def _node(event: Any, events: Iterator[Any], name: str, depth: int) -> Value:
    line = _("{name}, line {n}").format(name=name, n=event.start_mark.line + 1)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise Invalid("{line}: references (& and *) aren't allowed.", line=line)
    if event.tag:
        raise Invalid("{line}: tags (!) aren't allowed.", line=line)
    if depth > MAX_DEPTH:
        raise Invalid("{line}: this is nested too deeply.", line=line)
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        row: list[Value] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            row.append(_node(event, events, name, depth + 1))
        return row
    found: dict[str, Value] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = _("{name}, line {n}").format(name=name, n=event.start_mark.line + 1)
        key = _node(event, events, name, depth + 1)
        if not isinstance(key, str):
            raise Invalid("{line}: a name must be a word.", line=line)
        if key in found:
            raise Invalid("{line}: “{key}” is there twice.", line=line, key=key[:40])
        found[key] = _node(next(events), events, name, depth + 1)
    return found
