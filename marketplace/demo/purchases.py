"""Two months of orders, so that no studio page, library or table is empty."""

from __future__ import annotations

from marketplace.demo.shapes import Purchase

SAM = "learner@example.com"
PRIYA = "priya.nair@example.org"
TOM = "tom.becker@example.org"
LUCIA = "lucia.fernandez@example.org"
HANA = "hana.kim@example.com"
MARCUS = "marcus.bell@example.com"
ELEANOR = "eleanor.whitby@example.org"
JONAS = "jonas.falk@example.org"
AMARA = "amara.diallo@example.com"

PURCHASES: tuple[Purchase, ...] = (
    Purchase(SAM, "center-and-open-a-bowl", 2400, 12, 0.45),
    Purchase(SAM, "keep-a-sourdough-starter", 1500, 27, 1.0),
    Purchase(
        SAM, "hand-cut-dovetails", 3200, 19, 0.1, "refunded", "I don't have a workbench yet. I'll come back in spring."
    ),
    Purchase(PRIYA, "center-and-open-a-bowl", 2400, 58, 1.0),
    Purchase(TOM, "country-loaf", 1900, 55, 1.0),
    Purchase(MARCUS, "center-and-open-a-bowl", 2400, 52, 0.8),
    Purchase(ELEANOR, "mend-a-knee-with-sashiko", 1800, 49, 1.0),
    Purchase(HANA, "misty-hills-in-five-washes", 2800, 46, 0.6),
    Purchase(PRIYA, "dip-glaze-without-drips", 1800, 44, 1.0),
    Purchase(LUCIA, "throw-a-mug-with-a-pulled-handle", 2900, 41, 0.35),
    Purchase(JONAS, "travis-picking-from-zero", 1600, 39, 0.7),
    Purchase(AMARA, "keep-a-sourdough-starter", 1500, 36, 1.0),
    Purchase(MARCUS, "name-things-well", 1500, 33, 1.0),
    Purchase(HANA, "read-a-stack-trace-without-fear", 3500, 30, 0.5),
    Purchase(ELEANOR, "seedlings-on-a-balcony", 1200, 28, 0.9),
    Purchase(TOM, "throw-a-mug-with-a-pulled-handle", 2900, 24, 0.2),
    Purchase(LUCIA, "wedge-clay-like-a-shell", 0, 22, 1.0),
    Purchase(AMARA, "center-and-open-a-bowl", 2400, 20, 0.55),
    Purchase(PRIYA, "throw-a-mug-with-a-pulled-handle", 2900, 16, 0.75),
    Purchase(JONAS, "hand-cut-dovetails", 3200, 14, 0.3),
    Purchase(MARCUS, "aperture-before-everything", 2200, 11, 0.0, "disputed", "The buyer's bank says: not recognised."),
    Purchase(ELEANOR, "center-and-open-a-bowl", 2400, 9, 0.15),
    Purchase(HANA, "wedge-clay-like-a-shell", 0, 8, 0.6),
    Purchase(LUCIA, "name-things-well", 500, 6, 0.4),
    Purchase(JONAS, "dip-glaze-without-drips", 1800, 4, 0.0),
    Purchase(TOM, "center-and-open-a-bowl", 2400, 2, 0.25),
    Purchase(AMARA, "aperture-before-everything", 2200, 1, 0.0),
    Purchase(SAM, "know-your-clay", 0, 22, 1.0),
    Purchase(SAM, "a-month-at-the-wheel", 7900, 21, 0.4),
    Purchase(PRIYA, "a-month-at-the-wheel", 7900, 26, 1.0),
    Purchase(LUCIA, "a-month-at-the-wheel", 7900, 13, 0.6),
    Purchase(AMARA, "python-in-an-evening", 1900, 5, 0.5),
)
