"""Embeddings by any server that speaks OpenAI's protocol. https://platform.openai.com/docs/api-reference/embeddings"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import httpx
import structlog

from marketplace.domain.search.ports import Space
from marketplace.errors import ConfigurationError, Invalid, Unavailable
from marketplace.i18n import N_
from marketplace.settings import Settings

log = structlog.get_logger()
_PER_CALL = 32  # texts
_TRIES, _FIRST_WAIT_S, _LONGEST_WAIT_S = 3, 1.0, 10.0
_REFUSED = N_("The embedding model refuses a text.")
_NO_KEY = N_("The embeddings server doesn't take EMBEDDINGS_API_KEY.")
_NOT_THERE = N_("The embeddings server knows no such address or model: look at EMBEDDINGS_URL and EMBEDDINGS_MODEL.")
_LENGTH = N_("The embedding model gives {given} numbers for a text: set EMBEDDINGS_DIMENSIONS to that.")


def make_embedder(settings: Settings) -> Embeddings | None:
    return Embeddings(settings) if settings.embeddings_url else None


class Embeddings:
    """The ``Embedder`` of :mod:`marketplace.domain.search.ports`. Connections are kept: whoever waits for a search
    can't wait for a handshake as well."""

    def __init__(self, settings: Settings) -> None:
        sandboxed = settings.embeddings_sandboxed
        self._url = (
            f"{settings.sandbox_internal_url}/embeddings/v1/embeddings" if sandboxed else settings.embeddings_url
        )
        self._key = "sandbox" if sandboxed else settings.embeddings_api_key
        self._space = Space(settings.embeddings_model, settings.embeddings_dimensions)
        self._asks_for_length = True
        self._trust_env = not sandboxed
        self._client: tuple[asyncio.AbstractEventLoop, httpx.AsyncClient] | None = None

    @property
    def space(self) -> Space:
        return self._space

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        found: list[list[float]] = []
        for start in range(0, len(texts), _PER_CALL):
            found += await self._patiently(texts[start : start + _PER_CALL])
        return found

    async def embed_query(self, text: str) -> list[float]:
        return (await self._once([text], timeout_s=5))[0]

    async def _patiently(self, texts: Sequence[str]) -> list[list[float]]:
        for tried in range(1, _TRIES + 1):
            try:
                return await self._once(texts, timeout_s=30)
            except _Later as problem:
                if tried == _TRIES:
                    raise
                await asyncio.sleep(min(problem.wait_s or _FIRST_WAIT_S * tried, _LONGEST_WAIT_S))
        raise Unavailable

    async def _once(self, texts: Sequence[str], *, timeout_s: float) -> list[list[float]]:
        answer = await self._post(texts, timeout_s)
        if answer.status_code in (400, 422) and self._asks_for_length and "dimensions" in answer.text:
            self._asks_for_length = False  # its length can't be chosen
            answer = await self._post(texts, timeout_s)
        _raise_for(answer)
        return self._vectors(answer, len(texts))

    async def _post(self, texts: Sequence[str], timeout_s: float) -> httpx.Response:
        body: dict[str, Any] = {
            "model": self._space.model,
            "input": [*map(_encodable, texts)],
            "encoding_format": "float",
        }
        if self._asks_for_length:
            body["dimensions"] = self._space.dimensions
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            return await self._http().post(self._url, json=body, headers=headers, timeout=timeout_s)
        except httpx.HTTPError as problem:
            raise _Later from problem

    def _http(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._client[0] is not loop:
            self._client = (loop, httpx.AsyncClient(trust_env=self._trust_env, follow_redirects=False))
        return self._client[1]

    def _vectors(self, answer: httpx.Response, wanted: int) -> list[list[float]]:
        """Checked to the last number: what comes from outside goes into an index."""
        try:
            rows = sorted(answer.json()["data"], key=lambda row: row["index"])
            vectors = [[float(number) for number in row["embedding"]] for row in rows]
        except (ValueError, KeyError, TypeError) as problem:
            raise Unavailable from problem
        if len(vectors) != wanted or not all(map(_sound, vectors)):
            raise Unavailable
        for vector in vectors:
            if len(vector) != self._space.dimensions:
                raise ConfigurationError(_LENGTH, given=len(vector))
        return vectors


class _Later(Unavailable):
    """``wait_s``: as long as the server asks to wait, if it does."""

    def __init__(self, wait_s: float = 0) -> None:
        super().__init__()
        self.wait_s = wait_s


def _encodable(text: str) -> str:
    """Without halves of signs, which JSON can't be made of."""
    return text.encode("utf-8", "replace").decode()


def _sound(vector: Sequence[float]) -> bool:
    return any(vector) and all(math.isfinite(number) and abs(number) < 60_000 for number in vector)


def _raise_for(answer: httpx.Response) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    log.warning("embeddings.refused", status=status)
    if status in (401, 403):
        raise ConfigurationError(_NO_KEY)
    if status in (404, 405):
        raise ConfigurationError(_NOT_THERE)
    if status in (400, 413, 422):
        raise Invalid(_REFUSED)
    asked = answer.headers.get("retry-after", "")
    raise _Later(float(asked) if asked.isdigit() else 0)
