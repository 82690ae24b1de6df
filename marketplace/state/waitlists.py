"""A product's waitlist as the studio's list shows it."""

from __future__ import annotations

from marketplace.clock import now
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import announced
from marketplace.i18n import _, ngettext
from marketplace.present import day
from marketplace.settings import get_settings


def waitlist_view(product: Product, waiting: int) -> dict[str, str]:
    """``announced`` of what isn't out yet; ``waiting`` and its file once somebody waits, or waited."""
    ahead = product.state == "published" and announced(product.before, product.opens_at, now())
    number = ngettext("{n} on the waitlist", "{n} on the waitlist", waiting).format(n=waiting) if waiting else ""
    return {
        "announced": _("Opens {day}").format(day=day(product.opens_at)) if ahead else "", "waiting": number,
        "waiting_href": f"{get_settings().backend}/studio/export/waitlists/{product.id}.csv" if waiting else "",
    }  # fmt: skip
