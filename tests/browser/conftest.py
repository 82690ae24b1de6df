"""Chromium on the running product. Every page is watched: a console error fails the test."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from browser_setup import find
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, WebSocket, expect, sync_playwright
from product import Product

from marketplace.cookies import SESSION
from marketplace.ids import digest, new_token

PASSWORD = "demo-password-1"
expect.set_options(timeout=20_000)

# Without a graphics card its stand-in costs more than the pages themselves.
_FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-gpu"]
# Somebody is there: without a sign of them, painted pages don't run their scripts.
_PRESENT = "addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('pointermove')))"
# What a browser reports of itself, not of the page.
_HARMLESS = re.compile(
    r"status of 4(0[234]|10)|preload.*not used|ERR_INTERNET_DISCONNECTED|ERR_ABORTED|autofocus", re.I
)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, product: Product) -> Iterator[Browser]:
    path = find()
    assert path, "run python -m tests.browser_setup for a browser"
    browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
    knob(product, "supabase", mail_interval=0)
    yield browser
    browser.close()


class Person:
    """Someone with a browser of their own."""

    def __init__(self, chromium: Browser, product: Product, **options: object) -> None:
        self.product = product
        self.context: BrowserContext = chromium.new_context(base_url=product.url, **options)  # type: ignore[arg-type]
        self.context.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.frames: list[str] = []
        self.traffic: deque[str] = deque(maxlen=60)
        self.page = self.open()

    def open(self) -> Page:
        """One more tab."""
        page = self.context.new_page()
        page.add_init_script(_PRESENT)
        page.on("console", lambda m: self._hear(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self._hear(str(error)))
        page.on("websocket", self._listen)
        return page

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.frames.append(str(data)))
        for name, sign in (("framereceived", "<"), ("framesent", ">")):
            socket.on(name, lambda data, sign=sign: self.traffic.append(f"{time.time():.2f} {sign} {str(data)[:400]}"))  # type: ignore[misc]
        self.traffic.append(f"{time.time():.2f} opened")
        socket.on("close", lambda _: self.traffic.append(f"{time.time():.2f} closed"))

    def _hear(self, text: str) -> None:
        if not _HARMLESS.search(text):
            self.complaints.append(text)

    def known_as(self, email: str) -> Person:
        """Somebody who signed in a while ago. (How that is done, ``sign_in`` and the tests of signing in show.)"""
        token = new_token()
        made = query(
            self.product,
            "INSERT INTO session (id, account_id, token_digest, created_at, last_seen_at, expires_at, user_agent, ip)"
            " SELECT gen_random_uuid(), id, %s, now(), now(), now() + interval '1 day', '', '' FROM account"
            " WHERE email = %s RETURNING 1",
            digest(token),
            email,
        )
        if not made:
            return self.sign_in(email)
        self.context.add_cookies([{"name": SESSION, "value": token, "url": self.product.url, "httpOnly": True}])
        return self

    def sign_in(self, email: str, password: str = PASSWORD) -> Person:
        self.page.goto("/login")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(re.compile(r"^(?!.*(/login|/auth)).*$"))
        return self


def connected(page: Page) -> None:
    """Until the page is connected and its form can be sent."""
    expect(page.locator("main button[type=submit]").first).to_be_enabled()


@pytest.fixture
def person(chromium: Browser, product: Product) -> Iterator[Callable[..., Person]]:
    """Makes people; afterwards none of their pages may have complained. Earlier tests' visits don't count as theirs."""
    made: list[Person] = []
    query(product, "DELETE FROM rate_window RETURNING 1")

    def make(email: str = "", **options: object) -> Person:
        someone = Person(chromium, product, **options)
        made.append(someone)
        return someone.known_as(email) if email else someone

    make.made = made  # type: ignore[attr-defined]
    yield make
    complaints = [text for someone in made for text in someone.complaints]
    for someone in made:
        someone.context.close()
    assert complaints == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure tells what its people had before them."""
    report = yield
    people = getattr(getattr(item, "funcargs", {}).get("person"), "made", [])
    if report.when == "call" and report.failed:
        for someone in people:
            for page in someone.context.pages:
                with suppress(Exception):
                    words = page.evaluate("document.body.innerText.replace(/\\n\\s*/g, ' | ').slice(0, 2500)")
                    report.sections.append((f"page {page.url}", words))
            report.sections.append(("its last messages", "\n".join(someone.traffic)))
    return report


def ask(product: Product, path: str) -> object:
    """JSON of one of the sandbox's own addresses."""
    with urllib.request.urlopen(f"{product.url}{path}", timeout=10) as answer:
        return json.loads(answer.read())


def knob(product: Product, vendor: str, **values: object) -> None:
    """Turn a knob of the sandbox."""
    request = urllib.request.Request(
        f"{product.url}/sandbox/knobs/{vendor}", json.dumps(values).encode(), {"content-type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()


def mails_to(product: Product, email: str) -> list[dict[str, str]]:
    """Newest first."""
    found = ask(product, f"/sandbox/mail/messages?to={email}")
    return found["data"] if isinstance(found, dict) else found  # type: ignore[return-value,index]


def link_in(mail: dict[str, str]) -> str:
    """The first link of a mail's text."""
    found = re.search(r"https?://\S+", mail["text"])
    assert found
    return found[0]


def query(product: Product, sql: str, *values: object) -> list[tuple[object, ...]]:
    """A look into the database."""
    import psycopg

    with psycopg.connect(product.dsn) as connection:
        return connection.execute(sql, values).fetchall()


def make_clip(folder: Path, seconds: int = 3) -> Path:
    """A small playable MP4."""
    import subprocess

    import imageio_ffmpeg

    path = folder / "clip.mp4"
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc=d={seconds}:s=320x180:r=12",
            "-f", "lavfi", "-i", f"sine=d={seconds}", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest",
            "-movflags", "+faststart", str(path),
        ],
        check=True,
    )  # fmt: skip
    return path


def make_cover(folder: Path) -> Path:
    from PIL import Image

    path = folder / "cover.png"
    Image.linear_gradient("L").resize((1200, 675)).convert("RGB").save(path)
    return path
