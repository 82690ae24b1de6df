"""What creators write → safe HTML: short texts plainly, the texts of lessons with everything that teaching wants."""

from marketplace.markdown.pictures import Shot, picture_ids
from marketplace.markdown.plain import render, to_lines, to_text
from marketplace.markdown.rich import lesson_html

__all__ = ["Shot", "lesson_html", "picture_ids", "render", "to_lines", "to_text"]
