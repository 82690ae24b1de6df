"""Zips that people send. Nothing is unpacked to disk; what is larger, deeper or stranger than a course is refused."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketplace.errors import Invalid
from marketplace.i18n import count_words

MAX_ZIP, MAX_FILE, MAX_TOTAL = 50 * 1024**2, 10 * 1024**2, 60 * 1024**2
MAX_FILES, MAX_PATH, MAX_DEPTH = 2_500, 240, 12
MAX_RATIO, RATIO_FROM = 200, 1024**2  # small files may well shrink a lot
_END, _END_64, _END_SIZE = b"PK\x05\x06", b"PK\x06\x07", 22
_OF_A_MAC = ("__MACOSX/", ".DS_Store")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """``files``: path → contents; ``names`` of all, also of those that weren't unpacked."""

    files: dict[str, bytes]
    names: set[str]


def read(body: bytes, wanted: Callable[[str], bool] = lambda _path: True) -> Unpacked:
    """Raises ``Invalid`` for anything but an ordinary zip of ordinary files."""
    if len(body) > MAX_ZIP:
        raise Invalid("The zip can have at most {most} MB.", most=MAX_ZIP // 1024**2)
    _check_end(body)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as zip_:
            return _files(zip_, wanted)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        UnicodeDecodeError,
        ValueError,
        OSError,
    ) as error:
        raise Invalid("This file can't be read as a zip. It may be damaged.") from error


def write(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip_:
        for path, words in files.items():
            body = words.encode() if isinstance(words, str) else words
            zip_.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _check_end(body: bytes) -> None:
    """What the zip says of its list of files, before that list is read into memory."""
    at = body.rfind(_END)
    if at < 0 or len(body) < at + _END_SIZE:
        raise Invalid("This isn't a zip.")
    files = int.from_bytes(body[at + 10 : at + 12], "little")
    size = int.from_bytes(body[at + 12 : at + 16], "little")
    if _END_64 in body[max(0, at - 64) : at] or files > MAX_FILES or size > MAX_FILES * (MAX_PATH + 256):
        raise Invalid("The zip can have at most {most} files.", most=count_words(MAX_FILES))


def _files(zip_: zipfile.ZipFile, wanted: Callable[[str], bool]) -> Unpacked:
    infos = [i for i in zip_.infolist() if not i.is_dir() and not _is_of_a_mac(i.filename)]
    if len(infos) > MAX_FILES:
        raise Invalid("The zip can have at most {most} files.", most=count_words(MAX_FILES))
    left, found, known = MAX_TOTAL, dict[str, bytes](), set[str]()
    for info in infos:
        _check(info)
        if info.filename.casefold() in known:
            raise Invalid("“{filename}” is in the zip twice.", filename=info.filename)
        known.add(info.filename.casefold())
        if not wanted(info.filename):
            continue
        with zip_.open(info) as file:  # what the zip says of its sizes may be a lie: count what comes out
            contents = file.read(min(MAX_FILE, left) + 1)
        if len(contents) > MAX_FILE:
            raise Invalid(
                "“{filename}” is too large: at most {most} MB.", filename=info.filename, most=MAX_FILE // 1024**2
            )
        left -= len(contents)
        if left < 0:
            raise Invalid("Unpacked, the zip can have at most {most} MB.", most=MAX_TOTAL // 1024**2)
        if len(contents) > RATIO_FROM and len(contents) > MAX_RATIO * max(1, info.compress_size):
            raise Invalid("“{filename}” is packed too tightly to be a text.", filename=info.filename)
        found[info.filename] = contents
    return Unpacked(found, {info.filename for info in infos})


def _is_of_a_mac(path: str) -> bool:
    return path.startswith(_OF_A_MAC[0]) or path.endswith(_OF_A_MAC[1])


def _check(info: zipfile.ZipInfo) -> None:
    path = info.orig_filename
    shown = path[:60]
    if len(path) > MAX_PATH:
        raise Invalid("A name in the zip is too long: “{shown}…”.", shown=shown)
    parts = path.split("/")
    if (
        any(part in ("", ".", "..") for part in parts) or len(parts) > MAX_DEPTH or "\\" in path or ":" in parts[0]
        or not path.isprintable()
    ):  # fmt: skip
        raise Invalid("A name in the zip isn't allowed: “{shown}”.", shown=shown)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Invalid("“{shown}” is a link or a device, not a file.", shown=shown)
    if info.flag_bits & 1:
        raise Invalid("The zip has a password. Make one without.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Invalid("The zip is packed in an unusual way. Make an ordinary one.")
