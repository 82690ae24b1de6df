"""Beside the player: transcripts and a learner's own notes. Access is decided for each event, and the page names only
videos of the lesson that it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.media import service as media
from marketplace.domain.notes import service as notes
from marketplace.domain.notes.errors import ChangedElsewhere
from marketplace.errors import Denied, MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.state.action import Short, Text, action
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors

log = structlog.get_logger()
_SAME_MOMENT_S = 5


@dataclass(frozen=True)
class Scene:
    """What the open lesson is to the sender of this event: its videos by block as (video, seconds). ``learner`` has the
    lesson; who only looks (a free preview, its maker) keeps nothing."""

    product_id: UUID
    lesson_id: UUID
    learner: UUID | None
    videos: Mapping[UUID, tuple[UUID, int]] = field(default_factory=dict)

    @property
    def writer(self) -> UUID:
        if self.learner is None:
            raise Denied(_("Notes are kept for those who have this lesson."))
        return self.learner


class Playing(Page, rx.State, mixin=True):
    """``languages`` by block; ``transcript`` the one that is shown; ``notes`` those of the open lesson. ``note_new``: the
    one made last, to write into, and ``note_asked`` how often one was; ``note_gone``: the one deleted last; ``clash``: a note with two texts."""

    languages: dict[str, list[dict[str, str]]] = {}
    transcript: dict[str, Any] = {}
    notes: list[dict[str, str]] = []
    notes_key: str = ""
    note_new: str = ""
    note_gone: str = ""
    clash: dict[str, str] = {}
    noted_at: str = ""
    noted: int = 0
    note_asked: int = 0

    _revisions: dict[str, int] = {}

    async def _scene(self, session: AsyncSession) -> Scene:
        """Decides on access to the open lesson, for this event. Raises ``Denied`` or ``Missing``."""
        raise NotImplementedError

    def _clear_playing(self) -> None:
        self.languages, self.transcript, self.notes, self.notes_key = {}, {}, [], ""
        self.note_new, self.note_gone, self.clash, self._revisions = "", "", {}, {}

    async def _show_playing(self, session: AsyncSession, scene: Scene) -> None:
        """The notes, and in which languages there are transcripts."""
        blocks = {video_id: block for block, (video_id, _seconds) in scene.videos.items()}
        found: dict[str, list[dict[str, str]]] = {}
        for row in await media.transcripts.of(session, list(blocks)):
            found.setdefault(str(blocks[row.video_id]), []).append({"lang": row.language, "label": row.label})
        self.languages = found
        if scene.learner is not None:
            await self._load_notes(session, scene)

    async def _load_notes(self, session: AsyncSession, scene: Scene, key: str = "") -> None:
        page = await notes.of_lesson(session, scene.writer, scene.product_id, scene.lesson_id, key=key)
        self.notes = [*(self.notes if key else []), *(self._seen(note) for note in page.notes)]
        self.notes_key = page.next_key

    def _seen(self, note: notes.Note) -> dict[str, str]:
        self._revisions[str(note.id)] = note.revision
        return note_view(note)

    @action("anyone", rate=(60, 60))
    async def show_transcript(self, block_id: Short, lang: Short):
        """The lines of one video, for who may watch it."""
        async with transaction() as session:
            scene = await self._scene(session)
            found = scene.videos.get(need_id(block_id))
            row = await media.transcripts.one(session, found[0], lang) if found else None
        if row is None:
            raise Missing(_("There is no transcript in this language any more."))
        cues = await asyncio.to_thread(media.transcripts.cues, row.vtt)
        lines = [[cue.start, cue.end, cue.text] for cue in cues]
        self.transcript = {"block": block_id, "lang": lang, "cues": lines}

    @action("member", rate=(40, 60))
    async def add_note(self, block_id: Short, position: float, bookmark: bool):
        """A note or bookmark at a moment of a video, or, without one, a note on the lesson. An empty one that is there
        already is asked for again."""
        async with transaction() as session:
            scene = await self._scene(session)
            block = parse_id(block_id) if block_id else None
            seconds = scene.videos[block][1] if block in scene.videos else None
            place = notes.rules.place(position, seconds)
            empty = None if bookmark else self._empty(block_id, place)
            if empty:
                self.note_new, self.note_asked = empty, self.note_asked + 1
                return
            note = await notes.add(
                session, scene.writer, scene.product_id, scene.lesson_id, block_id=block, at_s=place,
                bookmark=bookmark and place is not None,
            )  # fmt: skip
        self.notes = [*self.notes, self._seen(note)]
        self.note_gone = ""
        if not bookmark:
            self.note_new, self.note_asked = str(note.id), self.note_asked + 1

    def _empty(self, block_id: str, place: int | None) -> str:
        """The note of about this moment in which nothing stands yet."""
        for row in self.notes:
            near = (
                row["at"] == "" if place is None else row["at"] != "" and abs(int(row["at"]) - place) <= _SAME_MOMENT_S
            )
            if near and not row["words"] and not row["bookmark"] and (place is None or row["block"] == block_id):
                return row["id"]
        return ""

    @action("member", rate=(120, 60))
    async def write_note(self, note_id: Short, words: Text):
        """Saved as it is typed. What another tab wrote meanwhile isn't lost: both texts are shown."""
        try:
            async with transaction() as session:
                scene, known = await self._scene(session), self._revisions.get(note_id)
                if known is None:
                    raise Missing
                note = await notes.write(session, scene.writer, need_id(note_id), words, revision=known)
            self._replace(note)
            self.errors = {key: text for key, text in self.errors.items() if key != note_id}
            self.noted_at = now().isoformat()
        except ChangedElsewhere:
            async with transaction() as session:
                theirs = await notes.read(session, (await self._scene(session)).writer, need_id(note_id))
            self.clash = {"id": note_id, "mine": words, "theirs": theirs.words}
        except MarketplaceError as error:
            self.errors = {**self.errors, note_id: error.text}
        finally:
            self.noted += 1

    @action("member", rate=(60, 60))
    async def settle_note(self, mine: bool):
        """Of two texts of a note one is chosen."""
        clash, self.clash = self.clash, {}
        if not clash:
            return
        async with transaction() as session:
            writer, note_id = (await self._scene(session)).writer, need_id(clash["id"])
            note = (
                await notes.write(session, writer, note_id, clash["mine"], revision=None)
                if mine
                else await notes.read(session, writer, note_id)
            )
        self._replace(note)

    def _replace(self, note: notes.Note) -> None:
        shown = self._seen(note)
        self.notes = [shown if row["id"] == shown["id"] else row for row in self.notes]

    @action("member", rate=(60, 60))
    async def remove_note(self, note_id: Short):
        async with transaction() as session:
            await notes.remove(session, (await self._scene(session)).writer, need_id(note_id))
        self.notes = [row for row in self.notes if row["id"] != note_id]
        self.note_gone, self.clash = note_id, {}

    @action("member", rate=(60, 60))
    async def undo_note(self):
        """Brings back the one deleted last."""
        if not self.note_gone:
            return
        async with transaction() as session:
            scene = await self._scene(session)
            await notes.restore(session, scene.writer, UUID(self.note_gone))
            await self._load_notes(session, scene)
        self.note_gone = ""

    @action("member", rate=(60, 60))
    async def more_notes(self):
        if self.notes_key:
            async with transaction() as session:
                await self._load_notes(session, await self._scene(session), self.notes_key)


def note_view(note: notes.Note) -> dict[str, str]:
    return {
        "id": str(note.id), "block": str(note.block_id or ""), "at": "" if note.at_s is None else str(note.at_s),
        "clock": "" if note.at_s is None else notes.rules.clock(note.at_s), "words": note.words,
        "bookmark": "1" if note.bookmark else "",
    }  # fmt: skip


async def fetch_transcripts(video_id: UUID, tracks: list[tuple[str, str, str]]) -> bool:
    """What the host has in languages of which we have nothing: its own transcripts. Whether there was any. Outside of
    any transaction; what can't be had is left for the next time."""
    async with transaction() as session:
        known = {row.language for row in await media.transcripts.of(session, [video_id])}
    fresh = False
    for lang, label, link in [track for track in tracks if track[0] not in known][:10]:
        try:
            vtt = media.rules.to_vtt(await vendors().video.caption_file(link))
        except MarketplaceError as error:
            log.info("transcript.skipped", reason=error.text)
            continue
        async with transaction() as session:
            await media.transcripts.keep(session, video_id, language=lang[:20], label=label[:60], vtt=vtt)
        fresh = True
    return fresh
