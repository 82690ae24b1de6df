"""A field that was just added takes the focus, with its text selected."""

from __future__ import annotations

import reflex as rx

_FRESH = """const FRESH_FIELDS = "input:not([type=file]), textarea, select";
function FreshField({ id }) {
  const known = useRef(id);
  useEffect(() => {
    if (!id || known.current === id) return;
    known.current = id;
    const timer = setTimeout(() => {
      const place = document.getElementById(id.slice(id.indexOf(":") + 1));
      const field = place?.matches(FRESH_FIELDS) ? place : place?.querySelector(FRESH_FIELDS);
      field?.scrollIntoView({ block: "nearest" });
      field?.focus();
      field?.select?.();
    }, 30);
    return () => clearTimeout(timer);
  }, [id]);
  return null;
}"""


class FreshField(rx.Component):
    tag = "FreshField"

    id: rx.Var[str]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [_FRESH]


def fresh_field(id: rx.Var[str]) -> rx.Component:
    """Put once beside the fields. Renders nothing.

    Args:
        id: ``<round>:<id of the field, or of what it is the first in>``; another round goes to the same field again. The first one goes nowhere.
    """
    return FreshField.create(id=id)
