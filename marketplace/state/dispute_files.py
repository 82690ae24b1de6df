"""Files of an answer to a dispute: the browser puts them into storage, the provider gets them, ours are deleted."""

from __future__ import annotations

from contextlib import suppress

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import require_signed_in
from marketplace.domain.media.errors import FileMissing
from marketplace.domain.orders import evidence
from marketplace.errors import MarketplaceError
from marketplace.i18n import _
from marketplace.ids import new_id
from marketplace.present import size as size_of
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import Page
from marketplace.state.viewer import success
from marketplace.vendors import vendors


class EvidenceFiles(Page, rx.State, mixin=True):
    """``file_round`` grows when the chooser must forget its file."""

    files: list[dict[str, str]] = []
    file_fields: list[str] = []
    file_field: str = "customer_communication"
    file_url: str = ""
    file_problem: str = ""
    file_round: int = 0

    _dispute_id: str = ""
    _file: tuple[str, str, str] = ("", "", "")  # path, name, field

    @action("member", rate=(60, 60))
    async def choose_field(self, value: Short):
        if value in evidence.FIELDS:
            self.file_field = value

    @action("member", rate=(30, 600), background=True)
    async def file_chosen(self, name: Line, size: Count, mime: Short):
        """A link for it, if it may come and fits."""
        who = actor()
        async with self:
            dispute_id, field = self._dispute_id, self.file_field
            self.file_problem, self.file_url = "", ""
        try:
            async with transaction() as session:
                await evidence.room(session, who, dispute_id, field, size)
            path = f"evidence/{require_signed_in(who)}/{new_id()}"
            url = await vendors().files.signed_upload(path)
            async with self:
                self._file, self.file_url = (path, name, field), url
        except MarketplaceError as error:
            async with self:
                self._answer_file(error.text)

    @action("member", rate=(30, 600), background=True)
    async def file_uploaded(self):
        """Look at what arrived, hand it to the provider, and forget it."""
        async with self:
            path, name, field = self._file
            dispute_id, self._file, self.file_url = self._dispute_id, ("", "", ""), ""
        try:
            await self._hand_over(dispute_id, path, name, field)
            async with self:
                async with transaction() as session:
                    await self._show_files(session)
                self._answer_file()
            return success(_("The file is in your answer."))
        except MarketplaceError as error:
            async with self:
                self._answer_file(error.text)
            return None
        finally:
            if path:
                with suppress(MarketplaceError):
                    await vendors().files.delete(path)

    async def _hand_over(self, dispute_id: str, path: str, name: str, field: str) -> None:
        if not path:
            raise FileMissing
        async with transaction() as session:
            left = await evidence.room(session, actor(), dispute_id, field, 1)
        found = evidence.look_at(name, await vendors().files.read(path, max_bytes=left))
        key = f"evidence-file:{path.rsplit('/', 1)[-1]}"
        provider_id = await vendors().disputes.upload_evidence_file(found.name, found.content, key=key)
        async with transaction() as session:
            await evidence.attach(session, actor(), dispute_id, field, found, provider_id)

    @action("member", rate=(30, 60))
    async def file_failed(self, message: Line):
        self.file_url = ""

    @action("member", rate=(30, 60))
    async def remove_file(self, field: Short):
        async with transaction() as session:
            await evidence.remove(session, actor(), self._dispute_id, field)
            await self._show_files(session)
        return success(_("The file is out of your answer."))

    async def _show_files(self, session: AsyncSession) -> None:
        self.files = [
            {
                "field": one.field, "label": _(evidence.FIELDS.get(one.field, one.field)), "name": one.name,
                "size": size_of(one.size), "own": "" if one.added_by else "yes",
                "theirs": "yes" if one.added_by not in (None, actor().account_id) and not actor().is_admin else "",
            }
            for one in await evidence.files(session, self._dispute_id)
        ]  # fmt: skip
        self.file_fields = [row["field"] for row in self.files]

    def _answer_file(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.file_problem, self.file_url = problem, ""
        self.file_round += 1
