"""Fenced code with its words marked, for the languages that people teach."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from html import escape
from time import monotonic
from typing import Any

from markdown_it import MarkdownIt

MAX_CODE, MAX_CODE_OF_ALL = 8_000, 40_000  # characters; what is longer stands there unmarked
MAX_SECONDS = 0.5  # of one text
# An allow-list: with others some input keeps the marker busy for long.
LANGUAGES = {
    "python": "Python", "py": "Python", "pycon": "Python", "javascript": "JavaScript", "js": "JavaScript",
    "typescript": "TypeScript", "ts": "TypeScript", "html": "HTML", "css": "CSS", "json": "JSON", "bash": "Shell",
    "sh": "Shell", "console": "Shell", "sql": "SQL", "java": "Java", "c": "C", "cpp": "C++", "csharp": "C#", "go": "Go",
    "rust": "Rust", "ruby": "Ruby", "php": "PHP", "swift": "Swift", "kotlin": "Kotlin", "yaml": "YAML", "toml": "TOML",
    "xml": "XML", "r": "R", "lua": "Lua", "diff": "Diff", "ini": "INI", "dockerfile": "Dockerfile", "tex": "TeX",
}  # fmt: skip


def code(md: MarkdownIt) -> None:
    md.add_render_rule(
        "fence", lambda _self, tokens, at, _options, env: _shown(tokens[at].content, tokens[at].info, env)
    )
    md.add_render_rule("code_block", lambda _self, tokens, at, _options, env: _shown(tokens[at].content, "", env))


def _shown(source: str, info: str, env: MutableMapping[str, Any]) -> str:
    language = (re.match(r"[\w+#-]{0,20}", info.strip()) or [""])[0].lower()
    name = LANGUAGES.get(language, "")
    env["code"] = env.get("code", 0) + len(source)
    if name and len(source) <= MAX_CODE and env["code"] <= MAX_CODE_OF_ALL and env.get("marking", 0.0) < MAX_SECONDS:
        began = monotonic()
        body = _marked(source, language, began + MAX_SECONDS - env.get("marking", 0.0))
        env["marking"] = env.get("marking", 0.0) + monotonic() - began
    else:
        body = escape(source)
    head = f'<p class="code-name">{escape(name)}</p>' if name else ""
    return f'<div class="code">{head}<pre tabindex="0" dir="ltr"><code>{body}</code></pre></div>\n'


def _marked(source: str, language: str, until: float) -> str:
    """What isn't marked by ``until`` stays plain: some input makes the marker try the same letters again and again."""
    from pygments.lexers import get_lexer_by_name  # takes a while to import, and most texts have no code
    from pygments.token import STANDARD_TYPES

    found, at = list[str](), 0
    for kind, words in get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(source):
        at += len(words)
        look = _class(STANDARD_TYPES.get(kind, ""))
        found.append(f'<span class="{look}">{escape(words)}</span>' if look else escape(words))
        if monotonic() > until:
            break
    return "".join(found) + escape(source[at:])


def _class(short: str) -> str:
    """One of the few looks that the stylesheet knows, by Pygments' short name of a kind."""
    if short in ("nf", "fm", "nc", "nd", "nt", "nx", "na", "nb", "bp"):
        return "c-name"
    if short in ("gi", "gd", "gh", "gu"):
        return {"gi": "c-in", "gd": "c-out"}.get(short, "c-key")
    return {"k": "c-key", "s": "c-text", "d": "c-text", "c": "c-note", "m": "c-num", "i": "c-num"}.get(
        short[:1] if short not in ("sa", "o", "ow", "err") else {"sa": "k", "ow": "k"}.get(short, ""), ""
    )
