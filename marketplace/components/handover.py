"""The moment the live page takes over from the server's first paint."""

from __future__ import annotations

import reflex as rx


class Handover(rx.Component):
    """Once ``live``, removes what the server painted; what was typed there, the focus and an open menu come along.

    What is painted has its live twin's id behind ``first-``. What the paint says in the head about this address goes
    when the page is left. Renders nothing.
    """

    tag = "Handover"

    live: rx.Var[bool]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useLayoutEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """const liveTwin = (painted) => document.getElementById(painted.id.slice("first-".length));
function takeOverField(painted) {
  const field = liveTwin(painted);
  const focused = painted === document.activeElement;
  if (!field || (painted.value === painted.defaultValue && !focused)) return;
  field.value = painted.value;
  if (!focused) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(painted.selectionStart, painted.selectionEnd);
}
function takeOverMenu(painted) {
  const menu = liveTwin(painted);
  const source = document.querySelector(`[popovertarget="${menu?.id}"]`);
  if (source) menu.showPopover({ source });
}
function Handover({ live }) {
  useLayoutEffect(() => {
    if (!live) return;
    const painted = document.querySelector("[data-first-page]");
    painted?.querySelectorAll("input[id^=first-]").forEach(takeOverField);
    painted?.querySelectorAll("[popover][id^=first-]:popover-open").forEach(takeOverMenu);
    painted?.remove();
    document.querySelector("title[data-first-paint]")?.remove();
    return () => document.querySelectorAll("head [data-first-paint]").forEach((element) => element.remove());
  }, [live]);
  return null;
}"""
        ]


def handover(live: rx.Var | bool) -> rx.Component:
    """Put once in a page that has a first paint; ``live`` as given to the shell."""
    return Handover.create(live=live)
