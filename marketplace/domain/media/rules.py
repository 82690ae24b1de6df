"""Pure decisions about uploads and captions."""

from __future__ import annotations

import re

from marketplace.domain.media.errors import FileTooLarge, NotAnImage, NotAVideo, NotCaptions
from marketplace.errors import Invalid

VIDEO_ENDINGS = {"mp4", "m4v", "mov", "webm", "mkv", "avi", "mpg", "mpeg"}
IMAGE_TYPES = {"image/jpeg", "image/png", "image/webp", "image/avif"}
MAX_IMAGE_BYTES = 12 * 1024**2
MAX_CAPTION_BYTES = 1024**2

LANGUAGES = {
    "en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português", "it": "Italiano",
    "nl": "Nederlands", "pl": "Polski", "sv": "Svenska", "ja": "日本語", "ko": "한국어", "zh": "中文", "ar": "العربية",
    "hi": "हिन्दी", "uk": "Українська", "tr": "Türkçe",
}  # fmt: skip

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{3}"
_CUE = re.compile(rf"^({_TIME})\s*-->\s*({_TIME})(.*)$")


def safe_name(filename: str, usual: str) -> str:
    """A file's name without folders and without signs that mean something to a system."""
    return re.sub(r"[^\w .()-]", "_", filename.replace("\\", "/").rsplit("/", 1)[-1])[-120:].strip(" .") or usual


def check_video(filename: str, size: int, mime: str, *, max_bytes: int) -> str:
    """The cleaned filename. Sizes in bytes; refused before any byte moves."""
    name = safe_name(filename, "video.mp4")
    if size <= 0:
        raise Invalid("That file is empty. Choose another one.", field="video")
    if size > max_bytes:
        raise FileTooLarge(
            "Videos can have at most {n} GB; this one has {n_2} GB.",
            field="video",
            n=f"{max_bytes / 1024**3:.0f}",
            n_2=f"{size / 1024**3:.1f}",
        )
    if name.rsplit(".", 1)[-1].lower() not in VIDEO_ENDINGS or not (
        mime.startswith("video/") or mime in ("", "application/octet-stream")
    ):
        raise NotAVideo(field="video")
    return name


def check_image(size: int, mime: str) -> None:
    if mime not in IMAGE_TYPES:
        raise NotAnImage(field="cover")
    if size <= 0:
        raise Invalid("That file is empty. Choose another one.", field="cover")
    if size > MAX_IMAGE_BYTES:
        raise FileTooLarge("Pictures can have at most {most} MB.", field="cover", most=MAX_IMAGE_BYTES // 1024**2)


def to_vtt(source: bytes) -> str:
    """WebVTT out of WebVTT or SubRip; only cues survive (no styles, no notes, no HTML beyond ``i``, ``b``, ``u``)."""
    if len(source) > MAX_CAPTION_BYTES:
        raise FileTooLarge("Captions can have at most 1 MB.", field="captions")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = source.decode("cp1252", errors="replace")
    cues = _cues(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not cues:
        raise NotCaptions(field="captions")
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _cues(text: str) -> list[str]:
    found = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        for number, line in enumerate(lines[:2]):
            match = _CUE.match(line.strip())
            if match:
                said = [_plain(said) for said in lines[number + 1 :] if said.strip()]
                if said:
                    found.append(f"{_stamp(match[1])} --> {_stamp(match[2])}\n" + "\n".join(said))
                break
    return found


def _plain(line: str) -> str:
    kept = re.sub(r"<(?!/?[ibu]>)[^\s>][^>]{0,200}>", "", line[:1000])  # bounded: else a line of "<" takes minutes
    return re.sub(r"<(?!/?[ibu]>)", "&lt;", kept).replace("-->", "→").strip()


def _stamp(stamp: str) -> str:
    parts = stamp.replace(",", ".").split(":")
    return ":".join(part.zfill(2) if i < len(parts) - 1 else part.zfill(6) for i, part in enumerate(parts))
