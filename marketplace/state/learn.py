"""``/learn/<course>/<lesson>``: taking a course. Contents are sent only after access was decided, for this event."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import lesson_texts
from marketplace.checkout import explain, explain_lesson
from marketplace.classroom import explain_part
from marketplace.clock import now
from marketplace.db import direct, transaction
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.courses import service as courses
from marketplace.domain.courses import standing, taking
from marketplace.domain.courses.conditions import Conditions
from marketplace.domain.courses.errors import NoSuchLessonInCourse, StillToPass, StillToWatch
from marketplace.domain.courses.outline import Block, Lesson, Outline
from marketplace.errors import Denied, Missing
from marketplace.i18n import _, ngettext, percent_words
from marketplace.ids import parse_id
from marketplace.present import change_words, length, product_path
from marketplace.settings import get_settings
from marketplace.state.action import Short, action, actor
from marketplace.state.base import need_id, param
from marketplace.state.learn_assignment import AssignmentTaking
from marketplace.state.learn_code import CodeTaking
from marketplace.state.learn_offline import Reconnecting
from marketplace.state.learn_pieces import PieceShowing
from marketplace.state.learn_player import Playing, Scene, fetch_transcripts
from marketplace.state.learn_quiz import QuizTaking
from marketplace.state.learn_terms import TermsShown, row_words
from marketplace.state.learn_videos import left_to_watch, length_of, lesson_of, videos_of, videos_to_play
from marketplace.state.viewer import success
from marketplace.vendors import vendors

PLAYABLE = timedelta(seconds=30)  # for which the addresses of films are not asked for anew


class LearnState(Playing, Reconnecting, QuizTaking, AssignmentTaking, TermsShown, PieceShowing, CodeTaking, rx.State):
    """``rows`` is the outline, flat, with what is done; ``blocks`` what the open lesson holds.

    ``enrolled``: this person takes the course, so what they do is kept. A free preview keeps nothing. ``to_watch``: the
    videos that have to be watched before the lesson is complete.
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
    percent_shown: str = ""  # as the language writes it
    counted: bool = False
    done: bool = False
    finished: bool = False
    enrolled: bool = False
    certificate: str = ""
    denied: str = ""
    remedy: str = ""
    problem: str = ""
    lead: str = ""
    to_watch: list[str] = []
    keeps: bool = False
    attached: list[dict[str, str]] = []

    _product_id: str = ""
    _owner_id: str = ""
    _lesson_id: str = ""
    _version: int = 0
    _opened: datetime | None = None

    @action("anyone", rate=(240, 60))
    async def on_load(self):
        """The lesson of the address; without one, where this person is in the course. One that is shown already, which
        somebody may be at work in, stays as it is but for what has changed."""
        who, slug, wanted = actor(), param(self, "course_slug"), param(self, "lesson_id")
        shown = self.loaded and not self.denied and self._lesson_id != ""
        again = shown and (slug, wanted) == (self.course.get("slug"), self._lesson_id)
        if not again:
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
            if product.state != "published" and not (decision.allowed or decision.code == "announced"):
                return self._none()
            self._show_course(listing, taught)
            if not wanted:
                place = await self._place(session, product.id, taught, decision)
                return rx.redirect(f"/learn/{slug}/{place.id}", replace=True) if place else self._none()
            lesson = taught.outline.find(parse_id(wanted)) if parse_id(wanted) else None  # type: ignore[arg-type]
            if lesson is None:
                return self._gone(slug)
            decision = await explain_part(session, who, listing, taught, lesson)
            if again and not decision.allowed:
                self._clear()
            await self._open(session, product.id, taught, lesson, decision)
        self.loaded = True
        playing = self.videos and self._opened is not None and now() - self._opened < PLAYABLE
        return LearnState.open_videos if decision.allowed and not playing else None

    def _clear(self) -> None:
        self.loaded, self.failure, self.denied, self.remedy, self.problem = False, "", "", "", ""
        self.lesson, self.blocks, self.videos, self.tracks, self.news = {}, [], {}, {}, []
        self._lesson_id, self.certificate, self.target, self.to_watch = "", "", "", []
        self._clear_terms()
        self._clear_quizzes()
        self._clear_assignments()
        self._clear_pieces()
        self._clear_exercises()
        self._clear_playing()

    def _none(self) -> None:
        self._clear()
        self.course, self.rows, self._product_id = {}, [], ""
        self.failure, self.loaded = _("There is no course at this address."), True

    def _gone(self, slug: str) -> None:
        self._clear()
        self.failure, self.loaded = _("This lesson isn't part of the course any more."), True

    def _show_course(self, listing: Listing, taught: taking.Course) -> None:
        product = listing.product
        self._product_id, self._version = str(product.id), taught.number
        self._owner_id = str(product.creator_id)
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
        self._show_owner(account_id if self.enrolled else None)
        learner: taking.Learner | None = None
        held = Conditions(now())
        if account_id is not None and self.enrolled:
            learner = await taking.enter(session, account_id, product_id, taught, lesson)
        elif account_id is not None and decision.code == "locked":
            learner = await taking.learner(session, account_id, product_id, taught)
        has = decision.code in ("granted", "locked", "owner", "staff")
        if account_id is not None and decision.code in ("granted", "locked"):
            held = await taking.conditions_on(session, account_id, product_id, taught)
        before, after = taught.outline.neighbours(lesson.id)
        home = taught.outline.home_of(lesson.id)
        self.lesson = {
            "id": str(lesson.id), "title": lesson.title, "section": home.title if home else "",
            "before": self._address(before), "after": self._address(after), "after_title": after.title if after else "",
            "duration": length(lesson), "preview": "1" if decision.code == "preview" else "",
        }  # fmt: skip
        self._stand(taught.outline, learner, opens=has, held=held)
        self._show_terms(lesson, learner.done if learner else set(), held)
        finished = self.finished and account_id is not None
        self.certificate = await _certificate(session, account_id, product_id, taught) if finished else ""  # type: ignore[arg-type]
        self._show_told(learner.notes if learner else [])
        self.news = _news(learner) if learner else []
        if not decision.allowed:
            self.denied, self.remedy, self.target = decision.message, decision.remedy, decision.target
            return
        places = await taking.places(session, account_id, product_id, lesson) if account_id else {}
        self.to_watch = left_to_watch(lesson, places) if self.enrolled else []
        await self._show_quizzes(session, account_id if self.enrolled else None, lesson)
        await self._show_assignments(session, account_id if self.enrolled else None, lesson)
        await self._show_exercises(session, account_id if self.enrolled else None, lesson)
        contents = await courses.contents(session, lesson)
        self._show_pieces(lesson, contents)
        texts = await lesson_texts.of_lesson(session, UUID(self._owner_id), product_id, lesson, contents)
        lead = next((block.id for block in lesson.blocks if block.kind == "video" and block.id in contents), None)
        self.blocks = [
            {
                "id": str(block.id), "kind": block.kind, "html": texts.get(block.id, ""),
                "start": self._asked(block) or str(places[block.id].position_s if block.id in places else 0),
                "lead": "1" if block.id == lead else "",
            }
            for block in lesson.blocks if block.id in contents
        ]  # fmt: skip
        self.keeps = self.enrolled and taught.outline.keep != "nothing" and not get_settings().backend
        self.attached = [
            {"id": str(block.id), "name": str(contents[block.id].body.get("name", ""))}
            for block in lesson.blocks if str(block.kind) == "file" and block.id in contents
        ]  # fmt: skip
        self.lead, films = str(lead or ""), videos_of(lesson, contents)
        await self._show_playing(session, Scene(product_id, lesson.id, account_id if self.enrolled else None, films))

    def _asked(self, block: Block) -> str:
        """The second of a video that the page's address asks for, as links from notes do."""
        at = param(self, "at")
        there = block.kind == "video" and param(self, "in") == str(block.id)
        return at if there and at.isascii() and at.isdigit() and int(at) <= block.seconds else ""

    async def _scene(self, session: AsyncSession) -> Scene:
        """As in ``open_videos``: the lesson that this page shows, if the event's sender may open it at this moment."""
        if not self._product_id or not self._lesson_id:
            raise Missing
        product_id, who = UUID(self._product_id), actor()
        lesson, decision = await lesson_of(session, product_id, UUID(self._lesson_id))
        if not decision.allowed:
            raise Denied(decision.message)
        films = videos_of(lesson, await courses.contents(session, lesson))
        return Scene(product_id, lesson.id, who.account_id if decision.code == "granted" else None, films)

    async def _after_merge(self) -> None:
        account_id = actor().account_id
        assert account_id is not None
        async with transaction() as session:
            product_id = UUID(self._product_id)
            taught = await taking.course(session, product_id)
            learner = await taking.learner(session, account_id, product_id, taught) if taught else None
            held = await taking.conditions_on(session, account_id, product_id, taught) if taught else None
            lesson = taught.outline.find(parse_id(self._lesson_id)) if taught and self._lesson_id else None  # type: ignore[arg-type]
            if lesson is not None:
                self.to_watch = left_to_watch(lesson, await taking.places(session, account_id, product_id, lesson))
        if taught is not None and learner is not None and held is not None and self._lesson_id:
            self._stand(taught.outline, learner, opens=True, held=held)

    def _address(self, lesson: Lesson | None) -> str:
        return f"/learn/{self.course['slug']}/{lesson.id}" if lesson else ""

    def _stand(self, outline: Outline, learner: taking.Learner | None, *, opens: bool, held: Conditions) -> None:
        done = learner.done if learner else set()
        fresh = set(learner.standing.fresh) if learner else set()
        self.counted, self.percent = learner is not None, learner.standing.percent if learner else 0
        self.percent_shown = percent_words(self.percent)
        self.finished = learner is not None and learner.standing.finished
        self.done, shut = UUID(self._lesson_id) in done, held.shut
        rows: list[dict[str, str]] = []
        for section in outline.filled:
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
                    "meta": row_words(lesson, done, held) or length(lesson),
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
            films = await videos_to_play(UUID(product_id), UUID(lesson_id))
            found = {block: uri for block, (_video_id, uri) in films.items()}
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
            self.problem, self._opened = "", now()
            self.videos = {block: source for block, (source, _tracks) in zip(found, got, strict=True)}
            self.tracks = {
                block: [{"lang": lang, "label": label, "src": url} for lang, label, url in tracks]
                for block, (_source, tracks) in zip(found, got, strict=True)
            }
        fresh = [
            await fetch_transcripts(video_id, tracks)
            for (video_id, _uri), (_source, tracks) in zip(films.values(), got, strict=True)
        ]
        if any(fresh):
            async with self, transaction() as session:
                await self._show_playing(session, await self._scene(session))

    @action("member", rate=(240, 60))
    async def watched(self, block_id: Short, position: float, length: float):
        """A player says where it is, every few seconds. Access is decided each time; the length is the version's."""
        who, block = actor(), need_id(block_id)
        if not self.enrolled or not self._product_id or who.account_id is None:
            return
        product_id = UUID(self._product_id)
        seconds = await length_of(product_id, UUID(self._lesson_id), block)
        async with direct() as connection:
            facts = await browse.facts(connection, product_id)
            if facts is None or not (await explain_lesson(connection, who, facts)).allowed:
                self.enrolled, self.videos = False, {}
                return
            furthest = await taking.watched(
                connection, who.account_id, product_id, block, position_s=position, seconds=seconds,
                lesson_id=UUID(self._lesson_id),
            )  # fmt: skip
        if block_id in self.to_watch and standing.watched(furthest, seconds):
            self.to_watch = [each for each in self.to_watch if each != block_id]
        self.heard = {"block": block_id, "position": str(position)}

    @action("member", rate=(120, 60))
    async def complete(self):
        """ "Mark complete": then on to the next lesson."""
        return await self._complete()

    async def _complete(self):
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
            held = await taking.conditions_on(session, who.account_id, product_id, taught)
        self._stand(taught.outline, learner, opens=True, held=held)
        self._show_terms(lesson, learner.done, held)
        if learner.standing.finished and not was:
            return success(_("You finished the course. Well done!"))
        return rx.redirect(self.lesson["after"]) if self.lesson.get("after") else None

    @action("anyone", rate=(60, 60))
    async def next_lesson(self):
        """ "Next" near the end of a video: completes the lesson where that can be done, and goes on."""
        after = self.lesson.get("after", "")
        if self.enrolled and not self.done:
            try:
                return await self._complete()
            except (StillToWatch, StillToPass):
                pass
        return rx.redirect(after) if after else None

    @action("member", rate=(60, 60))
    async def seen_news(self):
        """What changed since the last visit needn't be shown again."""
        who = actor()
        if self._product_id and who.account_id is not None:
            async with transaction() as session:
                await taking.seen_news(session, who.account_id, UUID(self._product_id), self._version)
        self.news, self.told = [], []

    @action("anyone", rate=(30, 60))
    async def player_failed(self, message: str):
        self.problem = _("The video stopped playing. Check your connection and try again; your place is kept.")


def _news(learner: taking.Learner) -> list[dict[str, str]]:
    """What came, changed and went; what came back is nothing new to who had completed it."""
    return [
        change_words(one) | ({"words": _("Lesson back again")} if one.kind == "added" and one.id in learner.done else {})
        for one in learner.news if one.kind in ("added", "edited", "removed")
    ][:12]  # fmt: skip


async def _certificate(session: AsyncSession, account_id: UUID, product_id: UUID, taught: taking.Course) -> str:
    """The address of a finished course's certificate; none for its maker and staff."""
    row = await taking.certificate(session, account_id, product_id, taught)
    return f"{get_settings().backend}/certificates/{row.token}" if row else ""
