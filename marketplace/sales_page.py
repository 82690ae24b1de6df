"""A product's page made of blocks: what they show, gathered for whoever looks, and for who writes it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.api.paint import blocks as paint
from marketplace.api.paint.html import Html, join
from marketplace.domain.access.service import Actor, Decision
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.catalog.service import as_published, blocks
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Outline
from marketplace.domain.media import service as media
from marketplace.i18n import _
from marketplace.present import lesson_view, syllabus
from marketplace.sql import Over


async def html(
    over: Over, listing: Listing, decision: Decision, taught: Outline | None
) -> tuple[Html | None, list[UUID]]:
    """The blocks of a page as this visitor sees them, and the pictures in them; nothing for a page in its plain form."""
    product = listing.product
    if not product.blocks:
        return None, []
    shown = await _shown(over, listing, taught, opens=decision.allowed, action=_action(listing, decision))
    return paint.page(product.blocks, shown) or None, list(shown.images)


async def draft_html(session: AsyncSession, actor: Actor, product: Product, draft: ProductDraft) -> str:
    """The page as it would be published, for its creator: the blocks under the fixed part. An empty one in its plain
    form."""
    future = as_published(product, draft)
    images = await media.images(session, [draft.image_id])
    cover = images.get(draft.image_id) if draft.image_id else None
    listing = Listing(future, await accounts.account(session, product.creator_id), cover)
    taught = (await courses.load(session, actor, product.id)).outline if product.kind == "course" else None
    decision = Decision(False, "not_bought", "")
    shown = await _shown(session, listing, taught, opens=False, action=_action(listing, decision))
    return str(join(paint.fixed(shown, cover), paint.page(future.blocks or blocks.plain(product.kind), shown)))


async def pictures(over: Over, owner_id: UUID, page: Sequence[blocks.Block]) -> dict[UUID, media.Image]:
    """Of these blocks, by id: those that are the creator's own, and public."""
    return await media.public_of(over, owner_id, blocks.picture_ids(page))


async def _shown(
    over: Over, listing: Listing, taught: Outline | None, *, opens: bool, action: tuple[str, str]
) -> paint.Shown:
    product = listing.product
    return paint.Shown(
        lesson_view(listing, len(taught.lessons) if taught else 0), product.learn, listing.creator.bio, action,
        syllabus(taught, product.slug, opens=opens) if taught else (),
        await pictures(over, product.creator_id, product.blocks),
    )  # fmt: skip


def _action(listing: Listing, decision: Decision) -> tuple[str, str]:
    """The button of a call to action leads to the fixed one; who has the product opens it."""
    view = lesson_view(listing)
    if decision.allowed:
        return view["open"], view["watch"]
    if decision.code == "announced":
        return _("In your library"), paint.BUY
    words = {"waitlist": _("Join the waitlist"), "preorder": _("Pre-order")}
    usual = _("Get it free") if view["price_kind"] == "free" else _("Buy now")
    return words.get(view["before"], usual), paint.BUY
