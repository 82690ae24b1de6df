"""``$…$`` and ``$$…$$`` → MathML, which browsers draw and screen readers read without any script."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import lru_cache
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree as Xml

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from marketplace.i18n import _

MAX_FORMULA, MAX_LINES, MAX_DEPTH, MAX_FORMULAS = 1_000, 40, 30, 500
# Own commands could be made to grow without end; links and looks come from markdown alone.
_REFUSED = re.compile(r"\\(?:(?:re)?newcommand|providecommand|def|let|require|href|style|class|cssId)\b")


def maths(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "maths", _inline)
    md.block.ruler.before("fence", "maths", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.add_render_rule("maths", lambda _self, tokens, at, _options, env: _drawn(tokens[at].content, "inline", env))
    md.add_render_rule("maths_block", lambda _self, tokens, at, _options, env: _drawn(tokens[at].content, "block", env))


def _inline(state: StateInline, silent: bool) -> bool:
    """A ``$`` that begins a formula has no space after it, one that ends it none before it and no figure after it: so
    "from $5 to $10" stays as it is."""
    source, start = state.src, state.pos
    if source[start] != "$" or start + 1 >= state.posMax or source[start + 1] in " \t\n$":
        return False
    end = source.find("$", start + 1, min(state.posMax, start + MAX_FORMULA + 2))
    while end > 0 and source[end - 1] == "\\":
        end = source.find("$", end + 1, min(state.posMax, start + MAX_FORMULA + 2))
    if end < 0 or source[end - 1] in " \t\n" or source[end + 1 : end + 2].isdigit():
        return False
    if not silent:
        state.push("maths", "math", 0).content = source[start + 1 : end]
    state.pos = end + 1
    return True


def _block(state: StateBlock, start: int, last: int, silent: bool) -> bool:
    """From a line that begins with ``$$`` to the next that ends so."""
    if state.is_code_block(start) or not _line(state, start).startswith("$$"):
        return False
    words, line, lines = _line(state, start)[2:].rstrip(), start, [""]
    while not words.endswith("$$"):
        lines.append(words)
        line += 1
        if (
            line >= last
            or len(lines) > MAX_LINES
            or state.sCount[line] < state.blkIndent
            or not (words := _line(state, line).rstrip())
        ):
            return False
    if not silent:
        state.push("maths_block", "math", 0).content = "\n".join([*lines, words[:-2]]).strip()
        state.line = line + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _drawn(formula: str, display: str, env: MutableMapping[str, Any]) -> str:
    count = env.get("formulas", 0) + 1
    env["formulas"] = count
    html = mathml(formula, display) if count <= MAX_FORMULAS else ""
    if not html:
        html = f'<code class="maths-wrong">{escape(formula)}</code>'
        html += f'<span class="sr-only"> ({escape(_("This formula can’t be drawn."))})</span>'
    return f'<div class="maths" tabindex="0">{html}</div>\n' if display == "block" else html


@lru_cache(maxsize=2_000)
def mathml(formula: str, display: str) -> str:
    """Empty when it isn't a formula, or too large a one."""
    if len(formula) > MAX_FORMULA or _REFUSED.search(formula) or _depth(formula) > MAX_DEPTH:
        return ""
    try:
        root = convert_to_element(formula, display=display)
        for part in root.iter():
            part.text = unescape(part.text) if part.text else part.text
        root.attrib.pop("xmlns", None)
        return Xml.tostring(root, encoding="unicode")
    except Exception:
        return ""


def _depth(formula: str) -> int:
    """Of braces and of everything else that the converter goes down into."""
    depth = deepest = 0
    for mark in re.finditer(r"[{}^_]|\\(?:left|right|begin|end|frac|sqrt)\b", formula):
        depth += -1 if mark[0] in ("}", "\\right", "\\end") else 1 if mark[0] in ("{", "\\left", "\\begin") else 0
        deepest = max(deepest, depth)
    chains = max((len(run) for run in re.findall(r"(?:[\^_]|\\[a-zA-Z]+)+", formula)), default=0)
    return max(deepest, chains // 10)
