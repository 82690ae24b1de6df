"""Keeps other websites from poking a developer's sandbox through the browser."""

from __future__ import annotations

from starlette.requests import Request

from marketplace.settings import Settings


def from_elsewhere(request: Request, settings: Settings) -> bool:
    """Whether another website sent this request. Scripts send neither header and are let in."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and origin not in settings.origins
