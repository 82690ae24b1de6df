"""The one function that decides and explains access. Pure: facts in, decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

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
    source: str
    granted_at: datetime
    revoked_at: datetime | None = None
    revoked_reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """``code`` is stable for machines; ``message`` is for the person; ``remedy`` is the way in: sign_in, buy, none."""

    allowed: bool
    code: str
    message: str
    remedy: Literal["none", "sign_in", "buy", "get", "studio"] = "none"


def decide_watch(
    actor: Actor, *, title: str, creator_id: UUID, state: str, price_kind: str, grants: Sequence[GrantFact]
) -> Decision:
    """May ``actor`` watch the lesson, and why (not)?

    A live grant opens it whatever became of the listing: what was bought stays. The owner always may,
    staff may look for moderation.
    """
    if actor.account_id == creator_id:
        return Decision(True, "owner", "This is your own lesson.")
    live = [g for g in grants if g.revoked_at is None]
    if live and actor.signed_in:
        return Decision(
            True, "granted", f"{_SOURCES.get(live[0].source, 'You have it')} on {_day(live[0].granted_at)}."
        )
    if actor.is_staff:
        return Decision(True, "staff", "You can open this because you moderate the marketplace.")
    if not actor.signed_in:
        return Decision(False, "signed_out", f"Sign in to watch “{title}”, or to see whether you own it.", "sign_in")
    if state != "published":
        return Decision(False, "not_published", f"“{title}” isn't on offer at the moment.")
    if grants:
        last = max(grants, key=lambda g: g.revoked_at or g.granted_at)
        got = _SOURCES.get(last.source, "You got it")
        why = last.revoked_reason or "access ended"
        message = f"{got} on {_day(last.granted_at)}; {why} on {_day(last.revoked_at or last.granted_at)}."
        return Decision(False, "revoked", message, "get" if price_kind == "free" else "buy")
    if price_kind == "free":
        return Decision(False, "not_taken", f"“{title}” is free: add it to your library to watch it.", "get")
    return Decision(False, "not_bought", f"“{title}” isn't in your library yet.", "buy")


def with_preview(decision: Decision, title: str, *, preview: bool) -> Decision:
    """The same for one lesson of a course: a free preview opens to everybody; it is one only while the
    course is on offer."""
    if decision.allowed or not preview:
        return decision
    return Decision(True, "preview", f"“{title}” is a free preview of the course.", decision.remedy)


def locked(message: str) -> Decision:
    """They have it, and it isn't open yet."""
    return Decision(False, "locked", message)


_SOURCES = {"order": "You bought it", "free": "You added it to your library", "gift": "You received it as a gift"}


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
