"""``/studio/products/<id>/page``: the blocks of a product's page, as they are written.

Every edit is saved at once with the revision this tab last saw. Visitors see nothing of it until it is published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import sales_page
from marketplace.db import transaction
from marketplace.domain.bundles import service as bundles
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import StaleDraft
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.catalog.service import blocks
from marketplace.domain.media import service as media
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import N_, _
from marketplace.ids import parse_id
from marketplace.present import cover, edit_href, product_path
from marketplace.state.action import Count, Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id, param
from marketplace.state.viewer import success
from marketplace.state.wizard_files import make_renditions
from marketplace.vendors import vendors

UNDO = 20
NAMES = {
    "text": N_("Text"), "picture": N_("Picture"), "learn": N_("What you will learn"), "audience": N_("Who it is for"),
    "faq": N_("Questions and answers"), "quote": N_("Quote"), "cta": N_("Call to action"),
    "description": N_("Description"), "syllabus": N_("Syllabus"), "creator": N_("About you"),
}  # fmt: skip
SIGNS = {
    "text": "text", "picture": "image", "learn": "list_checks", "audience": "users", "faq": "circle_help",
    "quote": "quote", "cta": "megaphone", "description": "file_text", "syllabus": "list_tree", "creator": "user",
}  # fmt: skip


@dataclass
class BlockRow:
    """A block as its row and its form show it. ``points`` one in each line; ``lacks`` says why the page doesn't show it."""

    id: str
    kind: str
    name: str
    said: str
    title: str
    text: str
    points: str
    picture: str
    alt: str
    caption: str
    person: str
    role: str
    lacks: str
    questions: list[dict[str, str]] = field(default_factory=list)


class SalesPageState(Page, rx.State):
    """``opened`` is the block whose form is open; ``_past`` holds the pages before each edit of this tab."""

    title: str = ""
    state: str = ""
    kind: str = ""
    edit_href: str = ""
    publish_href: str = ""
    public_href: str = ""
    rows: list[BlockRow] = []
    to_add: list[dict[str, str]] = []
    preview: str = ""
    narrow: bool = False
    opened: str = ""
    has_changes: bool = False
    can_undo: bool = False
    saved_at: str = ""
    handled: int = 0
    stale: bool = False
    version: int = 0
    said: str = ""
    picture_url: str = ""
    picture_problem: str = ""
    picture_round: int = 0

    _product_id: str = ""
    _revision: int = 0
    _past: list[list[dict[str, object]]] = []
    _image: tuple[str, str] = ("", "")

    @action("creator", rate=(240, 60))
    async def on_load(self):
        self.reset()
        try:
            self._product_id = str(need_id(param(self, "course_id")))
            await self._refresh()
        except MarketplaceError as error:
            self._product_id, self.failure = "", error.text
        self.loaded = True

    async def _refresh(self) -> None:
        async with transaction() as session:
            product, draft = await catalog.load(session, actor(), need_id(self._product_id))
            await self._show(session, product, draft)

    async def _show(self, session: AsyncSession, product: Product, draft: ProductDraft) -> None:
        self._revision, self.stale = draft.revision, False
        self.title, self.kind, self.state = draft.title or product.title, product.kind, product.state
        self.edit_href = edit_href(product)
        self.publish_href = "" if product.kind == "bundle" else f"{self.edit_href}&step=publish"
        self.public_href = product_path(product) if product.state == "published" else ""
        self.has_changes = product.state == "published" and product.blocks != draft.blocks
        found = await sales_page.pictures(session, product.creator_id, draft.blocks)
        self.rows = [_row(block, found, bool(draft.learn)) for block in draft.blocks]
        there = {block["kind"] for block in draft.blocks}
        self.to_add = [
            {"kind": name, "name": _(NAMES[name]), "icon": SIGNS[name]}
            for name, kind in blocks.KINDS.items()
            if product.kind in kind.of and not (kind.once and name in there)
        ]
        self.preview = await sales_page.draft_html(session, actor(), product, draft)
        self.can_undo = bool(self._past)

    async def _edit(
        self, change: Callable[[blocks.Blocks, str], blocks.Blocks], *, undoable: bool = True, own: bool = True
    ) -> list[str]:
        """One edit of this tab: the ids that are new by it. Nothing when the draft moved on elsewhere."""
        try:
            async with transaction() as session:
                product, draft = await catalog.load(session, actor(), need_id(self._product_id))
                if own and draft.revision != self._revision:
                    raise StaleDraft
                before, changed = draft.blocks, change(draft.blocks, product.kind)
                draft = await catalog.save(
                    session, actor(), product.id, {"blocks": changed}, revision=self._revision if own else None
                )
                if undoable and draft.blocks != before:
                    self._past = [*self._past, before][-UNDO:]
                await self._show(session, product, draft)
        except StaleDraft:
            self.stale = True
            return []
        self.saved_at = draft.updated_at.isoformat()
        self.errors = {name: text for name, text in self.errors.items() if name != "blocks"}
        known = {block["id"] for block in before}
        return [block["id"] for block in draft.blocks if block["id"] not in known]

    async def _answer(self, place: str, change: Callable[[blocks.Blocks], blocks.Blocks]) -> None:
        """What is refused stays as typed, with the reason beside its own field."""
        self.errors = {name: text for name, text in self.errors.items() if name != place}
        try:
            await self._edit(lambda page, _kind: change(page))
        except MarketplaceError as error:
            self.errors = {**self.errors, (error.field if error.field != "blocks" else "") or place: error.text}
        finally:
            self.handled += 1

    @action("creator", rate=(60, 60))
    async def reload(self):
        """Take what another tab saved."""
        self.errors, self._past = {}, []
        self.version += 1
        await self._refresh()

    @action("creator", rate=(120, 60))
    async def add(self, kind: Short):
        new = await self._edit(lambda page, product_kind: blocks.add(page, kind, product_kind))
        self.opened = new[-1] if new else self.opened

    @action("creator", rate=(60, 60))
    async def begin(self):
        """What the page shows now, as blocks."""
        await self._edit(lambda page, kind: page or blocks.plain(kind))

    @action("creator", rate=(240, 60))
    async def open(self, block_id: Short):
        """Its form, or none."""
        self.opened = "" if self.opened == block_id else block_id
        self.picture_url = self.picture_problem = ""

    @action("creator", rate=(240, 60))
    async def write(self, block_id: Short, name: Short, words: Text):
        await self._answer(f"{block_id}:{name}", lambda page: blocks.write(page, need_id(block_id), name, words))

    @action("creator", rate=(240, 60))
    async def write_question(self, block_id: Short, number: Count, name: Short, words: Text):
        await self._answer(
            f"{block_id}:{name}:{number}",
            lambda page: blocks.write_question(page, need_id(block_id), number, name, words),
        )

    @action("creator", rate=(120, 60))
    async def add_question(self, block_id: Short):
        await self._edit(lambda page, _kind: blocks.add_question(page, need_id(block_id)))

    @action("creator", rate=(120, 60))
    async def remove_question(self, block_id: Short, number: Count):
        await self._edit(lambda page, _kind: blocks.remove_question(page, need_id(block_id), number))
        self.errors = {name: text for name, text in self.errors.items() if not name.startswith(block_id)}

    @action("creator", rate=(240, 60))
    async def step(self, block_id: Short, down: bool):
        """One place up or down, by a menu or an arrow key."""
        await self._edit(lambda page, _kind: blocks.step(page, need_id(block_id), 1 if down else -1))
        self._say_place(block_id)

    @action("creator", rate=(240, 60))
    async def drop(self, block_id: Short, before: Short):
        await self._edit(lambda page, _kind: blocks.drop(page, need_id(block_id), parse_id(before)))
        self._say_place(block_id)

    def _say_place(self, block_id: str) -> None:
        """For those who can't see where it went."""
        for n, row in enumerate(self.rows, 1):
            if row.id == block_id:
                self.said = _("{title}: now at {place}").format(
                    title=row.name, place=_("block {n} of {total}").format(n=n, total=len(self.rows))
                )

    @action("creator", rate=(120, 60))
    async def duplicate(self, block_id: Short):
        new = await self._edit(lambda page, _kind: blocks.duplicate(page, need_id(block_id)))
        self.opened = new[-1] if new else self.opened

    @action("creator", rate=(120, 60))
    async def remove(self, block_id: Short):
        """By "Undo" it comes back."""
        await self._edit(lambda page, _kind: blocks.remove(page, need_id(block_id)))
        self.errors = {name: text for name, text in self.errors.items() if not name.startswith(block_id)}

    @action("creator", rate=(120, 60))
    async def undo(self):
        if not self._past:
            return
        before = self._past[-1]
        self._past = self._past[:-1]
        await self._edit(lambda _page, _kind: before, undoable=False)
        self.errors = {}
        self.version += 1

    @action("creator", rate=(30, 60))
    async def discard(self):
        """Back to what visitors see."""
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), need_id(self._product_id))
        await self._edit(lambda _page, _kind: product.blocks)
        self.errors = {}
        self.version += 1

    @action("creator", rate=(120, 60))
    async def look(self, narrow: bool):
        """The preview as wide as a phone, or as a column of a desktop."""
        self.narrow = narrow

    @action("creator", rate=(20, 60))
    async def offer(self):
        """A bundle has no wizard that publishes: its page goes out from here."""
        async with transaction() as session:
            await bundles.offer(session, actor(), need_id(self._product_id))
        await self._refresh()
        return success(_("Published."))

    @action("creator", rate=(60, 600), background=True)
    async def picture_chosen(self, block_id: Short, name: Short, size: Count, mime: Short):
        async with self:
            self.picture_url, self.picture_problem, product_id = "", "", self._product_id
        try:
            async with transaction() as session:
                _product, draft = await catalog.load(session, actor(), need_id(product_id))
                blocks.find(draft.blocks, need_id(block_id))
                image = await media.start_image(session, actor(), size=size, mime=mime)
            url = await vendors().files.signed_upload(image.upload_path)
            async with self:
                self._image, self.picture_url = (block_id, str(image.id)), url
        except MarketplaceError as error:
            async with self:
                self._answer_picture(error.text)

    @action("creator", rate=(60, 600), background=True)
    async def picture_sent(self):
        """Fetch what arrived, make the sizes for every screen, put the picture into its block."""
        async with self:
            (block_id, image_id), self._image, self.picture_url = self._image, ("", ""), ""
        try:
            async with transaction() as session:
                image = await media.own_image(session, actor(), need_id(image_id))
            if not image.upload_path:
                raise Invalid(_("Choose the picture again."))
            await make_renditions(image.id, image.upload_path)
            async with self:
                await self._edit(
                    lambda page, _kind: blocks.set_picture(page, need_id(block_id), UUID(image_id)), own=False
                )
                self._answer_picture()
        except MarketplaceError as error:
            async with self:
                self._answer_picture(error.text)

    def _answer_picture(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.picture_problem, self.picture_url = problem, ""
        self.picture_round += 1

    @action("creator", rate=(60, 60))
    async def picture_failed(self, message: Line):
        self.picture_url = ""


def _row(block: blocks.Block, images: dict[UUID, media.Image], has_points: bool) -> BlockRow:
    words = next(filter(None, [block.get("title", ""), block.get("text", ""), *blocks.words_of(block)]), "")
    image = images.get(parse_id(block.get("image")) or UUID(int=0))
    return BlockRow(
        id=block["id"], kind=block["kind"], name=_(NAMES[block["kind"]]), said=" ".join(words.split())[:80],
        title=block.get("title", ""), text=block.get("text", ""), points="\n".join(block.get("points", [])),
        picture=cover(image, 640), alt=block.get("alt", ""), caption=block.get("caption", ""),
        person=block.get("name", ""), role=block.get("role", ""),
        lacks=_lacks(block, image is not None, has_points),
        questions=list(block.get("questions", [])),
    )  # fmt: skip


def _lacks(block: blocks.Block, has_picture: bool, has_points: bool) -> str:
    """Why visitors don't see it, or not everybody all of it."""
    match block["kind"]:
        case "picture" if not has_picture:
            return _("Shown once it has a picture.")
        case "picture" if not block.get("alt"):
            return _("Say what the picture shows, for those who can't see it.")
        case "text" if not block.get("text") and not block.get("title"):
            return _("Shown once there is a text.")
        case "quote" if not block.get("text"):
            return _("Shown once there is a text.")
        case "learn" if not block.get("points") and not has_points:
            return _("Shown once there are points.")
        case "audience" if not block.get("points"):
            return _("Shown once there are points.")
        case "faq" if not blocks.faq([block]):
            return _("Shown once there is a question with its answer.")
    return ""
