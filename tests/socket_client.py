"""One browser tab as the server sees it: a Reflex websocket that can send anything, and says what came back.

The protocol is written out (Engine.IO 4, Socket.IO 5), so that frames no browser would send can be sent too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ROOT = "reflex___state____state"
SAY = f"{ROOT}.marketplace___state___viewer____viewer.say"
HYDRATE = f"{ROOT}.hydrate_and_load"


class Socket:
    """A connected tab. ``frames`` holds every message received, as text."""

    def __init__(self, connection: ClientConnection, token: str) -> None:
        self._connection = connection
        self.token = token
        self.frames: list[str] = []

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        cookie: str = "",
        origin: str | None = "",
        token: str = "",
        headers: dict[str, str] | None = None,
    ) -> Self:
        """Connect with this session cookie. ``origin`` empty: our own; ``None``: no header.

        Raises ``websockets.exceptions.InvalidStatus`` when the server refuses the connection.
        """
        token = token or str(uuid4())
        sent = dict(headers or {})
        if origin is not None:
            sent["Origin"] = origin or url
        if cookie:
            sent["Cookie"] = f"market_session={cookie}"
        address = f"{url.replace('http', 'ws', 1)}/_event/?EIO=4&transport=websocket&token={quote(token)}"
        connection = await connect(address, additional_headers=sent, max_size=None, proxy=None)
        tab = cls(connection, token)
        await tab._until("0{")
        await tab.raw("40/_event,")
        await tab._until("40/_event,")
        return tab

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._connection.close()

    async def raw(self, frame: str) -> None:
        await self._connection.send(frame)

    async def emit(self, *what: Any) -> None:
        """A Socket.IO message of our namespace with anything in it."""
        await self.raw("42/_event," + json.dumps(list(what)))

    async def send(
        self, name: Any, payload: Any = None, *, path: str = "/", query: dict[str, Any] | None = None, **router: Any
    ) -> None:
        """A Reflex event. ``payload`` is sent as it is; leave it out for none."""
        router_data = {"pathname": path, "asPath": path, "query": query or {}, **router}
        await self.emit(
            "event", {"name": name, "payload": {} if payload is None else payload, "router_data": router_data}
        )

    async def settle(self, seconds: float = 30) -> list[str]:
        """Wait until everything sent so far was handled; returns what came meanwhile.

        Events of one tab are handled in order, so the answer to a harmless last one says that they all are.
        Background handlers may still be running: see :meth:`quiet`.
        """
        marker, before = uuid4().hex, len(self.frames)
        await self.send(SAY, {"kind": "info", "title": marker})
        await self._until(marker, seconds, anywhere=True)
        return self.frames[before:]

    async def quiet(self, seconds: float = 0.6) -> None:
        """Read on until nothing has come for this long: background handlers are done."""
        with contextlib.suppress(TimeoutError):
            while True:
                await self._read(seconds)

    async def hydrate(self, *, path: str = "/", query: dict[str, Any] | None = None, **payload: Any) -> list[str]:
        """What a page does first; returns the frames with the whole public state."""
        await self.send(HYDRATE, payload, path=path, query=query)
        return await self.settle()

    @property
    def text(self) -> str:
        """Everything ever received."""
        return "\n".join(self.frames)

    async def _until(self, marker: str, seconds: float = 20, *, anywhere: bool = False) -> str:
        async with asyncio.timeout(seconds):
            while True:
                frame = await self._read(seconds)
                if (marker in frame) if anywhere else frame.startswith(marker):
                    return frame

    async def _read(self, seconds: float) -> str:
        frame = str(await asyncio.wait_for(self._connection.recv(), seconds))
        if frame == "2":
            await self.raw("3")
        else:
            self.frames.append(frame)
        return frame


async def survives(tab: Socket) -> bool:
    """Does the connection still answer?"""
    try:
        await tab.settle(10)
    except (ConnectionClosed, TimeoutError):
        return False
    return True
