"""``/learn/<course>/<lesson>``: taking a course. Contents are sent only after access was decided, for this event."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import explain, explain_lesson
from marketplace.classroom import explain_part
from marketplace.db import direct, transaction
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import service as courses
from marketplace.domain.courses import taking
from marketplace.domain.courses.errors import NoSuchLessonInCourse
from marketplace.domain.courses.locks import Lock
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.domain.media import service as media
from marketplace.errors import Denied, Missing
from marketplace.i18n import _, ngettext
from marketplace.ids import parse_id
from marketplace.markdown import render
from marketplace.present import change_words, day, duration, product_path
from marketplace.settings import get_settings
from marketplace.state.action import Short, action, actor
from marketplace.state.base import need_id, param
from marketplace.state.learn_quiz import QuizTaking
from marketplace.state.viewer import success
from marketplace.vendors import vendors


class LearnState(QuizTaking, rx.State):
    """``rows`` is the outline, flat, with what is done; ``blocks`` what the open lesson holds.

    ``enrolled``: this person takes the course, so what they do is kept. A free preview keeps nothing.
    """

    title: str = ""
    course: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    lesson: dict[str, str] = {}
    blocks: list[dict[str, str]] = []
    videos: dict[str, str] = {}
    tracks: dict[str, list[dict[str, str]]] = {}
    news: list[dict[str, str]] = []
    percent: int = 0
    done: bool = False
    finished: bool = False
    enrolled: bool = False
    certificate: str = ""
    denied: str = ""
    remedy: str = ""
    problem: str = ""

    _product_id: str = ""
    _lesson_id: str = ""
    _version: int = 0

    @action("anyone", rate=(240, 60))
    async def on_load(self):
        """The lesson of the address; without one, where this person is in the course."""
        who, slug, wanted = actor(), param(self, "course_slug"), param(self, "lesson_id")
        self._clear()
        async with transaction() as session:
            listing = await browse.found(session, slug)
            taught = await taking.course(session, listing.product.id) if listing else None
            if listing is None or taught is None:
                return self._none()
            product = listing.product
            if product.slug != slug:
                return rx.redirect(f"/learn/{product.slug}/{wanted}".rstrip("/"), replace=True)
            decision = await explain(session, who, listing)
            if not decision.allowed and product.state != "published":
                return self._none()
            self._show_course(listing, taught)
            if not wanted:
                place = await self._place(session, product.id, taught, decision)
                return rx.redirect(f"/learn/{slug}/{place.id}", replace=True) if place else self._none()
            lesson = taught.outline.find(parse_id(wanted)) if parse_id(wanted) else None  # type: ignore[arg-type]
            if lesson is None:
                return self._gone(slug)
            decision = await explain_part(session, who, listing, taught, lesson)
            await self._open(session, product.id, taught, lesson, decision)
        self.loaded = True
        return LearnState.open_videos if decision.allowed else None

    def _clear(self) -> None:
        self.loaded, self.failure, self.denied, self.remedy, self.problem = False, "", "", "", ""
        self.lesson, self.blocks, self.videos, self.tracks, self.news = {}, [], {}, {}, []
        self._lesson_id, self.certificate = "", ""
        self._clear_quizzes()

    def _none(self) -> None:
        self.course, self.rows, self._product_id = {}, [], ""
        self.failure, self.loaded = _("There is no course at this address."), True

    def _gone(self, slug: str) -> None:
        self.failure, self.loaded = _("This lesson isn't part of the course any more."), True

    def _show_course(self, listing: Listing, taught: taking.Course) -> None:
        product = listing.product
        self._product_id, self._version = str(product.id), taught.number
        self.course = {
            "title": product.title, "slug": product.slug, "href": product_path(product), "creator": listing.creator.name,
            "creator_href": f"/creators/{listing.creator.handle}",
        }  # fmt: skip

    async def _place(
        self, session: AsyncSession, product_id: UUID, taught: taking.Course, decision: access.Decision
    ) -> Lesson | None:
        """Where to go on; who may not, begins with the first lesson that is free to see."""
        account_id = actor().account_id
        if decision.allowed and account_id is not None:
            return await taking.place(session, account_id, product_id, taught)
        lessons = taught.outline.lessons
        return next((lesson for lesson in lessons if lesson.preview), lessons[0] if lessons else None)

    async def _open(
        self, session: AsyncSession, product_id: UUID, taught: taking.Course, lesson: Lesson, decision: access.Decision
    ) -> None:
        account_id, self._lesson_id = actor().account_id, str(lesson.id)
        self.enrolled = decision.code == "granted" and account_id is not None
        learner: taking.Learner | None = None
        shut: dict[UUID, Lock] = {}
        if account_id is not None and self.enrolled:
            learner = await taking.enter(session, account_id, product_id, taught, lesson)
        elif account_id is not None and decision.code == "locked":
            learner = await taking.learner(session, account_id, product_id, taught)
        has = decision.code in ("granted", "locked", "owner", "staff")
        if account_id is not None and decision.code in ("granted", "locked"):
            shut = await taking.locks_on(session, account_id, product_id, taught)
        before, after = taught.outline.neighbours(lesson.id)
        home = taught.outline.home_of(lesson.id)
        self.lesson = {
            "id": str(lesson.id), "title": lesson.title, "section": home.title if home else "",
            "before": self._address(before), "after": self._address(after), "after_title": after.title if after else "",
            "duration": duration(lesson.seconds), "preview": "1" if decision.code == "preview" else "",
            "must_watch": "1" if lesson.must_watch else "",
        }  # fmt: skip
        self._stand(taught.outline, learner, opens=has, shut=shut)
        if self.finished and account_id is not None:
            self.certificate = await _certificate(session, account_id, product_id, taught)
        self.news = [change_words(c) for c in learner.news if c.kind in ("added", "edited")][:12] if learner else []
        if not decision.allowed:
            self.denied, self.remedy = decision.message, decision.remedy
            return
        places = await taking.places(session, account_id, product_id, lesson) if account_id else {}
        await self._show_quizzes(session, account_id if self.enrolled else None, lesson)
        contents = await courses.contents(session, lesson)
        self.blocks = [
            {
                "id": str(block.id), "kind": block.kind,
                "html": render(str(contents[block.id].body.get("md", ""))) if block.kind == "text" else "",
                "start": str(places[block.id].position_s if block.id in places else 0),
            }
            for block in lesson.blocks if block.id in contents
        ]  # fmt: skip

    def _address(self, lesson: Lesson | None) -> str:
        return f"/learn/{self.course['slug']}/{lesson.id}" if lesson else ""

    def _stand(
        self, outline: Outline, learner: taking.Learner | None, *, opens: bool, shut: Mapping[UUID, Lock]
    ) -> None:
        done = learner.done if learner else set()
        fresh = set(learner.standing.fresh) if learner else set()
        self.percent = learner.standing.percent if learner else 0
        self.finished = learner is not None and learner.standing.finished
        self.done = UUID(self._lesson_id) in done
        rows: list[dict[str, str]] = []
        for section in outline.sections:
            count, made = len(section.lessons), sum(lesson.id in done for lesson in section.lessons)
            rows.append({
                "kind": "section", "id": str(section.id), "title": section.title, "href": "", "state": "",
                "meta": _("{done} of {count}").format(done=made, count=count) if learner
                else ngettext("{count} lesson", "{count} lessons", count).format(count=count),
            })  # fmt: skip
            rows += [
                {
                    "kind": "lesson", "id": str(lesson.id), "title": lesson.title,
                    "href": self._address(lesson) if opens or lesson.preview else "",
                    "state": "locked" if lesson.id in shut else "done" if lesson.id in done else "new"
                    if lesson.id in fresh else "open" if opens or lesson.preview else "locked",
                    "meta": _opening(shut.get(lesson.id)) or duration(lesson.seconds),
                }
                for lesson in section.lessons
            ]  # fmt: skip
        self.rows = rows

    @action("anyone", rate=(120, 60), background=True)
    async def open_videos(self):
        """Decide on access again, then ask the host for an address of each video, for this viewer."""
        async with self:
            product_id, lesson_id = self._product_id, self._lesson_id
        if not product_id or not lesson_id:
            return
        try:
            found = await _videos(UUID(product_id), UUID(lesson_id))
            viewer = str(actor().account_id or "preview")
            got = await asyncio.gather(
                *(
                    asyncio.gather(vendors().video.playback_url(uri, viewer=viewer), vendors().video.captions(uri))
                    for uri in found.values()
                )
            )
        except Exception:
            async with self:
                self.problem = _("The video host isn't answering. Your place is kept; try again in a minute.")
            return
        async with self:
            if self._lesson_id != lesson_id:
                return
            self.problem = ""
            self.videos = {block: source for block, (source, _tracks) in zip(found, got, strict=True)}
            self.tracks = {
                block: [{"lang": lang, "label": label, "src": url} for lang, label, url in tracks]
                for block, (_source, tracks) in zip(found, got, strict=True)
            }

    @action("member", rate=(240, 60))
    async def watched(self, block_id: Short, position: float, length: float):
        """A player says where it is, every few seconds. Access is decided each time; the length is the version's."""
        who, block = actor(), need_id(block_id)
        if not self.enrolled or not self._product_id or who.account_id is None:
            return
        product_id = UUID(self._product_id)
        seconds = await _length(product_id, UUID(self._lesson_id), block)
        async with direct() as connection:
            facts = await browse.facts(connection, product_id)
            if facts is None or not (await explain_lesson(connection, who, facts)).allowed:
                self.enrolled, self.videos = False, {}
                return
            await taking.watched(connection, who.account_id, product_id, block, position_s=position, seconds=seconds)

    @action("member", rate=(120, 60))
    async def complete(self):
        """ "Mark complete": then on to the next lesson."""
        who = actor()
        if not self._product_id or not self._lesson_id or who.account_id is None:
            return None
        product_id, lesson_id = UUID(self._product_id), UUID(self._lesson_id)
        async with transaction() as session:
            listing = next(iter(await browse.listings(session, [product_id])), None)
            taught = await taking.course(session, product_id)
            lesson = taught.outline.find(lesson_id) if taught else None
            if listing is None or taught is None or lesson is None:
                raise NoSuchLessonInCourse
            decision = await explain_part(session, who, listing, taught, lesson)
            if decision.code != "granted":
                raise Denied(
                    decision.message if decision.code == "locked" else _("You don't have access to this course.")
                )
            was = self.finished
            learner = await taking.complete(session, who.account_id, product_id, lesson_id)
            if learner.standing.finished:
                self.certificate = await _certificate(session, who.account_id, product_id, taught)
            shut = await taking.locks_on(session, who.account_id, product_id, taught)
        self._stand(taught.outline, learner, opens=True, shut=shut)
        if learner.standing.finished and not was:
            return success(_("You finished the course. Well done!"))
        return rx.redirect(self.lesson["after"]) if self.lesson.get("after") else None

    @action("member", rate=(60, 60))
    async def seen_news(self):
        """What changed since the last visit needn't be shown again."""
        who = actor()
        if self._product_id and who.account_id is not None:
            async with transaction() as session:
                await taking.seen_news(session, who.account_id, UUID(self._product_id), self._version)
        self.news = []

    @action("anyone", rate=(30, 60))
    async def player_failed(self, message: str):
        self.problem = _("The video stopped playing. Check your connection and try again; your place is kept.")


def _opening(lock: Lock | None) -> str:
    return _("opens {day}").format(day=day(lock.until)) if lock is not None and lock.until is not None else ""


async def _certificate(session: AsyncSession, account_id: UUID, product_id: UUID, taught: taking.Course) -> str:
    """The address of a finished course's certificate; none for its maker and staff."""
    row = await taking.certificate(session, account_id, product_id, taught)
    return f"{get_settings().backend}/certificates/{row.token}" if row else ""


async def _videos(product_id: UUID, lesson_id: UUID) -> dict[str, str]:
    """The host's uri of each video of a lesson, by block, if the event's sender may watch it at this moment."""
    async with transaction() as session:
        listing = next(iter(await browse.listings(session, [product_id])), None)
        taught = await taking.course(session, product_id)
        lesson = taught.outline.find(lesson_id) if taught else None
        if listing is None or lesson is None:
            raise Missing
        if taught is None or not (await explain_part(session, actor(), listing, taught, lesson)).allowed:
            raise Denied(_("You don't have access to this course."))
        contents = await courses.contents(session, lesson)
        found = {}
        for block in lesson.blocks:
            if block.kind == "video":
                video = await media.video(session, UUID(str(contents[block.id].body["video_id"])))
                if video is not None and video.uri and video.state == "ready":
                    found[str(block.id)] = video.uri
    return found


async def _length(product_id: UUID, lesson_id: UUID, block_id: UUID) -> int:
    """Seconds of a video of this lesson, as the version that is taught knows it."""
    async with transaction() as session:
        taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    block = next((b for b in lesson.blocks if b.id == block_id and b.kind == "video"), None) if lesson else None
    if block is None:
        raise Missing
    return block.seconds
