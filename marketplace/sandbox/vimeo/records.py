"""Vimeo's objects in the sandbox's store, and the video as the API shows it."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from marketplace.sandbox.store import Row, Store, Tx
from marketplace.sandbox.vimeo import signing
from marketplace.sandbox.vimeo.wire import Problem, not_found

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

VENDOR = "vimeo"
_PRIVACY = {"view": "anybody", "embed": "public", "download": True, "comments": "anybody", "add": True}


def wall_clock() -> float:
    """Unix seconds of real time: work takes real time, whatever the test clock says."""
    return datetime.now(UTC).timestamp()


def new_video(body: Row, size: int, created: int) -> Row:
    """A video waiting for its bytes."""
    return {
        "id": str(secrets.randbelow(900_000_000) + 100_000_000),
        "hash": secrets.token_hex(5),
        "name": str(body.get("name") or "Untitled")[:128],
        "description": str(body.get("description") or "") or None,
        "created": created,
        "modified": created,
        "size": size,
        "token": secrets.token_urlsafe(24),
        "upload": "in_progress",
        "transcode": "in_progress",
        "reason": "",
        "ready_at": 0.0,
        "lease": "",
        "lease_until": 0.0,
        "file": "",
        "suffix": "",
        "duration": 0,
        "width": 0,
        "height": 0,
        "privacy": {**_PRIVACY, **body.get("privacy", {})},
        "domains": [],
    }


async def get_video(tx: Tx, video_id: str, *, lock: bool = False) -> Row:
    """Raises a 404 problem when the video is gone."""
    video = await tx.get(VENDOR, "video", video_id, lock=lock)
    if video is None:
        raise not_found()
    return video


async def save_video(tx: Tx, video: Row) -> Row:
    video["modified"] = tx.timestamp()
    return await tx.put(VENDOR, "video", video["id"], video)


async def count(tx: Tx, kind: str) -> int:
    cursor = await tx.connection.execute(
        "SELECT count(*) AS n FROM sandbox.objects WHERE vendor=%s AND kind=%s", (VENDOR, kind)
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


async def page_of_videos(tx: Tx, page: int, per_page: int) -> list[Row]:
    cursor = await tx.connection.execute(
        "SELECT data FROM sandbox.objects WHERE vendor=%s AND kind='video' ORDER BY seq DESC LIMIT %s OFFSET %s",
        (VENDOR, per_page, (page - 1) * per_page),
    )
    return [row["data"] for row in await cursor.fetchall()]


async def used_bytes(tx: Tx) -> int:
    cursor = await tx.connection.execute(
        "SELECT coalesce(sum((data->>'size')::bigint), 0) AS n FROM sandbox.objects WHERE vendor=%s AND kind='video'",
        (VENDOR,),
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


async def check_quota(tx: Tx, size: int) -> None:
    """The knob ``quota_mb`` (0: no limit) is the account's total storage."""
    quota = int(float((await tx.knobs(VENDOR)).get("quota_mb", 0)) * 1024**2)
    if quota and await used_bytes(tx) + size > quota:
        raise Problem(403, "You have reached your upload quota.", code=4102, developer="Free space or raise the plan.")


async def delete_video(store: Store, video_id: str) -> bool:
    """Removes the video, what belongs to it and its files; false when there was none."""
    async with store.tx() as tx:
        video = await tx.get(VENDOR, "video", video_id, lock=True)
        if video is None:
            return False
        await tx.delete(VENDOR, "upload", video["token"])
        for kind in ("texttrack", "picture"):
            for row in await tx.find(VENDOR, kind, {"video": video_id}, limit=1000):
                await tx.delete(VENDOR, kind, row["id"])
        await tx.delete(VENDOR, "video", video_id)
    shutil.rmtree(folder(store, video_id), ignore_errors=True)
    return True


def folder(store: Store, video_id: str) -> Path:
    return store.path(VENDOR, video_id, "source").parent


def source_path(store: Store, video_id: str) -> Path:
    """The uploaded bytes, as far as they have arrived: the file's size is the tus offset."""
    return store.path(VENDOR, video_id, "source")


def playable_path(store: Store, video: Row) -> Path:
    return store.path(VENDOR, video["id"], video["file"])


def poster_path(store: Store, video_id: str) -> Path:
    return store.path(VENDOR, video_id, "poster.jpg")


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


def embeddable(video: Row, host: str) -> bool:
    """Whether the player on ``host`` may show it. ``view=disable`` hides it on vimeo.com, not in embeds."""
    privacy = video["privacy"]
    if privacy["view"] == "nobody" or privacy["embed"] == "private":
        return False
    return privacy["embed"] != "whitelist" or host in video["domains"]


def public_video(sandbox: Sandbox, tx: Tx, video: Row, viewer: str = "") -> Row:
    """The video as ``GET /videos/{id}`` answers; ``play`` links are made for one viewer and expire."""
    uri = f"/videos/{video['id']}"
    return {
        "uri": uri,
        "name": video["name"],
        "description": video["description"],
        "type": "video",
        "link": f"https://vimeo.com/{video['id']}",
        "player_embed_url": sandbox.url(f"/vimeo/player/{video['id']}?h={video['hash']}"),
        "duration": video["duration"],
        "width": video["width"],
        "height": video["height"],
        "created_time": _iso(video["created"]),
        "modified_time": _iso(video["modified"]),
        "resource_key": video["hash"],
        "status": _status(video),
        "upload": _upload(sandbox, video),
        "transcode": {"status": video["transcode"]},
        "is_playable": video["transcode"] == "complete",
        "privacy": video["privacy"],
        "pictures": _pictures(sandbox, video),
        "play": _play(sandbox, tx, video, viewer),
        "metadata": {
            "connections": {
                "pictures": {"uri": f"{uri}/pictures", "options": ["GET", "POST"]},
                "texttracks": {"uri": f"{uri}/texttracks", "options": ["GET", "POST"]},
            }
        },
    }


def _upload(sandbox: Sandbox, video: Row) -> Row:
    open_link = sandbox.url(f"/vimeo/tus/{video['token']}") if video["upload"] == "in_progress" else None
    return {"status": video["upload"], "approach": "tus", "size": video["size"], "upload_link": open_link}


def _status(video: Row) -> str:
    if video["upload"] != "complete":
        return "uploading" if video["upload"] == "in_progress" else "uploading_error"
    return {"in_progress": "transcoding", "complete": "available"}.get(video["transcode"], "transcoding_error")


def _pictures(sandbox: Sandbox, video: Row) -> Row:
    uri = f"/videos/{video['id']}/pictures"
    if video["transcode"] != "complete":
        return {"uri": uri, "active": False, "type": "default", "base_link": None, "sizes": []}
    link = sandbox.url(f"/vimeo/thumbnails/{video['id']}.jpg?v={video['modified']}")
    size = {"width": 640, "height": round(640 * video["height"] / max(1, video["width"])), "link": link}
    return {"uri": uri, "active": True, "type": "thumbnail", "base_link": link, "sizes": [size]}


def _play(sandbox: Sandbox, tx: Tx, video: Row, viewer: str) -> Row:
    if video["transcode"] != "complete":
        return {"status": "unavailable"}
    expires = tx.timestamp() + signing.LIFETIME_S
    suffix = video["suffix"]
    token = signing.sign(sandbox.settings, f"play:{video['id']}", viewer, expires)
    progressive = {
        "type": f"video/{suffix[1:]}",
        "width": video["width"],
        "height": video["height"],
        "link": sandbox.url(f"/vimeo/play/{video['id']}/{token}{suffix}"),
        "link_expiration_time": _iso(expires),
    }
    return {"status": "playable", "progressive": [progressive]}


def _iso(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat()
