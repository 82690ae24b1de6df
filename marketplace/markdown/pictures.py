"""Pictures in lessons: ``![what it shows](picture:<id> "caption")``. Only whoever renders knows where they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from marketplace.i18n import _

SCHEME = "picture:"
MAX_PICTURES = 200  # of one text
USED = re.compile(rf"{SCHEME}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as a page shows it. Width and height in pixels keep its place free."""

    src: str
    width: int
    height: int
    srcset: str = ""


def picture_ids(source: str) -> list[UUID]:
    """Those that a text shows, each once, in their order."""
    return [UUID(found) for found in dict.fromkeys(USED.findall(source))][:MAX_PICTURES]


def pictures(md: MarkdownIt) -> None:
    md.core.ruler.push("figures", _figures)
    md.add_render_rule("image", lambda _self, tokens, at, _options, env: _image(tokens[at], env))


def _figures(state: StateCore) -> None:
    """A picture that is a paragraph of its own becomes a figure; its title is the caption."""
    tokens = state.tokens
    for at in range(1, len(tokens) - 1):
        children = tokens[at].children or []
        if tokens[at].type == "inline" and tokens[at - 1].type == "paragraph_open" and len(children) == 1:
            image = children[0]
            if image.type == "image" and str(image.attrs.get("src", "")).startswith(SCHEME):
                tokens[at - 1].tag = tokens[at + 1].tag = "figure"
                tokens[at - 1].hidden = tokens[at + 1].hidden = False
                image.meta["caption"] = str(image.attrs.get("title", ""))


def _image(token: Token, env: MutableMapping[str, Any]) -> str:
    source, alt = str(token.attrs.get("src", "")), token.content
    shown: Mapping[UUID, Shot] = env["pictures"]
    found = USED.fullmatch(source)
    shot = shown.get(UUID(found[1])) if found else None
    caption = token.meta.get("caption", "")
    words = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    if shot is not None:
        sizes = f' srcset="{escape(shot.srcset)}" sizes="(min-width: 48rem) 42rem, 100vw"' if shot.srcset else ""
        return (
            f'<img src="{escape(shot.src)}"{sizes} width="{shot.width}" height="{shot.height}" alt="{escape(alt)}"'
            f' loading="lazy" decoding="async">{words}'
        )
    if source.startswith(("https://", "http://")):  # pictures of elsewhere would tell that place who reads
        return f'<a href="{escape(source)}">{escape(alt or source)}</a>'
    return f'<span class="picture-gone">{escape(alt or _("This picture isn’t here any more."))}</span>{words}'
