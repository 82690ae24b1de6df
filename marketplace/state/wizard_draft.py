"""What the wizard does to a draft and its files, apart from showing it."""

from __future__ import annotations

import asyncio
from uuid import UUID

from marketplace.db import transaction
from marketplace.domain.catalog import service as catalog
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.errors import MarketplaceError
from marketplace.i18n import _
from marketplace.money import parse
from marketplace.present import duration, price, size, when
from marketplace.settings import get_settings
from marketplace.state.action import actor
from marketplace.state.base import need_id
from marketplace.vendors import vendors


async def start() -> UUID:
    """A draft that nobody wrote into yet is used again, so that looking at the page leaves nothing behind."""
    async with transaction() as session:
        for product, draft, _image in await catalog.studio(session, actor(), state="draft", limit=1):
            if not draft.revision and not draft.title:
                return product.id
        return (await catalog.create(session, actor())).id


def preview_price(form: dict[str, str]) -> str:
    try:
        amounts = [parse(form[name], form["currency"]) if form[name] else 0 for name in ("price", "minimum")]
    except MarketplaceError:
        return ""
    return price(form["price_kind"], amounts[0], amounts[1], form["currency"])


def video_view(video: media.Video) -> dict[str, str]:
    words = {
        "uploading": _("Waiting for the file"), "transcoding": _("Being prepared for streaming"), "ready": _("Ready"),
        "failed": _("Couldn't be read"),
    }  # fmt: skip
    return {
        "name": video.filename, "size": size(video.size), "state": video.state, "words": words.get(video.state, ""),
        "error": video.error, "duration": duration(video.duration_s), "since": when(video.created_at),
    }  # fmt: skip


async def same_upload(video_id: str, name: str, size_: int) -> str | None:
    """The link of an unfinished upload of this very file."""
    if not video_id:
        return None
    async with transaction() as session:
        video = await media.own_video(session, actor(), need_id(video_id))
    same = video.state == "uploading" and video.size == size_ and video.upload_link
    return video.upload_link if same and name.rsplit("/", 1)[-1][-40:] == video.filename[-40:] else None


async def new_upload(product_id: str, known: str, name: str, size_: int, mime: str) -> str:
    who = actor()
    async with transaction() as session:
        await catalog.load(session, who, need_id(product_id))
        video = await media.start_upload(
            session, who, filename=name, size=size_, mime=mime, max_bytes=get_settings().upload_max_bytes
        )
    upload = await vendors().video.create_upload(name=f"{video.filename} ({video.id})", size=size_)
    async with transaction() as session:
        await media.attach_upload(session, video.id, upload)
        product, draft = await catalog.load(session, who, need_id(product_id))
        if draft.video_id and draft.video_id != product.video_id:
            await media.drop_video(session, draft.video_id)
        await catalog.save(session, who, need_id(product_id), {"video_id": video.id}, revision=None)
    return upload.upload_link


async def make_renditions(image_id: UUID, path: str) -> None:
    """Original in private storage → responsive sizes in public storage; the original goes."""
    source = await vendors().files.read(path, max_bytes=MAX_IMAGE_BYTES)
    picture = await asyncio.to_thread(media.pictures.render, source)
    urls = [
        (r.width, await vendors().files.write_public(f"covers/{r.name}", r.body, content_type="image/webp"))
        for r in picture.renditions
    ]
    async with transaction() as session:
        await media.finish_image(session, image_id, picture, urls)
    await vendors().files.delete(path)
