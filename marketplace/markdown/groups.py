"""``:::tabs``, ``:::flashcards`` and ``:::reveal Title``: parts that react, made of what HTML brings.

Tabs are radio buttons, cards and answers are ``details``: keyboards and screen readers know both, and on paper all of it
is open. A group ends with ``:::``; each ``:::tab Title`` or ``:::card Front`` in it goes on to the next, or to a ``:::`` of
its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from marketplace.i18n import _

MAX_DEPTH, MAX_PARTS = 4, 100
PARTS = {"tabs": "tab", "flashcards": "card"}
_OPEN = re.compile(r":{3,}[ \t]*(tabs|tab|flashcards|card|reveal)(?:[ \t]+(.*?))?[ \t:]*", re.IGNORECASE)
_CLOSE = re.compile(r":{3,}[ \t]*")
_FENCE = re.compile(r"(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Part:
    """Lines from ``start`` up to ``end``, counted from the group's first."""

    title: str
    start: int
    end: int


def groups(md: MarkdownIt) -> None:
    md.block.ruler.before("fence", "groups", _group, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _group(state: StateBlock, start: int, last: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    head = _OPEN.fullmatch(_line(state, start))
    if head is None or head[1].lower() in PARTS.values() or state.env["depth"] >= MAX_DEPTH:
        return False
    if silent:
        return True
    kind = head[1].lower()

    def line(number: int) -> str | None:
        """Counted from the group's first; None where what holds the group ends."""
        at = start + number
        if at >= last or (state.sCount[at] < state.blkIndent and not state.isEmpty(at)):
            return None
        return _line(state, at)

    parts, length = extent(kind, line)
    if kind == "reveal":
        _reveal(state, start, (head[2] or "").strip(), length)
    else:
        _parts(state, start, kind, parts, length)
    state.line = min(last, start + length + (line(length) is not None))
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def extent(kind: str, line: Callable[[int], str | None]) -> tuple[list[Part], int]:
    """The parts of a group, and the line that ends it; where none does, the first that isn't there any more."""
    walk = _Walk(kind, line)
    at = 1
    while (words := line(at)) is not None:
        if walk.step(at, words):
            return walk.parts, at
        at += 1
    walk.finish(at)
    return walk.parts, at


class _Walk:
    """``stack``: the groups and parts that are open, the group itself first. ``own_ends``: depths at which parts were
    closed by a line of their own."""

    def __init__(self, kind: str, line: Callable[[int], str | None]) -> None:
        self.parts: list[Part] = []
        self._line = line
        self._stack, self._own_ends = [kind], set[int]()
        self._fence, self._title, self._begun = "", "", 0

    def step(self, at: int, words: str) -> bool:
        """True when this line ends the group."""
        mark = _FENCE.match(words)
        if self._fence:
            if mark and mark[1].startswith(self._fence) and not words.strip("`~ \t"):
                self._fence = ""
        elif mark:
            self._fence = mark[1]
        elif _CLOSE.fullmatch(words):
            return self._close(at)
        elif words.startswith(":::") and (head := _OPEN.fullmatch(words)):
            self._open(at, head[1].lower(), (head[2] or "").strip())
        return False

    def finish(self, at: int) -> None:
        if self._begun and len(self.parts) < MAX_PARTS:
            self.parts.append(Part(self._title, self._begun, at))
        self._begun = 0

    def _open(self, at: int, name: str, title: str) -> None:
        if name not in PARTS.values():
            self._stack.append(name)
        elif self._stack[-1] == name or PARTS.get(self._stack[-1]) == name:
            if self._stack[-1] == name:
                self._stack.pop()
            if len(self._stack) == 1:
                self.finish(at)
                self._title, self._begun = title, at + 1
            self._stack.append(name)

    def _close(self, at: int) -> bool:
        """Of a part alone where another follows, or where a second such line is there for its group."""
        name, depth = self._stack[-1], len(self._stack)
        if name in PARTS.values():
            after = self._following(at)
            another = _OPEN.fullmatch(after)
            alone = another is not None and another[1].lower() == name
            if not alone and _CLOSE.fullmatch(after):
                alone = depth == 2 or depth in self._own_ends
            self._stack.pop()
            if depth == 2:
                self.finish(at)
            if alone:
                self._own_ends.add(depth)
                return False
        self._own_ends.discard(len(self._stack) + 1)
        self._stack.pop()
        return not self._stack

    def _following(self, at: int) -> str:
        """The next line that isn't empty."""
        while (words := self._line(at := at + 1)) is not None:
            if words.strip():
                return words
        return ""


def _reveal(state: StateBlock, start: int, title: str, length: int) -> None:
    _raw(state, '<details class="reveal"><summary>')
    _inline(state, title or _("Show the answer"), start)
    _raw(state, "</summary><div>")
    _inside(state, start + 1, start + length)
    _raw(state, "</div></details>\n")


def _parts(state: StateBlock, start: int, kind: str, parts: Sequence[Part], length: int) -> None:
    """What stands before the first part, or without any, is read as any other text: nothing that was written vanishes."""
    before = parts[0].start - 1 if parts else length
    if before > 1:
        _inside(state, start + 1, start + before)
    if not parts:
        return
    state.env["groups"] += 1
    name = f"{state.env['key']}-{state.env['groups']}"
    if kind == "tabs":
        _raw(state, f'<div class="tabs" role="group" aria-label="{escape(_("Tabs"))}">')
    else:
        _raw(state, f'<div class="flashcards" role="group" aria-label="{escape(_("Flashcards"))}">')
    for number, part in enumerate(parts, 1):
        if kind == "tabs":
            checked = " checked" if number == 1 else ""
            _raw(state, f'<input type="radio" name="tabs-{name}" id="tab-{name}-{number}"{checked}>')
            _raw(state, f'<label for="tab-{name}-{number}">')
            _inline(state, part.title or _("Tab {n}").format(n=number), start + part.start - 1)
            _raw(state, '</label><div class="tab">')
        else:
            _raw(state, '<details class="md-card"><summary>')
            _inline(state, part.title or _("Card {n}").format(n=number), start + part.start - 1)
            _raw(state, "</summary><div>")
        _inside(state, start + part.start, start + part.end)
        _raw(state, "</div>" if kind == "tabs" else "</div></details>")
    _raw(state, "</div>\n")


def _raw(state: StateBlock, html: str) -> None:
    state.push("html_block", "", 0).content = html


def _inline(state: StateBlock, words: str, line: int) -> None:
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = words, [line, line + 1], []


def _inside(state: StateBlock, start: int, end: int) -> None:
    kind, last, state.parentType = state.parentType, state.lineMax, "blockquote"
    state.lineMax = end
    state.env["depth"] += 1
    state.md.block.tokenize(state, start, end)
    state.env["depth"] -= 1
    state.parentType, state.lineMax = kind, last
