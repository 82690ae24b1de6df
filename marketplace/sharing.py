"""What is shown of a product or a creator where their address is shared: the picture, and where it is."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.browse import Listing
from marketplace.i18n import DEFAULT_LOCALE, _, current_locale
from marketplace.paper.share import Shared
from marketplace.present import cover, duration, price
from marketplace.settings import get_settings

_NAME = 60  # characters


def of_product(listing: Listing) -> Shared:
    product = listing.product
    kinds = {"course": _("Course"), "bundle": _("Bundle")}
    kind = " · ".join(
        part for part in (kinds.get(product.kind, _("Video lesson")), duration(product.duration_s)) if part
    )
    return Shared(
        brand=get_settings().site_name, kind=kind, title=product.title,
        by=_("by {name}").format(name=listing.creator.name[:_NAME]),
        note=price(product.price_kind, product.price_minor, product.min_minor, product.currency),
        picture=cover(listing.image, 960),
    )  # fmt: skip


def of_creator(account: Account) -> Shared:
    return Shared(
        brand=get_settings().site_name, kind=_("Creator"), title=account.name, by="", note="",
        picture=account.avatar_url, round=True,
    )  # fmt: skip


def product_picture(listing: Listing) -> str:
    """Where the picture is; another address whenever it looks different."""
    return _path("products", listing.product.slug, of_product(listing))


def creator_picture(account: Account) -> str:
    return _path("creators", account.handle, of_creator(account))


def _path(kind: str, name: str, shared: Shared) -> str:
    locale = current_locale.get()
    query = {"v": shared.version, **({"in": locale} if locale != DEFAULT_LOCALE else {})}
    return f"/og/{kind}/{quote(name, safe='')}.png?{urlencode(query)}"
