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
from marketplace.api import (
    auth,
    buy,
    certificates,
    course_blocks,
    course_files,
    course_mail,
    documents,
    embeds,
    export,
    export_lists,
    feeds,
    health,
    journal,
    lesson_pictures,
    mailing,
    notes,
    offline,
    product_cards,
    reviews,
    seo,
    share_pictures,
    submissions,
    suggest,
    webhooks,
)
from marketplace.api.arrivals import Arrivals
from marketplace.api.first_paint import FirstPaint
from marketplace.api.languages import Languages
from marketplace.api.page_cache import PageCache
from marketplace.api.security import SecurityHeaders
from marketplace.components.connection import connection_notice
from marketplace.components.crash import crash_notice
from marketplace.components.toast import toaster
from marketplace.components.typefaces import typefaces
from marketplace.db import dsn
from marketplace.jobs.app import working
from marketplace.pages import localised_routes
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
        *export_lists.routes,
        *feeds.routes,
        *course_files.routes,
        *submissions.routes,
        *lesson_pictures.routes,
        *mailing.routes,
        *product_cards.routes,
        *embeds.routes,
        *course_mail.routes,
        *course_blocks.routes,
        *notes.routes,
        *offline.routes,
        *reviews.routes,
        *webhooks.routes,
        *health.routes,
        *seo.routes,
        *share_pictures.routes,
        *suggest.routes,
        *([Mount("/sandbox", app=sandbox.app)] if sandbox else []),
    ]
)

page_cache = PageCache(settings.page_cache_bytes)
app = rx.App(
    api_transformer=[
        api,
        partial(FirstPaint, patterns=[page.path for page in localised_routes()]),
        SecurityHeaders,
        logs.RequestIds,
        page_cache.around,
        Arrivals,
        Languages,
    ],
    head_components=[rx.el.link(rel="manifest", href="/manifest.webmanifest"), *typefaces()],
    stylesheets=["/styles.css"],
    toaster=toaster(),
)
app.app_wraps[(5, "Overlay")] = connection_notice  # both in place of Reflex's own
app.app_wraps[(55, "ErrorBoundary")] = crash_notice
app.add_middleware(Door(), index=0)
for page in localised_routes():
    app.add_page(page.page, route=page.path, title=page.title, description=page.description, on_load=page.on_load)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """What lives as long as the process: the sandbox and the worker."""
    gc.collect()
    gc.freeze()  # a million objects of modules and classes need no look at each full collection
    async with AsyncExitStack() as stack:
        if sandbox:
            await stack.enter_async_context(sandbox.running())
        if settings.page_cache_bytes:
            await stack.enter_async_context(page_cache.listening())
        if settings.worker_in_web:
            await stack.enter_async_context(working())
        yield
    await visits.write()
    await db.close()


app.register_lifespan_task(running)
