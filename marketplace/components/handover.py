"""The moment the live page takes over from the server's first paint."""

from __future__ import annotations

import reflex as rx


class Handover(rx.Component):
    """Once ``live``, removes what the server painted; what was typed there, the focus, an open menu
    and what was unfolded come along.

    What is pressed at that moment stays until it is let go: a click whose two halves fall on two pages is none.

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
  if (painted.type === "radio") {
    if (field && painted.checked && !painted.defaultChecked) field.checked = true;
    if (field && focused) field.focus({ preventScroll: true });
    return;
  }
  if (!field || (painted.value === painted.defaultValue && !focused)) return;
  field.value = painted.value;
  const folded = field.closest("details");
  if (folded) folded.open = true;
  if (!focused) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(painted.selectionStart, painted.selectionEnd);
}
function takeOverMenu(painted) {
  const menu = liveTwin(painted);
  const source = document.querySelector(`[popovertarget="${menu?.id}"]`);
  if (source) menu.showPopover({ source });
}
function takeOverOpened(painted) {
  const all = [...painted.querySelectorAll("main details")], live = [...document.querySelectorAll("#content details")];
  const alike = (of, one) => of.filter((other) => other.firstElementChild?.textContent === one.firstElementChild?.textContent);
  for (const one of all.filter((each) => each.open)) {
    const twin = alike(live, one)[alike(all, one).indexOf(one)];
    if (twin) twin.open = true;
  }
}
function takeOver(painted) {
  painted.querySelectorAll("input[id^=first-], textarea[id^=first-]").forEach(takeOverField);
  painted.querySelectorAll("[popover][id^=first-]:popover-open").forEach(takeOverMenu);
  takeOverOpened(painted);
  painted.remove();
}
function onceLetGo(painted) {
  let timer = setTimeout(done, 2000);
  function done() {
    clearTimeout(timer);
    for (const kind of ["pointerup", "pointercancel"]) document.removeEventListener(kind, soon, true);
    takeOver(painted);
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(done, 100);  // the click comes a little later
  }
  for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, soon, true);
  painted.dataset.held = "";
  return () => { if (painted.isConnected) done(); };
}
function Handover({ live }) {
  useLayoutEffect(() => {
    if (!live) return;
    const painted = document.querySelector("[data-first-page]");
    const leave = painted?.matches(":active") ? onceLetGo(painted) : painted && takeOver(painted);
    document.querySelector("title[data-first-paint]")?.remove();
    return () => {
      leave?.();
      document.querySelectorAll("head [data-first-paint]").forEach((element) => element.remove());
    };
  }, [live]);
  return null;
}"""
        ]


def handover(live: rx.Var | bool) -> rx.Component:
    """Put once in a page that has a first paint; ``live`` as given to the shell."""
    return Handover.create(live=live)
