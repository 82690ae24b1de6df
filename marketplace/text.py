"""Cleaning what people type."""

from __future__ import annotations

import re
import unicodedata

from marketplace.errors import Invalid

JOINERS = "\u200c\u200d"  # hold emoji of several signs together, and the letters of Persian and Indian words


def clean_line(text: str, *, limit: int, field: str, label: str, required: bool = True) -> str:
    """One line of a person's text: control characters and line breaks go, direction overrides too."""
    kept = "".join(c if c.isprintable() or c in JOINERS else " " for c in unicodedata.normalize("NFC", text))
    kept = re.sub(rf"(?<!\S)[{JOINERS}]+|[{JOINERS}]+(?!\S)", "", kept)
    kept = re.sub(r"\s+", " ", kept).strip()
    if required and not kept:
        raise Invalid(f"{label} can't be empty.", field=field)
    if len(kept) > limit:
        raise Invalid(f"{label} can have at most {limit} characters; this has {len(kept):,}.", field=field)
    return kept


def clean_text(text: str, *, limit: int, field: str, label: str) -> str:
    """Many lines: line breaks stay, other control characters go."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" + JOINERS or c.isprintable()).strip()
    if len(kept) > limit:
        raise Invalid(f"{label} can have at most {limit:,} characters; this has {len(kept):,}.", field=field)
    return kept
