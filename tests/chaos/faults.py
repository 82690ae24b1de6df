"""Crashes at the worst moments: before a transaction begins, before it commits, right after it did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from marketplace import checkout, db
from marketplace.api import webhooks as webhook_routes
from marketplace.jobs import mail, media, orders, payouts, sweep, webhooks

_USERS = (webhook_routes, mail, media, orders, payouts, sweep, webhooks, checkout)


class Crash(BaseException):
    """The process died here."""


class Broken(Exception):
    """Something failed loudly here, the process lives on."""


class Faults:
    """Stops whatever runs at the ``n``-th moment of danger; 0 is never."""

    def __init__(self) -> None:
        self._left = 0
        self._error: type[BaseException] = Crash
        self.struck = False

    @contextmanager
    def at(self, moment: int, *, hard: bool = True) -> Iterator[None]:
        self._left, self._error, self.struck = moment, Crash if hard else Broken, False
        try:
            yield
        except (Crash, Broken):
            pass
        finally:
            self._left = 0

    def danger(self) -> None:
        if self._left:
            self._left -= 1
            if not self._left:
                self.struck = True
                raise self._error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """The product's own, with three moments of danger around it."""
        self.danger()
        async with db.transaction() as session:
            yield session
            self.danger()
        self.danger()

    @contextmanager
    def installed(self) -> Iterator[None]:
        before = [
            (module, name, getattr(module, name))
            for module in _USERS
            for name in ("transaction", "lean_transaction")
            if hasattr(module, name)
        ]
        for module, name, _ in before:
            setattr(module, name, self.transaction)
        try:
            yield
        finally:
            for module, name, original in before:
                setattr(module, name, original)
