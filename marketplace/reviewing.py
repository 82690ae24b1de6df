"""The reviews of a product as its page shows them, the same for the live page and the first paint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import page_tags
from marketplace.domain.access.service import Actor
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.reviews import service as reviews
from marketplace.domain.reviews.service import Figures, Mine, Page, Written
from marketplace.errors import Limited
from marketplace.i18n import _, count_words, ngettext
from marketplace.present import day, product_path
from marketplace.settings import get_settings
from marketplace.sql import Over

Item = dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """``figures``: what they come to, empty without any. ``bars``: five stars first. ``mine``: what this visitor wrote or
    may write. ``answers``: they are the creator, and may reply. ``told``: what became of a form."""

    figures: dict[str, str] = field(default_factory=dict)
    bars: list[Item] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    next_key: str = ""
    next_href: str = ""
    mine: dict[str, str] = field(default_factory=dict)
    answers: bool = False
    told: str = ""
    written: Sequence[Written] = ()

    @property
    def any(self) -> bool:
        """Is there anything to show?"""
        return bool(self.figures or self.mine)

    @property
    def tags(self) -> set[str]:
        """Of a kept page: whose names and pictures it shows."""
        return {page_tags.creator(one.author_id) for one in self.written}


async def shown(
    over: Over, actor: Actor, listing: Listing, parts: Sequence[Listing], *, key: str = "", said: str = ""
) -> Shown:
    """Of a bundle those of what is in it. ``key``: where the page begins; ``said``: as the address has it."""
    about = _about(listing, parts)
    rated = any(one.rating.count for one in (parts if listing.product.kind == "bundle" else [listing]))
    figures = await reviews.figures(over, list(about)) if rated else reviews.Figures()
    page = await reviews.page(over, list(about), key=key) if figures.rating.count else Page([])
    answers = actor.account_id == listing.product.creator_id and actor.signed_in
    action = review_action(listing.product.slug)
    return Shown(
        _figures(figures), _bars(figures), items(page.reviews, listing, parts), page.next_key,
        next_address(product_path(listing.product), page.next_key),
        _mine(await reviews.mine(over, actor, listing.product), action), answers,
        told(said) if actor.signed_in else "", page.reviews,
    )  # fmt: skip


async def more(session: AsyncSession, listing: Listing, parts: Sequence[Listing], key: str) -> tuple[list[Item], str]:
    """The next page, and the key of the one after it."""
    page = await reviews.page(session, list(_about(listing, parts)), key=key)
    return items(page.reviews, listing, parts), page.next_key


def _about(listing: Listing, parts: Sequence[Listing]) -> dict[UUID, str]:
    """The products whose reviews are shown; for parts, what they are called."""
    if listing.product.kind == "bundle":
        return {part.product.id: part.product.title for part in parts}
    return {listing.product.id: ""}


def items(written: Sequence[Written], listing: Listing, parts: Sequence[Listing]) -> list[Item]:
    titles = _about(listing, parts)
    return [_item(one, titles.get(one.product_id, ""), listing) for one in written]


def _item(one: Written, title: str, listing: Listing) -> Item:
    name = _("Somebody who left") if one.left else one.name
    return {
        "id": str(one.id), "name": name, "avatar": "" if one.left else one.avatar_url, "day": day(one.created_at),
        "stars": stars_words(one.stars), "percent": f"{20 * one.stars}%", "words": one.words,
        "edited": " · " + _("edited") if one.edited_at else "", "about": title,
        "reply": one.reply, "reply_by": listing.creator.name if one.reply else "",
        "reply_day": day(one.replied_at) if one.reply else "", "reported": "yes" if one.reported else "",
        "action": f"{review_action(listing.product.slug)}/{one.id}",
    }  # fmt: skip


def stars_words(stars: int) -> str:
    return ngettext("{n} of 5 stars", "{n} of 5 stars", stars).format(n=stars)


def ratings_words(count: int) -> str:
    return ngettext("{n} rating", "{n} ratings", count).format(n=count_words(count))


def _figures(figures: Figures) -> dict[str, str]:
    rating = figures.rating
    if not rating.count:
        return {}
    said = _("{stars} of 5 stars").format(stars=rating.words)
    return {
        "average": rating.words, "count": ratings_words(rating.count), "percent": f"{2 * rating.tenths}%", "words": said,
    }  # fmt: skip


def _bars(figures: Figures) -> list[Item]:
    count = figures.rating.count
    names = enumerate(figures.stars, 1)
    return [
        {
            "label": ngettext("{n} star", "{n} stars", stars).format(n=stars), "count": count_words(given),
            "percent": f"{round(100 * given / count)}%",
        }
        for stars, given in reversed(list(names))
    ] if count else []  # fmt: skip


def _mine(found: Mine, action: str) -> dict[str, str]:
    """Nothing for who neither has it nor could; else the form, or why there is none."""
    if found.standing not in ("may", "not_used", "partner"):
        return {}
    review = found.review
    return {
        "may": "yes" if found.standing == "may" else "", "why": found.why_not, "action": action,
        "has": "yes" if review else "", "chosen": str(review.stars) if review else "",
        "stars": stars_words(review.stars) if review else "", "percent": f"{20 * review.stars}%" if review else "",
        "words": review.words if review else "",
        "hidden": _hidden(review.hidden_reason) if review and review.hidden_at else "",
    }  # fmt: skip


def _hidden(reason: str) -> str:
    return _("Nobody else sees your review. We hid it: {reason}").format(reason=reason)


def next_address(path: str, key: str) -> str:
    """Where the next page is without scripts."""
    return f"{path}?{urlencode({'reviews': key})}#reviews" if key else ""


def review_action(slug: str) -> str:
    """The route that the forms post to."""
    return f"{get_settings().backend}/reviews/{quote(slug, safe='')}"


def told(code: str) -> str:
    """What became of a form, as the address that it led to says it."""
    return {
        "written": _("Thank you. Your review is here."), "removed": _("Your review is gone."),
        "replied": _("Your reply is here."), "reported": _("Thank you. We will look at it."),
        "often": _(Limited.message), "gone": _("That review isn't there any more."),
        "not": _("You can't review this at the moment."),
        "words": _("Write something, of at most 2,000 characters. Go back one page to find your text."),
        "wrong": _("Choose one to five stars; write nothing, or 10 to 2,000 characters. Go back one page to find your text."),
    }.get(code, "")  # fmt: skip
