"""Callouts, task lists, tables that scroll, headings below the page's own: what is done to what was parsed."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from marketplace.i18n import _

_CALLOUT = re.compile(r"\[!(\w{2,12})\][ \t]*([^\n]*)(?:\n|$)")
_TASK = re.compile(r"\[([ xX])\][ \t]")
_ALIKE = {"info": "note", "hint": "tip", "danger": "caution", "attention": "warning", "success": "tip"}


def callout_names() -> dict[str, str]:
    return {
        "note": _("Note"), "tip": _("Tip"), "important": _("Important"), "warning": _("Warning"),
        "caution": _("Caution"),
    }  # fmt: skip


def dress(md: MarkdownIt) -> None:
    md.core.ruler.before("inline", "callouts", _callouts)
    md.core.ruler.before("inline", "tasks", _tasks)
    md.core.ruler.push("headings", _headings)
    md.add_render_rule("table_open", _table)
    md.add_render_rule("table_close", _table_end)


def _table(*_args: Any) -> str:
    """In a box of its own, which scrolls, also by the keyboard."""
    return f'<div class="md-table" role="region" tabindex="0" aria-label="{escape(_("Table"))}"><table>\n'


def _table_end(*_args: Any) -> str:
    return "</table></div>\n"


def _callouts(state: StateCore) -> None:
    """``> [!tip] Title``: a quotation that is none."""
    names, open_, found = callout_names(), list[Token](), list[Token]()
    tokens = state.tokens
    for at, token in enumerate(tokens):
        found.append(token)
        if token.type == "blockquote_open":
            open_.append(token)
        elif token.type == "blockquote_close":
            token.tag = open_.pop().tag
        elif token.type == "inline" and at > 1 and tokens[at - 2].type == "blockquote_open":
            mark = _CALLOUT.match(token.content)
            kind = _ALIKE.get(mark[1].lower(), mark[1].lower()) if mark else ""
            if mark and kind in names:
                open_[-1].tag, open_[-1].attrs = "div", {"class": f"callout callout-{kind}", "role": "note"}
                title = mark[2].strip() or names[kind]
                head = Token("html_block", "", 0, content='<p class="callout-title">')
                words = Token("inline", "", 0, content=title, children=[], map=token.map)
                found[-2:-2] = [head, words, Token("html_block", "", 0, content="</p>")]
                token.content = token.content[mark.end() :]
    state.tokens = found


def _tasks(state: StateCore) -> None:
    """``- [x]``: what is done, said in words too."""
    tokens, found = state.tokens, list[Token]()
    for at, token in enumerate(tokens):
        mark = _TASK.match(token.content) if token.type == "inline" else None
        if mark and at > 1 and tokens[at - 2].type == "list_item_open":
            done = mark[1] != " "
            tokens[at - 2].attrs = {"class": "task"}
            words = escape(_("Done") if done else _("To do"))
            sign = "task-box task-done" if done else "task-box"
            token.content = token.content[mark.end() :]
            token.meta["before"] = f'<span class="{sign}" role="img" aria-label="{words}"></span>'
        found.append(token)
    state.tokens = found


def _headings(state: StateCore) -> None:
    """The largest of a text stands right below the page's own, whichever its writer began with."""
    marks = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    largest = min((int(token.tag[1]) for token in marks), default=1)
    for token in marks:
        token.tag = f"h{min(int(token.tag[1]) - largest + 2, 4)}"
    for token in state.tokens:
        if token.type == "inline" and token.meta.get("before") and token.children is not None:
            token.children.insert(0, Token("html_inline", "", 0, content=token.meta["before"]))
