"""Uploaded files: evidence for disputes. What is uploaded can be looked at in the sandbox."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import stripe
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from stripe.params._file_create_params import FileCreateParams
from stripe.params._file_retrieve_params import FileRetrieveParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.html import page
from marketplace.sandbox.store import Row, in_thread
from marketplace.sandbox.stripe.api import Call, Upload, retriever, route
from marketplace.sandbox.stripe.errors import ApiError, invalid
from marketplace.sandbox.stripe.objects import VENDOR, new_id, save, shape

PURPOSE = "dispute_evidence"
_MAX_BYTES = 5 * 1024 * 1024
_SIGNS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
_MEDIA = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        route(sandbox, "POST", "/v1/files", FileCreateParams, create),
        route(sandbox, "GET", "/v1/files/{id}", FileRetrieveParams, retriever("file")),
    ]


def page_routes(sandbox: Sandbox) -> list[BaseRoute]:
    async def show(request: Request) -> Response:
        """Handed out to be saved, never to be run by a browser."""
        async with sandbox.store.tx() as tx:
            row = await tx.get(VENDOR, "file", request.path_params["id"])
        if row is None:
            return page("Not found", "<h1>This file doesn't exist</h1>", narrow=True, status=404)
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        path, media = _path(sandbox, row["id"]), _MEDIA[row["type"]]
        return FileResponse(path, media_type=media, filename=row["filename"], headers=headers)

    return [Route("/files/{id}", show, methods=["GET"])]


async def create(call: Call) -> Row:
    upload, purpose = call.params["file"], call.params["purpose"]
    if purpose != PURPOSE:
        raise invalid(f"This stand-in takes files of the purpose {PURPOSE} only.", "purpose")
    kind = _kind(upload)
    id = new_id("file_")
    await in_thread(_path(call.sandbox, id).write_bytes, upload.content)
    values = {
        "id": id,
        "object": "file",
        "created": call.tx.timestamp(),
        "filename": PurePosixPath(upload.name.replace("\\", "/")).name or f"file.{kind}",
        "purpose": purpose,
        "size": len(upload.content),
        "type": kind,
        "url": call.sandbox.url(f"/stripe/pages/files/{id}"),
    }
    return await save(call.tx, "file", shape(stripe.File, values))


def _kind(upload: Row | Upload | str) -> str:
    """By its first bytes, whatever it is called."""
    if not isinstance(upload, Upload):
        raise ApiError("Invalid file: send it as multipart/form-data.", param="file", stored=False)
    if len(upload.content) > _MAX_BYTES:
        raise ApiError("Your file exceeds the maximum size of 5 MB for this purpose.", param="file", stored=False)
    kind = next((kind for sign, kind in _SIGNS.items() if upload.content.startswith(sign)), None)
    if kind is None:
        raise ApiError("Evidence must be a PDF, JPEG or PNG file.", param="file", stored=False)
    return kind


def _path(sandbox: Sandbox, id: str) -> Path:
    return sandbox.store.path("stripe", "files", id)
