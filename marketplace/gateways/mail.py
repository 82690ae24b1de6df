"""Mail: into the sandbox's mailbox, or through any SMTP relay."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

import httpx

from marketplace import errors
from marketplace.domain.notifications.ports import Mail, Mailer
from marketplace.gateways.tls import tls
from marketplace.settings import Settings

TIMEOUT = 20.0  # seconds for each step of the conversation
_ADDRESS = re.compile(r"[^@\s<>\",;:()\[\]\\]+@[^@\s<>\",;:()\[\]\\]+")
_POLICY = SMTP.clone(cte_type="7bit")  # not every relay takes eight-bit lines
_LOCAL = ("localhost", "127.0.0.1", "::1")


class SandboxMailer:
    """Posts to the sandbox's mailbox."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"{settings.sandbox_internal_url}/mail/messages"
        self._from = settings.mail_from

    async def send(self, mail: Mail) -> None:
        _check_recipient(mail.to)
        body = {
            "to": mail.to,
            "from": self._from,
            "subject": _one_line(mail.subject),
            "text": mail.text,
            "html": mail.html,
            "key": mail.key,
            "leave": mail.leave,
        }
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False, verify=tls()) as client:
                (await client.post(self._url, json=body)).raise_for_status()
        except httpx.HTTPError as problem:
            raise errors.Unavailable from problem


@dataclass(frozen=True)
class _Relay:
    host: str
    port: int
    user: str
    password: str
    tls_from_start: bool


class SmtpMailer:
    """``SMTP_URL`` is ``smtp://user:pass@host:587`` (STARTTLS) or ``smtps://user:pass@host:465``."""

    def __init__(self, settings: Settings) -> None:
        self._relay = _parse(settings.smtp_url)
        self._from = settings.mail_from

    async def send(self, mail: Mail) -> None:
        message = compose(mail, self._from)
        try:
            await asyncio.to_thread(self._deliver, message)
        except (smtplib.SMTPException, OSError) as problem:
            raise errors.Unavailable from problem

    def _deliver(self, message: EmailMessage) -> None:
        connection = self._connect()
        try:
            if self._relay.user:
                connection.login(self._relay.user, self._relay.password)
            connection.send_message(message)
            # The relay has the mail: trouble at parting must not make the caller send it twice.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        relay, context = self._relay, ssl.create_default_context()
        if relay.tls_from_start:
            return smtplib.SMTP_SSL(relay.host, relay.port, timeout=TIMEOUT, context=context)
        connection = smtplib.SMTP(relay.host, relay.port, timeout=TIMEOUT)
        try:
            _encrypt(connection, relay.host, context)
        except BaseException:
            connection.close()
            raise
        return connection


def make_mailer(settings: Settings) -> Mailer:
    return SandboxMailer(settings) if settings.mail_sandboxed else SmtpMailer(settings)


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Text with an HTML alternative. Raises ``Invalid`` for a recipient that isn't one plain address."""
    _check_recipient(mail.to)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _one_line(sender)
    message["To"] = mail.to
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{_safe_key(mail.key)}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.leave:
        message["List-Unsubscribe"] = f"<{_one_line(mail.leave)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def _encrypt(connection: smtplib.SMTP, host: str, context: ssl.SSLContext) -> None:
    """A relay that offers no encryption is accepted on this machine only: a password may follow."""
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
    elif host not in _LOCAL:
        raise smtplib.SMTPNotSupportedError("the relay offers no STARTTLS")


def _parse(url: str) -> _Relay:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise errors.ConfigurationError("SMTP_URL must look like smtp://user:password@host:587 or smtps://…:465.")
    encrypted = parts.scheme == "smtps"
    return _Relay(
        host=parts.hostname,
        port=parts.port or (465 if encrypted else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_from_start=encrypted,
    )


def _check_recipient(address: str) -> None:
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise errors.Invalid("That isn't an email address.", field="email")


def _one_line(value: str) -> str:
    """A line break in a header would start another header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", value).split())


def _safe_key(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", key)[:120] or "mail"


def _domain(sender: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return domain if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "localhost"
