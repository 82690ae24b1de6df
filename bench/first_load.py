"""First load of public pages on a slow connection: 150 ms, 1.6 Mbit/s, 4× slower CPU.

    python bench/first_load.py [--url http://localhost:3000] [--peer [--peer-folder FOLDER]] [--rounds 5]

Without ``--url`` it starts the product itself. With ``--peer`` a minimal Next.js page of the same content is installed
from npm into a folder outside the repository and measured in the same run, in turns with ours.
Targets on two cores: LCP of a lesson page no later than the peer's, under 900 ms with its image and 600 ms for its text
(FCP); CLS under 0.01; at most 170 kB of gzipped JS and 15 kB of CSS. ``blocking_ms`` is what tasks took beyond 50 ms
each, all in all; ``blocking_untouched_ms`` before anybody moved a pointer there. ``js_bytes`` is what this browser was
sent (Brotli, where it is served); ``js_gzip_bytes`` the same files for one that takes gzip only.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import statistics
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from common import report
from playwright.sync_api import Browser, TimeoutError, sync_playwright

LESSON = "/lessons/hand-cut-dovetails"
PAGES = ("/", LESSON)
WATCH = """
window.__seen = {lcp: 0, cls: 0, fcp: 0, blocking: 0};
new PerformanceObserver(l => { for (const e of l.getEntries()) window.__seen.blocking += Math.max(0, e.duration - 50) })
  .observe({type: 'longtask', buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) window.__seen.lcp = e.startTime })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.__seen.cls += e.value })
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (e.name === 'first-contentful-paint') window.__seen.fcp = e.startTime })
  .observe({type: 'paint', buffered: true});
"""


def visit(browser: Browser, url: str) -> dict[str, float]:
    """One cold visit; times in ms, bytes as transferred (compressed)."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    sizes: dict[str, list[object]] = {}
    scripts: list[str] = []
    cdp.on("Network.responseReceived", lambda e: sizes.setdefault(e["requestId"], [e["type"], 0]))
    page.on("request", lambda r: scripts.append(r.url) if r.resource_type == "script" else None)
    cdp.on(
        "Network.loadingFinished", lambda e: sizes.get(e["requestId"], [0, 0]).__setitem__(1, e["encodedDataLength"])
    )
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    cdp.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8},
    )
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(url, wait_until="load", timeout=60_000)
    with contextlib.suppress(TimeoutError):  # a page may ask for ever
        page.wait_for_load_state("networkidle", timeout=10_000)
    read = page.evaluate("window.__seen.blocking")
    page.mouse.move(30, 40)  # painted pages of ours run their scripts now
    page.wait_for_timeout(2500)
    seen = page.evaluate("window.__seen")
    context.close()

    def of(kind: str) -> float:
        return float(sum(int(str(size)) for type_, size in sizes.values() if type_ == kind))

    return {
        "lcp_ms": seen["lcp"], "fcp_ms": seen["fcp"], "cls": seen["cls"],
        "blocking_ms": seen["blocking"], "blocking_untouched_ms": read, "js_bytes": of("Script"),
        "js_gzip_bytes": sum(gzipped(script) for script in set(scripts)), "css_bytes": of("Stylesheet"), "html_bytes": of("Document"), "image_bytes": of("Image"), "font_bytes": of("Font"),
    }  # fmt: skip


@functools.cache
def gzipped(url: str) -> int:
    """Bytes of the answer's body to a client that takes gzip."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})) as answer:
        return len(answer.read())


def in_turns(browser: Browser, urls: dict[str, str], rounds: int) -> dict[str, dict[str, float]]:
    """Page after page, and again: what else the machine does meets all of them alike."""
    visits: dict[str, list[dict[str, float]]] = {name: [] for name in urls}
    for _ in range(rounds):
        for name, url in urls.items():
            visits[name].append(visit(browser, url))
    return {name: medians(seen) for name, seen in visits.items()}


def medians(visits: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(v[name] for v in visits), 4 if name == "cls" else 0) for name in visits[0]}


@contextlib.contextmanager
def served(url: str) -> Iterator[str]:
    if url:
        yield url
        return
    from product import Product

    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        Path(folder).chmod(0o755)
        product = Product(Path(folder))
        product.start()
        try:
            yield product.url
        finally:
            product.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--peer-folder", type=Path, default=Path(tempfile.gettempdir()) / "market-next-peer")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    from browser_setup import find

    with served(options.url) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        urls = {path: url + path for path in PAGES}
        with contextlib.ExitStack() as stack:
            if options.peer:
                from next_peer import peer

                urls["peer"] = stack.enter_context(peer(browser, url, LESSON, options.peer_folder))
            for address in urls.values():
                visit(browser, address)  # nobody's first answer ever
            pages = in_turns(browser, urls, options.rounds)
        browser.close()
    targets = {"lesson_lcp_ms": 900, "lesson_fcp_ms": 600, "js_gzip_bytes": 170_000, "css_bytes": 15_000, "cls": 0.01}
    report("first_load", {"pages": pages, "rounds": options.rounds, "targets": targets})


if __name__ == "__main__":
    main()
