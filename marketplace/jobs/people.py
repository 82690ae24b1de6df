"""Letters between people: presents and invitations to share in a product's sales."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

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
        title = await _title(session, row)
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


async def answered(partnership_id: str) -> None:
    """To the owner."""
    async with transaction() as session:
        row = await session.get(Partnership, UUID(partnership_id))
        if row is None or row.partner_id is None or row.answered_at is None:
            return
        owner, partner = await accounts.account(session, row.owner_id), await accounts.account(session, row.partner_id)
        title = await _title(session, row)
        with reading(owner.language):
            subject = _("{partner} declined a share of {title}")
            words = _("{partner} declined. Nothing of the sales of “{title}” goes to them.")
            if row.state != "declined":
                subject = _("{partner} accepted a share of {title}")
                words = _(
                    "From now on {partner} gets {percent} of each sale of “{title}” that comes through their link, after"
                    " the platform's fee."
                )
                if row.role == "co_creator":
                    words = _(
                        "From now on {partner} gets {percent} of every sale of “{title}”, after the platform's fee."
                    )
            share = percent_words(row.percent.normalize())
            mail = notifications.compose(
                owner.email, subject.format(partner=partner.name, title=brief(title)),
                [notifications.hello(owner.name), words.format(partner=partner.name, percent=share, title=title)],
                key=f"partner-answer-{row.id}", action=(_("Open partners"), page("/studio/partners")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def ended(partnership_id: str, by_owner: bool, shared: bool) -> None:
    """To the side that didn't end it. ``shared``: it had been accepted."""
    async with transaction() as session:
        row = await session.get(Partnership, UUID(partnership_id))
        if row is None:
            return
        owner, title = await accounts.account(session, row.owner_id), await _title(session, row)
        partner = await accounts.account(session, row.partner_id) if row.partner_id else None
        other, by = (partner, owner) if by_owner else (owner, partner)
        to, name = (other.email, other.name) if other else (row.email, "")
        language = await accounts.language_of(session, to) or owner.language
        with reading(language):
            subject = _("{person} no longer shares in {title}")
            words = _("From now on {person} gets nothing of sales of “{title}”. What was sold until then stays shared.")
            if by_owner:
                subject = _("{person} ended your share of {title}")
                words = _("From now on you get nothing of sales of “{title}”. What was sold until then stays yours.")
            if not shared:
                subject = _("{person} took back the offer of a share of {title}")
                words = _("{person} took back the offer of a share of “{title}”. There is nothing to do for you.")
            person = by.name if by else row.email
            mail = notifications.compose(
                to, subject.format(person=person, title=brief(title)),
                [notifications.hello(name), words.format(person=person, title=title)],
                key=f"partner-end-{row.id}", action=(_("Open partners"), page("/studio/partners")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def _title(session: AsyncSession, row: Partnership) -> str:
    found = await browse.listings(session, [row.product_id])
    return found[0].product.title if found else ""


TASKS = {
    "gifts.send": send_gift, "partners.invitation": invitation, "partners.answered": answered, "partners.ended": ended,
}  # fmt: skip
