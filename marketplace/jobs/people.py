"""Letters between people: presents and invitations to share in a product's sales."""

from __future__ import annotations

from uuid import UUID

from marketplace.crypto import sign_id
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.gifts import service as gifts
from marketplace.domain.notifications import service as notifications
from marketplace.domain.orders import store as orders
from marketplace.domain.partners.models import Partnership
from marketplace.i18n import _, joined, percent_words
from marketplace.jobs.reader import page, reading
from marketplace.text import brief


async def send_gift(gift_id: str) -> None:
    """The present's letter, once it is paid and its day has come."""
    async with transaction() as session:
        gift = await gifts.gift(session, UUID(gift_id))
        if gift is None or gift.state != "paid":
            return
        giver = await accounts.account(session, gift.giver_id)
        titles = dict.fromkeys(x.bundle_title or x.title for x in await orders.lines_of_gift(session, gift.id))
        with reading(await accounts.language_of(session, gift.recipient_email) or giver.language):
            given = _("{giver} gives you: {titles}.").format(giver=giver.name, titles=joined(titles))
            note = [_("“{note}”").format(note=gift.note)] if gift.note else []
            mail = notifications.compose(
                gift.recipient_email, _("{giver} has a present for you").format(giver=giver.name),
                [notifications.hello(gift.recipient_name), given, *note],
                key=f"gift-{gift.id}", action=(_("Open your present"), gift_url(gift.id)),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)
        await gifts.sent(session, gift.id)


def gift_url(gift_id: UUID) -> str:
    return page(f"/gifts/{sign_id('gift', gift_id)}")


async def invitation(partnership_id: str) -> None:
    async with transaction() as session:
        row = await session.get(Partnership, UUID(partnership_id))
        if row is None or row.state != "invited":
            return
        owner = await accounts.account(session, row.owner_id)
        found = await browse.listings(session, [row.product_id])
        title = found[0].product.title if found else ""
        with reading(await accounts.language_of(session, row.email) or owner.language):
            words = _(
                "{owner} offers you {percent} of each sale of “{title}” that comes through your link, after the"
                " platform's fee."
            )
            if row.role == "co_creator":
                words = _("{owner} offers you {percent} of every sale of “{title}”, after the platform's fee.")
            mail = notifications.compose(
                row.email, _("{owner} shares the sales of {title} with you").format(owner=owner.name, title=brief(title)),
                [
                    notifications.hello(""),
                    words.format(owner=owner.name, percent=percent_words(row.percent.normalize()), title=title),
                    _("Sign in with this address to accept or decline."),
                ],
                key=f"partner-{row.id}", action=(_("See the offer"), page("/studio/partners")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


TASKS = {"gifts.send": send_gift, "partners.invitation": invitation}
