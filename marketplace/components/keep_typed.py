"""What was typed before the scripts came stays, whatever else changed the page until then."""

from __future__ import annotations

import reflex as rx


class KeepTyped(rx.Component):
    """When a password manager or another extension has put something of its own into a form, the built page is no
    longer what its scripts expect, and they draw the whole of it anew, with empty fields. Drawing begins while the old
    fields are there; what was typed into them until they were gone, and the focus, go into the new ones. A field that
    stayed is left alone: somebody may be typing. Renders nothing.
    """

    tag = "KeepTyped"

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useLayoutEffect", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [
            """const typedEarly = () => {
  if (typeof document === "undefined" || globalThis.pageStarted) return [];
  const fields = [...document.querySelectorAll("input[id]:not([type=file]), textarea[id]")];
  return fields.map((field) => ({ field, focused: field === document.activeElement }));
};
function KeepTyped() {
  const [early] = useState(typedEarly);
  useLayoutEffect(() => {
    globalThis.pageStarted = true;
    for (const { field, focused } of early) {
      const drawn = document.getElementById(field.id);
      if (!drawn || drawn === field) continue;
      if (field.value !== field.defaultValue) drawn.value = field.value;
      if (focused) drawn.focus({ preventScroll: true });
    }
  }, []);
  return null;
}"""
        ]


def keep_typed() -> rx.Component:
    """Put once in every page."""
    return KeepTyped.create()
