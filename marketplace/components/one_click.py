"""A double click is one click."""

from __future__ import annotations

import reflex as rx

_ONE_CLICK = """
if (typeof document !== "undefined" && !globalThis.oneClick) {
  globalThis.oneClick = true;
  let last = null;
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("button, summary, a[href], label, [role=button]") ?? null;
    const again = event.detail > 1 && pressed && (pressed !== last || pressed.type === "submit");
    if (event.detail < 2) last = pressed;
    if (again) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
}
const OneClick = () => null;
"""


class OneClick(rx.Component):
    """The second half of a double click does nothing to what wasn't there for the first half: when a row goes, the next one
    comes under the pointer with a button that means something else. Nor does it send a form again. Elsewhere, as on
    arrows that move something one place further, each half counts. Renders nothing.
    """

    tag = "OneClick"

    def add_custom_code(self) -> list[str]:
        return [_ONE_CLICK]


def one_click() -> rx.Component:
    """Put once in the app."""
    return OneClick.create()
