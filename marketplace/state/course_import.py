"""A course out of a zip: the browser puts it into storage, then it is read and made a draft."""

from __future__ import annotations

import asyncio

import reflex as rx

from marketplace import lesson_texts
from marketplace.db import transaction
from marketplace.domain.courses import exchange
from marketplace.domain.courses.exchange import Archive
from marketplace.domain.courses.zips import MAX_ZIP
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.ids import new_id
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.viewer import success
from marketplace.vendors import vendors


class CourseImportState(rx.State):
    """``known`` is the title of the creator's own course that the zip is of: then they say whether its draft is replaced."""

    upload_url: str = ""
    problem: str = ""
    round: int = 0
    known: str = ""
    busy: bool = False

    _path: str = ""

    @action("creator", rate=(30, 600), background=True)
    async def chosen(self, name: Short, size: Count, mime: Short):
        async with self:
            left, self._path = self._path, ""
            self.problem, self.upload_url, self.known = "", "", ""
        try:
            if left:
                await vendors().files.delete(left)
            if not name.lower().endswith(".zip"):
                raise Invalid(_("Choose a .zip file."))
            if not 0 < size <= MAX_ZIP:
                raise Invalid(_("The zip can have at most {n} MB.").format(n=MAX_ZIP // 1024**2))
            path = f"courses/{actor().account_id}/{new_id()}"
            url = await vendors().files.signed_upload(path)
            async with self:
                self._path, self.upload_url = path, url
        except MarketplaceError as error:
            async with self:
                self._answer(error.text)

    @action("creator", rate=(30, 600), background=True)
    async def uploaded(self):
        """A zip of one's own course waits for a choice; any other becomes a new draft at once."""
        async with self:
            path, self.upload_url, self.known = self._path, "", ""
        try:
            archive = await _read(path)
            async with transaction() as session:
                own = await exchange.is_own(session, actor(), archive)
                title = str(archive.sale.get("title") or (own.title if own else "")) or _("Untitled course")
            if own is not None:
                async with self:
                    self.known = title
                    self._answer()
                return None
            return await self._take_in(path, archive, replace=False)
        except MarketplaceError as error:
            await self._refuse(path, error)
            return None

    @action("creator", rate=(30, 600), background=True)
    async def take(self, replace: bool):
        """Into the draft that the zip is of, or as a course of its own."""
        async with self:
            path, waits = self._path, bool(self.known) and not self.busy
            self.busy = waits
            if waits:
                self.problem = ""
        if not waits:
            return None
        try:
            return await self._take_in(path, await _read(path), replace=replace)
        except MarketplaceError as error:
            async with self:  # beside the choice: another one may do
                self.problem = error.text
            return None
        finally:
            async with self:
                self.busy = False

    @action("creator", rate=(30, 60), background=True)
    async def forget(self):
        """Neither: another file, or none."""
        async with self:
            path, self._path, self.known, self.problem = self._path, "", "", ""
        if path:
            await vendors().files.delete(path)

    async def _take_in(self, path: str, archive: Archive, *, replace: bool):  # type: ignore[no-untyped-def]
        archive, gone = await lesson_texts.brought(actor(), archive)
        async with transaction() as session:
            own = await exchange.is_own(session, actor(), archive) if replace else None
            taken = await exchange.take_in(session, actor(), archive, own.id if own else None, gone)
        await vendors().files.delete(path)
        async with self:
            self.known, self._path = "", ""
            self._answer()
        return [rx.redirect(f"/studio/products/{taken.product.id}/curriculum"), success(_("Course imported."))]

    async def _refuse(self, path: str, error: MarketplaceError) -> None:
        if path:
            await vendors().files.delete(path)
        async with self:
            self.known, self._path = "", ""
            self._answer(error.text)

    def _answer(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.problem, self.upload_url = problem, ""
        self.round += 1

    @action("creator", rate=(30, 60))
    async def failed(self, message: Line):
        self.upload_url = ""


async def _read(path: str) -> Archive:
    if not path:
        raise Invalid(_("Choose the file again."))
    body = await vendors().files.read(path, max_bytes=MAX_ZIP)
    return await asyncio.to_thread(exchange.unpack, body)
