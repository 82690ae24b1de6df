"""What learners of the demo say of what they bought, and one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace import clock
from marketplace.db import transaction
from marketplace.demo.purchases import AMARA, ELEANOR, HANA, JONAS, LUCIA, MARCUS, PRIYA, SAM, TOM
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.reviews import service as reviews


@dataclass(frozen=True, slots=True)
class Review:
    buyer: str
    product: str
    days_ago: int
    stars: int
    words: str = ""
    reply: str = ""


REVIEWS = (
    Review(
        PRIYA, "center-and-open-a-bowl", 51, 5,
        "The second camera, from the potter's seat, is what made it click. I had watched a dozen other videos and never"
        " saw where the left elbow goes.\n\nThrew nine bowls the same weekend. Two were worth keeping.",
    ),
    Review(MARCUS, "center-and-open-a-bowl", 44, 4, "Calm and to the point. I'd have liked one more minute on fixing an off-centre lump."
           " The rest is the best lesson on this I have found.",
           "Thank you, Marcus. The lump that wanders has a lesson of its own now: it is being edited and comes in spring."),
    Review(AMARA, "center-and-open-a-bowl", 12, 5, "Short enough to watch again between two bowls, which is exactly how I use it."),
    Review(ELEANOR, "center-and-open-a-bowl", 6, 5),
    Review(SAM, "center-and-open-a-bowl", 5, 4, "I still lose the wall now and then, but I know why now."),
    Review(TOM, "country-loaf", 48, 5, "My crust finally sings. The part about waiting is not a joke: wait."),
    Review(PRIYA, "dip-glaze-without-drips", 38, 4, "No drips since. The tongs he recommends are hard to find here; kitchen ones do."),
    Review(LUCIA, "throw-a-mug-with-a-pulled-handle", 33, 4, "Pulling the handle took me three evenings. Worth each of them."),
    Review(PRIYA, "throw-a-mug-with-a-pulled-handle", 9, 5, "I drink from the fourth one every morning."),
    Review(TOM, "throw-a-mug-with-a-pulled-handle", 15, 3, "Good, but it goes fast once the handle is on. Expect to pause a lot."),
    Review(HANA, "misty-hills-in-five-washes", 40, 5, "Five washes, and you can see the paper breathe. Lovely."),
    Review(JONAS, "travis-picking-from-zero", 30, 4, "The slow tempo with the thumb alone is the key. Do that for a week first."),
    Review(AMARA, "keep-a-sourdough-starter", 28, 5, "Mine is called Gérard and he is very much alive."),
    Review(MARCUS, "name-things-well", 29, 5, "I renamed half a module afterwards and found a bug that had been there for two years."),
    Review(PRIYA, "a-month-at-the-wheel", 4, 5, "A month became six weeks, and I'm glad of every evening. The quizzes caught what I thought I knew."),
    Review(LUCIA, "a-month-at-the-wheel", 3, 4, "Well built: each week stands on the one before. Week three is a lot."),
    Review(SAM, "a-month-at-the-wheel", 2, 5),
)  # fmt: skip


async def plant(people: Mapping[str, Account], at: Callable[[datetime], AbstractContextManager[None]]) -> None:
    """Once: what somebody has written stays as it is."""
    for one in sorted(REVIEWS, key=lambda review: -review.days_ago):
        who = Actor(people[one.buyer].id)
        with at(clock.now() - timedelta(days=one.days_ago)):
            async with transaction() as session:
                listing = await browse.lesson(session, one.product)
                assert listing is not None
                product = listing.product
                review = await reviews.write(session, who, product, stars=one.stars, words=one.words)
                if one.reply:
                    creator = Actor(product.creator_id, "member", True)
                    await reviews.reply(session, creator, review.id, one.reply)
