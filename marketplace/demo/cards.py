"""Papers of the demo's creators, drawn when they are planted."""

from __future__ import annotations

from datetime import UTC, datetime

from fpdf import FPDF

from marketplace.paper.letters import BOLD, REGULAR

_GLAZES = (
    (
        "Celadon",
        "Cone 9, reduction. Thin: dip for two seconds.",
        (("Potash feldspar", 2500), ("Quartz", 1750), ("Whiting", 1250), ("China clay", 700), ("Red iron oxide", 75)),
    ),
    (
        "Tenmoku",
        "Cone 9, reduction. Thick: dip twice, rim down.",
        (("Potash feldspar", 2800), ("Quartz", 1450), ("Whiting", 900), ("China clay", 450), ("Red iron oxide", 500)),
    ),
)


def glaze_card() -> bytes:
    """Two recipes on a sheet of A5, the same every time."""
    paper = FPDF(format=(148, 210))
    paper.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    paper.set_title("Glaze card: celadon and tenmoku")
    paper.set_author("Mara Kiln")
    paper.add_font("text", "", REGULAR)
    paper.add_font("text", "B", BOLD)
    paper.add_page()
    paper.set_font("text", "B", 18)
    paper.cell(0, 12, "Two glazes for one bucket each", new_x="LMARGIN", new_y="NEXT")
    for name, note, parts in _GLAZES:
        paper.ln(5)
        paper.set_font("text", "B", 13)
        paper.cell(0, 8, name, new_x="LMARGIN", new_y="NEXT")
        paper.set_font("text", "", 10)
        paper.cell(0, 6, note, new_x="LMARGIN", new_y="NEXT")
        for what, grams in parts:
            paper.cell(70, 7, what, border="B")
            paper.cell(30, 7, f"{grams} g", border="B", align="R", new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())
