"""Words that mean the same in the shop's topics. Operators add their own on ``/admin/search``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BUILT_IN: dict[str, tuple[tuple[str, ...], ...]] = {
    "pottery": (
        ("pottery", "ceramics", "clay"), ("throwing", "wheel throwing"), ("mug", "cup"), ("glaze", "glazing"),
        ("kiln", "firing"), ("hand building", "handbuilding", "pinch pot"),
    ),
    "bread": (
        ("sourdough", "sour dough", "levain"), ("starter", "leaven", "mother dough"), ("baguette", "french bread"),
        ("loaf", "bread"), ("wholemeal", "whole wheat", "wholegrain"), ("yeast", "baker's yeast"),
    ),
    "watercolour": (
        ("watercolour", "watercolor", "aquarelle"), ("colour", "color"), ("brush", "paintbrush"),
        ("landscape", "scenery"), ("grey", "gray"),
    ),
    "guitar": (
        ("guitar", "acoustic guitar"), ("chord", "chords"), ("fingerstyle", "fingerpicking", "finger picking"),
        ("strumming", "strum"), ("tab", "tablature"),
    ),
    "woodwork": (
        ("woodwork", "woodworking", "carpentry", "joinery"), ("chisel", "chisels"), ("plane", "hand plane"),
        ("dovetail", "dovetail joint"), ("saw", "handsaw"),
    ),
    "photography": (
        ("photography", "photo", "photograph", "picture"), ("camera", "dslr"), ("portrait", "headshot"),
        ("editing", "retouching", "post processing"), ("black and white", "monochrome"),
    ),
    "gardening": (
        ("gardening", "garden", "horticulture"), ("vegetable", "veg", "veggies"), ("pruning", "cutting back"),
        ("compost", "humus"), ("seedling", "seedlings", "young plants"),
    ),
    "sewing": (
        ("sewing", "dressmaking", "tailoring"), ("hem", "hemming"), ("trousers", "pants"), ("jumper", "sweater"),
        ("zip", "zipper"),
    ),
    "programming": (
        ("programming", "coding", "software development"), ("javascript", "js"), ("typescript", "ts"),
        ("database", "sql"), ("testing", "tests", "tdd"), ("machine learning", "ml"),
    ),
    "cooking": (("aubergine", "eggplant"), ("courgette", "zucchini"), ("coriander", "cilantro"), ("recipe", "dish")),
    "music": (("music", "songwriting"), ("singing", "vocals", "voice"), ("piano", "keyboard")),
    "drawing": (("drawing", "sketching", "illustration"), ("pencil", "graphite"), ("comic", "manga")),
    "language": (("english", "esl"), ("vocabulary", "words"), ("pronunciation", "accent")),
    "business": (("freelancing", "self employed"), ("marketing", "promotion"), ("bookkeeping", "accounting")),
    "wellbeing": (("wellbeing", "wellness", "self care"), ("meditation", "mindfulness"), ("yoga", "asana")),
    "anything": (("beginner", "beginners", "introduction", "basics"), ("course", "class", "workshop"), ("diy", "homemade")),
}  # fmt: skip
_GROUPS = tuple(group for groups in BUILT_IN.values() for group in groups)


def alike(words: str, own: Iterable[Sequence[str]] = ()) -> list[str]:
    """What means the same as one or more ``words``, without them. ``own``: groups of the operator."""
    found = [other for group in (*own, *_GROUPS) if words in group for other in group if other != words]
    return list(dict.fromkeys(found))[:12]


def tidy_group(line: str) -> list[str]:
    """The words of a group that an operator typed with commas between, those of any script; fewer than two are no
    group."""
    parts = [" ".join(part.lower().split())[:60] for part in re.split("[,،、，]", line[:600])]
    return list(dict.fromkeys(part for part in parts if part))[:12]
