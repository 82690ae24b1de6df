"""A course's texts as a SCORM 1.2 package for other learning platforms: one page for each lesson. Pure.

Pages load nothing from elsewhere. Videos aren't in it: their place says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from uuid import UUID
from xml.etree import ElementTree as Xml

from marketplace.domain.courses import scorm_look, zips
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from marketplace.domain.media.service import pictures
from marketplace.ids import new_id
from marketplace.markdown import Shot, lesson_html, picture_ids

_CP, _ADL = "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_WHERE = f"{_CP} imscp_rootv1p1p2.xsd {_ADL} adlcp_rootv1p2.xsd"

# The platform's object is named API, in a frame above or in the window that opened this one.
_SCRIPT = """\
(function () {
  "use strict";
  function above(frame) {
    for (var n = 0; n < 50 && frame; n++) {
      try { if (frame.API) return frame.API; } catch (e) { return null; }
      if (frame.parent === frame) return null;
      frame = frame.parent;
    }
    return null;
  }
  var api = above(window) || (window.opener ? above(window.opener) : null);
  var open = !!api && String(api.LMSInitialize("")) === "true";
  var button = document.getElementById("done");
  function status(value) {
    if (value === undefined) return open ? api.LMSGetValue("cmi.core.lesson_status") : "";
    if (open) { api.LMSSetValue("cmi.core.lesson_status", value); api.LMSCommit(""); }
  }
  function finished() { button.disabled = true; button.textContent = button.dataset.done; }
  var now = status();
  if (now === "completed" || now === "passed") finished();
  else if (now === "" || now === "not attempted") status("incomplete");
  button.addEventListener("click", function () { status("completed"); finished(); });
  window.addEventListener("pagehide", function () { if (open) { open = false; api.LMSFinish(""); } });
})();
"""
_STYLE = """\
body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #1d1b18;
  background: #fff; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 1rem; background: #f5f2ec; }
blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid #e6e0d6; }
table { border-collapse: collapse; } th, td { border: 1px solid #e6e0d6; padding: .25rem .5rem; text-align: start; }
.video { padding: 1rem; background: #f5f2ec; border-radius: 8px; }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: 8px; background: #0f6b4f; color: #fff; }
button:disabled { background: #6d675e; }
"""


def pack(archive: Archive) -> bytes:
    """``imsmanifest.xml``, the lessons in their order, one script and one stylesheet."""
    files: dict[str, str | bytes] = {
        "imsmanifest.xml": _manifest(archive), "lesson.js": _SCRIPT, "lesson.css": _STYLE + scorm_look.STYLE,
    }  # fmt: skip
    language = str(archive.sale.get("language") or "en")
    shots = {id_: Shot(f"../{_picture(id_)}", *pictures.size_of(body)) for id_, body in archive.pictures.items()}
    for n, unit in enumerate(archive.units, 1):
        files[_path(n)] = _page(unit, language, shots)
    files |= {_picture(id_): body for id_, body in archive.pictures.items()}
    return zips.write(files)


def _path(number: int) -> str:
    return f"lessons/{number:04d}.html"


def _picture(id_: UUID) -> str:
    return f"pictures/{id_}.webp"


def _manifest(archive: Archive) -> str:
    title = str(archive.sale.get("title") or "Course")
    root = Xml.Element("manifest", {
        "identifier": f"course-{archive.id or new_id()}", "version": "1.2", "xmlns": _CP, "xmlns:adlcp": _ADL,
        "xmlns:xsi": _XSI, "xsi:schemaLocation": _WHERE,
    })  # fmt: skip
    about = Xml.SubElement(root, "metadata")
    Xml.SubElement(about, "schema").text = "ADL SCORM"
    Xml.SubElement(about, "schemaversion").text = "1.2"
    organization = Xml.SubElement(
        Xml.SubElement(root, "organizations", {"default": "course"}), "organization", {"identifier": "course"}
    )
    Xml.SubElement(organization, "title").text = title
    resources = Xml.SubElement(root, "resources")
    number = 0
    for n, part in enumerate(archive.parts, 1):
        number = _section(organization, resources, part, n, number, archive.pictures)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _section(
    organization: Xml.Element, resources: Xml.Element, part: Part, n: int, number: int, shown: Mapping[UUID, bytes]
) -> int:
    """Adds a section that has lessons; the number of the last lesson so far."""
    if not part.units:
        return number
    section = Xml.SubElement(organization, "item", {"identifier": f"section-{n}"})
    Xml.SubElement(section, "title").text = part.title
    for number, unit in enumerate(part.units, number + 1):  # noqa: B020
        item = Xml.SubElement(section, "item", {"identifier": f"item-{number}", "identifierref": f"lesson-{number}"})
        Xml.SubElement(item, "title").text = unit.title
        resource = Xml.SubElement(resources, "resource", {
            "identifier": f"lesson-{number}", "type": "webcontent", "adlcp:scormtype": "sco", "href": _path(number),
        })  # fmt: skip
        own = dict.fromkeys(id_ for piece in unit.pieces for id_ in picture_ids(piece.words) if id_ in shown)
        for path in (_path(number), "lesson.js", "lesson.css", *map(_picture, own)):
            Xml.SubElement(resource, "file", {"href": path})
    return number


def _page(unit: Unit, language: str, shots: Mapping[UUID, Shot]) -> str:
    title = escape(unit.title)
    body = "\n".join(_piece(piece, n, shots) for n, piece in enumerate(unit.pieces))
    return f"""<!doctype html>
<html lang="{escape(language)}" dir="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="../lesson.css">
</head>
<body>
<h1>{title}</h1>
{body}
<p><button id="done" type="button" data-done="Completed">Mark complete</button></p>
<script src="../lesson.js"></script>
</body>
</html>
"""


def _piece(piece: Piece, number: int, shots: Mapping[UUID, Shot]) -> str:
    if piece.kind == "text":
        words = lesson_html(piece.words, key=f"text-{number}", pictures=shots, frames=None)
        return f'<div class="prose">{words}</div>'
    return f'<p class="video">Not in this package: {escape(f"{piece.kind} {piece.label}".strip())}</p>'
