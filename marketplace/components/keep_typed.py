"""What was typed before the scripts came stays, whatever else changed the page until then."""

from __future__ import annotations

import reflex as rx


class KeepTyped(rx.Component):
    """When a password manager or another extension has put something of its own into a form, the built page is no
    longer what its scripts expect, and they draw the whole of it anew, with empty fields. Drawing begins while the old
    fields are there; what was typed into them, and the focus, go into the new ones. Renders nothing.
    """

    tag = "KeepTyped"

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useLayoutEffect", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [
            """const typedEarly = () => {
  if (typeof document === "undefined" || globalThis.pageStarted) return [];
  const fields = [...document.querySelectorAll("input[id]:not([type=file]), textarea[id]")];
  return fields.filter((field) => field.value !== field.defaultValue || field === document.activeElement)
    .map((field) => ({ id: field.id, value: field.value, focused: field === document.activeElement }));
};
function KeepTyped() {
  const [typed] = useState(typedEarly);
  useLayoutEffect(() => {
    globalThis.pageStarted = true;
    for (const { id, value, focused } of typed) {
      const field = document.getElementById(id);
      if (field && field.value !== value) field.value = value;
      if (focused && field !== document.activeElement) field?.focus({ preventScroll: true });
    }
  }, []);
  return null;
}"""
        ]


def keep_typed() -> rx.Component:
    """Put once in every page."""
    return KeepTyped.create()
