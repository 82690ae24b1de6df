"""The videos as people see them on the sandbox's index page, with what can be done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.origin import from_elsewhere
from marketplace.sandbox.store import Row
from marketplace.sandbox.vimeo import processing
from marketplace.sandbox.vimeo.records import VENDOR, count, delete_video, page_of_videos, public_video
from marketplace.sandbox.vimeo.wire import Problem

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_SHOWN = 25
_INTRO = (
    '<p class="muted">Where uploads go and videos play from. Files are checked and, where needed, converted with'
    " ffmpeg; nothing leaves this machine.</p>"
)


class Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.all, methods=["GET"]),
            Route("/videos/{video}/{action}", self.act, methods=["POST"]),
        ]

    async def all(self, request: Request) -> Response:
        return page("Vimeo", f"<h1>Vimeo</h1>{await index_html(self._sandbox)}")

    async def act(self, request: Request) -> Response:
        if from_elsewhere(request, self._sandbox.settings):
            return PlainTextResponse("This form belongs to another site.", status_code=403)
        try:
            await self._do(request.path_params["action"], request.path_params["video"])
        except Problem as problem:
            return PlainTextResponse(str(problem), status_code=problem.status)
        return RedirectResponse(local(self._sandbox.url("/")) + "#vimeo", status_code=303)

    async def _do(self, action: str, video: str) -> None:
        match action:
            case "fail":
                await processing.force_error(self._sandbox, video)
            case "complete":
                await processing.finish_now(self._sandbox, video)
            case "delete":
                await delete_video(self._sandbox.store, video)
            case _:
                raise Problem(404, "There is no such action.", code=5000)


async def index_html(sandbox: Sandbox) -> str:
    """The fragment for the index page."""
    async with sandbox.store.tx() as tx:
        total = await count(tx, "video")
        videos = await page_of_videos(tx, 1, _SHOWN)
        cards = []
        for video in videos:
            tracks = await tx.find(VENDOR, "texttrack", {"video": video["id"]})
            cards.append(_card(video, public_video(sandbox, tx, video, "index"), tracks, sandbox))
    if not cards:
        return f'{_INTRO}<p class="card muted">No videos yet. Upload one in the studio and it appears here.</p>'
    more = f'<p class="muted">The newest {_SHOWN} of {total}.</p>' if total > _SHOWN else ""
    return f"{_INTRO}{more}{''.join(cards)}"


def _card(video: Row, shown: Row, tracks: list[Row], sandbox: Sandbox) -> str:
    links = shown["play"].get("progressive", [])
    watch = f' · <a href="{e(links[0]["link"])}">Play the file</a>' if links else ""
    reason = f'<p class="error">{e(video["reason"])}</p>' if video["reason"] else ""
    facts = (
        ("State", str(shown["status"]).replace("_", " ")),
        ("Size", _size(video)),
        ("May be embedded on", ", ".join(video["domains"]) or "no site yet"),
        ("Captions", ", ".join(_track(track) for track in tracks) or "none"),
    )
    rows = "".join(f"<tr><th>{e(name)}</th><td>{e(value)}</td></tr>" for name, value in facts)
    return (
        f'<div class="card"><strong>{e(video["name"])}</strong>'
        f'<p class="muted">{e(shown["uri"])}{watch}</p>{reason}<table>{rows}</table>{_actions(video, sandbox)}</div>'
    )


def _actions(video: Row, sandbox: Sandbox) -> str:
    offered = [("delete", "Delete at Vimeo's side", "danger")]
    if video["upload"] == "complete":
        offered.insert(0, ("fail", "Make transcoding fail", "quiet"))
        if video["transcode"] == "in_progress":
            offered.insert(0, ("complete", "Finish transcoding now", "quiet"))
    base = local(sandbox.url(f"/vimeo/pages/videos/{video['id']}"))
    forms = (
        f'<form method="post" action="{e(base)}/{action}"><button class="{style}">{e(label)}</button></form>'
        for action, label, style in offered
    )
    return f'<div class="row" style="margin-top:16px">{"".join(forms)}</div>'


def _size(video: Row) -> str:
    size = f"{video['size'] / 1024**2:.1f} MB"
    return f"{size}, {video['duration']} s, {video['width']}×{video['height']}" if video["duration"] else size


def _track(track: Row) -> str:
    return f"{track['name']} ({track['language']}{'' if track['active'] else ', not active'})"
