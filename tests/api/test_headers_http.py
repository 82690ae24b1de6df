"""What every answer carries, and what a real browser makes of it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from browser_setup import find
from visitor import visitor

from marketplace.components.python_worker_js import FOLDER

PAGES = ["/", "/login", "/search?q=bowl", "/library", "/studio", "/admin"]
OTHERS = [
    "/healthz", "/readyz", "/metrics", "/sandbox/", "/sandbox", "/favicon.ico", "/styles.css", "/nothing-here",
    "/lessons/nothing-here", "/auth/session", "/auth/callback", "/webhooks/stripe", "/_event", "/_upload", "/ping",
    "/assets/nothing.js", "/lessons/%00", "/..%2f..%2fetc/passwd", "/%ff",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_every_answer_is_guarded(product: Any, path: str) -> None:
    with visitor(product) as client:
        answer = client.get(path)
    assert answer.status_code < 500 or path == "/lessons/%00"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert re.fullmatch(r"[\w-]{8,64}", answer.headers["x-request-id"])
    assert "Traceback" not in answer.text
    assert "root:" not in answer.text


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_only_our_own_scripts(product: Any, path: str) -> None:
    with visitor(product) as client:
        found = policy(client.get(path, headers={"accept": "text/html"}))
    assert "'self'" in found["script-src"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:", "http:"} & set(found["script-src"])
    assert found["object-src"] == ["'none'"]
    assert found["base-uri"] == ["'self'"]
    assert found["form-action"] == ["'self'"]


def test_inline_scripts_of_a_page_are_named_by_their_hash(product: Any) -> None:
    import base64
    import hashlib

    with visitor(product) as client:
        answer = client.get("/")
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*ld\+json)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline}
    assert hashes
    assert hashes <= set(policy(answer)["script-src"])


async def test_a_browser_finds_nothing_to_complain_about(product: Any) -> None:
    """The policy as Chromium enforces it, on pages that came alive over the websocket."""
    from playwright.async_api import async_playwright

    path = find()
    assert path, "run python -m tests.browser_setup for a browser"
    said: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = await browser.new_context(base_url=product.url)
        await context.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('Content Security Policy ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        page = await context.new_page()
        page.on("console", lambda message: said.append(message.text))
        for where in ("/", "/login"):
            async with page.expect_websocket() as live:
                await page.goto(where)
                await page.mouse.move(30, 40)
            socket = await live.value
            await socket.wait_for_event("framereceived")
            await page.wait_for_load_state("load")
        complaints = [text for text in said if "Content Security Policy" in text or "violat" in text.lower()]
        # The counter-proof: the same page hears of a script that isn't ours.
        async with page.expect_event("console", lambda m: "Content Security Policy" in m.text):
            await page.evaluate(
                "() => { const s = document.createElement('script'); s.textContent = 'window.evil = 1';"
                " document.body.append(s); }"
            )
        assert await page.evaluate("() => window.evil") is None
        await browser.close()
    assert complaints == []


def test_assets_may_be_kept_forever_and_pages_may_not(product: Any) -> None:
    with visitor(product) as client:
        page = client.get("/")
        script = re.search(r'"(/assets/[^"]+-[^"]+\.js)"', page.text)
        assert script is not None
        asset = client.get(script[1])
        missing = client.get("/assets/nothing.js")
    assert asset.status_code == 200
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in page.headers.get("cache-control", "")
    assert "immutable" not in missing.headers.get("cache-control", "")


async def test_https_is_made_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.responses import PlainTextResponse

    from marketplace.api import security
    from marketplace.settings import Settings

    for address, expected in (("https://market.example", True), ("http://localhost:1", False)):
        settings = Settings(_env_file=None, marketplace_env="test", public_url=address)
        monkeypatch.setattr(security, "get_settings", lambda settings=settings: settings)
        transport = httpx.ASGITransport(security.SecurityHeaders(PlainTextResponse("x")))
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            answer = await client.get("/")
        assert ("strict-transport-security" in answer.headers) is expected


def test_health_says_little(product: Any) -> None:
    with visitor(product) as client:
        assert client.get("/healthz").text == "ok"
        ready = client.get("/readyz").json()
        metrics = client.get("/metrics")
    assert set(ready) == {"ready", "schema"}
    assert ready["ready"] is True
    lines = metrics.text.splitlines()
    assert all(re.fullmatch(r"marketplace_\w+ \d+", line) for line in lines)
    assert "marketplace_jobs_failed 0" in lines


def test_a_foreign_site_may_not_read_our_answers(product: Any) -> None:
    with visitor(product) as client:
        for path in ("/", "/readyz", "/_event/?EIO=4&transport=polling"):
            answer = client.get(path, headers={"Origin": "https://evil.example"})
            assert answer.headers.get("access-control-allow-origin") not in ("*", "https://evil.example")


def test_nothing_can_be_uploaded_to_the_framework(product: Any) -> None:
    """``rx.upload`` isn't used, so its route must not exist."""
    with visitor(product) as client:
        answer = client.post("/_upload", files={"files": ("a.html", b"<script>")}, headers={"reflex-client-token": "x"})
    assert answer.status_code in (404, 405)


def test_given_request_ids_are_kept_only_when_they_are_ids(product: Any) -> None:
    with visitor(product) as client:
        assert client.get("/healthz", headers={"x-request-id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
        for junk in ("x", "a b c d e f g h", "<script>alert(1)</script>", "a" * 65):
            assert client.get("/healthz", headers={"x-request-id": junk}).headers["x-request-id"] != junk


@pytest.mark.parametrize("path", ["/lessons/{slug}", "/watch/{slug}", "/search?q={title}", "/creators/mara"])
def test_unpublished_lessons_are_not_painted(product: Any, path: str) -> None:
    """The pages that are made on the server show strangers no draft either."""
    import secrets

    from visitor import add, all_of

    from marketplace.domain.accounts.models import Account
    from marketplace.domain.catalog.models import Product

    creator = all_of(product, Account, Account.handle == "mara")[0]
    title = f"canarydraft{secrets.token_hex(6)}"
    slug = f"address-{secrets.token_hex(6)}"
    add(product, Product(creator_id=creator.id, slug=slug, title=title, summary=title, state="unpublished"))
    with visitor(product) as client:
        text = client.get(path.format(slug=slug, title=title)).text
    assert f"/lessons/{slug}" not in text or "/lessons/" in path
    assert title not in text or "/search" in path  # which repeats what was asked for


def test_python_runs_where_nothing_but_its_own_files_can_be_reached(product: Any) -> None:
    with visitor(product) as client:
        answer = client.get(f"/{FOLDER}/worker.js")
        wasm = client.get(f"/{FOLDER}/pyodide.asm.wasm", headers={"accept-encoding": "gzip"})
    found = policy(answer)
    assert answer.status_code == wasm.status_code == 200
    assert "immutable" in wasm.headers["cache-control"]
    assert found["default-src"] == ["'none'"]
    assert all(source.endswith("/python/") for source in found["connect-src"])
    assert {s for s in found["script-src"] if not s.endswith("/python/")} == {"'wasm-unsafe-eval'"}
