"""A start as slow as a test needs it: the page's scripts or its websocket wait until they are let go."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, WebSocketRoute

_STATE = "is_hydrated_rx_state_"


class HeldScripts:
    """The built HTML is there, and nothing else runs before ``let_go``."""

    def __init__(self, page: Page) -> None:
        self._waiting: list[Route] | None = []
        page.route(re.compile(r"/assets/.*\.js"), self._ask)

    def _ask(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for route in waiting:
            route.continue_()


class HeldSocket:
    """The page runs, and is connected only by ``let_go``; with ``hold`` the server's answers wait.

    ``states`` counts the answers that came through and say how far the page's start is: two for each.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sockets: list[WebSocketRoute] = []
        self._kept: list[str | bytes] = []
        self._pass: int | None = None
        self.states = 0
        page.route_web_socket(re.compile("/_event"), lambda socket: self._sockets.append(socket))

    def let_go(self, only: int | None = None) -> None:
        """Connect. After ``only`` of the ``states`` the rest waits."""
        self._until(lambda: bool(self._sockets))
        self._pass, own = only, self._sockets.pop()
        own.connect_to_server().on_message(lambda frame: self._answer(own, frame))
        self._last = own

    def hold(self) -> None:
        self._pass = 0

    def let_rest_go(self) -> None:
        kept, self._kept, self._pass = self._kept, [], None
        for frame in kept:
            self._answer(self._last, frame)

    def break_off(self) -> None:
        self._last.close()

    def reach(self, states: int) -> None:
        """Until the page has got and drawn so many."""
        self._until(lambda: self.states >= states)
        self._page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _answer(self, own: WebSocketRoute, frame: str | bytes) -> None:
        if self._pass == 0:
            self._kept.append(frame)
            return
        own.send(frame)
        if _STATE in str(frame):
            self.states += 1
            self._pass = self._pass and self._pass - 1

    def _until(self, so: Callable[[], bool]) -> None:
        for _ in range(1500):
            if so():
                return
            self._page.evaluate("new Promise(requestAnimationFrame)")
        raise TimeoutError("the page's socket")
