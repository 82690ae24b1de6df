"""The composition root: settings, gateways, door, pages, routes and lifespan meet here and nowhere else."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import reflex as rx
from starlette.applications import Starlette
from starlette.routing import Mount

from marketplace import db, logs
from marketplace.api import auth, buy, certificates, course_files, documents, export, health, journal, seo, webhooks
from marketplace.api.first_paint import FirstPaint
from marketplace.api.security import SecurityHeaders
from marketplace.components.connection import connection_notice
from marketplace.components.crash import crash_notice
from marketplace.components.toast import toaster
from marketplace.db import dsn
from marketplace.jobs.app import working
from marketplace.pages import routes
from marketplace.settings import get_settings
from marketplace.state.door import Door
from marketplace.visits import visits

settings = get_settings()
logs.configure(json=settings.is_production)


def _sandbox():  # type: ignore[no-untyped-def]
    """The stand-ins for vendors without keys; never with all keys set, never in production."""
    if not settings.sandboxed_vendors:
        return None
    from marketplace.sandbox.app import Sandbox

    return Sandbox(settings, dsn())


sandbox = _sandbox()
api = Starlette(
    routes=[
        *auth.routes,
        *buy.routes,
        *journal.routes,
        *documents.routes,
        *certificates.routes,
        *export.routes,
        *course_files.routes,
        *webhooks.routes,
        *health.routes,
        *seo.routes,
        *([Mount("/sandbox", app=sandbox.app)] if sandbox else []),
    ]
)

app = rx.App(
    api_transformer=[
        api,
        partial(FirstPaint, patterns=[route.path for route in routes()]),
        SecurityHeaders,
        logs.RequestIds,
    ],
    stylesheets=["/fonts/fonts.css", "/styles.css"],
    toaster=toaster(),
)
app.app_wraps[(5, "Overlay")] = connection_notice  # both in place of Reflex's own
app.app_wraps[(55, "ErrorBoundary")] = crash_notice
app.add_middleware(Door(), index=0)
for route in routes():
    app.add_page(route.page, route=route.path, title=route.title, description=route.description, on_load=route.on_load)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """What lives as long as the process: the sandbox and the worker."""
    gc.collect()
    gc.freeze()  # a million objects of modules and classes need no look at each full collection
    async with AsyncExitStack() as stack:
        if sandbox:
            await stack.enter_async_context(sandbox.running())
        if settings.worker_in_web:
            await stack.enter_async_context(working())
        yield
    await visits.write()
    await db.close()


app.register_lifespan_task(running)
