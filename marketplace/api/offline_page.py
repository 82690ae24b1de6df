"""What works without a connection: one page with its script and style, and the service worker that serves it then."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from html import escape
from typing import Any

from marketplace.components.keep_offline_js import KEEP_STORE
from marketplace.components.progress_queue_js import QUEUE
from marketplace.domain.courses.scorm_look import STYLE as SCORM_STYLE
from marketplace.i18n import _, current_locale, direction
from marketplace.settings import get_settings

SHELL = (
    "/offline", "/offline.js", "/offline.css", "/manifest.webmanifest", "/favicon.svg", "/icons/app-192.png",
    "/icons/app-512.png",
)  # fmt: skip

STYLE = """
:root{--paper:#faf8f4;--surface:#fff;--ink:#1d1b18;--muted:#6d675e;--line:#e6e0d6;--accent:#0f6b4f;--warn:#fbf0d8;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--paper:#141310;--surface:#1c1a17;--ink:#f2eee6;--muted:#aaa297;--line:#302c26;
--accent:#62c49f;--warn:#35280f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:44rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.125rem;margin:2rem 0 .5rem}
p.note{color:var(--muted);margin:.25rem 0}
.strip{background:var(--warn);border-radius:8px;padding:.75rem 1rem;margin:1rem 0 1.5rem;font-size:.875rem}
.strip p{margin:0 0 .5rem}
a{color:var(--accent)}
ul.kept{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:12px;background:var(--surface)}
ul.kept li{display:flex;gap:1rem;align-items:center;padding:.75rem 1rem;border-top:1px solid var(--line)}
ul.kept li:first-child{border-top:0}
ul.kept div{flex:1;min-width:0}
button,.go{font:inherit;font-weight:600;font-size:.875rem;min-height:44px;padding:0 1rem;border-radius:8px;cursor:pointer;
border:1px solid var(--line);background:var(--surface);color:var(--ink);display:inline-flex;align-items:center;text-decoration:none}
.row{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0}
.done{display:inline-flex;align-items:center;min-height:44px;font-weight:600;font-size:.875rem;color:var(--accent)}
.done::before{content:"✓";margin-inline-end:.4em}
video{width:100%;aspect-ratio:16/9;background:#000;border-radius:12px}
ol.said{max-height:20rem;overflow-y:auto;list-style:none;padding:.5rem;margin:.5rem 0;border:1px solid var(--line);border-radius:12px}
ol.said button{border:0;background:none;font-weight:400;text-align:start;width:100%;gap:.75rem;padding:.25rem .5rem;min-height:36px}
ol.said span{color:var(--muted);min-width:3rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.4rem;text-align:start}
pre{overflow-x:auto;background:var(--surface);padding:1rem;border-radius:8px}
blockquote{border-inline-start:3px solid var(--line);margin:1rem 0;padding-inline-start:1rem}
section{overflow-wrap:break-word}
"""
# Texts look as in a SCORM package, which has no other stylesheet either; that is always light.
_DARK_TEXTS = """
summary{min-height:32px}
@media(prefers-color-scheme:dark){details,.tabs,.tab{border-color:var(--line)}figcaption,.code-name,.footnotes,.c-note{color:var(--muted)}
.callout{border-color:#8fbce2;background:#172636}.callout-tip{border-color:#86c795;background:#172d1e}
.callout-warning{border-color:#e0b565;background:#35280f}.callout-caution{border-color:#f0958a;background:#3b1c18}
.callout-important,.c-key{border-color:var(--accent);background:#12302a}.c-key{background:none;color:var(--accent)}
.c-text{color:#e0b565}.c-name{color:#8fbce2}.c-num{color:#f0958a}.tabs>input:checked+label{box-shadow:inset 0 -2px var(--accent)}}
"""
STYLE += SCORM_STYLE + _DARK_TEXTS

_SCRIPT = r"""
const words = JSON.parse(document.getElementById("words").textContent);
const main = document.querySelector("main");
const make = (tag, text = "", props = {}) => Object.assign(document.createElement(tag), { textContent: text }, props);
const size = (bytes) => bytes < 1e6 ? Math.max(1, Math.round(bytes / 1e3)) + "\u00a0kB" : (bytes / 1e6).toFixed(1) + "\u00a0MB";
const day = (at) => new Date(at).toLocaleDateString(document.documentElement.lang.replace(/^en$/, "en-GB"), { day: "numeric", month: "long" });
const clock = (s) => Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0");
const link = (text, href) => make("a", text, { href, className: "go" });

function strip() {
  if (navigator.onLine) return [];
  return [make("p", words.offline, { className: "strip" })];
}
async function list(rows) {
  document.title = words.title;
  const parts = [...strip(), make("h1", words.title), make("p", rows.length ? words.about : words.empty, { className: "note" })];
  const gone = (await keepStore.fact("gone").catch(() => [])) ?? [];
  if (gone.length) {
    const told = make("div", "", { className: "strip" }), seen = make("button", words.seen, { type: "button" });
    seen.addEventListener("click", () => keepStore.change((lessons, files, facts) => facts.delete("gone")).then(show).then(() => {
      const head = main.querySelector("h1");
      head.tabIndex = -1;
      head.focus();
    }));
    told.setAttribute("role", "status");
    told.append(make("p", words.gone.replace("{lessons}", gone.join(", "))), seen);
    parts.push(told);
  }
  for (const course of new Set(rows.map((row) => row.course))) {
    const items = rows.filter((row) => row.course === course).map((row) => {
      const item = make("li"), told = make("div");
      told.append(make("a", row.lesson, { href: "#" + row.id }),
        make("p", words.until.replace("{day}", day(row.expires)) + " · " + size(row.size), { className: "note" }));
      const remove = make("button", words.remove, { type: "button" });
      remove.setAttribute("aria-label", words.remove + ": " + row.lesson);
      remove.addEventListener("click", () => keepStore.remove(row.id).then(show));
      item.append(told, remove);
      return item;
    });
    const rest = make("ul", "", { className: "kept" });
    rest.append(...items);
    parts.push(make("h2", course), rest);
  }
  const row = make("div", "", { className: "row" });
  if (navigator.onLine) row.append(link(words.library, "/library"));
  if (rows.length) {
    const all = make("button", words.remove_all, { type: "button" });
    all.addEventListener("click", () => keepStore.clear().then(show));
    row.append(all);
    const total = rows.reduce((sum, one) => sum + one.size, 0);
    parts.push(make("p", words.total.replace("{size}", size(total)), { className: "note" }));
  }
  main.replaceChildren(...parts, row);
}
async function film(row, block, n) {
  const box = make("section");
  const blob = block.here ? await keepStore.file(row.id + "/" + n) : null;
  if (blob) {
    const video = make("video", "", { controls: true, playsInline: true, src: URL.createObjectURL(blob) });
    video.setAttribute("aria-label", row.lesson);
    let told = 0;
    const tell = () => progressQueue.add(PROGRESS + row.owner + ":" + row.product,
      { lesson: row.id, block: block.id, position: Math.round(video.currentTime * 10) / 10, done: false });
    video.addEventListener("timeupdate", () => { if (Date.now() - told > 5000) { told = Date.now(); tell(); } });
    for (const name of ["pause", "ended"]) video.addEventListener(name, tell);
    box.append(video);
  } else box.append(make("p", words.no_video, { className: "strip" }));
  for (const spoken of block.transcripts) {
    const folded = make("details"), said = make("ol", "", { className: "said", lang: spoken.lang });
    folded.open = !blob;
    for (const [start, , text] of spoken.cues) {
      const item = make("li"), line = make("button", "", { type: "button" });
      line.append(make("span", clock(start)), document.createTextNode(text));
      line.addEventListener("click", () => { const video = box.querySelector("video"); if (video) video.currentTime = start; });
      item.append(line);
      said.append(item);
    }
    folded.append(make("summary", words.transcript + " · " + spoken.label), said);
    box.append(folded);
  }
  return box;
}
async function lesson(row, rows) {
  document.title = row.lesson;
  const parts = [...strip(), make("a", "← " + words.title, { href: "/offline#" }), make("p", row.course, { className: "note" }),
    make("h1", row.lesson)];
  for (const [n, block] of row.blocks.entries()) {
    if (block.kind === "video") parts.push(await film(row, block, n));
    else if (block.kind === "file") {
      const blob = await keepStore.file(row.id + "/" + n);
      const file = make("p");
      if (blob) file.append(make("a", block.name, { href: URL.createObjectURL(blob), download: block.name, className: "go" }));
      parts.push(file);
    } else {
      const text = make("section");
      text.innerHTML = block.html;
      for (const frame of text.querySelectorAll("iframe")) frame.replaceWith(make("p", words.no_video, { className: "strip" }));
      parts.push(text);
    }
  }
  const rest = row.left_out.filter((kind) => kind !== "video");
  if (rest.length) parts.push(make("p", words.left_out, { className: "note" }));
  const foot = make("div", "", { className: "row" });
  const here = rows.filter((one) => one.product === row.product);
  const before = here[here.indexOf(row) - 1], after = here[here.indexOf(row) + 1];
  if (before) foot.append(link(words.before, "#" + before.id));
  foot.append(row.done ? make("span", words.completed, { className: "done" }) : complete(row));
  if (after) foot.append(link(words.after, "#" + after.id));
  if (navigator.onLine) foot.append(link(words.online, "/learn/" + row.slug + "/" + row.id));
  main.replaceChildren(...parts, foot);
  window.scrollTo(0, 0);
}
function complete(row) {
  const key = PROGRESS + row.owner + ":" + row.product;
  const done = make("button", words.complete, { type: "button" });
  const noted = () => Object.assign(done, { textContent: words.noted, disabled: true });
  if (progressQueue.read(key).some((one) => one.lesson === row.id && one.done)) noted();
  done.addEventListener("click", () => {
    progressQueue.add(key, { lesson: row.id, block: "", position: 0, done: true });
    noted();
    tellProgress();
  });
  return done;
}
async function show() {
  const rows = await keepStore.lessons().catch(() => []);
  const wanted = location.hash.slice(1) || (location.pathname.startsWith("/learn/") ? location.pathname.split("/")[3] : "");
  const row = location.hash === "" && location.href.endsWith("#") ? null : rows.find((one) => one.id === wanted);
  await (row ? lesson(row, rows) : list(rows));
}
async function tellProgress() {
  if (!navigator.onLine) return;
  const rows = await keepStore.lessons().catch(() => []);
  let told = false;
  for (const key of new Set(rows.map((row) => PROGRESS + row.owner + ":" + row.product))) {
    const waiting = progressQueue.read(key);
    if (!waiting.length) continue;
    const answer = await fetch("/offline/progress", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ product: key.split(":")[2], rows: waiting }),
    }).catch(() => null);
    told ||= Boolean(answer?.ok);
    if (answer?.ok) progressQueue.drop(key, (row) => waiting.some((one) => progressQueue.same(one, row) && row.at <= one.at));
  }
  if (told) await keepStore.check();  // what is complete by now
}
window.addEventListener("hashchange", show);
window.addEventListener("offline", show);
window.addEventListener("online", () => keepStore.check().then(tellProgress).then(show));
navigator.serviceWorker?.register("/sw.js", { scope: "/" }).catch(() => {});
show().then(() => navigator.onLine && keepStore.check().then(tellProgress).then(() => { if (!location.hash) show(); }));
"""

_WORKER = r"""
const CACHE = "shell-%(version)s";
const SHELL = %(shell)s;
// Only pages that learners go to. Routes that ask where a navigation came from are none of this worker's business.
const PAGES = /^\/($|library|learn\/|watch\/|offline$)/;

self.addEventListener("install", (event) => {
  const fetched = caches.open(CACHE).then((cache) => cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" }))));
  event.waitUntil(fetched.then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event, path = new URL(request.url).pathname;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGES.test(path)) {
    event.respondWith(fetch(request).catch(() => caches.match("/offline").then((page) => page ?? Response.error())));
    event.waitUntil(keepStore.check(300000).catch(() => {}));
  } else if (SHELL.includes(path)) {
    event.respondWith(fetch(request).catch(() => caches.match(path).then((kept) => kept ?? Response.error())));
  }
});
"""


def script() -> str:
    """Of the page. In a function of its own: nothing of it is global."""
    return f"(() => {{{QUEUE}{KEEP_STORE}{_SCRIPT}}})();"


def worker() -> str:
    """The service worker. It caches what is the same for everybody, and of that only this page: what is personal is in
    the page's own storage, where its learner put it. Another build of it is another version, and takes over at once;
    so does it in another language."""
    return _worker(current_locale.get())


@cache
def _worker(locale: str) -> str:
    """``locale``: the current one, which the page's words are in."""
    parts = "".join([_WORKER, KEEP_STORE, _SCRIPT, STYLE, html()])
    values = {"version": hashlib.sha256(parts.encode()).hexdigest()[:16], "shell": json.dumps(SHELL)}
    return KEEP_STORE + _WORKER % values


def html() -> str:
    locale = current_locale.get()
    told = json.dumps(_words(), ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<!doctype html><html lang="{locale}" dir="{direction(locale)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(_('Kept offline'))}</title>"
        '<link rel="icon" href="/favicon.svg"><link rel="manifest" href="/manifest.webmanifest">'
        '<link rel="stylesheet" href="/offline.css"></head><body><main><h1>'
        f"{escape(_('Kept offline'))}</h1></main>"
        f'<script type="application/json" id="words">{told}</script><script src="/offline.js" defer></script></body></html>'
    )


def _words() -> dict[str, str]:
    return {
        "title": _("Kept offline"),
        "offline": _("You are offline. What you kept is here; what you do is told when the connection is back."),
        "about": _("These lessons are in this browser. They go by themselves when their day is over, when you sign out,"
                   " when they leave the course, when you don't have it any more, or when they may not be kept any more."),
        "empty": _("Nothing is kept in this browser. Press “Keep offline” under a lesson, and it is here without a connection."),
        "gone": _("Not here any more: {lessons}. Their day was over, they left the course, you don't have it any"
                  " more, or they may not be kept any more."),
        "seen": _("Got it"),
        "until": _("Until {day}"),
        "remove": _("Remove"),
        "remove_all": _("Remove everything"),
        "total": _("{size} in all"),
        "library": _("Open your library"),
        "no_video": _("This video isn't kept: it needs a connection."),
        "transcript": _("Transcript"),
        "left_out": _("More of this lesson, such as its quiz, needs a connection."),
        "before": _("Previous"),
        "after": _("Next"),
        "complete": _("Mark complete"),
        "noted": _("Noted"),
        "completed": _("Completed"),
        "online": _("Open it online"),
    }  # fmt: skip


def manifest() -> dict[str, Any]:
    """Of the app that a browser installs (https://www.w3.org/TR/appmanifest/)."""
    sizes = [(192, "any"), (512, "any"), (512, "maskable")]
    return {
        "id": "/", "name": get_settings().site_name, "short_name": get_settings().site_name[:12], "start_url": "/library",
        "scope": "/", "display": "standalone", "background_color": "#faf8f4", "theme_color": "#0f6b4f",
        "icons": [
            {
                "src": f"/icons/app-{size}{'-maskable' if purpose == 'maskable' else ''}.png", "sizes": f"{size}x{size}",
                "type": "image/png", "purpose": purpose,
            }
            for size, purpose in sizes
        ],
        "shortcuts": [{"name": _("Kept offline"), "url": "/offline"}],
    }  # fmt: skip
