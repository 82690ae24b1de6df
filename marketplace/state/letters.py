"""``/studio/letters``: a creator's letters, and one of them being written."""

from __future__ import annotations

import reflex as rx

from marketplace import lists
from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.access.service import require_creator
from marketplace.domain.accounts import service as accounts
from marketplace.domain.mailing import letters
from marketplace.domain.mailing.letters import Counts, Letter
from marketplace.domain.notifications import service as notifications
from marketplace.errors import MarketplaceError
from marketplace.i18n import _, ngettext
from marketplace.ids import parse_id
from marketplace.markdown import render
from marketplace.present import when
from marketplace.settings import get_settings
from marketplace.state.action import Short, Text, action, actor
from marketplace.state.base import Page, need_id, param
from marketplace.state.viewer import success

_PAGE = 25
_STATES = {"draft": "neutral", "sending": "info", "sent": "success"}


def readers_words(number: int) -> str:
    return ngettext("{n} person gets your letters", "{n} people get your letters", number).format(n=f"{number:,}")


class LettersState(Page, rx.State):
    """The list, newest first."""

    items: list[dict[str, str]] = []
    readers: str = ""
    next_key: str = ""
    csv_href: str = ""
    link: str = ""

    @action("anyone")
    async def on_load(self):
        who = actor()
        if not who.is_creator:
            return rx.redirect("/studio", replace=True)
        async with transaction() as session:
            me = await accounts.account(session, require_creator(who))
            number = await letters.readers(session, me.id)
        self.readers = readers_words(number)
        self.csv_href = f"{get_settings().backend}/studio/export/letters.csv" if number else ""
        self.link = f"{get_settings().public_url}/creators/{me.handle}"
        self.items = []
        await self._fetch("")
        self.loaded = True
        return None

    async def _fetch(self, after: str) -> None:
        async with transaction() as session:
            rows = await letters.mine(session, actor(), parse_id(after) if after else None, _PAGE + 1)
            counted = await letters.counts(session, [row.id for row in rows])
        self.items = [*self.items, *[_row(row, counted.get(row.id, Counts())) for row in rows[:_PAGE]]]
        self.next_key = str(rows[_PAGE - 1].id) if len(rows) > _PAGE else ""

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    @action("creator", rate=(20, 60))
    async def start(self):
        async with transaction() as session:
            letter = await letters.start(session, actor())
        return rx.redirect(f"/studio/letters/{letter.id}")


class LetterState(Page, rx.State):
    """``/studio/letters/<id>``: saved as it is written."""

    form: dict[str, str] = {}
    preview_html: str = ""
    readers: str = ""
    handled: int = 0
    saved_at: str = ""
    busy: bool = False

    _letter_id: str = ""

    @action("anyone")
    async def on_load(self):
        who = actor()
        if not who.is_creator:
            return rx.redirect("/studio", replace=True)
        self.loaded, self.failure, self.errors, self.busy = False, "", {}, False
        self._letter_id = param(self, "letter_id")
        try:
            await self._show()
        except MarketplaceError:
            self.failure = _("There is no letter at this address.")
        self.loaded = True
        return None

    async def _show(self) -> None:
        async with transaction() as session:
            letter = await letters.load(session, actor(), need_id(self._letter_id))
            counted = (await letters.counts(session, [letter.id])).get(letter.id, Counts())
            number = await letters.readers(session, letter.creator_id)
        self.readers = readers_words(number)
        self._view(letter, counted)

    def _view(self, letter: Letter, counted: Counts) -> None:
        self.form = {**_row(letter, counted), "subject": letter.subject, "body": letter.body_md}
        self.preview_html = render(letter.body_md)

    @action("creator", rate=(240, 60))
    async def write(self, field: Short, value: Text):
        """What is refused stays as typed, with the reason beside it."""
        self.errors = {name: words for name, words in self.errors.items() if name != field}
        try:
            async with transaction() as session:
                letter = await letters.write(session, actor(), need_id(self._letter_id), field, value)
            self._view(letter, Counts())
            self.saved_at = letter.updated_at.isoformat()
        finally:
            self.handled += 1

    @action("creator", rate=(6, 300))
    async def try_out(self):
        """To the writer alone."""
        self.errors = {}
        async with transaction() as session:
            letter = await letters.load(session, actor(), need_id(self._letter_id))
            letters.complete(letter)
            me = await accounts.account(session, letter.creator_id)
            mail = lists.letter_mail(
                letter.subject, letter.body_md, me.name, f"{get_settings().public_url}/creators/{me.handle}", me.email,
                key=f"letter-try-{letter.id.hex}-{now():%Y%m%d%H%M%S}", leave="",
            )  # fmt: skip
            await notifications.queue_mail(session, mail)
        return success(_("On its way to {email}.").format(email=me.email))

    @action("creator", rate=(10, 300))
    async def send(self):
        self.errors = {}
        async with transaction() as session:
            await letters.send(session, actor(), need_id(self._letter_id))
        await self._show()
        return success(_("Your letter is on its way."))

    @action("creator", rate=(30, 60))
    async def refresh(self):
        """How far it is."""
        await self._show()

    @action("creator", rate=(20, 60))
    async def delete(self):
        async with transaction() as session:
            await letters.delete(session, actor(), need_id(self._letter_id))
        return [rx.redirect("/studio/letters"), success(_("Draft deleted."))]


def _row(letter: Letter, counted: Counts) -> dict[str, str]:
    words = {"draft": _("Draft"), "sending": _("Being sent"), "sent": _("Sent")}
    return {
        "id": str(letter.id), "href": f"/studio/letters/{letter.id}", "title": letter.subject or _("No subject yet"),
        "state": letter.state, "state_words": words[letter.state], "tone": _STATES[letter.state],
        "when": when(letter.queued_at or letter.updated_at), "total": f"{letter.total:,}" if letter.queued_at else "–",
        "sent": f"{counted.sent:,}" if letter.queued_at else "–", "failed": f"{counted.failed:,}" if letter.queued_at else "–",
        "waiting": f"{counted.waiting:,}" if counted.waiting else "",
    }  # fmt: skip
