"""Pictures as AVIF: made after the upload by a job, for older pictures bit by bit, never twice, never for ever."""

from __future__ import annotations

import io
from uuid import UUID

import httpx
import pytest
from PIL import Image as Picture

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.media import service as media
from marketplace.domain.media.models import Image
from marketplace.jobs import media as jobs
from marketplace.present import avif_srcset, srcset
from marketplace.vendors import vendors
from tests.domain.world import World


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    await vendors().files.ensure_buckets()
    return await world.creator("Pia Picture", outcome="")


async def upload(owner: Account, width: int) -> UUID:
    """As the wizard does it, without a browser."""
    drawn = io.BytesIO()
    Picture.linear_gradient("L").resize((width, width * 9 // 16)).convert("RGB").save(drawn, "PNG")
    made = media.pictures.render(drawn.getvalue())
    urls = [
        (r.width, await vendors().files.write_public(f"covers/{r.name}", r.body, content_type="image/webp"))
        for r in made.renditions
    ]
    async with db.transaction() as session:
        image = await media.start_image(session, Actor(owner.id, "member", True), size=9, mime="image/png")
        await media.finish_image(session, image.id, made, urls)
    return image.id


async def seen(image_id: UUID) -> Image:
    async with db.transaction() as session:
        found = await media.image(session, image_id)
    assert found is not None
    return found


async def test_an_uploaded_picture_gets_the_same_sizes_as_avif(world: World, owner: Account) -> None:
    image_id = await upload(owner, 700)
    assert avif_srcset(await seen(image_id)) == ""
    await world.drain_jobs()
    image = await seen(image_id)
    assert [width for width, _url in image.avif] == [width for width, _url in image.variants] == [320, 640, 700]
    assert avif_srcset(image).count("w") >= 3
    assert srcset(image) != avif_srcset(image)
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(str(image.avif[0][1]))
    assert answer.headers["content-type"] == "image/avif"
    with Picture.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == ("AVIF", (320, 180))


async def test_portraits_need_none(world: World, owner: Account) -> None:
    image_id = await upload(owner, 256)
    await world.drain_jobs()
    assert (await seen(image_id)).avif == []


async def test_older_pictures_get_theirs_and_hopeless_ones_are_left_alone(world: World, owner: Account) -> None:
    good, lost = await upload(owner, 640), await upload(owner, 660)
    await world.rows("DELETE FROM procrastinate_jobs")
    await world.rows("UPDATE image SET created_at = created_at - interval '1 day'")
    await world.rows(
        """UPDATE image SET variants = '[[660, "http://x/object/public/public/covers/lost.webp"]]' WHERE id = :i""",
        i=lost,
    )
    for _ in range(7):
        await jobs.avif_for_all()
    assert (await seen(good)).avif != []
    row = await seen(lost)
    assert (row.avif, row.avif_tries) == ([], 5)
    async with db.transaction() as session:
        assert lost not in await media.without_avif(session, 100)
