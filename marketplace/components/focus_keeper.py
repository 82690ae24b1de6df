"""Where the focus goes when what was just used goes away, or can't be used for a moment."""

from __future__ import annotations

import reflex as rx

_KEEP = """const WATCHED = ["disabled", "aria-busy"];
function FocusKeeper() {
  useEffect(() => {
    const content = () => document.getElementById("content");
    let last = null, path = [], row = null, list = null, at = 0, byKey = false, timer = 0;
    const note = ({ target }) => {
      last = content()?.contains(target) && target.id !== "content" ? target : null;
      path = [];
      for (let up = last?.parentElement; up && up.id !== "content"; up = up.parentElement) path.push(up);
      row = last?.closest("li");
      list = row?.parentElement;
      at = row ? [...list.children].indexOf(row) : 0;
    };
    const look = () => {
      timer = 0;
      if (!last || (!byKey && last.isConnected) || (document.activeElement ?? document.body) !== document.body) return;
      if (last.isConnected && last.ariaBusy === "true") return;
      if (last.isConnected && !last.disabled && last.checkVisibility()) return last.focus({ preventScroll: true });
      const around = row && !row.isConnected ? [list.children[at], list.lastElementChild, ...path] : path;
      const near = around.find((element) => element?.isConnected && element.checkVisibility());
      if (!near || !content()?.contains(near)) return;
      near.tabIndex = -1;
      near.focus({ preventScroll: true });
    };
    const soon = () => { timer ||= setTimeout(look, 120); };
    const pressed = () => { byKey = true; };
    const pointed = () => { byKey = false; last = null; };
    const changes = new MutationObserver(soon);
    changes.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: WATCHED });
    document.addEventListener("focusin", note);
    document.addEventListener("keydown", pressed, true);
    document.addEventListener("pointerdown", pointed, true);
    return () => {
      clearTimeout(timer);
      changes.disconnect();
      document.removeEventListener("focusin", note);
      document.removeEventListener("keydown", pressed, true);
      document.removeEventListener("pointerdown", pointed, true);
    };
  }, []);
  return null;
}"""


class FocusKeeper(rx.Component):
    """Who works by keyboard stays where they are: a button that waits gets the focus back when it can be pressed
    again; for one that is gone, or can't be pressed any more, what surrounds it takes the focus, and the next Tab goes
    on from there: where a row of a list went, the row after it, or the one before. So it does for one that is gone
    after it was clicked. A little later than the page's own arrival, which comes first. Renders nothing.
    """

    tag = "FocusKeeper"

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect"]}

    def add_custom_code(self) -> list[str]:
        return [_KEEP]


def focus_keeper() -> rx.Component:
    """Put once in each page."""
    return FocusKeeper.create()
