"""Lists that people put themselves on, in words and addresses: what pages, mails and routes share."""

from __future__ import annotations

from html import escape
from urllib.parse import quote
from uuid import UUID

from marketplace.crypto import read_id, sign_id
from marketplace.domain.accounts.models import Account
from marketplace.domain.mailing.service import Subscriber
from marketplace.domain.notifications import service as notifications
from marketplace.domain.notifications.ports import Mail
from marketplace.errors import Limited
from marketplace.i18n import _
from marketplace.markdown import render
from marketplace.settings import get_settings

_CONFIRM, _LEAVE = "mailing-confirm", "mailing-leave"


def waitlist_action(slug: str) -> str:
    """Where the form of a product's waitlist goes."""
    return f"{get_settings().backend}/waitlist/{quote(slug, safe='')}"


def letters_action(handle: str) -> str:
    """Where the form for a creator's letters goes."""
    return f"{get_settings().backend}/letters/{quote(handle, safe='')}"


def letters_view(creator: Account) -> dict[str, str]:
    """Words and address of the form on a creator's page."""
    first = creator.name
    return {
        "action": letters_action(creator.handle), "title": _("Letters from {name}").format(name=first),
        "text": _("What is new, by mail. Nothing else, and one press ends it."),
        "join": _("Send me the letters"), "listed": _("You get the letters of {name}.").format(name=first),
    }  # fmt: skip


def told(code: str) -> str:
    """What became of a form, as the address that it led to says it."""
    return {
        "asked": _("Look into your mail: a link there puts you on the list."), "joined": _("You are on the list."),
        "left": _("You are off the list."), "wrong": _("That isn't an email address."), "often": _(Limited.message),
        "gone": _("There is no such list any more."),
    }.get(code, "")  # fmt: skip


def confirm_url(subscriber_id: UUID) -> str:
    return f"{get_settings().api_url}/mail/confirm/{sign_id(_CONFIRM, subscriber_id)}"


def leave_url(subscriber_id: UUID) -> str:
    return f"{get_settings().api_url}/mail/leave/{sign_id(_LEAVE, subscriber_id)}"


def read_confirm(token: str) -> UUID | None:
    return read_id(_CONFIRM, token)


def read_leave(token: str) -> UUID | None:
    return read_id(_LEAVE, token)


def confirm_mail(row: Subscriber, key: str, name: str, *, waitlist: bool) -> Mail:
    """``name`` of the product or of the creator."""
    what = (
        _("Somebody, perhaps you, wants a mail to this address when “{name}” is out.")
        if waitlist
        else _("Somebody, perhaps you, wants the letters of {name} at this address.")
    ).format(name=name)
    return notifications.compose(
        row.email, _("Please confirm your address"),
        [what, _("If it wasn't you, do nothing: you get no more mail, and the address is forgotten.")],
        key=key, action=(_("Yes, send it to me"), confirm_url(row.id)),
    )  # fmt: skip


def release_mail(row: Subscriber, title: str, address: str) -> Mail:
    return notifications.compose(
        row.email, _("“{title}” is out").format(title=title[:120]),
        [_("You asked to be told: “{title}” is out now.").format(title=title)],
        key=f"release-{row.id.hex}", action=(_("Look at it"), address),
        leave=(_("Forget my address"), leave_url(row.id)),
    )  # fmt: skip


def letter_mail(subject: str, body_md: str, creator: str, address: str, to: str, *, key: str, leave: str) -> Mail:
    """``address`` is the creator's page; a letter that one tries on oneself has no way out (``leave`` empty)."""
    why = _("You get this because you asked for the letters of {name}.").format(name=creator)
    small = 'style="margin:32px 0 0;padding-top:16px;border-top:1px solid #e6e0d6;font-size:13px;color:#6d675e"'
    out = _("No more letters")
    way = f' <a href="{escape(leave)}" style="color:#6d675e">{escape(out)}</a>' if leave else ""
    html = (
        '<div style="font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.6;color:#1d1b18;max-width:560px">'
        f'{render(body_md)}<p {small}><a href="{escape(address)}" style="color:#6d675e">{escape(creator)}</a><br>'
        f"{escape(why)}{way}</p></div>"
    )
    text = f"{body_md}\n\n--\n{creator}: {address}\n{why}" + (f"\n{out}: {leave}" if leave else "") + "\n"
    return Mail(to=to, subject=subject, text=text, html=html, key=key, leave=leave)
