"""Write down who did what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.audit.models import AuditEvent


async def record(session: AsyncSession, actor_id: UUID | None, action: str, subject: str, **detail: Any) -> None:
    """``subject`` is ``kind:id``; ``detail`` is small, JSON, without secrets."""
    session.add(AuditEvent(actor_id=actor_id, action=action, subject=subject, detail=detail))
    await session.flush()
