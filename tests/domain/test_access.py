"""Who may watch: each allowed case stands beside a denied one."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from marketplace.domain.access.rules import ANONYMOUS, Actor, GrantFact, decide_watch
from marketplace.domain.access.service import require_admin, require_creator, require_owner, require_signed_in
from marketplace.errors import Denied, Missing, SignInNeeded

OWNER, PERSON = uuid4(), uuid4()
DAY = datetime(2026, 3, 1, tzinfo=UTC)
LIVE = GrantFact("order", DAY)
GONE = GrantFact("order", DAY, datetime(2026, 4, 2, tzinfo=UTC), "it was refunded")
FREE = GrantFact("free", DAY)
ME, MODERATOR, ADMIN = Actor(PERSON), Actor(PERSON, "moderator"), Actor(PERSON, "admin")


@pytest.mark.parametrize(
    ("actor", "state", "kind", "grants", "code", "allowed"),
    [
        (Actor(OWNER), "draft", "fixed", (), "owner", True),
        (ME, "draft", "fixed", (), "not_published", False),
        (ANONYMOUS, "published", "fixed", (), "signed_out", False),
        (ANONYMOUS, "published", "free", (), "signed_out", False),
        (ANONYMOUS, "published", "fixed", (LIVE,), "signed_out", False),
        (ME, "published", "fixed", (), "not_bought", False),
        (ME, "published", "fixed", (LIVE,), "granted", True),
        (ME, "published", "fixed", (GONE,), "revoked", False),
        (ME, "published", "fixed", (GONE, LIVE), "granted", True),
        (ME, "published", "fixed", (GONE, FREE), "granted", True),
        (ME, "published", "free", (), "not_taken", False),
        (ME, "published", "free", (FREE,), "granted", True),
        (ME, "unpublished", "fixed", (), "not_published", False),
        (ME, "unpublished", "fixed", (LIVE,), "granted", True),
        (ME, "archived", "fixed", (GONE,), "not_published", False),
        (ME, "archived", "fixed", (LIVE,), "granted", True),
        (MODERATOR, "draft", "fixed", (), "staff", True),
        (ADMIN, "archived", "fixed", (GONE,), "staff", True),
        (Actor(None, "admin"), "published", "fixed", (), "signed_out", False),
        (Actor(PERSON, "owner"), "published", "fixed", (), "not_bought", False),
    ],
)  # fmt: skip
def test_may_watch(
    actor: Actor, state: str, kind: str, grants: tuple[GrantFact, ...], code: str, allowed: bool
) -> None:
    found = decide_watch(actor, title="T", creator_id=OWNER, state=state, price_kind=kind, grants=grants)
    assert (found.code, found.allowed) == (code, allowed)
    assert found.message.endswith(".")


def test_a_refund_explains_itself() -> None:
    found = decide_watch(ME, title="T", creator_id=OWNER, state="published", price_kind="fixed", grants=(GONE,))
    assert found.message == "You bought it on 1 March 2026; it was refunded on 2 April 2026."
    assert found.remedy == "buy"


@pytest.mark.parametrize(
    ("check", "allowed", "denied", "failure"),
    [
        (require_signed_in, ME, ANONYMOUS, SignInNeeded),
        (require_creator, Actor(PERSON, "member", True), ME, Denied),
        (require_creator, Actor(PERSON, "admin", True), ANONYMOUS, SignInNeeded),
        (require_admin, ADMIN, MODERATOR, Denied),
        (require_admin, ADMIN, Actor(None, "admin"), SignInNeeded),
    ],
)  # fmt: skip
def test_roles(check: object, allowed: Actor, denied: Actor, failure: type[Exception]) -> None:
    assert check(allowed) == PERSON  # type: ignore[operator]
    with pytest.raises(failure):
        check(denied)  # type: ignore[operator]


@pytest.mark.parametrize("owner", [OWNER, UUID(int=0)])
def test_anothers_thing_does_not_exist(owner: UUID) -> None:
    assert require_owner(Actor(owner), owner) == owner
    assert require_owner(ADMIN, owner, or_admin=True) == PERSON
    for stranger in (ME, MODERATOR, ADMIN):
        with pytest.raises(Missing):
            require_owner(stranger, owner)
    with pytest.raises(Missing):
        require_owner(MODERATOR, owner, or_admin=True)
