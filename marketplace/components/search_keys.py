"""The keys that lead to the search: ``/`` and Ctrl or ⌘ K."""

from __future__ import annotations

import reflex as rx


class SearchKeys(rx.Component):
    """Moves the focus to the input with ``target`` as its id. Renders nothing."""

    tag = "SearchKeys"

    target: rx.Var[str]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """function SearchKeys({ target }) {
  useEffect(() => {
    const press = (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable], [role=region]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!slash && !((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")) return;
      const input = document.getElementById(target);
      if (!input) return;
      event.preventDefault();
      input.focus();
      input.select();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [target]);
  return null;
}"""
        ]
