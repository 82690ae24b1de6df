"""Leaving the page for a backend route or another site, decided by the server."""

from __future__ import annotations

import reflex as rx


class Navigate(rx.Component):
    """Loads ``to`` as a document as soon as it is not empty, and again when ``to`` or ``nonce`` changes.

    The same pair never navigates twice in a tab: whoever comes back by the Back button stays.

    A redirect event to the same host stays inside the page's router, and a script event needs ``eval``, which the
    security policy forbids; this needs neither. Renders nothing.
    """

    tag = "Navigate"

    to: rx.Var[str]
    nonce: rx.Var[int]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """function Navigate({ to, nonce }) {
  useEffect(() => {
    const key = nonce + " " + to;
    const trips = (sessionStorage.getItem("trips") ?? "").split("\\n");
    if (!to || trips.includes(key)) return;
    sessionStorage.setItem("trips", [...trips, key].slice(-30).join("\\n"));
    window.location.assign(to);
  }, [to, nonce]);
  return null;
}"""
        ]


def navigate(to: rx.Var[str], nonce: rx.Var[int] | int = 0) -> rx.Component:
    """Put once in a page; set ``to`` from an event.

    Args:
        to: Where to go: a path of ours or a vendor's URL, built by the server; empty to stay.
        nonce: Change it to go to the same place again.
    """
    return Navigate.create(to=to, nonce=nonce)
