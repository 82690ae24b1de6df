"""Guessing at somebody's password ends soon, and doesn't lock its owner out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from marketplace import clock, db
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.rules import network_of
from marketplace.errors import Limited
from tests.domain.world import World

OWNER, STRANGER = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def one_moment() -> Iterator[None]:
    """The tests stay inside one window."""
    with clock.frozen(datetime.now(UTC)):
        yield


@pytest.fixture
def email() -> str:
    return f"{secrets.token_hex(4)}@example.net"


async def tries(email: str, ip: str, number: int) -> int:
    """How many of them were let through."""
    let_through = 0
    for _ in range(number):
        try:
            async with db.transaction() as session:
                await accounts.limit_sign_in(session, email, ip)
            let_through += 1
        except Limited:
            pass
    return let_through


async def test_a_stranger_stops_himself_and_not_the_owner(world: World, email: str) -> None:
    assert await tries(email, STRANGER, 150) == 10
    assert await tries(email.upper(), STRANGER, 1) == 0
    assert await tries(email, OWNER, 10) == 10


async def test_another_address_of_the_same_person_is_not_meant(world: World, email: str) -> None:
    await tries(email, STRANGER, 11)
    assert await tries(f"other-{email}", STRANGER, 1) == 1


async def test_many_networks_together_can_not_go_on_guessing(world: World, email: str) -> None:
    assert sum([await tries(email, f"192.0.2.{n}", 12) for n in range(15)]) == 100


async def test_a_home_has_more_addresses_than_tries(world: World, email: str) -> None:
    """An IPv6 network gives each of its people billions of addresses."""
    assert sum([await tries(email, f"2001:db8:1:2::{n:x}", 1) for n in range(1, 31)]) == 10
    assert await tries(email, "2001:db8:1:3::1", 1) == 1


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""), ("unknown", "unknown"),
    ],
)  # fmt: skip
def test_network_of(ip: str, network: str) -> None:
    assert network_of(ip) == network
