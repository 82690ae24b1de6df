"""A creator's course as a file, and a file as a course's draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.domain.access.service import Actor
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import archive as ours
from marketplace.domain.courses import carried, foreign, outline, service, store, zips
from marketplace.domain.courses.archive import COURSE, SALE, Archive, Left, Part, Piece, Unit, pack
from marketplace.domain.courses.models import BlockBody
from marketplace.domain.courses.outline import WORDS_A_MINUTE, Block, Lesson, Outline, Section
from marketplace.domain.media import service as media
from marketplace.errors import Conflict, MarketplaceError
from marketplace.ids import new_id

__all__ = ["Archive", "Taken", "pack", "unpack"]

MOST_LEFT = 200  # are named of what didn't come along
_FIELDS = (*SALE, "description_md", "blocks")


def unpack(body: bytes) -> Archive:
    """Our own zip, a SCORM 1.2 package, a Common Cartridge or an export of Frappe LMS. Pure; it may take seconds.

    Raises ``Invalid`` with words that say what is wrong in which file.
    """
    names = zips.read(body, lambda _path: False).names
    if not any(name.rsplit("/", 1)[-1] == COURSE for name in names) and (read := foreign.reader(names)):
        return read(zips.read(body, foreign.is_read).files, names)
    return ours.unpack(body)


@dataclass(frozen=True, slots=True)
class Taken:
    """``left_out``: blocks that the file only names (videos), and that this course doesn't have."""

    product: Product
    left_out: list[Left]


async def pack_up(session: AsyncSession, actor: Actor, product_id: UUID) -> Archive:
    """The draft, as it is now."""
    editing = await service.load(session, actor, product_id)
    _product, draft = await catalog.load(session, actor, product_id)
    bodies = await store.bodies(session, set(editing.outline.bodies()))
    parts = []
    for section in editing.outline.sections:
        units = []
        for lesson in section.lessons:
            pieces = [await _piece(session, block, bodies.get(block.body_id)) for block in lesson.blocks]
            units.append(
                Unit(
                    lesson.title,
                    lesson.id,
                    lesson.preview,
                    lesson.must_watch,
                    lesson.must_pass,
                    lesson.after_days,
                    lesson.opens_at,
                    tuple(pieces),
                    lesson.needs,
                    lesson.due_at,
                    lesson.due_days,
                    lesson.due_hard,
                )
            )
        parts.append(Part(section.title, section.id, tuple(units)))
    return Archive(
        product_id, {name: getattr(draft, name) for name in _FIELDS}, tuple(parts),
        editing.outline.in_order, editing.outline.time_zone,
    )  # fmt: skip


async def _piece(session: AsyncSession, block: Block, body: BlockBody | None) -> Piece:
    if block.kind == "text":
        return Piece("text", block.id, str(body.body.get("md", "")) if body else "")
    if body is not None and (document := carried.packed(block.kind, body.body)) is not None:
        return Piece(block.kind, block.id, document=document)
    label = ""
    if block.kind == "video" and body is not None:
        video = await media.video(session, UUID(str(body.body["video_id"])))
        seconds = video.duration_s if video else block.seconds
        label = f"{video.filename if video else ''}, {seconds // 60}:{seconds % 60:02d}"
    if block.kind == "file" and body is not None:
        label = str(body.body["name"])
    return Piece(block.kind, block.id, label=label)


async def is_own(session: AsyncSession, actor: Actor, archive: Archive) -> Product | None:
    """The course of the actor's that the file is of."""
    if archive.id is None:
        return None
    try:
        return (await service.load(session, actor, archive.id)).product
    except MarketplaceError:
        return None


async def take_in(
    session: AsyncSession, actor: Actor, archive: Archive, product_id: UUID | None = None, gone: Sequence[Left] = ()
) -> Taken:
    """Into the draft of ``product_id``, whose sections, lessons and blocks keep their ids; or as a new draft. Learners
    see nothing of it until it is published. What didn't come along, and what was ``gone`` already, is kept for its maker."""
    if product_id is None:
        product_id = (await catalog.create(session, actor, "course")).id
        empty = (await service.load(session, actor, product_id)).outline
        mending = _Mending(product_id, empty, {}, {}, fresh=True)
    else:
        mending = await _open(session, actor, product_id)
    before = mending.shown
    sections = tuple([mending.section(part) for part in archive.parts])
    shown = before.model_copy(
        update={"sections": sections, "in_order": archive.in_order, "time_zone": archive.time_zone}
    )
    if mending.new:
        session.add_all(mending.new)
        await session.flush()
    product, draft = await catalog.load(session, actor, product_id)
    sale = dict(archive.sale)
    if "blocks" in sale:
        sale["blocks"] = await catalog.fitting_page(session, actor, sale["blocks"])
    changes = {name: value for name, value in sale.items() if _cleaned(value) != _cleaned(getattr(draft, name))}
    if changes:
        await catalog.save(session, actor, product_id, changes, revision=None)
    if shown != before or mending.rewritten:
        for body, content in mending.rewritten:
            body.body = content
        await service.edit(session, actor, product_id, lambda _draft: shown, revision=None)
    missing = list(dict.fromkeys([*gone, *mending.left_out]))
    row = await store.draft(session, product_id, lock=True)
    assert row is not None
    row.left_out = [{"lesson": one.lesson, "name": one.name} for one in missing[:MOST_LEFT]]
    if more := missing[MOST_LEFT:]:
        row.left_out.append({"lesson": "…", "name": f"+{len(more)}"})
    await session.flush()
    return Taken(product, mending.left_out)


def _cleaned(value: Any) -> Any:
    return text.clean_text(value, limit=10**9, field="", label="") if isinstance(value, str) else list(value)


async def _open(session: AsyncSession, actor: Actor, product_id: UUID) -> _Mending:
    """The draft, locked, with the blocks that it and the newest version have."""
    editing = await service.load(session, actor, product_id)
    if editing.product.state == "archived":
        raise Conflict("This course is archived. Restore it before you change it.")
    draft = await store.draft(session, product_id, lock=True)
    assert draft is not None
    shown = Outline.model_validate(draft.outline)
    published = Outline.model_validate(editing.version.outline) if editing.version else Outline()
    mine = {block.id: block for lesson in shown.lessons for block in lesson.blocks}
    theirs = {block.id: block for lesson in published.lessons for block in lesson.blocks if block.id not in mine}
    bodies = await store.bodies(session, {block.body_id for block in (*mine.values(), *theirs.values())})
    for block in theirs.values():
        if block.kind != "video" or await _still_there(session, bodies.get(block.body_id)):
            mine[block.id] = block
    return _Mending(product_id, shown, mine, bodies)


async def _still_there(session: AsyncSession, body: BlockBody | None) -> bool:
    video = await media.video(session, UUID(str(body.body["video_id"]))) if body else None
    return video is not None and video.state != "deleted"


@dataclass
class _Mending:
    """An outline being made of a file's. ``rewritten`` rows belong to the draft alone; a published text gets a new row."""

    product_id: UUID
    shown: Outline
    blocks: dict[UUID, Block]
    bodies: dict[UUID, BlockBody]
    fresh: bool = False
    renamed: dict[UUID, UUID] = field(default_factory=dict)
    new: list[BlockBody] = field(default_factory=list)
    rewritten: list[tuple[BlockBody, dict[str, Any]]] = field(default_factory=list)
    left_out: list[Left] = field(default_factory=list)

    def section(self, part: Part) -> Section:
        known = next((s for s in self.shown.sections if s.id == part.id), None) or Section(
            id=self._id(part.id), title=part.title
        )
        lessons = tuple([self._lesson(unit) for unit in part.units])
        return known.model_copy(update={"title": part.title, "lessons": lessons})

    def _lesson(self, unit: Unit) -> Lesson:
        known = (self.shown.find(unit.id) if unit.id else None) or Lesson(id=self._id(unit.id), title=unit.title)
        blocks = tuple([block for piece in unit.pieces if (block := self._block(piece, unit.title)) is not None])
        update = {
            "title": unit.title, "preview": unit.preview, "must_watch": unit.must_watch, "must_pass": unit.must_pass,
            "after_days": unit.after_days, "opens_at": unit.opens_at, "blocks": blocks,
            "needs": tuple(self._id(need) for need in unit.needs), "due_at": unit.due_at, "due_days": unit.due_days,
            "due_hard": unit.due_hard,
        }  # fmt: skip
        return known.model_copy(update=update)

    def _id(self, wanted: UUID | None) -> UUID:
        """In a copy each id becomes a new one, the same wherever it stands."""
        if wanted is None:
            return new_id()
        return self.renamed.setdefault(wanted, new_id()) if self.fresh else wanted

    def _block(self, piece: Piece, title: str) -> Block | None:
        known = self.blocks.get(piece.id) if piece.id else None
        if known is not None and known.kind != piece.kind:
            known = None
        if piece.kind == "text":
            content: dict[str, Any] = {"md": piece.words}
            seconds = round(len(piece.words.split()) * 60 / WORDS_A_MINUTE)
        elif piece.kind in carried.CARRIED and piece.document is not None:
            content, seconds = carried.unpacked(piece.kind, piece.document, title), known.seconds if known else 0
        else:
            if known is None:
                self.left_out.append(Left(title, piece.label or piece.kind))
            return known
        body = self.bodies.get(known.body_id) if known else None
        if known is not None and body is not None:
            if _is_same(body, content):
                return known
            if not body.frozen and body.product_id == self.product_id:
                self.rewritten.append((body, content))
                return known.model_copy(update={"seconds": seconds})
        row = BlockBody(id=new_id(), product_id=self.product_id, kind=piece.kind, body=content)
        self.new.append(row)
        if known is not None:
            return known.model_copy(update={"body_id": row.id, "seconds": seconds})
        taken = piece.id in self.blocks  # by a block of another kind
        kind = next(each for each in outline.KINDS if each == piece.kind)
        return Block(id=self._id(None if taken else piece.id), kind=kind, body_id=row.id, seconds=seconds)


def _is_same(body: BlockBody, content: dict[str, Any]) -> bool:
    if body.kind == "text":
        return bool(text.clean_text(str(body.body.get("md", "")), limit=10**9, field="", label="") == content["md"])
    return carried.is_same(body.kind, body.body, content)
