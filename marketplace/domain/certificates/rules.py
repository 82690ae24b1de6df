"""Does a certificate stand, and what is signed of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from marketplace.i18n import _

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

Code = Literal["valid", "replaced", "revoked", "returned"]


class Certified(Protocol):
    """A certificate's row."""

    id: UUID
    token: str
    product_id: UUID | None
    creator_id: UUID | None
    badge_id: UUID | None
    name: str
    title: str
    creator_name: str
    version: int
    lessons: int
    description: str
    narrative: str
    skills: list[str]
    completed_at: datetime
    issued_at: datetime
    replaced_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``valid``; or since when not, and why, in words for everybody."""

    code: Code = "valid"
    at: datetime | None = None
    reason: str = ""

    @property
    def valid(self) -> bool:
        return self.code == "valid"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs. ``base`` is what the addresses of certificates begin with."""

    name: str
    site: str
    base: str

    @property
    def id(self) -> str:
        return f"{self.base}/certificates/issuer"


def is_token(text: str) -> bool:
    """Can this be a certificate's address?"""
    return _TOKEN.fullmatch(text) is not None


def standing(row: Certified, access_ended: datetime | None) -> Standing:
    """``access_ended``: when the last of the holder's grants of the course was taken back; of a badge, of a course that
    it was earned with. Why it was is nobody else's
    business: a refund and a disputed payment read the same."""
    if row.revoked_at is not None:
        return Standing("revoked", row.revoked_at, _(row.revoked_reason))
    if row.replaced_at is not None:
        return Standing("replaced", row.replaced_at, _("It was issued again, with another name."))
    if access_ended is not None:
        words = _("The course was refunded, or its payment taken back.")
        if row.badge_id:
            words = _("A course that it was earned with was refunded, or its payment taken back.")
        return Standing("returned", access_ended, words)
    return Standing()


def profile(issuer: Issuer) -> dict[str, Any]:
    """The issuer's public profile."""
    return {"id": issuer.id, "type": ["Profile"], "name": issuer.name, "url": issuer.site}


def address(row: Certified, issuer: Issuer) -> str:
    return f"{issuer.base}/certificates/{row.token}"


def credential(row: Certified, issuer: Issuer) -> dict[str, Any]:
    """The certificate as an Open Badges 3.0 credential. The same row always makes the same one.

    It is signed, so it is in English whoever asks for it. Its subject is a name of this one certificate: two
    certificates of a person can't be told to be theirs by it.
    """
    url = address(row, issuer)
    return {
        "@context": list(CONTEXT),
        "id": url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": row.title,
        "issuer": profile(issuer),
        "validFrom": _stamp(row.issued_at),
        "awardedDate": _stamp(row.completed_at),
        "image": {"id": f"{url}.png", "type": "Image"},
        "credentialSubject": {
            "id": f"urn:uuid:{row.id}",
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "identityType": "name", "identityHash": row.name, "hashed": False}
            ],
            "achievement": _badge(row, issuer) if row.badge_id else _course(row),
        },
        "credentialStatus": {"id": f"{url}/status", "type": "1EdTechRevocationList"},
    }


def _course(row: Certified) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{row.product_id}",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": row.title,
        "description": f"The course “{row.title}” by {row.creator_name}.",
        "criteria": {"narrative": f"Completed {_all_of(row.lessons)} of the course, as it was taught then."},
        "creator": {"id": f"urn:uuid:{row.creator_id}", "type": ["Profile"], "name": row.creator_name},
        "version": str(row.version),
    }


def _badge(row: Certified, issuer: Issuer) -> dict[str, Any]:
    creator = {"id": f"urn:uuid:{row.creator_id}", "type": ["Profile"], "name": row.creator_name}
    return {
        "id": f"urn:uuid:{row.badge_id}",
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": row.title,
        "description": row.description or row.title,
        "criteria": {"narrative": row.narrative},
        "creator": creator if row.creator_id else profile(issuer),
        **({"tag": list(row.skills)} if row.skills else {}),
    }


def claims(row: Certified, issuer: Issuer) -> dict[str, Any]:
    """What the JSON Web Token says: the credential, and the registered claims that have to agree with it."""
    vc = credential(row, issuer)
    return {
        **vc, "iss": issuer.id, "jti": vc["id"], "sub": vc["credentialSubject"]["id"],
        "nbf": int(row.issued_at.timestamp()),
    }  # fmt: skip


def status(row: Certified, issuer: Issuer, now: Standing) -> dict[str, Any]:
    """The revocation list of this one credential: with nothing on it while it stands."""
    gone = {"id": address(row, issuer), "revoked": True, "revocationReason": now.reason}
    return {
        "id": f"{address(row, issuer)}/status",
        "issuer": issuer.id,
        "revokedCredentials": [] if now.valid else [gone],
    }


def _all_of(lessons: int) -> str:
    return "the one lesson" if lessons == 1 else f"all {lessons} lessons"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
