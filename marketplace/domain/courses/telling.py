"""Learners are told what is new in a course: in the course, and by mail when its maker wants that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.courses.models import CourseVersion, Enrolment, VersionNews
from marketplace.domain.notifications import service as notifications
from marketplace.errors import Missing
from marketplace.i18n import _
from marketplace.queue import enqueue
from marketplace.sql import rows
from marketplace.text import brief

_SHOWN = 5
# Who can still open the course and didn't say that they want no mail about it.
_LEARNERS = (
    "SELECT e.account_id, a.email, a.name, a.language FROM enrolment e JOIN account a ON a.id = e.account_id"
    " WHERE e.product_id = %(product)s AND NOT e.mail_off AND a.deleted_at IS NULL"
    " AND (%(after)s::uuid IS NULL OR e.account_id > %(after)s::uuid)"
    ' AND EXISTS (SELECT FROM "grant" g WHERE g.account_id = e.account_id AND g.product_id = e.product_id'
    " AND g.revoked_at IS NULL) ORDER BY e.account_id LIMIT %(limit)s"
)
Links = Callable[[UUID], tuple[str, str]]
Reader = Callable[[str], AbstractContextManager[None]]


async def begin(session: AsyncSession, product_id: UUID, number: int) -> bool:
    """Mails about this version will go out, once. True when this call saw to that."""
    made = await session.execute(
        insert(VersionNews)
        .values(product_id=product_id, number=number, told=0, created_at=now())
        .on_conflict_do_nothing()
        .returning(col(VersionNews.number))
    )
    if made.first() is None:
        return False
    values = {"product_id": str(product_id), "number": number}
    await enqueue(session, "courses.tell", values, lock=f"course-news:{product_id}")
    return True


async def page(
    session: AsyncSession, product_id: UUID, number: int, title: str, links: Links, reader: Reader, *, limit: int
) -> bool:  # fmt: skip
    """Queue the mails of one page of learners. ``links`` gives a learner's addresses: of the course, and of no more
    mail; inside ``reader`` the language is theirs. False at the end."""
    row = await session.get(VersionNews, (product_id, number), with_for_update=True, populate_existing=True)
    version = await session.get(CourseVersion, (product_id, number))
    if row is None or version is None or row.done_at is not None:
        return False
    found = await rows(session, _LEARNERS, {"product": product_id, "after": row.after, "limit": limit})
    for account_id, email, name, language in found:
        key = f"news-{product_id.hex}-{number}-{account_id.hex}"
        with reader(language):
            course, off = links(account_id)
            lines = [
                notifications.hello(name), _("There is something new in “{title}”:").format(title=title),
                notifications.Written(version.notes),
                _("No more mails about this course: {address}").format(address=off),
            ]  # fmt: skip
            subject = _("New in {title}").format(title=brief(title))
            mail = notifications.compose(email, subject, lines, key=key, action=(_("Open the course"), course))
        row.told += await notifications.queue_mail(session, mail)
    row.after = found[-1][0] if found else row.after
    if len(found) < limit:
        row.done_at = now()
    await session.flush()
    return row.done_at is None


async def notes(session: AsyncSession, product_id: UUID, *, after: int, until: int) -> list[tuple[int, datetime, str]]:
    """(version, when, note) of what was published since, the newest first."""
    query = select(CourseVersion.number, CourseVersion.published_at, CourseVersion.notes).where(
        CourseVersion.product_id == product_id, col(CourseVersion.number) > after, col(CourseVersion.number) <= until,
        CourseVersion.notes != "",
    )  # fmt: skip
    found = await session.exec(query.order_by(col(CourseVersion.number).desc()).limit(_SHOWN))
    return [(number, at, words) for number, at, words in found.all()]


async def mail_off(session: AsyncSession, account_id: UUID, product_id: UUID, off: bool) -> None:
    """No more mails about a course, or again."""
    where = (col(Enrolment.account_id) == account_id, col(Enrolment.product_id) == product_id)
    changed = await session.execute(
        update(Enrolment).where(*where).values(mail_off=off).returning(col(Enrolment.account_id))
    )
    if changed.first() is None:
        raise Missing
