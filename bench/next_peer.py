"""A minimal Next.js shop with one of our product pages in it, as the peer of ``first_load.py --peer``.

It is installed from npm into a folder outside the repository, built, and served by this machine's Node: the same words,
pictures (out of its own ``public``) and stylesheet, rendered on the server for each request, as its documentation has it.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser
from product import free_port

_PACKAGES = ["next@15", "react@19", "react-dom@19"]
_CONTENT = """() => {
  const main = document.querySelector("#first-paint");
  const text = (selector, root = main) => root.querySelector(selector)?.innerText ?? "";
  const picture = (root) => {
    const img = root.querySelector("img");
    return img && { src: img.getAttribute("src"), set: img.getAttribute("srcset"), sizes: img.sizes,
      avif: root.querySelector("source")?.getAttribute("srcset") ?? "" };
  };
  return {
    title: text("h1"), summary: document.querySelector("meta[name=description]").content,
    price: text(".tnum.whitespace-nowrap"), cover: picture(main),
    sections: [...main.querySelectorAll("section h2")].map((h2) => h2.innerText),
    learn: [...main.querySelectorAll("ul li > span")].map((one) => one.innerText),
    prose: main.querySelector(".prose")?.innerHTML ?? "",
    more: [...main.querySelectorAll("a.group")].map((card) => ({
      href: card.getAttribute("href"), title: text("h3", card), price: text(".tnum", card), cover: picture(card) })),
  };
}"""
_LAYOUT = """
import "./globals.css";
export const metadata = { title: "Peer" };
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
"""
_BUY = """
"use client";
import { useState } from "react";
export default function Buy() {
  const [busy, setBusy] = useState(false);
  return <button type="button" disabled={busy} onClick={() => setBusy(true)}
    className="h-12 w-full rounded-control bg-accent px-5 font-semibold text-white">Buy now</button>;
}
"""
_PAGE = """
import Link from "next/link";
import Buy from "./buy";
import content from "../content.json";
export const dynamic = "force-dynamic";
function Picture({ cover, first }) {
  if (!cover) return null;
  return <picture>
    {cover.avif && <source type="image/avif" srcSet={cover.avif} sizes={cover.sizes} />}
    <img src={cover.src} srcSet={cover.set} sizes={cover.sizes} alt="" width="1280" height="720"
      fetchPriority={first ? "high" : undefined} loading={first ? undefined : "lazy"} className="size-full object-cover" />
  </picture>;
}
export default async function Page() {
  return <div className="flex min-h-dvh flex-col">
    <header className="border-b border-line"><nav className="mx-auto flex max-w-page gap-4 px-4 py-3">
      <Link href="/">Atelier</Link><Link href="/search">Browse</Link><Link href="/login">Sign in</Link></nav></header>
    <main className="mx-auto w-full max-w-page px-4 py-8">
      <div className="relative aspect-video overflow-hidden rounded-card bg-sunken"><Picture cover={content.cover} first /></div>
      <h1 className="mt-6 text-3xl">{content.title}</h1>
      <p className="mt-2 text-muted">{content.summary}</p>
      <p className="mt-4 font-display text-2xl font-semibold">{content.price}</p>
      <Buy />
      <ul className="mt-8 grid gap-2">{content.learn.map((line) => <li key={line}>{line}</li>)}</ul>
      <div className="prose mt-8" dangerouslySetInnerHTML={{ __html: content.prose }} />
      <ul className="mt-10 grid gap-5 sm:grid-cols-3">{content.more.map((card) => <li key={card.href}>
        <Link href={card.href} className="group block"><div className="aspect-video overflow-hidden rounded-card">
          <Picture cover={card.cover} /></div><h3>{card.title}</h3><span>{card.price}</span></Link></li>)}</ul>
    </main>
    <footer className="border-t border-line px-4 py-8 text-sm text-muted">Atelier</footer>
  </div>;
}
"""


@contextlib.contextmanager
def peer(browser: Browser, url: str, path: str, folder: Path) -> Iterator[str]:
    """The address of the peer's page while it is served. ``url`` is ours, from which it has its content."""
    content, css = _content(browser, url, path)
    _write(folder, url, content, css)
    _run(folder, "npm", "install", "--no-audit", "--no-fund", *_PACKAGES)
    _run(folder, "npx", "next", "build")
    port = free_port()
    command = [str(folder / "node_modules/.bin/next"), "start", "-p", str(port)]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://localhost:{port}/")
        yield f"http://localhost:{port}/"
    finally:
        server.terminate()
        server.wait(10)


def _content(browser: Browser, url: str, path: str) -> tuple[dict[str, object], str]:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url + path)
    content = dict(page.evaluate(_CONTENT))
    css = str(page.evaluate("document.querySelector('style[data-styles]').textContent"))
    context.close()
    return content, css


def _write(folder: Path, url: str, content: dict[str, object], css: str) -> None:
    """Pictures and fonts are its own files: the same address would be another host's for it."""
    (folder / "app").mkdir(parents=True, exist_ok=True)
    (folder / "public").mkdir(exist_ok=True)
    text = json.dumps(content)
    found = set(re.findall(r"(?:https?://[^\s\",]+)?/sandbox/[^\s\",]+\.(?:webp|avif)", text))
    for number, address in enumerate(sorted(found, key=len, reverse=True)):
        name = f"{number}{Path(address).suffix}"
        _fetch(address if address.startswith("http") else url + address, folder / "public" / name)
        text = text.replace(address, f"/{name}")
    for font in set(re.findall(r"/fonts/[\w.-]+\.woff2", css)):
        _fetch(url + font, folder / "public" / font.lstrip("/"))
    (folder / "content.json").write_text(text)
    (folder / "app/globals.css").write_text(css)
    for name, source in (("layout", _LAYOUT), ("buy", _BUY), ("page", _PAGE)):
        (folder / f"app/{name}.jsx").write_text(source.lstrip())
    (folder / "package.json").write_text(json.dumps({"name": "peer", "private": True}))


def _fetch(address: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=20) as answer:
        file.write_bytes(answer.read())


def _run(folder: Path, program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise SystemExit(f"The peer needs Node: {program} isn't installed")
    done = subprocess.run([found, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{program} {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _wait(address: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise SystemExit("the peer didn't start")
