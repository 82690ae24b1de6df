"""Where sales came from, on ``/studio/earnings``: for the days, currency and product that its address names."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.analytics.sources import Source, sources
from marketplace.figures import asked, report
from marketplace.i18n import _
from marketplace.money import format_minor
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param

_ROWS = 12
_NAMES = ("period", "from", "to", "currency", "product")


class SourcesState(Page, rx.State):
    """``cut``: there are more than the table shows; the file has all of them."""

    rows: list[dict[str, str]] = []
    cut: bool = False
    csv_href: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return
        wanted = asked({name: param(self, name) for name in _NAMES})
        async with transaction() as session:
            known = await report(session, actor(), wanted)
            found = await sources(session, known.scope, known.span, _ROWS + 1)
        self.rows = [source_row(one, known.scope.currency) for one in found[:_ROWS]]
        self.cut = len(found) > _ROWS
        self.csv_href = get_settings().backend + wanted.href("/studio/export/sources.csv")
        self.loaded = True


def source_row(one: Source, currency: str) -> dict[str, str]:
    return {
        "source": one.source or _("Not known"), "medium": one.medium or "–", "campaign": one.campaign or "–",
        "sales": str(one.sales), "revenue": format_minor(one.revenue_minor, currency),
        "yours": format_minor(one.kept_minor, currency),
    }  # fmt: skip
