"""Crashes at the worst moments: before a transaction begins, before it commits, right after it did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

from marketplace import checkout
from marketplace.api import webhooks as webhook_routes
from marketplace.jobs import documents, mail, media, orders, payouts, sweep, webhooks

_USERS = (webhook_routes, documents, mail, media, orders, payouts, sweep, webhooks, checkout)


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

    def around(self, original: Callable[[], AbstractAsyncContextManager[Any]]) -> Callable[[], Any]:
        """The product's own transaction, with three moments of danger around it."""

        @asynccontextmanager
        async def transaction() -> AsyncIterator[Any]:
            self.danger()
            async with original() as session:
                yield session
                self.danger()
            self.danger()

        return transaction

    @contextmanager
    def installed(self) -> Iterator[None]:
        before = [
            (module, name, getattr(module, name))
            for module in _USERS
            for name in ("transaction", "lean_transaction")
            if hasattr(module, name)
        ]
        for module, name, original in before:
            setattr(module, name, self.around(original))
        try:
            yield
        finally:
            for module, name, original in before:
                setattr(module, name, original)
