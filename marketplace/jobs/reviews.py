"""Letters about reviews."""

from __future__ import annotations

from uuid import UUID

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.notifications import service as notifications
from marketplace.domain.reviews import service as reviews
from marketplace.i18n import _
from marketplace.jobs.reader import page, reading
from marketplace.present import product_path
from marketplace.reviewing import stars_words
from marketplace.text import brief


async def tell_creator(review_id: str) -> None:
    """Of the first one of a product on a day; the others wait on its page."""
    async with transaction() as session:
        review = await reviews.find(session, UUID(review_id))
        listing = next(iter(await browse.listings(session, [review.product_id])), None) if review else None
        if review is None or listing is None or not review.shown:
            return
        creator = await accounts.account(session, listing.product.creator_id)
        with reading(creator.language):
            title = listing.product.title
            lines = [
                notifications.hello(creator.name),
                _("“{title}” was reviewed: {stars}.").format(title=title, stars=stars_words(review.stars)),
                *([review.words] if review.words else []),
                _("You can answer on its page. If more come in today, you find them there."),
            ]
            mail = notifications.compose(
                creator.email, _("New review: {title}").format(title=brief(title)), lines,
                key=f"review-{review.product_id}-{now():%Y%m%d}",
                action=(_("Read and answer"), page(f"{product_path(listing.product)}#reviews")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


TASKS = {"reviews.tell_creator": tell_creator}
