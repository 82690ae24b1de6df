"""A list whose rows can be put elsewhere: by mouse, by touch, and with the arrow keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

_SORTABLE = r"""
function Sortable({ onDrop, onStep, disabled, children }) {
  const box = useRef(null);
  const drag = useRef(null);
  const live = useRef({});
  useLayoutEffect(() => { live.current = { onDrop, onStep, disabled }; });

  useEffect(() => {
    const root = box.current;
    const line = document.createElement("div");
    line.className = "sort-line";
    const rows = () => [...root.querySelectorAll("[data-row]")];
    const rowAt = (y) => rows().find((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return y < (top + bottom) / 2;
    });
    const show = (y) => {
      const target = rowAt(y);
      const { top, left, width } = root.getBoundingClientRect();
      const last = rows().at(-1)?.getBoundingClientRect();
      const edge = target ? target.getBoundingClientRect().top : last ? last.bottom : top;
      Object.assign(line.style, { top: edge - top + root.scrollTop + "px", width: width + "px" });
      drag.current.before = target ? target.dataset.before ?? target.dataset.row : "";
    };
    const near = (y) => {
      const edge = 72;
      if (y < edge) window.scrollBy(0, -12);
      else if (y > window.innerHeight - edge) window.scrollBy(0, 12);
    };
    const end = (dropped) => {
      const { row, id, before, moved } = drag.current;
      drag.current = null;
      line.remove();
      delete row.dataset.dragging;
      if (dropped && moved && before !== id) live.current.onDrop?.(id, before);
    };
    const down = (event) => {
      const grip = event.target.closest("[data-grip]");
      if (!grip || event.button || live.current.disabled) return;
      const row = grip.closest("[data-row]");
      event.preventDefault();
      grip.focus({ preventScroll: true });
      grip.setPointerCapture(event.pointerId);
      drag.current = { row, id: row.dataset.row, before: row.dataset.row, moved: false, from: event.clientY };
    };
    const move = (event) => {
      if (!drag.current) return;
      if (!drag.current.moved && Math.abs(event.clientY - drag.current.from) < 5) return;
      if (!drag.current.moved) {
        drag.current.moved = true;
        drag.current.row.dataset.dragging = "true";
        root.append(line);
      }
      near(event.clientY);
      show(event.clientY);
    };
    const up = () => drag.current && end(true);
    const cancel = () => drag.current && end(false);
    const key = (event) => {
      if (event.key === "Escape") return cancel();
      const grip = event.target.closest("[data-grip]");
      if (!grip || !["ArrowUp", "ArrowDown"].includes(event.key) || live.current.disabled) return;
      event.preventDefault();
      stepping = grip.closest("[data-row]").dataset.row;
      live.current.onStep?.(stepping, event.key === "ArrowDown");
    };
    let stepping = "";
    const keepFocus = new MutationObserver(() => {
      if (stepping && document.activeElement === document.body) {
        root.querySelector(`[data-row="${CSS.escape(stepping)}"] [data-grip]`)?.focus({ preventScroll: true });
      }
    });
    keepFocus.observe(root, { childList: true, subtree: true });
    const leave = (event) => { if (event.relatedTarget) stepping = ""; };
    root.addEventListener("focusout", leave);
    const events = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: cancel, keydown: key };
    Object.entries(events).forEach(([name, handler]) => root.addEventListener(name, handler));
    return () => {
      keepFocus.disconnect();
      root.removeEventListener("focusout", leave);
      Object.entries(events).forEach(([name, handler]) => root.removeEventListener(name, handler));
    };
  }, []);

  return <div ref={box} className="relative">{children}</div>;
}
"""


def _on_drop(id: rx.Var[str], before: rx.Var[str]) -> list[rx.Var]:
    return [id, before]


def _on_step(id: rx.Var[str], down: rx.Var[bool]) -> list[rx.Var]:
    return [id, down]


class Sortable(rx.Component):
    """Rows inside carry ``data-row`` (their id) and hold a button with ``data-grip``. A row's ``data-before`` says what
    a drop above it comes before, when that isn't the row itself."""

    tag = "Sortable"

    disabled: rx.Var[bool]
    on_drop: rx.EventHandler[_on_drop]
    on_step: rx.EventHandler[_on_step]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useLayoutEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [_SORTABLE]


def sortable(*rows: Any, **events: Any) -> rx.Component:
    """``on_drop(id, before)``: put above the row ``before``, at the end when that is empty. ``on_step(id, down)``: an arrow
    key on the grip."""
    return Sortable.create(*rows, **events)
