"""What the kinds of blocks beyond video, text and quiz ask for: what keeps one from being published, what goes with it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.courses import live, store
from marketplace.domain.courses.models import BlockBody
from marketplace.domain.exercises import service as exercises
from marketplace.domain.exercises.service import Exercise
from marketplace.domain.media import files
from marketplace.i18n import _

CHECKED = ("file", "code", "live")


async def problem(session: AsyncSession, body: BlockBody) -> str:
    """In words that go on after the lesson's name; empty when it can be published."""
    if body.kind == "code":
        return next(exercises.rules.problems(Exercise.model_validate(body.body)), "")
    if body.kind == "live":
        return live.problem(live.Session.model_validate(body.body))
    stored = await files.find(session, UUID(str(body.body["file_id"])))
    return "" if stored is not None and stored.state == "ready" else _("a file isn't uploaded completely yet.")


async def drop(session: AsyncSession, body: BlockBody) -> None:
    """A draft that nobody was ever taught goes: so does its file, unless another course has it too."""
    if body.kind == "file" and not await store.shared_file(session, str(body.body["file_id"]), body.product_id):
        await files.drop(session, UUID(str(body.body["file_id"])))
