"""Embeddings against the stand-in, over HTTP, and against what other servers of that protocol answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from product import SandboxServer, free_port, make_database
from vimeo_help import calm, set_knobs

from marketplace.errors import ConfigurationError, Invalid, MarketplaceError, Unavailable
from marketplace.gateways import embeddings
from marketplace.gateways.embeddings import Embeddings, make_embedder
from marketplace.settings import Settings


@pytest.fixture(scope="module")
def server(pg_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    settings = Settings(
        _env_file=None, marketplace_env="test", port=free_port(), public_url="", embeddings_url="sandbox",
        data_dir=tmp_path_factory.mktemp("embeddings"), embeddings_dimensions=64,
    )  # fmt: skip
    server = SandboxServer(settings, make_database(pg_url, "embeddings"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(server: SandboxServer) -> Iterator[Settings]:
    calm(server.settings.sandbox_internal_url)
    yield server.settings
    calm(server.settings.sandbox_internal_url)


def alike(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_texts_become_vectors_in_their_order_and_the_same_ones_each_time(settings: Settings) -> None:
    model = Embeddings(settings)
    texts = [f"text {n}" for n in range(70)]  # more than one call takes
    found = await model.embed(texts)
    assert [len(vector) for vector in found] == [64] * 70
    assert await model.embed_query("text 41") == pytest.approx(found[41])
    mending, jeans, bread = await model.embed(["mend torn trousers", "repair for ripped jeans", "a loaf of bread"])
    assert alike(mending, jeans) > 0.4 > alike(mending, bread) + 0.2


async def test_any_text_has_a_vector(settings: Settings) -> None:
    odd = ["…", "\x00", "🔥", "أهلا", "焼き物", "a" * 10_000, "' OR 1=1", "\ud83d\ude00", " "]
    assert all(any(vector) for vector in await Embeddings(settings).embed(odd))


async def test_a_server_that_is_busy_is_asked_again_and_one_that_is_down_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "_FIRST_WAIT_S", 0.01)
    model, base = Embeddings(settings), settings.sandbox_internal_url
    set_knobs(base, "embeddings", limit_next=2)
    assert len(await model.embed(["clay"])) == 1
    set_knobs(base, "embeddings", limit_next=1)
    with pytest.raises(Unavailable):
        await model.embed_query("clay")
    set_knobs(base, "embeddings", down=True)
    with pytest.raises(Unavailable):
        await model.embed(["clay"])
    nobody = settings.model_copy(update={"port": free_port()})
    with pytest.raises(Unavailable):
        await Embeddings(nobody).embed_query("clay")


PLAIN = Settings(
    _env_file=None, marketplace_env="test", embeddings_url="http://localhost/v1/embeddings", embeddings_dimensions=64
)


def answering(answer: Callable[[dict], httpx.Response]) -> Embeddings:
    """The gateway in front of a server that answers like this to the body it is sent."""
    model = Embeddings(PLAIN)
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer(json.loads(request.content))))
    model._http = lambda: client  # type: ignore[method-assign]
    return model


def vectors(*found: list[float]) -> httpx.Response:
    return httpx.Response(200, json={"data": [{"index": n, "embedding": one} for n, one in enumerate(found)]})


async def test_a_model_whose_length_is_fixed_is_asked_without_it() -> None:
    def answer(body: dict) -> httpx.Response:
        if "dimensions" in body:
            return httpx.Response(400, json={"error": {"message": "does not support matryoshka dimensions"}})
        return vectors([1.0] * 64)

    assert await answering(answer).embed_query("clay") == [1.0] * 64


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (httpx.Response(401), ConfigurationError), (httpx.Response(404), ConfigurationError),
        (httpx.Response(400, text="too long"), Invalid), (httpx.Response(302), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable), (httpx.Response(200, json={"data": [{}]}), Unavailable),
        (httpx.Response(200, json=[]), Unavailable), (vectors(), Unavailable), (vectors([0.0] * 64), Unavailable),
        (vectors([1.0] * 65), ConfigurationError), (vectors([1.0] * 63 + [1e9]), Unavailable),
        (httpx.Response(200, text='{"data": [{"index": 0, "embedding": [NaN]}]}'), Unavailable),
    ],
)  # fmt: skip
async def test_an_answer_that_is_no_vector_is_refused(answer: httpx.Response, problem: type[MarketplaceError]) -> None:
    with pytest.raises(problem):
        await answering(lambda _body: answer).embed_query("clay")


async def test_the_stand_in_refuses_what_the_real_one_refuses(settings: Settings) -> None:
    url, key = f"{settings.sandbox_internal_url}/embeddings/v1/embeddings", {"Authorization": "Bearer k"}
    fine = {"model": "m", "input": "clay"}
    bodies = [{}, [], {"model": "m"}, {**fine, "input": ""}, {**fine, "input": []}, {**fine, "input": [1]},
              {**fine, "dimensions": 0}, {**fine, "input": "a" * 40_000}]  # fmt: skip
    async with httpx.AsyncClient(trust_env=False) as client:
        assert [(await client.post(url, json=body, headers=key)).status_code for body in bodies] == [400] * len(bodies)
        assert (await client.post(url, json=fine)).status_code == 401
        answer = await client.post(url, json=fine, headers=key)
    assert len(answer.json()["data"][0]["embedding"]) == 1536


def test_it_is_off_unless_asked_for_and_production_refuses_the_stand_in(settings: Settings) -> None:
    plain = Settings(_env_file=None, marketplace_env="test", port=settings.port)
    assert make_embedder(plain) is None
    assert "embeddings" not in plain.sandboxed_vendors
    with pytest.raises(ConfigurationError, match="embeddings"):
        Settings(_env_file=None, marketplace_env="production", embeddings_url="sandbox")
