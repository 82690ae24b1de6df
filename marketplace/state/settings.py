"""``/settings``: profile, password, browsers that are signed in, leaving."""

from __future__ import annotations

import asyncio

import reflex as rx

from marketplace import leaving
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.errors import WrongCredentials
from marketplace.domain.catalog import service as catalog
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.present import browser_name, when
from marketplace.state.action import Count, Form, Short, action, actor
from marketplace.state.auth import check_password
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.viewer import success
from marketplace.vendors import vendors


class SettingsState(Page, rx.State):
    profile: dict[str, str] = {}
    notes: list[dict[str, str]] = []
    may_leave: bool = True
    sessions: list[dict[str, str]] = []
    busy: str = ""
    changes: int = 0
    avatar_upload_url: str = ""
    avatar_problem: str = ""
    avatar_round: int = 0

    _image_id: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect("/login?next=/settings", replace=True)
        self.errors, self.busy, self.avatar_upload_url, self.avatar_problem = {}, "", "", ""
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            account = await accounts.account(session, who.account_id)
            rows = await accounts.sessions_of(session, who)
            notes = await leaving.outlook(session, who)
        self.notes = [{"kind": note.kind, "text": note.text, "href": note.href} for note in notes]
        self.may_leave = all(note.kind != "stops" for note in notes)
        self.profile = {
            "name": account.name, "handle": account.handle, "bio": account.bio, "email": account.email,
            "avatar": account.avatar_url, "creator": "yes" if account.is_creator else "",
        }  # fmt: skip
        self.sessions = [
            {
                "id": str(r.id), "browser": browser_name(r.user_agent), "ip": r.ip, "seen": when(r.last_seen_at),
                "current": "yes" if r.id == who.session_id else "",
            }
            for r in sorted(rows, key=lambda row: row.id != who.session_id)
        ]  # fmt: skip

    @action("member", rate=(20, 60))
    async def save_profile(self, form: Form):
        self.errors = {}
        async with transaction() as session:
            account = await accounts.update_profile(
                session, actor(), name=text_of(form, "name"), handle=text_of(form, "handle"), bio=text_of(form, "bio")
            )
            await catalog.creator_renamed(session, account.id, account.name)
        await self._show()
        return success(_("Profile saved."))

    @action("member", rate=(10, 600), background=True)
    async def change_password(self, form: Form):
        """The present password is asked for; all other browsers are signed out."""
        who = actor()
        async with self:
            self.errors, self.busy = {}, "password"
        try:
            assert who.account_id is not None
            async with transaction() as session:
                account = await accounts.account(session, who.account_id)
                email = account.email
            new = text_of(form, "password")
            check_password(new)
            try:
                identity = await vendors().identity.sign_in(email=email, password=text_of(form, "current")[:200])
            except WrongCredentials as error:
                raise Invalid(_("That isn't your present password."), field="current") from error
            await vendors().identity.set_password(auth_id=identity.auth_id, password=new)
            async with transaction() as session:
                await accounts.sign_out(session, who, others=True)
            async with self:
                self.busy, self.changes = "", self.changes + 1
                await self._show()
            return success(_("Password changed. Your other browsers are signed out."))
        except MarketplaceError as error:
            async with self:
                self.busy, self.errors = "", {error.field or "password": error.text}
            return None

    @action("member", rate=(60, 60))
    async def end_session(self, session_id: Short):
        async with transaction() as session:
            await accounts.sign_out(session, actor(), session_id=need_id(session_id))
        await self._show()

    @action("member", rate=(10, 60))
    async def end_others(self):
        async with transaction() as session:
            await accounts.sign_out(session, actor(), others=True)
        await self._show()
        return success(_("Every other browser is signed out."))

    @action("member", rate=(20, 600), background=True)
    async def avatar_chosen(self, name: Short, size: Count, mime: Short):
        async with self:
            self.avatar_problem, self.avatar_upload_url = "", ""
        try:
            async with transaction() as session:
                image = await media.start_image(session, actor(), size=size, mime=mime)
            url = await vendors().files.signed_upload(image.upload_path)
            async with self:
                self._image_id, self.avatar_upload_url = str(image.id), url
        except MarketplaceError as error:
            async with self:
                self._answer_avatar(error.text)

    @action("member", rate=(20, 600), background=True)
    async def avatar_uploaded(self):
        async with self:
            image_id, self.avatar_upload_url = self._image_id, ""
        try:
            async with transaction() as session:
                image = await media.own_image(session, actor(), need_id(image_id))
            source = await vendors().files.read(image.upload_path, max_bytes=MAX_IMAGE_BYTES)
            picture = await asyncio.to_thread(media.pictures.render, source, media.pictures.AVATAR_WIDTHS)
            best = picture.renditions[-1]
            url = await vendors().files.write_public(f"avatars/{best.name}", best.body, content_type="image/webp")
            async with transaction() as session:
                await media.finish_image(session, image.id, picture, [(best.width, url)])
                await accounts.set_avatar(session, actor(), url)
            async with self:
                self._answer_avatar()
                await self._show()
            await vendors().files.delete(image.upload_path)
            return success(_("Picture changed."))
        except MarketplaceError as error:
            async with self:
                self._answer_avatar(error.text)
            return None

    def _answer_avatar(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.avatar_problem, self.avatar_upload_url = problem, ""
        self.avatar_round += 1

    @action("member", rate=(5, 600))
    async def delete_account(self, form: Form):
        """Typing the own handle confirms. Lessons leave the shop; their buyers keep them."""
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            account = await accounts.account(session, who.account_id)
            if text_of(form, "confirm").strip().lower() != account.handle:
                raise Invalid(_("Type your handle to confirm."), field="confirm")
            await leaving.leave(session, who)
        self._leave_for("/login?notice=deleted")
