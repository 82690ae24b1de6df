"""The product's web process and its worker in one, made to be killed: ``python -m tests.chaos.victim``.

Everything is imported once. For each line on its input, ``<port> <moment>``, a child is forked that lives as a freshly
started process does: own event loop, own connections, nothing remembered. It takes webhooks, sells, and works on the
queue. At the ``moment``-th beginning or end of a transaction (0: never) it kills itself, as ``kill -9`` does.
Says the child's ``pid``, ``ready`` once it works, and ``ended`` with the signal that ended it; a further line lets go of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TextIO
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.api import webhooks
from marketplace.checkout import check_out_cart, start_purchase
from marketplace.domain.access.service import Actor
from marketplace.errors import MarketplaceError
from marketplace.jobs.app import queue, working
from tests.chaos.faults import Faults


class Deadly(Faults):
    """No exception, no ``finally``, no goodbye."""

    def danger(self) -> None:
        if self._left:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


async def _buy(request: Request) -> Response:
    """ "Buy now", or the basket's checkout."""
    wanted = await request.json()
    who = Actor(UUID(wanted["buyer"]))
    try:
        if "currency" in wanted:
            page = await check_out_cart(who, wanted["currency"])
        else:
            page = await start_purchase(who, wanted["slug"], wanted["typed"], code=wanted["code"], via=wanted["via"])
    except MarketplaceError as error:
        return JSONResponse({"refused": error.text}, 409)
    return JSONResponse({"page": page})


async def _live(port: int, say: TextIO) -> None:
    app = Starlette(routes=[*webhooks.routes, Route("/buy", _buy, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    async with working():
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        print("ready", file=say, flush=True)
        await serving


def main() -> None:
    queue()  # imports all jobs
    say = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the rest is a log
    for line in sys.stdin:
        port, moment = (int(word) for word in line.split())
        child = os.fork()
        if not child:
            deadly = Deadly()
            with deadly.installed(), deadly.at(moment):
                asyncio.run(_live(port, say))
            os._exit(0)
        print(f"pid {child}", file=say, flush=True)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        print(f"ended {ended.si_status if ended else 0}", file=say, flush=True)
        sys.stdin.readline()  # until then its number is nobody else's
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
