"""What notifications need from a mail relay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """``key`` is the Message-ID's left part: the same mail sent twice carries the same one. ``leave`` is the address
    that ends such mails with one POST (RFC 8058), empty for those that belong to something one has done."""

    to: str
    subject: str
    text: str
    html: str
    key: str
    leave: str = ""


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Raises ``errors.Unavailable`` when the relay does not take it."""
