"""Mails that a business event causes: queued in its transaction, sent once by a job."""

from __future__ import annotations

from html import escape

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.notifications.models import OutgoingMail
from marketplace.domain.notifications.ports import Mail
from marketplace.i18n import _, current_locale, direction
from marketplace.markdown import render, to_lines
from marketplace.queue import enqueue


class Written(str):
    """A part of a mail that somebody wrote in Markdown."""


async def queue_mail(session: AsyncSession, mail: Mail) -> bool:
    """True when this call queued it; the same key again does nothing. Who left has no address any more."""
    if mail.to.endswith("@invalid"):
        return False
    made = await session.execute(
        insert(OutgoingMail)
        .values(
            key=mail.key,
            recipient=mail.to,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            leave=mail.leave,
            created_at=now(),
        )
        .on_conflict_do_nothing()
        .returning(col(OutgoingMail.key))
    )
    if made.first() is None:
        return False
    await enqueue(session, "mail.send", {"key": mail.key})
    return True


async def unsent(session: AsyncSession, key: str) -> Mail | None:
    row = await session.get(OutgoingMail, key)
    if row is None or row.sent_at is not None:
        return None
    return Mail(row.recipient, row.subject, row.text, row.html, row.key, row.leave)


async def mark_sent(session: AsyncSession, key: str) -> None:
    row = await session.get(OutgoingMail, key)
    if row is not None:
        row.sent_at = now()
        row.text = row.html = row.leave = ""  # personal data isn't kept longer than it is needed
        await session.flush()


def hello(name: str) -> str:
    """How a mail begins."""
    return _("Hello {name},").format(name=name) if name else _("Hello,")


def _broken(line: str) -> str:
    """With the line breaks that somebody typed."""
    return escape(line).replace("\n", "<br>")


def compose(
    to: str, subject: str, lines: list[str], *, key: str, action: tuple[str, str] | None = None,
    leave: tuple[str, str] = ("", ""),
) -> Mail:  # fmt: skip
    """A plain mail of paragraphs with at most one button (label, URL), and the way out (label, URL) in small print."""
    text = "\n\n".join(to_lines(line) if isinstance(line, Written) else line for line in lines) + (
        f"\n\n{action[0]}: {action[1]}" if action else ""
    )
    text += (f"\n\n{leave[0]}: {leave[1]}" if leave[1] else "") + "\n"
    body = "".join(
        render(line) if isinstance(line, Written) else f'<p style="margin:0 0 16px">{_broken(line)}</p>'
        for line in lines
    )
    if action:
        body += (
            f'<p style="margin:24px 0"><a href="{escape(action[1])}" style="background:#0f6b4f;color:#ffffff;padding:12px 20px;'
            f'border-radius:8px;text-decoration:none;font-weight:600">{escape(action[0])}</a></p>'
        )
    locale = current_locale.get()
    if leave[1]:
        small = 'style="margin:32px 0 0;font-size:13px;color:#6d675e"'
        body += f'<p {small}><a href="{escape(leave[1])}" style="color:#6d675e">{escape(leave[0])}</a></p>'
    html = (
        f'<div lang="{locale}" dir="{direction(locale)}" style="font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.6;'
        f'color:#1d1b18;max-width:560px;overflow-wrap:anywhere">{body}</div>'
    )
    return Mail(to=to, subject=subject, text=text, html=html, key=key, leave=leave[1])
