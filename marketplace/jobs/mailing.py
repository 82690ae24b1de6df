"""Waitlists are told when a product is out, and letters go to who asked for them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from marketplace import lists
from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.mailing import letters
from marketplace.domain.mailing import service as mailing
from marketplace.domain.mailing.models import Letter, Subscriber
from marketplace.domain.notifications.ports import Mail
from marketplace.present import product_path
from marketplace.settings import get_settings

_PAGE = 200
_LATELY = timedelta(minutes=3)


async def release(timestamp: int = 0) -> None:
    """Every minute: kept pages of what came out are made anew, and whoever waited gets a mail."""
    async with transaction() as session:
        await mailing.pages_of_released(session, now() - _LATELY)
    async with transaction() as session:
        waiting = await mailing.out_now(session, _PAGE)
    for product_id in waiting:
        while await _tell(product_id) == _PAGE:
            pass


async def _tell(product_id: UUID) -> int:
    """A part of a waitlist."""
    async with transaction() as session:
        listing = next(iter(await browse.listings(session, [product_id])), None)
        if listing is None:
            return 0
        title, address = listing.product.title, f"{get_settings().public_url}{product_path(listing.product)}"
        return await mailing.tell(session, product_id, lambda row: lists.release_mail(row, title, address), _PAGE)


async def send(letter_id: str) -> None:
    """A letter, part by part; a job that died goes on where it was."""
    settings = get_settings()
    while True:
        async with transaction() as session:
            creator = await letters.writer(session, UUID(letter_id))
            if creator is None:
                return
            account = await accounts.account(session, creator)
            address = f"{settings.public_url}/creators/{account.handle}"

            def mail(letter: Letter, row: Subscriber) -> Mail:
                return lists.letter_mail(
                    letter.subject, letter.body_md, account.name, address, row.email,  # noqa: B023
                    key=f"letter-{letter.id.hex}-{row.id.hex}", leave=lists.leave_url(row.id),
                )  # fmt: skip

            if not await letters.part(session, UUID(letter_id), mail, _PAGE):
                return


async def unfinished(timestamp: int = 0) -> None:
    """Every hour, what jobs that died left behind."""
    async with transaction() as session:
        found = await letters.unfinished(session, _PAGE)
    for letter_id in found:
        await send(str(letter_id))


async def tidy(timestamp: int = 0) -> None:
    async with transaction() as session:
        await mailing.tidy(session)


TASKS = {"mailing.send": send}
PERIODIC = {
    "mailing.release": ("* * * * *", release), "mailing.tidy": ("17 4 * * *", tidy), "mailing.hour": ("37 * * * *", unfinished),
}  # fmt: skip
