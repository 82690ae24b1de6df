"""The pictures of a package that its texts show: taken along once each, under ids of their own."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote
from uuid import UUID

from marketplace.domain.courses.foreign import pages
from marketplace.ids import new_id
from marketplace.markdown.pictures import SCHEME

KINDS = (".png", ".jpg", ".jpeg", ".webp", ".avif")
MAX_PICTURES = 300  # of one course


class Album:
    """``pictures`` by id, once texts have asked for them; ``left_out``: names of those that can't come along."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._known: dict[str, UUID] = {}
        self.left_out: list[str] = []

    @property
    def pictures(self) -> dict[UUID, bytes]:
        return {id_: self._files[path] for path, id_ in self._known.items()}

    def place(self, source: str, folder: str = "") -> str:
        """The address of a picture in a text of a page in ``folder``; empty where it can't come along."""
        path = posixpath.normpath(posixpath.join(folder, unquote(pages.parts(source).path))) if source else ""
        return self._taken(path) or self._without(source)

    def named(self, source: str) -> str:
        """The same by the file's name alone, wherever in the package it is."""
        name = _name(source)
        return self._taken(next((path for path in self._files if _name(path) == name), "")) or self._without(source)

    def _taken(self, path: str) -> str:
        fits = path in self._files and path.lower().endswith(KINDS)
        if not fits or (path not in self._known and len(self._known) >= MAX_PICTURES):
            return ""
        return f"{SCHEME}{self._known.setdefault(path, new_id())}"

    def _without(self, source: str) -> str:
        if (name := _name(source)) and not source.startswith("data:"):
            self.left_out.append(name[:200])
        return ""


def _name(source: str) -> str:
    return unquote(pages.parts(source).path).rsplit("/", 1)[-1]
