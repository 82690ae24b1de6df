"""Courses of other systems, out of their zips: SCORM 1.2, IMS Common Cartridge, Frappe LMS. Pure.

Each becomes an :class:`~marketplace.domain.courses.archive.Archive` with new ids: sections, lessons, texts with
their pictures, quizzes.
What can't be taken over (videos, programs) is a piece that only has a label, so that its maker is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marketplace.domain.courses.archive import Archive
from marketplace.domain.courses.foreign import album, frappe, manifest

Files = Mapping[str, bytes]

READ = (".xml", ".html", ".htm", ".xhtml", ".json", ".md", ".txt", *album.KINDS)


def is_read(path: str) -> bool:
    """Is it a kind of file that an importer looks into? Of the others only the names matter."""
    return path.lower().endswith(READ)


def reader(names: set[str]) -> Callable[[Files, set[str]], Archive] | None:
    """Who can read a zip with these files in it."""
    if manifest.NAME in names:
        return manifest.read
    if frappe.COURSE in names and any(name.startswith("lessons/") for name in names):
        return frappe.read
    return None
