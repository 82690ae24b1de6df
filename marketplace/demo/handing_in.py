"""Plants what learners handed in, through the services that people use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

from marketplace import clock
from marketplace.db import transaction
from marketplace.demo.assignments import HANDED_IN, THREE_BOWLS, HandedIn, picture
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.courses import assigning, desk, taking
from marketplace.vendors import vendors

Put = Callable[[str, bytes], Awaitable[None]]
At = Callable[[datetime], AbstractContextManager[None]]


async def plant(people: dict[str, Account], maker: Account, put: Put, at: At) -> None:
    async with transaction() as session:
        listing = await browse.lesson(session, "a-month-at-the-wheel")
        taught = await taking.course(session, listing.product.id) if listing else None
    if listing is None or taught is None:
        return
    found = next(((le, b) for le in taught.outline.lessons for b in le.blocks if b.kind == "assignment"), None)
    if found is None:
        return
    for one in HANDED_IN:
        await _hand_in(one, people[one.email], maker, listing.product.id, (found[0].id, found[1].id), put, at)


async def _hand_in(
    one: HandedIn, learner: Account, maker: Account, course: UUID, where: tuple[UUID, UUID], put: Put, at: At
) -> None:
    then = clock.now() - timedelta(days=one.days_ago)
    async with transaction() as session:
        draft = await assigning.begin(session, learner.id, course, *where)
    sent = []
    for name, seed, moment in one.pictures:
        body = await asyncio.to_thread(picture, seed, moment)
        async with transaction() as session:
            path = await assigning.link(session, learner.id, course, draft.id, name, len(body))
        await put(await vendors().files.signed_upload(path), body)
        sent.append((name, body, path))
    async with transaction() as session:
        for name, body, path in sent:
            await assigning.add_file(session, learner.id, course, draft.id, name, body, path)
        await assigning.write(session, learner.id, course, draft.id, one.words, draft.revision)
        with at(then):
            await assigning.hand_in(session, learner.id, course, draft.id, draft.revision + 1)
    if one.levels:
        chosen = {c.id: c.levels[n].id for c, n in zip(THREE_BOWLS.criteria, one.levels, strict=True)}
        async with transaction() as session:
            with at(then + timedelta(hours=20)):
                await desk.grade(
                    session, Actor(maker.id, "member", True), draft.id, revision=draft.revision + 1, back=False,
                    levels=chosen, points=0, words=one.answer,
                )  # fmt: skip
            with at(then + timedelta(hours=30)):
                await assigning.comment(session, learner.id, course, draft.id, one.thanks)
