"""What media needs from a video host (Vimeo) and from file storage (Supabase Storage)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class VideoUpload:
    """``upload_link`` is a tus URL for one upload of ``size`` bytes, straight from the browser."""

    uri: str  # /videos/<id>
    upload_link: str


@dataclass(frozen=True, slots=True)
class VideoState:
    uri: str
    upload: Literal["in_progress", "complete", "error"]
    transcode: Literal["in_progress", "complete", "error"]
    duration_s: int
    width: int
    height: int
    player_url: str  # what the wrapped player plays; shown only to who may watch
    thumbnail_url: str


class VideoGateway(Protocol):
    """Raises ``errors.Unavailable`` when the host does not answer, ``VideoMissing`` for a deleted video,
    ``VideoQuotaReached`` when the host's plan is full."""

    async def create_upload(self, *, name: str, size: int) -> VideoUpload:
        """Creates the private, embed-whitelisted video and its tus link."""

    async def state(self, uri: str) -> VideoState: ...
    async def protect(self, uri: str, domain: str) -> None:
        """privacy.view=disable, embed=whitelist with our domain, no download. Idempotent."""

    async def playback_url(self, uri: str, *, viewer: str) -> str:
        """What the player gets for one granted viewer: the sandbox gives an expiring signed file URL,
        Vimeo its embeddable URL."""

    async def add_captions(self, uri: str, *, language: str, label: str, vtt: str) -> str:
        """Uploads and activates a text track; returns its uri."""

    async def remove_captions(self, uri: str, track_uri: str) -> None: ...
    async def captions(self, uri: str) -> list[tuple[str, str, str]]:
        """(language, label, url of the WebVTT file) of the active tracks."""

    async def caption_file(self, link: str) -> bytes:
        """The WebVTT file behind a link of :meth:`captions`."""

    async def file_url(self, uri: str, *, viewer: str) -> str:
        """A link to the video's file that a granted viewer's browser may fetch, or empty where the host gives none."""

    async def rename(self, uri: str, name: str) -> None: ...
    async def delete(self, uri: str) -> None:
        """Harmless when it is gone already."""


class FileStorage(Protocol):
    """Two buckets: ``private`` (originals, captions, downloads) and ``public`` (covers, avatars)."""

    async def ensure_buckets(self) -> None: ...
    async def signed_upload(self, path: str) -> str:
        """A URL the browser may PUT one file to, in the private bucket."""

    async def signed_download(self, path: str, *, seconds: int, filename: str | None = None) -> str: ...
    async def read(self, path: str, *, max_bytes: int) -> bytes:
        """From the private bucket. Raises ``FileTooLarge``, ``FileMissing``."""

    async def write_private(self, path: str, body: bytes, *, content_type: str) -> None:
        """Read again by :meth:`read` alone. A path is written once."""

    async def read_public(self, url: str, *, max_bytes: int) -> bytes:
        """What :meth:`write_public` returned ``url`` for. Raises ``FileTooLarge``, ``FileMissing``."""

    async def write_public(self, path: str, body: bytes, *, content_type: str) -> str:
        """Returns the public URL. Content-addressed paths, so written with a long cache life."""

    async def size(self, path: str) -> int:
        """Bytes of what lies in the private bucket. Raises ``FileMissing``."""

    async def delete(self, path: str) -> None:
        """From the private bucket; harmless when gone."""
