"""The browser says in which time zone it is, once in a tab."""

from __future__ import annotations

import reflex as rx

_TELL = """function TellZone({ onZone }) {
  useEffect(() => {
    if (sessionStorage.getItem("zone-told")) return;
    sessionStorage.setItem("zone-told", "1");
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (name) onZone?.(name);
  }, []);
  return null;
}"""


def _name(name: rx.Var[str]) -> list[rx.Var]:
    return [name]


class TellZone(rx.Component):
    """Calls ``on_zone`` with a name such as ``Europe/Berlin``. Renders nothing."""

    tag = "TellZone"

    on_zone: rx.EventHandler[_name]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useEffect"}

    def add_custom_code(self) -> list[str]:
        return [_TELL]


def tell_zone(on_zone: rx.EventHandler) -> rx.Component:
    """Put into a page that shows times, for who is signed in."""
    return TellZone.create(on_zone=on_zone)
