"""Leaving the page for a backend route or another site, decided by the server."""

from __future__ import annotations

import reflex as rx


class Navigate(rx.Component):
    """Loads ``to`` as a document as soon as it is not empty, and again when ``trip`` changes.

    No tab goes on the same trip twice: whoever comes back by the Back button stays. Only their numbers are kept.

    A redirect event to the same host stays inside the page's router, and a script event needs ``eval``, which the
    security policy forbids; this needs neither. Renders nothing.
    """

    tag = "Navigate"

    to: rx.Var[str]
    trip: rx.Var[int]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """function Navigate({ to, trip }) {
  useEffect(() => {
    const trips = (sessionStorage.getItem("trips") ?? "").split(" ");
    if (!to || trips.includes(String(trip))) return;
    sessionStorage.setItem("trips", [...trips, trip].slice(-500).join(" "));
    window.location.assign(to);
  }, [to, trip]);
  return null;
}"""
        ]


def navigate(to: rx.Var[str], trip: rx.Var[int]) -> rx.Component:
    """Put once in a page; set ``to`` from an event.

    Args:
        to: Where to go: a path of ours or a vendor's URL, built by the server; empty to stay.
        trip: A number that no other has, with each time that ``to`` is set.
    """
    return Navigate.create(to=to, trip=trip)
