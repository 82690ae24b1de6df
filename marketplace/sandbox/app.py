"""The sandbox as one ASGI app, mounted under ``/sandbox`` by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from marketplace.sandbox.chaos import Chaos
from marketplace.sandbox.delivery import Courier, Endpoint
from marketplace.sandbox.store import Store
from marketplace.settings import Settings


class Sandbox:
    """Holds what every stand-in needs: settings, store, where webhooks go."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self.settings = settings
        self.store = Store(dsn, settings.data_dir / "sandbox")
        self.endpoints: dict[str, Endpoint] = {}
        self.app = Starlette(routes=self._routes())

    def url(self, path: str) -> str:
        """A sandbox address as a browser sees it."""
        return f"{self.settings.sandbox_public_url}{path}"

    def _routes(self) -> list[BaseRoute]:
        """Only vendors without keys are mounted: with keys set, their stand-in can't be reached."""
        from marketplace.sandbox import embeddings, mail, pages, stripe, supabase, vimeo

        routes: list[BaseRoute] = []
        for vendor, wanted, module in (
            ("stripe", self.settings.stripe_sandboxed, stripe),
            ("supabase", self.settings.supabase_sandboxed, supabase),
            ("vimeo", self.settings.vimeo_sandboxed, vimeo),
            ("mail", self.settings.mail_sandboxed, mail),
            ("embeddings", self.settings.embeddings_sandboxed, embeddings),
        ):
            if not wanted:
                continue
            self.endpoints.update(module.endpoints(self))
            routes.append(Mount(f"/{vendor}/pages", routes=module.page_routes(self)))
            api = Starlette(routes=module.api_routes(self))
            routes.append(Mount(f"/{vendor}", app=Chaos(api, self.store, vendor)))
        return [*routes, *pages.routes(self)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the store and deliver webhooks until the block ends."""
        await self.store.open()
        courier = asyncio.create_task(Courier(self.store, self.endpoints).run())
        try:
            yield
        finally:
            courier.cancel()
            with suppress(asyncio.CancelledError):
                await courier
            await self.store.close()
