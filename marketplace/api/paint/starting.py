"""When a painted page starts its scripts: with the first sign of a person there.

All that is painted works without them, so nobody waits for what hasn't begun. Fetched they are before, once the page has
loaded; where data are saved, only when they are needed. They begin once the whole stylesheet, of which a painted page
has but what it needs (``styles``), is there.
"""

from __future__ import annotations

WAITING = "waiting-module"  # what a link to a script is until then; browsers know no such kind of link
_MODULE = '<script type="module" async="">'
_HELD = '<script type="text/plain" data-held-module="">'

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
    const styles = document.querySelector("link[rel=stylesheet][media=print]")?.cloneNode();
    if (!styles) return run();
    styles.media = "all";
    styles.addEventListener("load", run, { once: true });
    styles.addEventListener("error", () => {
      styles.remove();
      held.setAttribute("data-held-module", "");
      listen();
    });
    // Appended, and nothing taken away: what changes the order of sheets lets browsers begin anew with typefaces.
    document.head.append(styles);
  };
  const listen = () => signs.forEach((sign) => addEventListener(sign, start, { capture: true, passive: true }));
  listen();
  if (navigator.userActivation?.hasBeenActive) start();
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  const loaded = () => {
    if (!navigator.connection?.saveData) setTimeout(() => idle(() => fetchAll("low")), 500);
  };
  if (document.readyState === "complete") loaded();
  else addEventListener("load", loaded, { once: true });
})();"""
TAG = f"<script>{START}</script>"


def hold(document: str) -> str:
    """A built document whose scripts wait for :data:`TAG`. One that is built otherwise than we know starts at once."""
    if _MODULE not in document:
        return document
    return document.replace('rel="modulepreload"', f'rel="{WAITING}"').replace(_MODULE, _HELD)
