"""Letters about grades, and what is left over of submissions."""

from __future__ import annotations

from uuid import UUID

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.assignments import service as assignments
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import taking
from marketplace.domain.grading import service as grading
from marketplace.domain.notifications import service as notifications
from marketplace.i18n import _, ngettext
from marketplace.jobs.reader import page, reading
from marketplace.text import brief
from marketplace.vendors import vendors


async def tell_creators(timestamp: int = 0) -> None:
    """Every ten minutes: one letter for each course, however much came in, and not two within four hours."""
    async with transaction() as session:
        for product_id, count in await grading.to_tell(session):
            product = await session.get(Product, product_id)
            assert product is not None
            creator = await accounts.account(session, product.creator_id)
            with reading(creator.language):
                subject = ngettext(
                    "{n} new piece of work waits to be graded: {title}",
                    "{n} new pieces of work wait to be graded: {title}",
                    count,
                )
                words = ngettext(
                    "In “{title}” {n} new piece of work waits for you to grade.",
                    "In “{title}” {n} new pieces of work wait for you to grade.",
                    count,
                )
                mail = notifications.compose(
                    creator.email, subject.format(n=count, title=brief(product.title)),
                    [notifications.hello(creator.name), words.format(n=count, title=product.title)],
                    key=f"grading-{product_id}-{now():%Y%m%d%H%M%S}",
                    action=(_("Open the queue"), page(f"/studio/grading?course={product_id}")),
                )  # fmt: skip
            await notifications.queue_mail(session, mail)


async def tell_learner(entry_id: str) -> None:
    """It was graded, or came back."""
    async with transaction() as session:
        entry = await grading.entry(session, UUID(entry_id))
        if entry is None:
            return
        learner = await accounts.account(session, entry.account_id)
        listing = next(iter(await browse.listings(session, [entry.product_id])), None)
        taught = await taking.course(session, entry.product_id)
        home = taught.outline.block(entry.block_id) if taught else None
        if listing is None or learner.deleted_at is not None:
            return
        path = f"/learn/{listing.product.slug}{f'/{home[0].id}' if home else ''}"
        with reading(learner.language):
            lesson = _("“{title}”").format(title=listing.product.title)
            if home:
                lesson = _("“{lesson}” in “{course}”").format(lesson=home[0].title, course=listing.product.title)
            mail = notifications.compose(
                learner.email, _subject(entry, brief(listing.product.title)),
                [notifications.hello(learner.name), _what(entry, lesson)],
                key=f"grade-{entry.id}", action=(_("See what was said"), page(path)),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


def _subject(entry: grading.GradeEntry, course: str) -> str:
    if entry.what == "sent_back":
        return _("Sent back with comments: your work in {course}").format(course=course)
    if entry.what == "regraded":
        return _("Changed grade: your work in {course}").format(course=course)
    return _("Graded: your work in {course}").format(course=course)


def _what(entry: grading.GradeEntry, lesson: str) -> str:
    if entry.what == "sent_back":
        words = _("Your work for {lesson} came back to you with comments. You can change it and hand it in again.")
    elif entry.kind == "quiz" and entry.passed:
        words = _("Your quiz for {lesson} was graded: {n} of {all} points, passed.")
    elif entry.kind == "quiz":
        words = _("Your quiz for {lesson} was graded: {n} of {all} points, not passed.")
    elif entry.passed:
        words = _("Your work for {lesson} was graded: {n} of {all} points, passed.")
    else:
        words = _("Your work for {lesson} was graded: {n} of {all} points, not passed.")
    return words.format(lesson=lesson, n=entry.points, all=entry.total)


async def delete_file(path: str) -> None:
    await vendors().files.delete(path)


async def settle_file(path: str) -> None:
    """The link by which a file was to come has ended: what nobody kept goes, if it came at all."""
    async with transaction() as session:
        kept = await assignments.settle(session, path)
    if not kept:
        await vendors().files.delete(path)


TASKS = {
    "grading.tell_learner": tell_learner, "assignments.delete_file": delete_file,
    "assignments.settle_file": settle_file,
}  # fmt: skip
PERIODIC = {"grading.tell_creators": ("*/10 * * * *", tell_creators)}
