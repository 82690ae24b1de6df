"""Sending queued mails."""

from __future__ import annotations

from marketplace.db import transaction
from marketplace.domain.notifications import service as notifications
from marketplace.vendors import vendors


async def send(key: str) -> None:
    """Sent, then marked. A crash in between sends again with the same Message-ID."""
    async with transaction() as session:
        mail = await notifications.unsent(session, key)
    if mail is None:
        return
    await vendors().mail.send(mail)
    async with transaction() as session:
        await notifications.mark_sent(session, key)


TASKS = {"mail.send": send}
