"""Mailers: the sandbox's mailbox over HTTP, and SMTP against a small server that remembers."""

from __future__ import annotations

import asyncio
import base64
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email.policy import default
from html import unescape
from uuid import uuid4

import httpx
import pytest

from marketplace import errors
from marketplace.domain.notifications.ports import Mail
from marketplace.gateways import mail as gateway
from marketplace.gateways.mail import SandboxMailer, SmtpMailer, compose, make_mailer
from marketplace.settings import Settings


def a_mail(**changed: str) -> Mail:
    base = Mail(
        to=f"m-{uuid4().hex[:10]}@example.com",
        subject="Your receipt – €12",
        text="Thank you, Zoë.\n",
        html="<p>Thank you, Zoë.</p>",
        key=f"receipt-{uuid4().hex}",
    )
    return replace(base, **changed)


def smtp_settings(url: str) -> Settings:
    return Settings(_env_file=None, smtp_url=url, mail_from="Atelier <hello@shop.example>")


@dataclass
class Relay:
    """A relay of the 1980s: no encryption, but it can be told to ask for a password or to refuse."""

    port: int = 0
    password: str = ""
    refuse: str = ""
    parting: bytes = b"221 bye\r\n"
    messages: list[str] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)
    signed_in: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        while line := (await reader.readline()).decode().strip():
            writer.write(self._answer(line))
            await writer.drain()
            if line.upper() == "DATA":
                self.messages.append((await reader.readuntil(b"\r\n.\r\n"))[:-5].decode())
                writer.write(b"250 queued\r\n")
            if line.upper() == "QUIT":
                break
        writer.close()

    def _answer(self, line: str) -> bytes:
        verb = line.split()[0].upper()
        if self.refuse and verb == self.refuse:
            return b"550 no\r\n"
        if verb == "EHLO":
            return b"250-relay\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n" if self.password else b"250 relay\r\n"
        if verb == "AUTH":
            self.signed_in = base64.b64decode(line.split()[2]).decode() == f"\0me@x\0{self.password}"
            return b"235 ok\r\n" if self.signed_in else b"535 wrong\r\n"
        if verb in ("MAIL", "RCPT"):
            self.envelopes.append(line)
        if verb == "DATA":
            return b"354 go\r\n"
        return self.parting if verb == "QUIT" else b"250 ok\r\n"


@asynccontextmanager
async def relay(**how: object) -> AsyncIterator[Relay]:
    one = Relay(**how)  # type: ignore[arg-type]
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    async with server:
        yield one


async def test_smtp_sends_text_with_an_html_alternative():
    mail = a_mail()
    async with relay() as server:
        await SmtpMailer(smtp_settings(f"smtp://127.0.0.1:{server.port}")).send(mail)
    got = email.message_from_string(server.messages[0], policy=default)
    assert (got["To"], got["From"], got["Subject"]) == (mail.to, "Atelier <hello@shop.example>", mail.subject)
    assert got["Message-ID"] == f"<{mail.key}@shop.example>"
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]
    assert got.get_body(("plain",)).get_content().strip() == "Thank you, Zoë."
    assert server.envelopes[0].startswith("mail FROM:<hello@shop.example>")
    assert server.envelopes[1].startswith(f"rcpt TO:<{mail.to}>")


async def test_the_same_key_gives_the_same_message_id():
    mail = a_mail(key="order/7 é\r\nBcc: x@evil.test")
    first, second = compose(mail, "a@shop.example"), compose(mail, "a@shop.example")
    assert first["Message-ID"] == second["Message-ID"] == "<order-7----Bcc--x-evil.test@shop.example>"


async def test_smtp_signs_in():
    async with relay(password="p@ss:word") as server:
        await SmtpMailer(smtp_settings(f"smtp://me%40x:p%40ss%3Aword@127.0.0.1:{server.port}")).send(a_mail())
        assert server.signed_in
        with pytest.raises(errors.Unavailable):
            await SmtpMailer(smtp_settings(f"smtp://me%40x:wrong@127.0.0.1:{server.port}")).send(a_mail())
    assert len(server.messages) == 1


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
async def test_a_refusing_relay(verb):
    async with relay(refuse=verb) as server:
        with pytest.raises(errors.Unavailable):
            await SmtpMailer(smtp_settings(f"smtp://127.0.0.1:{server.port}")).send(a_mail())
    assert server.messages == []


@pytest.mark.parametrize("parting", [b"250 ok\r\n", b"421 too busy\r\n", b""])
async def test_a_mail_that_was_taken_is_sent_whatever_follows(parting):
    async with relay(parting=parting) as server:
        await SmtpMailer(smtp_settings(f"smtp://127.0.0.1:{server.port}")).send(a_mail())
    assert len(server.messages) == 1


async def test_no_relay_at_all():
    with pytest.raises(errors.Unavailable):
        await SmtpMailer(smtp_settings("smtp://127.0.0.1:9")).send(a_mail())


async def test_a_silent_relay_times_out(monkeypatch):
    monkeypatch.setattr(gateway, "TIMEOUT", 0.3)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(errors.Unavailable):
            await SmtpMailer(smtp_settings(f"smtp://127.0.0.1:{port}")).send(a_mail())


async def test_a_password_never_travels_in_the_clear(monkeypatch):
    monkeypatch.setattr(gateway, "_LOCAL", ())
    async with relay(password="secret") as server:
        with pytest.raises(errors.Unavailable):
            await SmtpMailer(smtp_settings(f"smtp://me%40x:secret@127.0.0.1:{server.port}")).send(a_mail())
    assert not server.signed_in


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x00"])
def test_subjects_cannot_start_another_header(break_):
    message = compose(a_mail(subject=f"Hi{break_}Bcc: victim@evil.test"), "a@shop.example")
    parsed = email.message_from_bytes(message.as_bytes(), policy=default)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "Hi Bcc: victim@evil.test"


@pytest.mark.parametrize(
    "to", ["", "no-at", "a@b.test\nBcc: x@y.test", "a@b.test, c@d.test", "A <a@b.test>", "a@b@c.test", "a b@c.test"]
)
@pytest.mark.parametrize("mailer", [SandboxMailer, lambda settings: SmtpMailer(smtp_settings("smtp://127.0.0.1:9"))])
async def test_only_one_plain_recipient(sandbox_server, to, mailer):
    with pytest.raises(errors.Invalid):
        await mailer(sandbox_server.settings).send(a_mail(to=to))


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.example.com:587"])
def test_a_bad_smtp_url_is_named(url):
    with pytest.raises(errors.ConfigurationError, match="SMTP_URL"):
        make_mailer(smtp_settings(url))


def test_the_mailer_follows_the_settings():
    assert isinstance(make_mailer(Settings(_env_file=None)), SandboxMailer)
    assert isinstance(make_mailer(smtp_settings("smtps://u:p@mail.example.com")), SmtpMailer)


async def test_the_sandbox_keeps_one_mail_per_key(sandbox_server):
    mailer, mail = make_mailer(sandbox_server.settings), a_mail()
    await asyncio.gather(*(mailer.send(mail) for _ in range(3)))
    await mailer.send(replace(mail, key="another-" + mail.key, subject="Second"))
    found = await inbox(sandbox_server, mail.to)
    assert [row["subject"] for row in found] == ["Second", mail.subject]
    assert (found[1]["to"], found[1]["html"], found[1]["key"]) == (mail.to, mail.html, mail.key)


async def test_the_mailbox_shows_mails_safely(sandbox_server):
    mail = a_mail(subject="<b>Hi</b>", html='<script>alert(1)</script><a href="/library">Go</a>')
    await make_mailer(sandbox_server.settings).send(mail)
    pages = f"{sandbox_server.settings.sandbox_public_url}/mail/pages"
    async with httpx.AsyncClient(trust_env=False) as client:
        listed = (await client.get(f"{pages}/", params={"to": mail.to})).text
        one = (await client.get(f"{pages}/{(await inbox(sandbox_server, mail.to))[0]['id']}")).text
        missing = await client.get(f"{pages}/unknown")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in listed
    assert "<script>" not in one
    assert 'sandbox="allow-top-navigation-by-user-activation allow-popups"' in one
    assert '<base target="_top">' in unescape(one)
    assert missing.status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b'{"to": "a@b.test"}', b'{"to": 1, "subject": "x"}', b"{" * 50])
async def test_the_mailbox_refuses_nonsense(sandbox_server, body):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{sandbox_server.settings.sandbox_internal_url}/mail/messages", content=body)
    assert answer.status_code == 422


async def test_no_mailbox():
    gone = Settings(_env_file=None, port=9)
    with pytest.raises(errors.Unavailable):
        await SandboxMailer(gone).send(a_mail())


async def inbox(sandbox_server, to: str) -> list[dict]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{sandbox_server.settings.sandbox_internal_url}/mail/messages", params={"to": to})
    return answer.json()["data"]
