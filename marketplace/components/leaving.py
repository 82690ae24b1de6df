"""Before a page goes: what waits to be sent is sent while the connection is there; who stays, stays connected."""

from __future__ import annotations

import reflex as rx

_LEAVING = """
if (typeof window !== "undefined" && !globalThis.leavingHeard) {
  globalThis.leavingHeard = true;
  const leave = (event) => {
    const stays = event.type === "beforeunload";
    const told = new Event("page:leaving", { cancelable: stays });
    if (!window.dispatchEvent(told)) event.preventDefault();
    if (stays) event.stopImmediatePropagation();
  };
  ["beforeunload", "pagehide"].forEach((name) => window.addEventListener(name, leave));
}
const Leaving = () => null;
"""


class Leaving(rx.Component):
    """Tells ``page:leaving`` to the window, before anybody else hears that the page may go: a window's listeners are
    called in the order in which they came, and this one comes with the app's own script, before there is a connection
    (that of a page may come after). Who has something to send, sends it then; who wants the person to be asked first, calls
    ``preventDefault``.

    Reflex hangs up at ``beforeunload``: what was sent there came too late, and who stayed, or had pressed the link of
    a download, had lost the connection. It also hangs up at ``pagehide``, which comes only when the page really goes.
    Renders nothing.
    """

    tag = "Leaving"

    def add_custom_code(self) -> list[str]:
        return [_LEAVING]


def leaving() -> rx.Component:
    """Put once in the app."""
    return Leaving.create()
