"""The texts of lessons with their pictures: who reads where decides what the pictures' addresses are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.courses.archive import Archive, Left, descriptions, with_pictures
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.courses.service import BlockBody
from marketplace.domain.media import service as media
from marketplace.domain.media.errors import FileMissing
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.errors import Invalid
from marketplace.i18n import current_locale
from marketplace.markdown import Shot, lesson_html, picture_ids
from marketplace.settings import get_settings
from marketplace.vendors import vendors

FOLDER = "lessons"
MAX_PACKED = 14 * 1024**2  # bytes of pictures in a zip, so that it can come in again
_LONG = 4_000  # characters; what takes longer than a moment leaves the loop to others


async def html(words: str, key: str, shots: Mapping[UUID, Shot]) -> str:
    """A text as it is read in this house."""
    frames = get_settings().backend
    if len(words) < _LONG:
        return lesson_html(words, key=key, pictures=shots, frames=frames)
    return await asyncio.to_thread(lesson_html, words, key=key, pictures=shots, frames=frames)


def task_html(words: str, key: str) -> str:
    """What is to be done, in an assignment, a quiz or an exercise: as texts are, without pictures of its own."""
    return _task(words, key, current_locale.get())


@lru_cache(maxsize=1024)
def _task(words: str, key: str, _locale: str) -> str:
    """A quiz is drawn anew with each answer."""
    return lesson_html(words, key=key, frames=get_settings().backend)


async def of_lesson(
    session: AsyncSession, owner_id: UUID, product_id: UUID, lesson: Lesson, contents: Mapping[UUID, BlockBody]
) -> dict[UUID, str]:
    """HTML by block, for who may open the lesson. Their pictures come by :mod:`marketplace.api.lesson_pictures`."""
    texts = {b.id: words_of(contents[b.id]) for b in lesson.blocks if b.kind == "text" and b.id in contents}
    base = f"{get_settings().backend}/lesson-pictures/{product_id}/{lesson.id}"
    shots = await seen(session, owner_id, list(texts.values()), lambda id_: f"{base}/{id_}")
    return {block_id: await html(words, block_id.hex, shots) for block_id, words in texts.items()}


async def draft_html(session: AsyncSession, owner_id: UUID, words: str, key: str) -> str:
    """While it is written, for its writer alone."""
    base = f"{get_settings().backend}/studio/pictures"
    shots = await seen(session, owner_id, [words], lambda id_: f"{base}/{id_}")
    return await html(words, f"draft-{key}", shots)


def words_of(body: BlockBody) -> str:
    return str(body.body.get("md", ""))


async def seen(
    session: AsyncSession, owner_id: UUID, texts: Sequence[str], address: Callable[[UUID], str]
) -> dict[UUID, Shot]:
    """The pictures in these texts that are their writer's own: an id copied from elsewhere shows nothing."""
    return {i.id: _shot(i, address(i.id)) for i in (await own(session, owner_id, texts)).values()}


async def own(session: AsyncSession, owner_id: UUID, texts: Sequence[str]) -> dict[UUID, media.Image]:
    wanted = list(dict.fromkeys(id_ for words in texts for id_ in picture_ids(words)))
    found = await media.images(session, wanted) if wanted else {}
    return {
        id_: found[id_] for id_ in wanted if id_ in found and found[id_].owner_id == owner_id and stored(found[id_])
    }


def stored(image: media.Image) -> dict[int, str]:
    """Width → path in private storage; nothing for a picture that is public or isn't ready."""
    found = {int(str(width)): str(path) for width, path in image.variants}
    return found if all(path.startswith(f"{FOLDER}/") for path in found.values()) else {}


def _shot(image: media.Image, address: str) -> Shot:
    widths = sorted(stored(image))
    best = next((width for width in widths if width >= 960), widths[-1])
    srcset = ", ".join(f"{address}/{width} {width}w" for width in widths) if len(widths) > 1 else ""
    height = max(1, round(image.height * best / image.width))
    return Shot(f"{address}/{best}", best, height, srcset)


async def take_picture(image_id: UUID, path: str) -> None:
    """What a browser put into private storage → sizes for every screen, as private; the original goes."""
    source = await vendors().files.read(path, max_bytes=MAX_IMAGE_BYTES)
    try:
        await _store(image_id, source)
    finally:
        await vendors().files.delete(path)


async def add_picture(actor: Actor, source: bytes) -> UUID:
    """A picture that is here already."""
    async with transaction() as session:
        image = await media.start_image(session, actor, size=len(source), mime="image/webp")
    await _store(image.id, source)
    return image.id


async def _store(image_id: UUID, source: bytes) -> None:
    picture = await asyncio.to_thread(media.pictures.render, source)
    paths = [(r.width, f"{FOLDER}/{image_id}/{r.width}.webp") for r in picture.renditions]
    for (_width, path), rendition in zip(paths, picture.renditions, strict=True):
        await vendors().files.write_private(path, rendition.body, content_type="image/webp")
    async with transaction() as session:
        await media.finish_image(session, image_id, picture, paths)


async def packed(archive: Archive, images: Mapping[UUID, media.Image]) -> Archive:
    """A course that goes out takes its pictures along, as many as fit."""
    found: dict[UUID, bytes] = {}
    left = MAX_PACKED
    for id_, image in images.items():
        try:
            body = await vendors().files.read(stored(image)[max(stored(image))], max_bytes=MAX_IMAGE_BYTES)
        except FileMissing:
            continue
        left -= len(body)
        if left < 0:
            break
        found[id_] = body
    return replace(archive, pictures=found)


async def brought(actor: Actor, archive: Archive) -> tuple[Archive, list[Left]]:
    """A course that comes in brings its pictures; those that this creator has already stay what they are. Of those that
    aren't there, can't be read or are too large the description stays, and is told."""
    wanted = dict.fromkeys(id_ for words in archive.texts for id_ in picture_ids(words))
    if not wanted or actor.account_id is None:
        return archive, []
    async with transaction() as session:
        known = await own(session, actor.account_id, archive.texts)
    new: dict[UUID, UUID] = {}
    gone: list[UUID] = []
    for id_ in wanted:
        if id_ in known:
            continue
        try:
            new[id_] = await add_picture(actor, archive.pictures[id_])
        except (KeyError, Invalid):
            gone.append(id_)
    return with_pictures(archive, new, gone), descriptions(archive, gone)
