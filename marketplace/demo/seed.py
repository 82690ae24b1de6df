"""Plants the demo data through the front doors: the same services, gateways and sandbox as people use.

Runs beside the serving process, once: what exists already is left alone, so a run that was cut off
goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx
import structlog
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import clock, lesson_texts
from marketplace.checkout import explain, start_purchase
from marketplace.db import transaction
from marketplace.demo import handing_in, reviews, rules, visits
from marketplace.demo.captions import captions_vtt
from marketplace.demo.cards import glaze_card
from marketplace.demo.content import (
    ACCOUNTS,
    COURSES,
    CREATORS,
    LEARNERS,
    LESSONS,
    PURCHASES,
    Account,
    Course,
    Creator,
    Lesson,
    LiveEvening,
    Purchase,
    Taught,
)
from marketplace.demo.shapes import MEDIA
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account as Person
from marketplace.domain.accounts.ports import Identity
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.courses import live, pieces, taking
from marketplace.domain.courses import service as courses
from marketplace.domain.learning import service as learning
from marketplace.domain.media import files
from marketplace.domain.media import service as media
from marketplace.domain.orders import refunds
from marketplace.domain.orders import service as orders
from marketplace.domain.payouts import service as payouts
from marketplace.ids import new_id
from marketplace.jobs import media as media_jobs
from marketplace.jobs import orders as order_jobs
from marketplace.jobs import webhooks
from marketplace.settings import get_settings
from marketplace.vendors import vendors

log = structlog.get_logger()
T = TypeVar("T")
PASSWORD = "demo-password-1"  # noqa: S105 - printed at start, sandbox only


async def seed() -> None:
    """Everything in :mod:`marketplace.demo.content`, unless it is there."""
    settings = get_settings()
    if settings.is_production or not settings.sandboxed_vendors:
        return
    async with _only_one() as mine:
        if not mine or await _done():
            return
        await vendors().files.ensure_buckets()
        people = {}
        for person in (*CREATORS, *ACCOUNTS, *LEARNERS):
            people[person.email] = await _person(person)
        by_handle = {c.handle: people[c.email] for c in CREATORS}
        await asyncio.gather(*(_creator(by_handle[c.handle], c) for c in CREATORS))
        gate = asyncio.Semaphore(3)
        await asyncio.gather(*(_lesson(gate, by_handle[one.creator], one) for one in LESSONS))
        for one in COURSES:  # some come before others
            await _course(gate, by_handle[one.creator], one)
        await rules.badge(by_handle["mara"])
        await _stripe_events(drop=100)
        try:
            for purchase in sorted(PURCHASES, key=lambda p: -p.days_ago):
                await _purchase(people[purchase.buyer], purchase)
        finally:
            await _stripe_events(drop=0)
        await reviews.plant(people, _at)
        await handing_in.plant(people, by_handle["mara"], _put, _at)
        await rules.days(people["learner@example.com"], _at)
        await visits.plant([one.slug for one in (*LESSONS, *COURSES)], clock.now(), _at)
        await _mark_done()


@asynccontextmanager
async def _only_one():  # type: ignore[no-untyped-def]
    """Two processes starting at once plant once."""
    async with transaction() as session:
        got = await session.execute(text("SELECT pg_try_advisory_xact_lock(723010)"))
        yield bool(got.scalar_one())


async def _done() -> bool:
    async with transaction() as session:
        row = await session.execute(text("SELECT 1 FROM sweep_mark WHERE source = 'demo'"))
        return row.first() is not None


async def _mark_done() -> None:
    async with transaction() as session:
        await session.execute(text("INSERT INTO sweep_mark VALUES ('demo', now()) ON CONFLICT DO NOTHING"))


async def _person(person: Account | Creator) -> Person:
    auth_id = await vendors().identity.create_user(email=person.email, password=PASSWORD, name=person.name)
    async with transaction() as session:
        account = await accounts.arrive(session, Identity(auth_id, person.email, True, person.name, ""))
        roles = getattr(person, "roles", ())
        account.role = "admin" if "admin" in roles else "moderator" if "moderator" in roles else "member"
        if isinstance(person, Creator):
            account.handle, account.bio = person.handle, person.bio_md
    if not account.avatar_url:
        url = await vendors().files.write_public(
            f"avatars/demo-{person.avatar}.webp", await _bytes(person.avatar_path), content_type="image/webp"
        )
        async with transaction() as session:
            await accounts.set_avatar(session, Actor(account.id), url)
        account.avatar_url = url
    return account


async def _creator(person: Person, creator: Creator) -> None:
    """A creator with a verified payments account, through the partner's own onboarding page."""
    async with transaction() as session:
        await accounts.become_creator(session, Actor(person.id))
        merchant = await payouts.ensure_merchant(session, person.id, get_settings().platform_country)
    account_id = merchant.account_id
    if account_id is None:
        made = await vendors().connect.create_account(
            creator_id=str(person.id), email=person.email, display_name=creator.name, country=merchant.country,
            key=f"account:{person.id}",
        )  # fmt: skip
        async with transaction() as session:
            account_id = await payouts.attach_account(session, person.id, made)
    here = get_settings().public_url
    link = await vendors().connect.onboarding_url(account_id, refresh_url=f"{here}/studio", return_url=f"{here}/studio")
    async with _browser() as browser:
        await browser.post(_inside(link), data={"outcome": "active", "name": creator.name})
    await webhooks.apply_account(account_id)


async def _bytes(path: Path | str) -> bytes:
    return await asyncio.to_thread(Path(path).read_bytes)


def _inside(url: str) -> str:
    """The sandbox's pages by loopback, whatever the public address is."""
    settings = get_settings()
    return url.replace(settings.sandbox_public_url, settings.sandbox_internal_url, 1)


def _browser() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=False)


async def _put(url: str, body: bytes) -> None:
    async with _browser() as browser:
        (await browser.put(_inside(url), content=body, headers={"content-type": "image/jpeg"})).raise_for_status()


@contextmanager
def _at(moment: datetime) -> Iterator[None]:
    with clock.frozen(moment):
        yield


async def _lesson(gate: asyncio.Semaphore, creator: Person, lesson: Lesson) -> None:
    async with gate:
        async with transaction() as session:
            if await browse.lesson(session, lesson.slug) is not None:
                return
        actor = Actor(creator.id, "member", True)
        video = await _video(actor, lesson, Path(lesson.clip_path))
        preview = await _video(actor, lesson, Path(lesson.preview_path)) if lesson.preview_path else None
        image = await _cover(actor, lesson)
        await _captions(actor, lesson, video)
        await _publish(actor, lesson, {"video_id": video, "preview_video_id": preview, "image_id": image})


async def _captions(actor: Actor, lesson: Lesson, video: UUID) -> None:
    if lesson.captions:
        async with transaction() as session:
            source = captions_vtt(lesson.captions).encode()
            await media.add_caption(session, actor, video, language=lesson.language, source=source)


async def _course(gate: asyncio.Semaphore, creator: Person, course: Course) -> None:
    """Its films are uploaded first, each as its own video."""
    async with transaction() as session:
        if await browse.lesson(session, course.slug) is not None:
            return
    actor = Actor(creator.id, "member", True)
    image = await _cover(actor, course)
    films = {lesson.slug: lesson for lesson in LESSONS}
    taught_files = {t.file[0] for _title, lessons in course.sections for t in lessons if t.file[0]}
    stored = {name: await _file(actor, name) for name in sorted(taught_files)}
    clips = [taught.clip for _title, lessons in course.sections for taught in lessons if taught.clip]

    async def film(slug: str) -> UUID:
        async with gate:
            video = await _video(actor, films[slug], Path(films[slug].clip_path))
            await _captions(actor, films[slug], video)
            return video

    videos = dict(zip(clips, await asyncio.gather(*(film(slug) for slug in clips)), strict=True))
    shown = await _pictures(actor, course)
    page = await _page(actor, course)
    async with transaction() as session:
        product = await catalog.create(session, actor, "course")
        await catalog.save(
            session, actor, product.id, {**_fields(course), "image_id": image, "blocks": page}, revision=None
        )
        for title, lessons in course.sections:
            await courses.edit(session, actor, product.id, partial(_with_section, title), revision=None)
            for taught in lessons:
                await _teach(
                    session, actor, product.id, taught, videos.get(taught.clip), stored.get(taught.file[0]), shown
                )
        await rules.course(session, actor, product.id, course)
        await courses.edit(session, actor, product.id, _kept, revision=None)
        published = await courses.publish(session, actor, product.id, revision=None)
        published.slug = course.slug
        published.published_at = published.created_at = clock.now() - timedelta(days=course.days_ago)


def _kept(shown: courses.Outline) -> courses.Outline:
    return courses.outline.set_keep(shown, "video")


def _with_section(title: str, shown: courses.Outline) -> courses.Outline:
    return courses.outline.add_section(shown, title)[0]


async def _pictures(actor: Actor, course: Course) -> dict[str, str]:
    """The drawings that the texts show as ``picture:@<slug>``, by that."""
    texts = [taught.text for _title, lessons in course.sections for taught in lessons]
    slugs = dict.fromkeys(slug for words in texts for slug in re.findall(r"picture:@([a-z-]+)", words))
    found = {slug: await lesson_texts.add_picture(actor, await _bytes(MEDIA / f"{slug}.webp")) for slug in slugs}
    return {f"picture:@{slug}": f"picture:{id_}" for slug, id_ in found.items()}


async def _teach(
    session: AsyncSession,
    actor: Actor,
    product_id: UUID,
    taught: Taught,
    video: UUID | None,
    file: UUID | None,
    shown: dict[str, str],
) -> None:
    """One lesson at the end of the course."""

    def add(shown: courses.Outline) -> courses.Outline:
        added, lesson = courses.outline.add_lesson(shown, shown.sections[-1].id, taught.title)
        return courses.outline.change_lesson(
            added, lesson.id, preview=taught.preview, must_watch=taught.must_watch, must_pass=taught.must_pass
        )

    editing = await courses.edit(session, actor, product_id, add, revision=None)
    lesson = editing.outline.lessons[-1]
    if taught.text:
        editing = await courses.add_text(session, actor, product_id, lesson.id, revision=None)
        block = editing.outline.lessons[-1].blocks[0]
        words = re.sub(r"picture:@[a-z-]+", lambda found: shown[found[0]], taught.text)
        await courses.write_text(session, actor, product_id, block.id, words, revision=None)
    if taught.quiz is not None:
        editing = await courses.add_quiz(session, actor, product_id, lesson.id, revision=None)
        block = editing.outline.lessons[-1].blocks[-1]
        await courses.edit_quiz(session, actor, product_id, block.id, partial(_this, taught.quiz), revision=None)
    if taught.assignment is not None:
        await courses.add_made(session, actor, product_id, lesson.id, "assignment", taught.assignment, revision=None)
    if taught.code is not None:
        editing = await pieces.add_exercise(session, actor, product_id, lesson.id, revision=None)
        block = editing.outline.lessons[-1].blocks[-1]
        await pieces.edit_exercise(session, actor, product_id, block.id, partial(_this, taught.code), revision=None)
    if taught.live is not None:
        await _live(session, actor, product_id, lesson.id, taught.live)
    if file is not None:
        editing = await pieces.add_file(session, actor, product_id, lesson.id, file)
        block = editing.outline.lessons[-1].blocks[-1]
        await pieces.describe_file(session, actor, product_id, block.id, about=taught.file[1], revision=None)
    if video is not None:
        await courses.put_video(session, actor, product_id, lesson.id, video)


def _this(made: T, _empty: T) -> T:
    return made


async def _live(session: AsyncSession, actor: Actor, product_id: UUID, lesson_id: UUID, one: LiveEvening) -> None:
    editing = await pieces.add_live(session, actor, product_id, lesson_id, one.zone, revision=None)
    block = editing.outline.lessons[-1].blocks[-1]
    day = (clock.now() + timedelta(days=one.in_days)).date()
    typed = {
        "day": day.isoformat(), "clock": one.clock, "minutes": str(one.minutes), "link": one.link, "about": one.about,
    }  # fmt: skip
    for field, words in typed.items():
        change = partial(_typed, field, words)
        await pieces.edit_live(session, actor, product_id, block.id, change, revision=None)


def _typed(field: str, words: str, shown: live.Session) -> live.Session:
    return live.write(shown, field, words, field)


async def _file(actor: Actor, name: str) -> UUID:
    """Drawn, and put into private storage as a browser does it."""
    body = await asyncio.to_thread(glaze_card)
    settings = get_settings()
    async with transaction() as session:
        row = await files.start(
            session, actor, filename=name, size=len(body), endings=settings.file_endings,
            max_bytes=settings.file_max_bytes,
        )  # fmt: skip
    url = await vendors().files.signed_upload(row.path)
    async with _browser() as browser:
        (await browser.put(_inside(url), content=body, headers={"content-type": row.mime})).raise_for_status()
    async with transaction() as session:
        await files.arrived(session, actor, row.id, size=len(body), max_bytes=settings.file_max_bytes)
    return row.id


def _fields(one: Lesson | Course) -> dict[str, object]:
    return {
        "title": one.title, "summary": one.summary, "description_md": one.description_md, "learn": list(one.learn),
        "topic": one.topic, "level": one.level, "language": one.language, "price_kind": one.price_kind,
        "price_minor": one.price_minor, "min_minor": one.min_minor, "currency": one.currency,
    }  # fmt: skip


async def _publish(actor: Actor, lesson: Lesson, made: dict[str, UUID | None]) -> None:
    async with transaction() as session:
        product = await catalog.create(session, actor)
        await catalog.save(session, actor, product.id, {**_fields(lesson), **made}, revision=None)
        published = await catalog.publish(session, actor, product.id, revision=None)
        published.slug = lesson.slug
        published.published_at = published.created_at = clock.now() - timedelta(days=lesson.days_ago)


async def _video(actor: Actor, lesson: Lesson, path: Path) -> UUID:
    async with transaction() as session:
        row = await media.start_upload(
            session, actor, filename=path.name, size=len(await _bytes(path)), mime="video/mp4", max_bytes=2**40
        )
    upload = await vendors().video.create_upload(name=lesson.title[:120], size=row.size)
    async with transaction() as session:
        await media.attach_upload(session, row.id, upload)
    await vendors().video.upload_bytes(_inside(upload.upload_link), path)
    async with transaction() as session:
        await media.uploaded(session, actor, row.id)
    for _attempt in range(200):
        await media_jobs.poll(str(row.id))
        async with transaction() as session:
            video = await media.video(session, row.id)
        if video is not None and video.state == "ready":
            await media_jobs.protect(row.id)
            return row.id
        if video is not None and video.state == "failed":
            break
        await asyncio.sleep(0.3)
    raise RuntimeError(f"the demo clip {path.name} did not become ready")


async def _page(actor: Actor, course: Course) -> list[dict[str, object]]:
    """The blocks of a course's page, with their pictures."""
    found: list[dict[str, object]] = []
    for block in course.page:
        made = {**block, "id": str(new_id())}
        if "image" in block:
            made["image"] = str(await _public_picture(actor, MEDIA / f"{block['image'][1:]}.webp"))
        found.append(made)
    return found


async def _cover(actor: Actor, lesson: Lesson | Course) -> UUID:
    return await _public_picture(actor, lesson.cover_path)


async def _public_picture(actor: Actor, path: Path) -> UUID:
    source = await _bytes(path)
    picture = await asyncio.to_thread(media.pictures.render, source)
    urls = [
        (r.width, await vendors().files.write_public(f"covers/{r.name}", r.body, content_type="image/webp"))
        for r in picture.renditions
    ]
    async with transaction() as session:
        image = await media.start_image(session, actor, size=len(source), mime="image/webp")
        await media.finish_image(session, image.id, picture, urls)
    return image.id


async def _stripe_events(*, drop: int) -> None:
    """While the past is planted, webhooks would arrive in the present."""
    async with _browser() as browser:
        await browser.post(f"{get_settings().sandbox_internal_url}/knobs/stripe", json={"drop": drop})


async def _purchase(buyer: Person, purchase: Purchase) -> None:
    actor = Actor(buyer.id)
    at = clock.now() - timedelta(days=purchase.days_ago)
    async with transaction() as session:
        listing = await browse.lesson(session, purchase.lesson)
        assert listing is not None
        if (await explain(session, actor, listing)).code == "granted":
            return
    amount = None
    if listing.product.price_kind == "pwyw":
        from marketplace.money import to_input

        amount = to_input(purchase.paid_minor, listing.product.currency)
    target = await start_purchase(actor, purchase.lesson, amount)
    if not target.startswith("/"):
        await _pay(buyer, target, at, purchase)
    if purchase.watched and listing.product.kind == "course":
        await _take(buyer, listing.product.id, at, purchase.watched)
    elif purchase.watched:
        with _at(at + timedelta(hours=3)):
            async with transaction() as session:
                await learning.save(
                    session, buyer.id, listing.product.id, duration_s=listing.product.duration_s,
                    position_s=listing.product.duration_s * purchase.watched, trusted=True,
                )  # fmt: skip


async def _take(buyer: Person, product_id: UUID, at: datetime, share: float) -> None:
    """The first lessons of a course, an evening each."""
    async with transaction() as session:
        taught = await taking.course(session, product_id)
        assert taught is not None
        lessons = taught.outline.lessons[: round(len(taught.outline.lessons) * share)]
        for evening, lesson in enumerate(lessons):
            with _at(min(clock.now(), at + timedelta(days=evening, hours=3))):
                await taking.enter(session, buyer.id, product_id, taught, lesson)
                for block in lesson.blocks:
                    if block.kind == "video":
                        await taking.watched(
                            session, buyer.id, product_id, block.id, position_s=block.seconds, seconds=block.seconds,
                            trusted=True,
                        )  # fmt: skip
                await taking.complete(session, buyer.id, product_id, lesson.id)


async def _pay(buyer: Person, page: str, at: datetime, purchase: Purchase) -> None:
    card = "4000000000000259" if purchase.status == "disputed" else "4242424242424242"
    form = {"email": buyer.email, "name": buyer.name, "card": card, "expiry": "12 / 34", "cvc": "123", "method": "card"}
    form |= {"country": "DE", "postal_code": "10115"} if get_settings().stripe_tax != "off" else {}
    async with _browser() as browser:
        answer = await browser.post(_inside(page), data=form)
    if answer.status_code != 303:
        raise RuntimeError(f"the demo payment answered {answer.status_code}")
    session_id = page.rstrip("/").rsplit("/", 1)[-1]
    with _at(at):
        await webhooks.apply_checkout(session_id)
    async with transaction() as session:
        row = await session.execute(text('SELECT id FROM "order" WHERE checkout_id = :c'), {"c": session_id})
        order_id = row.scalar_one()
        await session.execute(text('UPDATE "order" SET created_at = :at WHERE id = :id'), {"at": at, "id": order_id})
        found = await orders.order_for(session, Actor(buyer.id), order_id)
    for line in found[1]:
        await order_jobs.settle(str(line.id))
    if purchase.status == "refunded":
        await _refund(found[1][0], at + timedelta(days=2), purchase.note)


async def _refund(line, at: datetime, note: str) -> None:  # type: ignore[no-untyped-def]
    creator = Actor(line.creator_id, "member", True)
    with _at(at):
        async with transaction() as session:
            row = await refunds.request(
                session,
                creator,
                line.id,
                amount_minor=line.amount_minor + line.tax_minor,
                revoke_access=True,
                note=note,
            )
        await order_jobs.refund(str(row.id))
    await order_jobs.settle(str(line.id))
