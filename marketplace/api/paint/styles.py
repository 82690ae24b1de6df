"""Of the app's one stylesheet, the rules that a painted page needs.

A page's answer carries them in itself, so that it can be painted without another answer; the studio's and the
administration's rules only made it twice as long.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

_GROUPS = frozenset({"media", "supports", "layer", "container"})
_CLASS = re.compile(r' class="([^"]*)"')
# What the page's own inline script adds to its root.
_ALWAYS = frozenset({"dark", "light"})


@dataclass(frozen=True, slots=True)
class Rule:
    """``needs``: the classes of each of its selectors; nothing if it counts for every page. A group has ``inner`` rules
    between ``text`` and a brace."""

    text: str
    needs: tuple[frozenset[str], ...] = ()
    inner: tuple[Rule, ...] | None = None


def rules(css: str) -> tuple[Rule, ...]:
    """A stylesheet, taken apart once."""
    return _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def classes(html: str) -> frozenset[str]:
    """All that a document names, as a browser reads them. Most of its elements look like others."""
    return frozenset().union(*map(_names, set(_CLASS.findall(html))))


@lru_cache(maxsize=8192)
def _names(value: str) -> frozenset[str]:
    """Of one attribute."""
    return frozenset(unescape(value).split())


def needed(of: Collection[Rule], named: Collection[str]) -> str:
    """The stylesheet for a document that names these classes. What a selector asks of other elements by ``:is()``,
    ``:where()`` or ``:not()`` is taken as given. Layers stay in their order."""
    known = _ALWAYS.union(named)
    return "".join(_kept(of, known))


def _kept(of: Collection[Rule], known: frozenset[str]) -> list[str]:
    parts: list[str] = []
    for rule in of:
        if rule.inner is None:
            if not rule.needs or any(need <= known for need in rule.needs):
                parts.append(rule.text)
            continue
        inner = _kept(rule.inner, known)
        if inner or rule.text.startswith("@layer"):
            parts += [rule.text, *inner, "}"]
    return parts


def _rules(nodes: Collection[Node]) -> tuple[Rule, ...]:
    made: list[Rule] = []
    for node in nodes:
        if isinstance(node, QualifiedRule):
            made.append(Rule(node.serialize(), _needs(node.prelude)))
        elif isinstance(node, AtRule):
            if node.lower_at_keyword in _GROUPS and node.content is not None:
                opening = f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}{{"
                inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                made.append(Rule(opening, inner=_rules(inner)))
            else:
                made.append(Rule(node.serialize()))
    return tuple(made)


def _needs(selectors: list[Node]) -> tuple[frozenset[str], ...]:
    """The classes that each selector of a list names outside of functions."""
    found: list[set[str]] = [set()]
    after_dot = False
    for part in selectors:
        if part == ",":
            found.append(set())
        elif after_dot and part.type == "ident":
            found[-1].add(part.value)
        after_dot = part == "."
    return tuple(map(frozenset, found)) if all(found) else ()
