"""The frame of the studio and of administration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx

from marketplace.i18n import _

from .icon import icon
from .link import link

_LINK = (
    "flex h-11 shrink-0 items-center gap-3 rounded-control px-3 text-sm font-medium whitespace-nowrap text-muted "
    "transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft "
    "aria-[current=page]:font-semibold aria-[current=page]:text-accent"
)


class CurrentRoom(rx.Component):
    """On a phone, where the rooms don't all fit, scrolls to the one that somebody is in: again when what waits in a room
    comes after and pushes it aside, until they touch the rooms themselves."""

    tag = "CurrentRoom"

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useLayoutEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [
            """function CurrentRoom() {
  const here = useRef(null);
  useLayoutEffect(() => {
    const rooms = here.current.parentElement;
    const show = () => {
      const room = rooms.querySelector("[aria-current=page]")?.getBoundingClientRect();
      const all = rooms.getBoundingClientRect();
      if (room) rooms.scrollLeft += room.x + room.width / 2 - all.x - all.width / 2;
    };
    show();
    const wider = new ResizeObserver(show);
    for (const room of rooms.querySelectorAll("a")) wider.observe(room);
    const touched = new AbortController();
    const leave = () => {
      wider.disconnect();
      touched.abort();
    };
    for (const name of ["pointerdown", "wheel", "focusin"])
      rooms.addEventListener(name, leave, { signal: touched.signal, passive: true });
    return leave;
  }, []);
  return <span ref={here} hidden />;
}"""
        ]


def studio_links() -> list[tuple[str, str, str, str]]:
    """``(key, label, href, icon)`` of the studio's rooms."""
    return [
        ("home", _("Home"), "/studio", "house"),
        ("products", _("Products"), "/studio/products", "shapes"),
        ("earnings", _("Earnings"), "/studio/earnings", "wallet"),
        ("customers", _("Customers"), "/studio/customers", "users"),
        ("payouts", _("Payouts"), "/studio/payouts", "landmark"),
    ]


def studio_shell(
    active: str,
    *children: Any,
    links: Sequence[tuple[str, str, str, str]] | None = None,
    label: str | None = None,
    counts: Mapping[str, rx.Var] | None = None,
    **props: Any,
) -> rx.Component:
    """Navigation at the left on desktop, on top (scrolling) on a phone. Goes inside ``page``.

    Args:
        active: Key of the current room.
        children: The room.
        links: ``(key, label, href, icon)``; the studio's when not given.
        label: Names the navigation; "Studio" when not given.
        counts: Beside a room, by its key: how much waits there, in words; empty when nothing does.
        props: Of the navigation, e.g. ``on_mount``.
    """
    return rx.el.div(
        rx.el.nav(
            *[
                link(
                    icon(name, 18),
                    text,
                    *([_count(counts[key])] if counts and key in counts else []),
                    href=href,
                    aria_current="page" if key == active else "false",
                    class_name=_LINK,
                )
                for key, text, href, name in links or studio_links()
            ],
            CurrentRoom.create(),
            aria_label=label or _("Studio"),
            custom_attrs={"data-print": "no"},
            class_name=(
                "relative flex gap-1 overflow-x-auto [scrollbar-width:none] max-lg:-mx-4 max-lg:border-b "
                "max-lg:border-line max-lg:px-4 max-lg:pb-3 lg:sticky lg:top-24 lg:w-52 lg:shrink-0 lg:flex-col "
                "lg:self-start"
            ),
            **props,
        ),
        rx.el.div(*children, class_name="min-w-0 grow"),
        class_name="flex flex-col gap-6 lg:flex-row lg:gap-10",
    )


def _count(count: rx.Var) -> rx.Component:
    return rx.cond(
        count != "",
        rx.el.span(
            count,
            rx.el.span(" ", _("waiting"), class_name="sr-only"),
            class_name=(
                "tnum grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1.5 text-xs font-semibold "
                "text-on-accent lg:ms-auto"
            ),
        ),
    )
