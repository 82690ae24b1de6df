"""Who is past a deadline, on a creator's page of learners."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.courses import learners
from marketplace.i18n import _, ngettext, percent_words
from marketplace.present import when
from marketplace.state.action import action, actor
from marketplace.state.base import Page, need_id


class OverdueShown(Page, rx.State, mixin=True):
    """``more_overdue``: not all learners were looked through yet."""

    overdue: list[dict[str, str]] = []
    more_overdue: bool = False

    _overdue_after: UUID | None = None

    async def _first_overdue(self, session: AsyncSession, product_id: UUID) -> None:
        self.overdue, self._overdue_after = [], None
        await self._look_overdue(session, product_id)

    async def _look_overdue(self, session: AsyncSession, product_id: UUID) -> None:
        found, after = await learners.overdue(session, actor(), product_id, after=self._overdue_after)
        self.overdue = [*self.overdue, *[_row(row) for row in found]]
        self._overdue_after, self.more_overdue = after, after is not None

    @action("creator", rate=(60, 60))
    async def further_overdue(self):
        """The next learners."""
        if self.more_overdue:
            async with transaction() as session:
                await self._look_overdue(session, need_id(self._product_id))  # type: ignore[attr-defined]


def _row(row: learners.Learner) -> dict[str, str]:
    more = len(row.overdue) - 1
    others = ngettext("and {n} more", "and {n} more", more).format(n=more) if more else ""
    return {
        "name": _("Deleted account") if row.gone else row.name, "last": when(row.opened_at),
        "href": f"/studio/customers/{row.account_id}" if row.bought else "",
        "lesson": f"{row.overdue[0]} {others}".strip(), "percent": percent_words(row.percent),
    }  # fmt: skip
