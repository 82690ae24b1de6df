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
from marketplace.settings import get_settings


async def send_gift(gift_id: str) -> None:
    """The present's letter, once it is paid and its day has come."""
    async with transaction() as session:
        gift = await gifts.gift(session, UUID(gift_id))
        if gift is None or gift.state != "paid":
            return
        giver = await accounts.account(session, gift.giver_id)
        titles = dict.fromkeys(x.bundle_title or x.title for x in await orders.lines_of_gift(session, gift.id))
        hello = f"Hello {gift.recipient_name}," if gift.recipient_name else "Hello,"
        mail = notifications.compose(
            gift.recipient_email, f"{giver.name} has a present for you",
            [hello, f"{giver.name} gives you: {', '.join(titles)}.", *([f"“{gift.note}”"] if gift.note else [])],
            key=f"gift-{gift.id}", action=("Open your present", gift_url(gift.id)),
        )  # fmt: skip
        await notifications.queue_mail(session, mail)
        await gifts.sent(session, gift.id)


def gift_url(gift_id: UUID) -> str:
    return f"{get_settings().public_url}/gifts/{sign_id('gift', gift_id)}"


async def invitation(partnership_id: str) -> None:
    async with transaction() as session:
        row = await session.get(Partnership, UUID(partnership_id))
        if row is None or row.state != "invited":
            return
        owner = await accounts.account(session, row.owner_id)
        found = await browse.listings(session, [row.product_id])
        title = found[0].product.title if found else ""
        what = "of every sale" if row.role == "co_creator" else "of each sale that comes through your link"
        mail = notifications.compose(
            row.email, f"{owner.name} shares the sales of {title[:120]} with you",
            [
                "Hello,",
                f"{owner.name} offers you {row.percent.normalize():f} % {what} of “{title}”, after the platform's fee.",
                "Sign in with this address to accept or decline.",
            ],
            key=f"partner-{row.id}", action=("See the offer", f"{get_settings().public_url}/studio/partners"),
        )  # fmt: skip
        await notifications.queue_mail(session, mail)


TASKS = {"gifts.send": send_gift, "partners.invitation": invitation}
