"""What a topic's page says of it."""

from __future__ import annotations

from marketplace.i18n import _


def topic_words(topic: str) -> str:
    """A sentence or two for people and for search engines; empty for what is no topic."""
    return {
        "pottery": _("Throwing, hand-building, glazing and firing: clay from the bag to the shelf."),
        "bread": _("Sourdough, pastry and everyday loaves, from people who are up before the sun."),
        "watercolour": _("Washes, light and loose edges: painting with water and very little colour."),
        "guitar": _("Chords, fingerpicking, and the care of the instrument itself."),
        "woodwork": _("Joints, planes and sharp edges: furniture and smaller things out of wood."),
        "photography": _("Seeing, lighting and finishing pictures, with any camera."),
        "gardening": _("Soil, seeds and pruning, through all seasons and for small places too."),
        "sewing": _("Patterns, seams and mending: clothes that fit and last."),
        "programming": _("Writing software that works, explained by people who do it every day."),
        "cooking": _("Techniques and dishes, from the knife to the plate."),
        "music": _("Playing, singing, writing and recording music."),
        "drawing": _("Line, form and observation, with pencil, ink and screen."),
        "language": _("Speaking and understanding another language, a lesson at a time."),
        "business": _("Selling what you make, and keeping the books in order."),
        "wellbeing": _("Movement, rest and calm, for body and mind."),
        "other": _("Crafts and skills that have no shelf of their own."),
    }.get(topic, "")
