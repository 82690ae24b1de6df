"""A bare link on a line of its own: of a place on the list it becomes that place's player, of any other a link.

The player is framed by a page of ours (``/embed/…``, :mod:`marketplace.api.embeds`): only that page's policy lets
others in, never the one of the page around it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from marketplace.i18n import _

MAX_FRAMES = 20  # of one text
_BARE = re.compile(r"<?(https?://[^\s<>\"'`\\]{3,500})>?")


@dataclass(frozen=True, slots=True)
class Place:
    """``id_`` is what an address of ours may name, ``src`` what is framed for it. ``tall``: not a film."""

    name: str
    host: str
    id_: re.Pattern[str]
    src: Callable[[str], str]
    tall: bool = False


def _map(id_: str) -> str:
    zoom, lat, lon = int(id_.split("_")[0]), float(id_.split("_")[1]), float(id_.split("_")[2])
    wide = 360 / 2**zoom * 1.5
    high = wide * 0.5 * math.cos(math.radians(max(-85.0, min(85.0, lat))))
    box = f"{lon - wide:.5f}%2C{lat - high:.5f}%2C{lon + wide:.5f}%2C{lat + high:.5f}"
    return f"https://www.openstreetmap.org/export/embed.html?bbox={box}&layer=mapnik&marker={lat}%2C{lon}"


def _youtube(id_: str) -> str:
    video, _sign, start = id_.partition("_t")
    return f"https://www.youtube-nocookie.com/embed/{video}?rel=0" + (f"&start={start}" if start else "")


def _vimeo(id_: str) -> str:
    video, _sign, key = id_.partition("_")
    return f"https://player.vimeo.com/video/{video}?dnt=1" + (f"&h={key}" if key else "")


PLACES: dict[str, Place] = {
    "youtube": Place(
        "YouTube", "https://www.youtube-nocookie.com", re.compile(r"[\w-]{11}(?:_t\d{1,6})?", re.ASCII), _youtube
    ),
    "vimeo": Place("Vimeo", "https://player.vimeo.com", re.compile(r"\d{5,12}(?:_[0-9a-f]{6,20})?", re.ASCII), _vimeo),
    "codepen": Place(
        "CodePen", "https://codepen.io", re.compile(r"[\w-]{1,40}_[A-Za-z]{4,40}", re.ASCII),
        lambda id_: "https://codepen.io/{}/embed/{}?default-tab=result".format(*id_.rsplit("_", 1)), True,
    ),
    "openstreetmap": Place(
        "OpenStreetMap", "https://www.openstreetmap.org",
        re.compile(r"(?:1?\d)_-?\d{1,2}(?:\.\d{1,6})?_-?\d{1,3}(?:\.\d{1,6})?", re.ASCII), _map, True,
    ),
}  # fmt: skip


def of(url: str) -> tuple[str, str] | None:
    """(place, id) of a link that can be framed."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    path, query = parts.path.strip("/"), parse_qs(parts.query, max_num_fields=20) if parts.query.count("&") < 20 else {}
    found: tuple[str, str] | None = None
    if host in ("youtube.com", "youtube-nocookie.com", "youtu.be"):
        kept = path if host == "youtu.be" else query.get("v", [re.sub(r"^(?:embed|shorts|live)/", "", path)])[0]
        start = query.get("t", query.get("start", [""]))[0].removesuffix("s")
        found = "youtube", kept + (f"_t{start}" if re.fullmatch(r"[0-9]{1,6}", start) else "")
    elif host in ("vimeo.com", "player.vimeo.com"):
        found = "vimeo", path.removeprefix("video/").replace("/", "_")
    elif host == "codepen.io" and (pen := re.fullmatch(r"([\w-]+)/(?:pen|embed|full)/(\w+)", path)):
        found = "codepen", f"{pen[1]}_{pen[2]}"
    elif host in ("openstreetmap.org", "osm.org"):
        found = "openstreetmap", parts.fragment.removeprefix("map=").split("&")[0].replace("/", "_")
    return found if found and PLACES[found[0]].id_.fullmatch(found[1]) else None


def embeds(md: MarkdownIt) -> None:
    md.core.ruler.push("embeds", _embeds)


def _embeds(state: StateCore) -> None:
    tokens = state.tokens
    for at in range(1, len(tokens) - 1):
        if tokens[at].type != "inline" or tokens[at - 1].type != "paragraph_open" or tokens[at - 1].hidden:
            continue
        bare = _BARE.fullmatch(tokens[at].content.strip())
        if bare is None:
            continue
        framed = of(bare[1])
        if framed is not None:
            tokens[at - 1].tag = tokens[at + 1].tag = "figure"
            tokens[at - 1].attrs = {"class": "embed"}
        html = Token("html_inline", "", 0, content=_frame(bare[1], framed, state.env))
        tokens[at].children = [html]


def _frame(url: str, framed: tuple[str, str] | None, env: MutableMapping[str, Any]) -> str:
    link = f'<a href="{escape(url)}">{{}}</a>'
    if framed is None:
        return link.format(escape(url))
    place = PLACES[framed[0]]
    words = f"<figcaption>{link.format(escape(_('Open on {place}').format(place=place.name)))}</figcaption>"
    count = env.get("frames_shown", 0) + 1
    env["frames_shown"] = count
    if env.get("frames") is None or count > MAX_FRAMES:
        return words
    title = escape(_("From {place}").format(place=place.name))
    return (
        f'<iframe src="{env["frames"]}/embed/{framed[0]}/{framed[1]}" title="{title}" loading="lazy"'
        f' class="{"tall" if place.tall else "wide"}" allow="fullscreen; encrypted-media; picture-in-picture"'
        ' sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation">'
        f"</iframe>{words}"
    )
