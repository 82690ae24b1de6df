"""The one function that decides and explains access. Pure: facts in, decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from marketplace.i18n import N_, _, date_words

Role = Literal["member", "moderator", "admin"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Anonymous visitors have no ``account_id``."""

    account_id: UUID | None = None
    role: str = "member"
    is_creator: bool = False
    session_id: UUID | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def is_admin(self) -> bool:
        return self.signed_in and self.role == "admin"

    @property
    def is_staff(self) -> bool:
        return self.signed_in and self.role in ("moderator", "admin")


ANONYMOUS = Actor()


@dataclass(frozen=True, slots=True)
class GrantFact:
    """``opens_at`` is the release of what it is for: a grant may be older."""

    source: str
    granted_at: datetime
    revoked_at: datetime | None = None
    revoked_reason: str = ""
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """``code`` is stable for machines; ``message`` is for the person; ``remedy`` is the way in: sign_in, buy, none, or
    first: what has to be done before is at ``target``."""

    allowed: bool
    code: str
    message: str
    remedy: Literal["none", "sign_in", "buy", "get", "studio", "first"] = "none"
    target: str = ""


def decide_watch(
    actor: Actor, *, title: str, creator_id: UUID, state: str, price_kind: str, grants: Sequence[GrantFact],
    at: datetime | None = None,
) -> Decision:  # fmt: skip
    """May ``actor`` watch the lesson, and why (not)?

    A live grant opens it whatever became of the listing: what was bought stays. What was bought before its release
    opens with it, ``at`` that moment. The owner always may,
    staff may look for moderation.
    """
    if actor.account_id == creator_id:
        return Decision(True, "owner", _("This is your own lesson."))
    live = [g for g in grants if g.revoked_at is None]
    waits = live[0].opens_at if live and at is not None else None
    if waits is not None and at is not None and waits <= at:
        waits = None
    if live and actor.signed_in and waits is None:
        words = _(_GOT.get(live[0].source, _HAVE)).format(day=_day(live[0].granted_at))
        return Decision(True, "granted", words)
    if actor.is_staff:
        return Decision(True, "staff", _("You can open this because you moderate the marketplace."))
    if waits is not None and actor.signed_in:
        words = _("You have “{title}”. It opens on {day}.").format(title=title, day=_day(waits))
        return Decision(False, "announced", words)
    if not actor.signed_in:
        words = _("Sign in to watch “{title}”, or to see whether you own it.").format(title=title)
        return Decision(False, "signed_out", words, "sign_in")
    if state != "published":
        return Decision(False, "not_published", _("“{title}” isn't on offer at the moment.").format(title=title))
    if grants:
        last = max(grants, key=lambda g: g.revoked_at or g.granted_at)
        message = _(_LOST.get(last.source, _HAD)).format(
            day=_day(last.granted_at),
            why=_(last.revoked_reason) or _("access ended"),
            end=_day(last.revoked_at or last.granted_at),
        )
        return Decision(False, "revoked", message, "get" if price_kind == "free" else "buy")
    if price_kind == "free":
        words = _("“{title}” is free: add it to your library to watch it.").format(title=title)
        return Decision(False, "not_taken", words, "get")
    return Decision(False, "not_bought", _("“{title}” isn't in your library yet.").format(title=title), "buy")


def with_preview(decision: Decision, title: str, *, preview: bool) -> Decision:
    """The same for one lesson of a course: a free preview opens to everybody; it is one only while the
    course is on offer."""
    if decision.allowed or not preview:
        return decision
    words = _("“{title}” is a free preview of the course.").format(title=title)
    return Decision(True, "preview", words, decision.remedy)


def locked(message: str, target: str = "") -> Decision:
    """They have it, and it isn't open yet. ``target``: the address of what has to be done first."""
    return Decision(False, "locked", message, "first" if target else "none", target)


_GOT = {
    "order": N_("You bought it on {day}."),
    "free": N_("You added it to your library on {day}."),
    "gift": N_("You received it as a present on {day}."),
}
_HAVE = N_("You have it since {day}.")
_LOST = {
    "order": N_("You bought it on {day}; {why} on {end}."),
    "free": N_("You added it to your library on {day}; {why} on {end}."),
    "gift": N_("You received it as a present on {day}; {why} on {end}."),
}
_HAD = N_("You got it on {day}; {why} on {end}.")


def _day(at: datetime) -> str:
    return date_words(at, "d MMMM y")
