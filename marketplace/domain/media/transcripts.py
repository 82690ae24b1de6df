"""What is said in videos, as lines with their times and as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.media.models import Transcript

__all__ = ["Cue", "Transcript", "cues", "drop", "keep", "of", "one", "words"]

MAX_CUES = 8_000
_CUE = re.compile(r"^((?:\d+:)?\d{1,2}:\d{2}\.\d{3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}\.\d{3})")


@dataclass(frozen=True, slots=True)
class Cue:
    """One line. Seconds from the start of the video."""

    start: float
    end: float
    text: str


def cues(vtt: str) -> list[Cue]:
    """The lines of a WebVTT file that :func:`marketplace.domain.media.rules.to_vtt` made, in the order of their times."""
    found: list[Cue] = []
    for block in vtt.split("\n\n")[: MAX_CUES * 2]:
        lines = block.strip("\n").split("\n")
        match = _CUE.match(lines[0])
        said = _plain(" ".join(lines[1:])) if match else ""
        if match and said:
            found.append(Cue(_seconds(match[1]), _seconds(match[2]), said))
    return sorted(found, key=lambda cue: cue.start)[:MAX_CUES]


def words(vtt: str) -> str:
    return " ".join(cue.text for cue in cues(vtt))


def _plain(line: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"</?[ibu]>", "", line))).strip()


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.split(":"):
        total = total * 60 + float(part)
    return total


async def keep(session: AsyncSession, video_id: UUID, *, language: str, label: str, vtt: str) -> None:
    """One for each language; a newer one takes its place."""
    fresh = {"label": label, "vtt": vtt, "words": words(vtt), "updated_at": now()}
    await session.execute(
        insert(Transcript)
        .values(video_id=video_id, language=language, **fresh)
        .on_conflict_do_update(index_elements=["video_id", "language"], set_=fresh)
    )


async def drop(session: AsyncSession, video_id: UUID, language: str) -> None:
    await session.execute(
        delete(Transcript).where(col(Transcript.video_id) == video_id, col(Transcript.language) == language)
    )


async def of(session: AsyncSession, video_ids: Collection[UUID]) -> list[Transcript]:
    query = select(Transcript).where(col(Transcript.video_id).in_(video_ids))
    return list((await session.exec(query.order_by(col(Transcript.video_id), col(Transcript.language)))).all())


async def one(session: AsyncSession, video_id: UUID, language: str) -> Transcript | None:
    return await session.get(Transcript, (video_id, language), populate_existing=True)
