"""Search engines are told what changed, where the operator has set ``INDEXNOW_KEY``."""

from __future__ import annotations

import structlog

from marketplace.db import transaction
from marketplace.domain.catalog import changed
from marketplace.errors import Invalid
from marketplace.gateways.indexnow import MOST, IndexNow
from marketplace.present import page_path
from marketplace.settings import get_settings

log = structlog.get_logger()
_BATCH = MOST // 4


async def tell(timestamp: int = 0) -> None:
    """Every few minutes, all changes since the last time in one call; what isn't taken now is told the next time."""
    settings = get_settings()
    if not settings.indexnow_key:
        return
    while True:
        async with transaction() as session:
            since = await changed.mark(session)
            found, until = await changed.between(session, since, _BATCH)
        addresses = list(dict.fromkeys(f"{settings.public_url}{page_path(*address)}" for address in found))
        for start in range(0, len(addresses), MOST):
            try:
                await IndexNow(settings).tell(addresses[start : start + MOST])
            except Invalid:
                log.warning("indexnow.refused", addresses=len(addresses), first=addresses[start])
        async with transaction() as session:
            await changed.told(session, until)
        if len(found) < _BATCH:
            return


PERIODIC = {"indexing.tell": ("*/5 * * * *", tell)}
