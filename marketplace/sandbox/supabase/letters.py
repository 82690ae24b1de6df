"""The mails that GoTrue sends: one sentence, one button, one code."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.sandbox import mail
from marketplace.sandbox.html import e
from marketplace.sandbox.store import Tx
from marketplace.settings import Settings


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    button: str


_LETTERS = {
    "signup": Letter("Confirm your email", "Welcome! Confirm that this address is yours.", "Confirm my email"),
    "invite": Letter("You have been invited", "Somebody invited you. Accept to set up your account.", "Accept"),
    "magiclink": Letter("Your sign-in link", "Use this link to sign in. It works once.", "Sign in"),
    "recovery": Letter(
        "Reset your password", "Somebody asked for a new password for your account.", "Reset my password"
    ),
    "email_change": Letter("Confirm your new email", "Confirm that this is your new address.", "Confirm the change"),
}


async def send(tx: Tx, settings: Settings, *, kind: str, to: str, link: str, code: str, key: str) -> None:
    letter = _LETTERS[kind]
    ending = "It works once, for one hour. If this wasn't you, ignore this mail."
    await mail.post(
        tx,
        to=to,
        sender=settings.mail_from,
        subject=letter.subject,
        text=f"{letter.body}\n\n{letter.button}: {link}\n\nOr enter this code: {code}\n\n{ending}\n",
        html=_html(settings.site_name, letter, link, code, ending),
        key=key,
    )


def _html(site: str, letter: Letter, link: str, code: str, ending: str) -> str:
    return (
        '<div style="max-width:480px;margin:0 auto;padding:32px 16px;font:16px/1.6 system-ui,sans-serif;color:#1d1b18">'
        f'<p style="margin:0 0 24px;font-weight:600">{e(site)}</p>'
        f'<h1 style="margin:0 0 8px;font-size:24px;line-height:1.25">{e(letter.subject)}</h1>'
        f'<p style="margin:0 0 24px">{e(letter.body)}</p>'
        f'<p style="margin:0 0 24px"><a href="{e(link)}" style="display:inline-block;padding:12px 24px;'
        f'border-radius:8px;background:#0f6b4f;color:#fff;font-weight:600;text-decoration:none">{e(letter.button)}</a></p>'
        f'<p style="margin:0 0 8px">Or enter this code: <strong>{e(code)}</strong></p>'
        f'<p style="margin:0;font-size:14px;color:#6d675e">{e(ending)}</p></div>'
    )
