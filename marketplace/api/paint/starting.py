"""When a painted page starts its scripts, with the first sign of a person there; and when it has its typefaces.

All that is painted works without them, so nobody waits for what hasn't begun. Fetched they are before, once the page has
loaded; where data are saved, only when they are needed. They begin once the whole stylesheet, of which a painted page
has but what it needs (``styles``), is there.
"""

from __future__ import annotations

from marketplace.components.typefaces import FETCHED

WAITING = "waiting-module"  # what a link to a script is until then; browsers know no such kind of link
_MODULE = '<script type="module" async="">'
_HELD = '<script type="text/plain" data-held-module="">'

# The painted page stands in for the live one until that has its data. Its element has a name of its own: while React
# takes over the body, it passes over elements that it did not make by their names.
HANDOVER = (
    "body:has([data-live=true]) [data-first-page]:not([data-held]),"
    "body:has([data-first-page]):not(:has([data-live=true])) div:has(>[data-live=false]),"
    "body:has([data-held]) div:has(>[data-live]){display:none}"
)
# Fonts are optional: on a slow phone they come too late for the first page, and would only keep it from drawing. There they
# are fetched when it is idle, and the next document has them.
WIDE = "(min-width: 40rem)"
KNOWN = """(() => {
  try {
    if (localStorage.getItem("typefaces")) document.querySelector("style[data-typefaces]").media = "all";
  } catch {}
})();"""

START = """(() => {
  const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "scroll", "keydown", "focusin"];
  const fetchAll = (urgency) => document.querySelectorAll("link[rel=waiting-module]").forEach((link) => {
    link.fetchPriority = urgency;
    link.rel = "modulepreload";
  });
  const start = () => {
    signs.forEach((sign) => removeEventListener(sign, start, true));
    const held = document.querySelector("script[data-held-module]");
    if (!held) {
      // Touched before the rest of the page was there.
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
      return;
    }
    held.removeAttribute("data-held-module");
    fetchAll("high");
    const run = () => {
      const script = document.createElement("script");
      script.type = "module";
      script.textContent = held.textContent;
      document.head.append(script);
    };
    // Appended, and nothing taken away: what changes the order of sheets lets browsers begin anew with typefaces.
    const handover = document.createElement("style");
    handover.textContent = "%HANDOVER%";
    document.head.append(handover);
    const sheet = document.querySelector("link[rel=waiting-stylesheet], link[rel=stylesheet][media=print]");
    if (!sheet) return run();
    sheet.rel = "stylesheet";
    const styles = sheet.cloneNode();
    styles.media = "all";
    styles.addEventListener("load", run, { once: true });
    styles.addEventListener("error", () => {
      styles.remove();
      held.setAttribute("data-held-module", "");
      listen();
    });
    document.head.append(styles);
  };
  const listen = () => signs.forEach((sign) => addEventListener(sign, start, { capture: true, passive: true }));
  listen();
  if (navigator.userActivation?.hasBeenActive) start();
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  const ahead = async () => {
    fetchAll("low");
    const sheet = document.querySelector("link[rel=waiting-stylesheet]");
    if (sheet) sheet.rel = "stylesheet";
    const faces = document.querySelector("style[data-typefaces]");
    if (!faces?.media || matchMedia(faces.media).matches) return;
    const links = [...document.querySelectorAll("link[as=font]")];
    const answers = await Promise.all(links.map((link) => fetch(link.href, { priority: "low" })));
    await Promise.all(answers.map((answer) => answer.blob()));
    if (answers.every((answer) => answer.ok)) localStorage.setItem("typefaces", "kept");
  };
  const loaded = () => {
    if (!navigator.connection?.saveData) setTimeout(() => idle(() => ahead().catch(() => {})), 500);
  };
  if (document.readyState === "complete") loaded();
  else addEventListener("load", loaded, { once: true });
})();""".replace("%HANDOVER%", HANDOVER)
TAG = f"<script>{START}</script>"
KNOWN_TAG = f"<script>{KNOWN}</script>"
_FACES = f'<style {FETCHED}=""'


def hold(document: str) -> str:
    """A built document whose scripts wait for :data:`TAG`. One that is built otherwise than we know starts at once."""
    if _MODULE not in document:
        return document
    held = document.replace('rel="modulepreload"', f'rel="{WAITING}"').replace(_MODULE, _HELD)
    return held.replace(_FACES, f'{_FACES} media="{WIDE}"', 1)


def later(sheet: str, more: str) -> str:
    """The link to the whole stylesheet: fetched with the scripts, and never more than print styles itself."""
    return f'<link href="{sheet}" rel="waiting-stylesheet" media="print"{more}>'


def holds(document: str) -> bool:
    return _HELD in document
