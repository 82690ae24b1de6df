"""A stand-in for an embeddings server: the protocol is OpenAI's, the model is a toy that knows a few related words.

Texts are close when they share words, pieces of words, or a theme of ``_THEMES``. The same text is the same vector for
ever. ``EMBEDDINGS_URL=sandbox`` turns it on.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.sandbox.delivery import Endpoint

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_MAX_BODY, _MAX_TEXTS, _MAX_CHARACTERS = 4 * 1024 * 1024, 2048, 32_000
_WORD = re.compile(r"\w+")
_THEME, _WHOLE, _PIECE = 3.0, 1.0, 0.2
_THEMES = {
    "pottery": "pottery ceramic ceramics clay wheel kiln glaze mug bowl vase crockery tableware earthenware porcelain throwing",
    "bread": "bread loaf sourdough dough flour oven bake baking baker starter crust yeast pastry leaven",
    "painting": "watercolour watercolor aquarelle paint painting wash washes brush pigment landscape hills sketch drawing",
    "music": "guitar chord chords strings fingerpicking picking strum song melody music instrument acoustic",
    "woodwork": "wood woodwork joinery carpentry dovetail dovetails chisel saw plane plank furniture timber joint",
    "photography": "photography photo camera aperture shutter lens exposure portrait pictures light",
    "gardening": "garden gardening seed seeds seedlings plant plants balcony compost soil grow growing vegetables",
    "sewing": "sewing mend mending sashiko stitch fabric thread needle knee jeans trousers repair torn clothes",
    "programming": "programming python code coding software function variable names trace debugging error bug computer",
}
_THEME_OF = {word: theme for theme, words in _THEMES.items() for word in words.split()}
_COMMON = "a an and are as at be by for from how i in is it my of on or that the this to what with you your"
_THEME_OF |= dict.fromkeys(_COMMON.split(), "")


def embedding(text: str, dimensions: int) -> list[float]:
    """Of length 1."""
    vector = [0.0] * dimensions
    for word in _WORD.findall(text.casefold()) or [text]:
        for feature, weight in _features(word):
            place, sign = _hashed(feature)
            vector[place % dimensions] += sign * weight
    length = math.sqrt(sum(number * number for number in vector))
    return [number / length for number in vector] if length else [1.0, *vector[1:]]


@lru_cache(maxsize=4096)
def _features(word: str) -> tuple[tuple[str, float], ...]:
    theme = _THEME_OF.get(word, _THEME_OF.get(word.removesuffix("s")))
    if theme == "":
        return ((f"w {word}", _PIECE),)
    framed = f"<{word}>"
    pieces = [(f"p {framed[n : n + 3]}", _PIECE) for n in range(len(framed) - 2)]
    return (*([(f"t {theme}", _THEME)] if theme else []), (f"w {word}", _WHOLE), *pieces)


@lru_cache(maxsize=65_536)
def _hashed(feature: str) -> tuple[int, int]:
    number = int.from_bytes(blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest())
    return number >> 1, 1 if number & 1 else -1


def endpoints(sandbox: Sandbox) -> dict[str, Endpoint]:
    return {}


def api_routes(sandbox: Sandbox) -> list[Route]:
    return [Route("/v1/embeddings", _embeddings, methods=["POST"])]


def page_routes(sandbox: Sandbox) -> list[Route]:
    return []


async def index_html(sandbox: Sandbox) -> str:
    return f'<p class="card">A toy model that knows some words of {len(_THEMES)} crafts. It keeps nothing.</p>'


async def _embeddings(request: Request) -> Response:
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return _error(401, "You didn't provide an API key.", "invalid_api_key")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            return _error(413, "The request is too large.")
    try:
        body = json.loads(raw)
        texts, dimensions = _asked(body)
    except ValueError as problem:
        return _error(400, str(problem) or "The body is not JSON.")
    data = [
        {"object": "embedding", "index": n, "embedding": embedding(text, dimensions)} for n, text in enumerate(texts)
    ]
    tokens = sum(len(text) // 4 + 1 for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return JSONResponse({"object": "list", "data": data, "model": body["model"], "usage": usage})


def _asked(body: Any) -> tuple[list[str], int]:
    """Raises ``ValueError`` with the sentence that the server answers."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str) or not body["model"]:
        raise ValueError("you must provide a model parameter")
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not 1 <= len(texts) <= _MAX_TEXTS:
        raise ValueError("'$.input' is invalid.")
    if not all(isinstance(text, str) and text for text in texts):
        raise ValueError("'$.input' is invalid: each must be a string that isn't empty.")
    if any(len(text) > _MAX_CHARACTERS for text in texts):
        raise ValueError("This model's maximum context length is 8192 tokens.")
    dimensions = body.get("dimensions", 1536)
    if not isinstance(dimensions, int) or not 1 <= dimensions <= 4096:
        raise ValueError("'dimensions' must be between 1 and 4096.")
    if body.get("encoding_format", "float") != "float":
        raise ValueError("This stand-in gives floats only.")
    return texts, dimensions


def _error(status: int, message: str, code: str | None = None) -> JSONResponse:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return JSONResponse({"error": error}, status_code=status)
