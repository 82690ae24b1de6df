"""The moment the live page takes over from the server's first paint."""

from __future__ import annotations

import reflex as rx


class Handover(rx.Component):
    """Once ``live``, removes what the server painted; what was typed in its search, and the focus, come along.

    What it says in the head about this address goes when the page is left. Renders nothing.
    """

    tag = "Handover"

    live: rx.Var[bool]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useLayoutEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """function Handover({ live }) {
  useLayoutEffect(() => {
    if (!live) return;
    const painted = document.getElementById("first-paint");
    const typed = painted?.closest("[data-first-page]")?.querySelector("header input[type=search]");
    const input = document.getElementById("search");
    if (typed && input && (typed.value !== typed.defaultValue || typed === document.activeElement)) {
      input.value = typed.value;
      if (typed === document.activeElement) input.focus({ preventScroll: true });
    }
    (painted?.closest("[data-first-page]") ?? painted)?.remove();
    document.querySelector("title[data-first-paint]")?.remove();
    return () => document.querySelectorAll("head [data-first-paint]").forEach((element) => element.remove());
  }, [live]);
  return null;
}"""
        ]


def handover(live: rx.Var | bool) -> rx.Component:
    """Put once in a page that has a first paint; ``live`` as given to the shell."""
    return Handover.create(live=live)
