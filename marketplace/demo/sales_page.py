"""The page of Mara's course, made of blocks. ``@<slug>`` is the drawing of that lesson."""

from __future__ import annotations

from typing import Any

WHEEL_PAGE: tuple[dict[str, Any], ...] = (
    {
        "kind": "text",
        "title": "Four evenings from a lump to a mug",
        "text": """\
Most people who try a wheel give up in the second week. Not because it is hard, but because nobody told them *which* of
the ten things they do is the one that matters now.

This course tells you. One thing an evening, until your hands know it; then the next.""",
    },
    {
        "kind": "picture",
        "image": "@throw-a-mug-with-a-pulled-handle",
        "alt": "A drawing of a mug with a pulled handle beside a lump of clay",
        "caption": "Where you will be in week four: a mug whose handle you pulled yourself.",
    },
    {"kind": "learn"},
    {
        "kind": "audience",
        "points": [
            "You have sat at a wheel once or twice, and it won",
            "You rent an hour in a studio and want to use it well",
            "You throw already, and your bowls are all different by accident",
        ],
    },
    {
        "kind": "quote",
        "text": "I had taken two weekend courses. After the second evening here I centred on the first try, and laughed out loud.",
        "name": "Noor",
        "role": "threw her first six bowls last winter",
    },
    {"kind": "syllabus"},
    {
        "kind": "picture",
        "image": "@dip-glaze-without-drips",
        "alt": "A drawing of a bowl that is dipped into a bucket of glaze",
        "caption": "The last evening is for glaze, and for reading what the kiln did to it.",
    },
    {"kind": "description"},
    {
        "kind": "faq",
        "questions": [
            {
                "q": "Do I need a wheel of my own?",
                "a": "No. Four rented hours in a studio are enough; most cities have one.",
            },
            {
                "q": "Which clay should I buy?",
                "a": "Ten kilos of **soft stoneware**, smooth or with fine sand. *Know your clay*, which is free, tells you why.",
            },
            {"q": "What if I miss an evening?", "a": "Nothing happens. Your place is kept, and there is no end date."},
            {
                "q": "Can I ask you something?",
                "a": """\
Yes:

- hand in a photo of your cut bowl, and I tell you what its wall says
- or come to the live evening, and bring your hands""",
            },
        ],
    },
    {
        "kind": "cta",
        "title": "Your wheel is waiting",
        "text": "Start tonight: the first lesson needs a lump of clay and a table.",
    },
    {"kind": "creator"},
)
