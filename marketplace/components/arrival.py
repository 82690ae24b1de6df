"""Where the focus goes when what had it is gone."""

from __future__ import annotations

import reflex as rx

_FOCUS = """const focusWhenLost = () => {
  const at = document.activeElement ?? document.body;
  // From what was just hidden, browsers take it a moment later.
  if (at === document.body || !at.checkVisibility()) document.getElementById("content")?.focus({ preventScroll: true });
};"""


class Arrival(rx.Component):
    """When it turns ``live``, or the query of its address changes, and nothing has the focus, the page's ``main``
    takes it: the next Tab is in the content, and a screen reader starts there. Not on the first page of a visit,
    where the browser begins by itself.

    Renders nothing.
    """

    tag = "Arrival"

    live: rx.Var[bool]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"], "react-router": "useLocation"}

    def add_custom_code(self) -> list[str]:
        return [
            _FOCUS,
            """function Arrival({ live }) {
  const { search } = useLocation();
  const first = useRef(!globalThis.arrived);
  useEffect(() => {
    globalThis.arrived = true;
    if (!live) return;
    if (!first.current) focusWhenLost();
    first.current = false;
  }, [live, search]);
  return null;
}""",
        ]


def arrival(live: rx.Var | bool = True) -> rx.Component:
    """Put in a page, or in a part of it that takes the place of what was just used."""
    return Arrival.create(live=live)


class DialogDone(rx.Component):
    """Closes a dialog when what its form does is done. The browser gives the focus back to what opened it; where
    that is gone, ``main`` takes it. Renders nothing.
    """

    tag = "DialogDone"

    dialog: rx.Var[str]
    done: rx.Var[int]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [
            _FOCUS,
            """function DialogDone({ dialog, done }) {
  const before = useRef(done);
  useEffect(() => {
    if (before.current === done) return;
    before.current = done;
    const box = document.getElementById(dialog);
    if (!box?.open) return;
    box.close();
    focusWhenLost();
  }, [done]);
  return null;
}""",
        ]


def dialog_done(dialog: str, done: rx.Var) -> rx.Component:
    """Used by ``dialog(done=…)``."""
    return DialogDone.create(dialog=dialog, done=done)
