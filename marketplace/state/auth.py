"""Signing up, in, out, and getting back in. The cookie itself is set by ``/auth/session``."""

from __future__ import annotations

from urllib.parse import quote

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.settings import get_settings
from marketplace.state.action import Form, action, client_ip
from marketplace.state.base import Page, param, text_of
from marketplace.state.viewer import success
from marketplace.text import clean_line
from marketplace.vendors import vendors

_GOOD_NEWS = ("confirmed", "password", "deleted")


def _notice(key: str) -> str:
    return {
        "confirmed": _("Your email is confirmed. Sign in to continue."),
        "expired": _("That link was used already or is too old. Sign in, or ask for a new one."),
        "denied": _("Signing in was cancelled. Nothing was changed."),
        "unavailable": _("The sign-in service isn't answering. Please try again in a minute."),
        "password": _("Your password is changed. Sign in with the new one."),
        "deleted": _("Your account is deleted. Thank you for having been here."),
    }.get(key, "")


class AuthState(Page, rx.State):
    """The sign-in, sign-up, forgotten-password and reset pages."""

    busy: bool = False
    notice: str = ""
    went_well: bool = False
    sent_to: str = ""
    unconfirmed: str = ""
    reset_email: str = ""
    next_path: str = "/"
    carry: str = ""

    _reset_token: str = ""
    _address: str = ""

    @action("anyone")
    async def on_load(self):
        """Notices and where to go on, from the address; a reset link is checked.

        "Check your mail" stays when the page connects again, as it does after a look into the mailbox.
        """
        before, self._address = self._address, str(self.router_data.get("asPath", ""))
        if self.sent_to and self._address == before:
            return
        self.errors, self.busy, self.sent_to, self.unconfirmed = {}, False, "", ""
        self.notice, self.went_well = _notice(param(self, "notice")), param(self, "notice") in _GOOD_NEWS
        self.next_path = accounts.rules.safe_next(param(self, "next") or "/")
        self.carry = f"?next={quote(self.next_path, safe='')}" if self.next_path != "/" else ""
        self._reset_token = param(self, "token")
        self.reset_email = self.failure = ""
        if self._reset_token:
            try:
                async with transaction() as session:
                    self.reset_email = await accounts.reset_email(session, self._reset_token)
            except MarketplaceError as error:
                self.failure = error.text
        self.loaded = True

    @action("anyone", rate=(20, 300), background=True)
    async def sign_in(self, form: Form):
        email, password = _credentials(form)
        async with self:
            self.busy, self.errors, self.unconfirmed, self.notice, self.sent_to = True, {}, "", "", ""
            next_path = self.next_path
        try:
            async with transaction() as session:
                await accounts.limit_sign_in(session, email, client_ip())
            identity = await vendors().identity.sign_in(email=email, password=password)
            async with transaction() as session:
                account = await accounts.arrive(session, identity)
                ticket = await accounts.issue_ticket(session, account.id, next_path)
            async with self:
                self._leave_for(f"{get_settings().backend}/auth/session?ticket={quote(ticket)}")
        except MarketplaceError as error:
            async with self:
                self.busy = False
                self.errors = {error.field or "form": error.text}
                self.unconfirmed = email if type(error).__name__ == "EmailNotConfirmed" else ""

    @action("anyone", rate=(10, 600), background=True)
    async def sign_up(self, form: Form):
        async with self:
            self.busy, self.errors = True, {}
            next_path = self.next_path
        try:
            email, password = _email(form), text_of(form, "password")
            check_password(password)
            name = clean_line(text_of(form, "name"), limit=80, field="name", label=_("Your name"))
            await _limit_mail(email)
            pkce = vendors().identity.new_verifier()
            async with transaction() as session:
                flow = await accounts.start_flow(session, purpose="signup", pkce=pkce, email=email, next_path=next_path)
            await vendors().identity.sign_up(
                email=email, password=password, name=name, redirect_to=_callback(flow), pkce=pkce
            )
            async with self:
                self.busy, self.sent_to = False, email
        except MarketplaceError as error:
            async with self:
                self.busy, self.errors = False, {error.field or _guess(error): error.text}

    @action("anyone", rate=(5, 600), background=True)
    async def resend(self):
        async with self:
            email = self.unconfirmed or self.sent_to
            next_path = self.next_path
        if not email:
            return None
        try:
            await _limit_mail(email)
            pkce = vendors().identity.new_verifier()
            async with transaction() as session:
                flow = await accounts.start_flow(session, purpose="signup", pkce=pkce, email=email, next_path=next_path)
            await vendors().identity.resend_confirmation(email=email, redirect_to=_callback(flow), pkce=pkce)
        except MarketplaceError as error:
            async with self:
                self.errors = {"form": error.text}
            return None
        async with self:
            self.sent_to, self.unconfirmed, self.errors = email, "", {}
        return success(_("We sent the link again."))

    @action("anyone", rate=(5, 600), background=True)
    async def forgot(self, form: Form):
        """Says the same whether the address is known or not."""
        async with self:
            self.busy, self.errors = True, {}
        try:
            email = _email(form)
            await _limit_mail(email)
            pkce = vendors().identity.new_verifier()
            async with transaction() as session:
                flow = await accounts.start_flow(session, purpose="recover", pkce=pkce, email=email)
            await vendors().identity.recover(email=email, redirect_to=_callback(flow), pkce=pkce)
            async with self:
                self.busy, self.sent_to = False, email
        except MarketplaceError as error:
            async with self:
                self.busy, self.errors = False, {error.field or "form": error.text}

    @action("anyone", rate=(10, 600), background=True)
    async def choose_password(self, form: Form):
        """A new password; every browser is signed out."""
        async with self:
            self.busy, self.errors = True, {}
            token = self._reset_token
        try:
            password = text_of(form, "password")
            check_password(password)
            async with transaction() as session:
                auth_id = await accounts.take_reset(session, token)
            try:
                await vendors().identity.set_password(auth_id=str(auth_id), password=password)
            except MarketplaceError:
                async with transaction() as session:
                    await accounts.give_back_reset(session, token)
                raise
            async with transaction() as session:
                await accounts.password_set(session, auth_id)
            async with self:
                self.busy = False
            return rx.redirect("/login?notice=password")
        except MarketplaceError as error:
            async with self:
                self.busy, self.errors = False, {error.field or "password": error.text}
            return None


def check_password(password: str) -> None:
    """Ten characters at least; 72 bytes is what the provider's hash can take."""
    if len(password) < 10:
        raise Invalid(_("Use at least 10 characters."), field="password")
    if len(password.encode()) > 72:
        raise Invalid(_("That's longer than we can store safely: use at most 72 characters."), field="password")


def _email(form: Form) -> str:
    email = text_of(form, "email").strip()
    local, at, domain = email.rpartition("@")
    if (
        not (at and local and "." in domain)
        or len(email) > 254
        or any(c.isspace() or not c.isprintable() for c in email)
    ):
        raise Invalid(_("Type an email address such as name@example.com."), field="email")
    return email


def _credentials(form: Form) -> tuple[str, str]:
    return text_of(form, "email").strip()[:254], text_of(form, "password")[:200]


def _guess(error: MarketplaceError) -> str:
    return "password" if type(error).__name__ == "WeakPassword" else "form"


def _callback(flow: str) -> str:
    return f"{get_settings().api_url}/auth/callback?flow={quote(flow)}"


async def _limit_mail(email: str) -> None:
    async with transaction() as session:
        await accounts.limit(session, f"mail:{email.lower()}", most=5, seconds=3600)
        await accounts.limit(session, f"mail-ip:{client_ip()}", most=40, seconds=3600)
