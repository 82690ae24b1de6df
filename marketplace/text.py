"""Cleaning what people type."""

from __future__ import annotations

import re
import unicodedata

from marketplace.errors import Invalid
from marketplace.i18n import N_, _, count_words

_TOO_LONG = N_("{label} can have at most {limit} characters; this has {n}.")
JOINERS = "\u200c\u200d"  # hold emoji of several signs together, and the letters of Persian and Indian words


def clean_line(text: str, *, limit: int, field: str, label: str, required: bool = True) -> str:
    """One line of a person's text: control characters and line breaks go, direction overrides too."""
    kept = "".join(c if c.isprintable() or c in JOINERS else " " for c in unicodedata.normalize("NFC", text))
    kept = re.sub(rf"(?<!\S)[{JOINERS}]+|[{JOINERS}]+(?!\S)", "", kept)
    kept = re.sub(r"\s+", " ", kept).strip()
    if required and not kept:
        raise Invalid("{label} can't be empty.", field=field, label=_(label))
    if len(kept) > limit:
        raise Invalid(_TOO_LONG, field=field, label=_(label), limit=count_words(limit), n=count_words(len(kept)))
    return kept


def clean_text(text: str, *, limit: int, field: str, label: str) -> str:
    """Many lines: line breaks stay, other control characters go."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" + JOINERS or c.isprintable()).strip()
    if len(kept) > limit:
        raise Invalid(_TOO_LONG, field=field, label=_(label), limit=count_words(limit), n=count_words(len(kept)))
    return kept


def readable_name(filename: str, *, limit: int) -> str:
    """A file's name as a title: ``03_center-and-open.final.mp4`` is "Center and open final"."""
    stem = re.split(r"[/\\]", filename)[-1]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
    words = clean_line(re.sub(r"[_\-.–—+]+|%20", " ", stem), limit=10**6, field="", label="", required=False)
    unnumbered = re.sub(r"^\d{1,3}[\s)\]:]+(?=\D*[^\W\d_])", "", words)
    title = (unnumbered or words)[:limit].strip()
    return title[:1].upper() + title[1:] or _("Untitled")


def brief(words: str, limit: int = 120) -> str:
    """At most so many characters; what is longer ends after a word, with an ellipsis."""
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + "…"
