"""A video on its way to its host: broken, paused, taken up again after a reload, cancelled, replaced, refused."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, expect
from product import Product

from browser.conftest import Person, make_clip, query
from browser.test_buying import wait_for

pytestmark = pytest.mark.browser

WEIGHT, SLOW = 5_000_000, 600_000  # bytes, and bytes a second
_FAKE = """(zone) => {
  const file = new File(["x"], "opera.mp4", { type: "video/mp4" });
  Object.defineProperty(file, "size", { value: 5 * 1024 ** 3 });
  const drop = new Event("drop", { bubbles: true, cancelable: true });
  drop.dataTransfer = { files: [file] };
  zone.dispatchEvent(drop);
}"""


class Cable:
    """A TCP connection to the product that can be cut while bytes are on it."""

    def __init__(self, port: int) -> None:
        self._product, self.port = port, 0
        self._ends: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self._ear = socket.create_server(("127.0.0.1", self.port))
        self.port = int(self._ear.getsockname()[1])
        threading.Thread(target=self._listen, args=[self._ear], daemon=True).start()

    def _listen(self, ear: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _address = ear.accept()
                there = socket.create_connection(("127.0.0.1", self._product))
                self._ends += [here, there]
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := here.recv(65_536):
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        for end in (self._ear, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ear.close()
        self._ends.clear()


class Upload:
    """The video step of a new lesson, with a line as slow as one likes."""

    def __init__(self, someone: Person, product: Product) -> None:
        self.someone, self.product, self.page = someone, product, someone.page
        self.offsets: list[int] = []
        self.page.on("request", lambda request: self._note(request.method, request.headers))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.line: CDPSession = someone.context.new_cdp_session(self.page)
        self.line.send("Network.enable")
        self.page.goto("/studio/new")
        self.page.wait_for_url("**/studio/new?id=*")
        self.page.goto(self.page.url + "&step=video")
        self.product_id = self.page.url.split("id=")[1].split("&")[0]

    def over(self, cable: Cable) -> None:
        """The bytes take this way."""
        there = f"localhost:{self.product.port}"
        self.page.route(
            "**/tus/**", lambda route: route.continue_(url=route.request.url.replace(there, f"127.0.0.1:{cable.port}"))
        )

    def _note(self, method: str, headers: dict[str, str]) -> None:
        if method == "PATCH" and "upload-offset" in headers:
            self.offsets.append(int(headers["upload-offset"]))

    def speed(self, bytes_a_second: int = -1, offline: bool = False) -> None:
        conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second, "offline": offline}
        self.line.send("Network.emulateNetworkConditions", conditions)

    def choose(self, file: Path) -> None:
        self.page.locator("#step-video input[type=file]").first.set_input_files(file)

    def begin(self, file: Path) -> None:
        """Choose the file, on a line that leaves some seconds to break it."""
        self.speed(SLOW)
        self.choose(file)
        self.reaches(30)

    def percent(self) -> int:
        return int(self.page.locator("#step-video [role=progressbar]").get_attribute("aria-valuenow") or 0)

    def reaches(self, percent: int) -> None:
        wait_for(lambda: self.percent() >= percent)

    def press(self, name: str) -> None:
        self.page.locator("#step-video").get_by_role("button", name=name, exact=True).click()

    def kept(self) -> list[str]:
        """The files of this lesson's maker since it was begun, but for what was thrown away."""
        rows = query(
            self.product,
            "SELECT v.filename FROM video v JOIN product p ON p.creator_id = v.owner_id WHERE p.id = %s"
            " AND v.created_at > p.created_at AND v.state <> 'deleted'",
            self.product_id,
        )  # fmt: skip
        return [str(row[0]) for row in rows]

    def ready(self) -> None:
        expect(self.page.locator("#step-video").get_by_text("Ready", exact=True)).to_be_visible(timeout=60_000)


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """A clip with a box of padding, as MP4 allows it: long on its way, soon converted."""
    path = make_clip(tmp_path, seconds=1).rename(tmp_path / "heavy.mp4")
    with path.open("ab") as file:
        file.write((WEIGHT + 8).to_bytes(4, "big") + b"free" + bytes(WEIGHT))
    return path


@pytest.fixture
def upload(person: Callable[..., Person], product: Product) -> Iterator[Upload]:
    someone = person("juno@example.com")
    yield Upload(someone, product)
    someone.complaints[:] = [words for words in someone.complaints if not re.search(r"net::ERR_|409|423", words)]


@pytest.fixture
def cable(product: Product) -> Iterator[Cable]:
    line = Cable(product.port)
    yield line
    line.cut()


def test_a_lost_connection_goes_on_where_it_broke(upload: Upload, heavy: Path, cable: Cable) -> None:
    upload.over(cable)
    upload.begin(heavy)
    cable.cut()
    upload.speed(offline=True)
    expect(upload.page.get_by_text("It continues by itself when you are back").first).to_be_visible()
    cable.mend()
    upload.speed()
    upload.ready()
    assert upload.offsets[0] == 0
    assert upload.offsets[-1] > WEIGHT * 0.25, upload.offsets


def test_a_reload_a_pause_a_cancel_and_another_file(upload: Upload, heavy: Path, tmp_path: Path) -> None:
    page = upload.page
    upload.begin(heavy)
    page.reload()
    expect(page.get_by_text("didn't arrive completely")).to_be_visible()
    upload.choose(heavy)
    wait_for(lambda: upload.percent() > 30 and upload.offsets[-1] > WEIGHT * 0.25)
    upload.press("Pause")
    expect(page.get_by_text(re.compile("Paused at")).first).to_be_visible()
    upload.press("Resume")
    expect(page.get_by_text(re.compile("Paused at"))).to_have_count(0)
    upload.press("Cancel")
    expect(page.get_by_text("Add the lesson's video")).to_be_visible()
    expect(page.get_by_text("didn't arrive completely")).to_have_count(0)
    upload.speed()
    upload.choose(make_clip(tmp_path, seconds=1))
    upload.press("Remove or replace")
    page.get_by_role("dialog").get_by_role("button", name="Remove video").click()
    expect(page.get_by_text("Add the lesson's video")).to_be_visible()
    upload.choose(heavy)
    upload.ready()
    assert upload.kept() == [heavy.name]


def test_a_file_beyond_the_limit_is_refused_before_a_byte_moves(upload: Upload) -> None:
    upload.page.locator("#step-video label[for]").first.evaluate(_FAKE)
    expect(upload.page.get_by_text(re.compile("opera.mp4 is 5 GB, and the limit is 4 GB"))).to_be_visible()
    assert upload.offsets == []


def test_a_lesson_s_video_goes_on_beside_what_is_written_meanwhile(person: Callable[..., Person], heavy: Path) -> None:
    someone = person("creator@example.com")
    page = someone.page
    page.goto("/studio/products")
    page.get_by_role("link", name="New course").click()
    page.wait_for_url("**/studio/new?id=*")
    page.goto(f"/studio/products/{page.url.split('id=')[1].split('&')[0]}/curriculum")
    page.get_by_role("button", name="Add section").last.click()
    for name in ("Filmed", "Other"):
        page.get_by_placeholder("Add a lesson").fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("link", name="Filmed").click()
    expect(page.get_by_label("Lesson title")).to_have_value("Filmed")
    line = someone.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW, "offline": False}
    line.send("Network.emulateNetworkConditions", slow)
    page.get_by_label("Add a video").set_input_files(heavy)
    page.get_by_role("button", name="Add text").click()
    expect(page.get_by_label("Text of the lesson")).to_be_visible()
    expect(page.get_by_text("Uploading…")).to_be_visible()
    expect(page.get_by_text("Not here completely yet.")).to_be_hidden()
    page.get_by_role("link", name="Other").click()
    expect(page.get_by_text("This video goes to “Filmed”.")).to_be_visible()
    expect(page.get_by_label("Add a video")).to_be_enabled(timeout=60_000)
    page.get_by_role("link", name="Filmed").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("Ready ·"))).to_be_visible(timeout=60_000)
