"""The small parts of the UI kit that public pages use, as HTML."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from marketplace.api.paint.html import Html, h, join
from marketplace.components.avatar import _SIZES as AVATAR_SIZES
from marketplace.components.badge import TONES
from marketplace.components.button import button_class
from marketplace.components.icon import MIRRORED
from marketplace.components.link import ARROW_LINK
from marketplace.i18n import _

# Lucide, ISC licence.
_ICONS = {
    "arrow-right": '<path d="M5 12h14"/><path d="m12 5 7 7-7 7"/>',
    "book-open": (
        '<path d="M12 7v14"/><path d="M3 18a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h5a4 4 0 0 1 4 4 4 4 0 0 1 4-4h5a1 1 0 0 1 1 1v13a1 1 0 0 '
        '1-1 1h-6a3 3 0 0 0-3 3 3 3 0 0 0-3-3z"/>'
    ),
    "circle-check": '<circle cx="12" cy="12" r="10"/><path d="m9 12 2 2 4-4"/>',
    "check": '<path d="M20 6 9 17l-5-5"/>',
    "circle-alert": '<circle cx="12" cy="12" r="10"/><path d="M12 8v4"/><path d="M12 16h.01"/>',
    "tag": '<path d="M12.586 2.586A2 2 0 0 0 11.172 2H4a2 2 0 0 0-2 2v7.172a2 2 0 0 0 .586 1.414l8.704 8.704a2.426 2.426 0 0'
    ' 0 3.42 0l6.58-6.58a2.426 2.426 0 0 0 0-3.42z"/><circle cx="7.5" cy="7.5" r=".5" fill="currentColor"/>',
    "clapperboard": '<path d="m12.296 3.464 3.02 3.956"/><path d="M20.2 6 3 11l-.9-2.4c-.3-1.1.3-2.2 1.3-2.5l13.5-4c'
    '1.1-.3 2.2.3 2.5 1.3z"/><path d="M3 11h18v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/><path d="m6.18 5.276 3.1 3.899"/>',
    "clock": '<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>',
    "info": '<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>',
    "languages": '<path d="m5 8 6 6"/><path d="m4 14 6-6 2-3"/><path d="M2 5h12"/><path d="M7 2h1"/>'
    '<path d="m22 22-5-10-5 10"/><path d="M14 18h6"/>',
    "lock": '<rect width="18" height="11" x="3" y="11" rx="2" ry="2"/><path d="M7 11V7a5 5 0 0 1 10 0v4"/>',
    "play": '<path d="M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z"/>',
    "search": '<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/>',
    "search-x": '<path d="m13.5 8.5-5 5"/><path d="m8.5 8.5 5 5"/><circle cx="11" cy="11" r="8"/>'
    '<path d="m21 21-4.3-4.3"/>',
    "shapes": '<path d="M8.3 10a.7.7 0 0 1-.626-1.079L11.4 3a.7.7 0 0 1 1.198-.043L16.3 8.9a.7.7 0 0 1-.572 1.1Z"/>'
    '<rect x="3" y="14" width="7" height="7" rx="1"/><circle cx="17.5" cy="17.5" r="3.5"/>',
    "signal": '<path d="M2 20h.01"/><path d="M7 20v-4"/><path d="M12 20v-8"/><path d="M17 20V8"/><path d="M22 4v16"/>',
    "undo-2": '<path d="M9 14 4 9l5-5"/><path d="M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11"/>',
    "shopping-cart": '<circle cx="8" cy="21" r="1"/><circle cx="19" cy="21" r="1"/><path d="M2.05 2.05h2l2.66 12.42'
    'a2 2 0 0 0 2 1.58h9.78a2 2 0 0 0 1.95-1.57l1.65-7.43H5.12"/>',
    "gift": '<path d="M12 7v14"/><path d="M20 11v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-8"/><path d="M7.5 7a1 1 0 0 1 0-5A4.8 8'
    ' 0 0 1 12 7a4.8 8 0 0 1 4.5-5 1 1 0 0 1 0 5"/><rect x="3" y="7" width="18" height="4" rx="1"/>',
    "calendar-clock": '<path d="M16 14v2.2l1.6 1"/><path d="M16 2v4"/><path d="M21 7.5V6a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v14a2'
    ' 2 0 0 0 2 2h3.5"/><path d="M3 10h5"/><path d="M8 2v4"/><circle cx="16" cy="16" r="6"/>',
    "share-2": '<circle cx="18" cy="5" r="3"/><circle cx="6" cy="12" r="3"/><circle cx="18" cy="19" r="3"/>'
    '<line x1="8.59" x2="15.42" y1="13.51" y2="17.49"/><line x1="15.41" x2="8.59" y1="6.51" y2="10.49"/>',
    "star": (
        '<path d="M11.525 2.295a.53.53 0 0 1 .95 0l2.31 4.679a2.123 2.123 0 0 0 1.595 1.16l5.166.756a.53.53 0 0 1 .294'
        '.904l-3.736 3.638a2.123 2.123 0 0 0-.611 1.878l.882 5.14a.53.53 0 0 1-.771.56l-4.618-2.428a2.122 2.1'
        '22 0 0 0-1.973 0L6.396 21.01a.53.53 0 0 1-.77-.56l.881-5.139a2.122 2.122 0 0 0-.611-1.879L2.16 9.795'
        'a.53.53 0 0 1 .294-.906l5.165-.755a2.122 2.122 0 0 0 1.597-1.16z"/>'
    ),
    "quote": '<path d="M16 3a2 2 0 0 0-2 2v6a2 2 0 0 0 2 2 1 1 0 0 1 1 1v1a2 2 0 0 1-2 2 1 1 0 0 0-1 1v2a1 1 0 0 0 1 1 6 6 0 0 0 6-6'
    'V5a2 2 0 0 0-2-2z"/><path d="M5 3a2 2 0 0 0-2 2v6a2 2 0 0 0 2 2 1 1 0 0 1 1 1v1a2 2 0 0 1-2 2 1 1 0 0 0-1 1v2a1 1 0 0 0 1 1 6 6'
    ' 0 0 0 6-6V5a2 2 0 0 0-2-2z"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "sliders-horizontal": '<path d="M10 5H3"/><path d="M12 19H3"/><path d="M14 3v4"/><path d="M16 17v4"/>'
    '<path d="M21 12h-9"/><path d="M21 19h-5"/><path d="M21 5h-7"/><path d="M8 10v4"/><path d="M8 12H3"/>',
    "x": '<path d="M18 6 6 18"/><path d="m6 6 12 12"/>',
    "triangle-alert": '<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"/>'
    '<path d="M12 9v4"/><path d="M12 17h.01"/>',
}  # fmt: skip


@lru_cache(maxsize=512)
def icon(name: str, size: int = 20, class_name: str = "") -> Html:
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
    )
    turned = f"{MIRRORED} " if name == "arrow-right" else ""
    return Html(f'{drawn}class="{f"shrink-0 {turned}{class_name}".strip()}">{_ICONS[name]}</svg>')


def avatar(name: str, src: str, size: str) -> Html:
    shape = f"{AVATAR_SIZES[size]} shrink-0 rounded-full"
    if src:
        return h("img", src=src, alt="", loading="lazy", class_=f"{shape} bg-sunken object-cover")
    initials = "".join(word[:1] for word in name.split(" "))[:2]
    look = "inline-grid place-items-center bg-accent-soft font-semibold text-accent uppercase"
    return h("span", initials, aria_hidden="true", class_=f"{shape} {look}")


def badge(text: str, tone: str) -> Html:
    """As ``components.badge.badge``."""
    look = "inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-semibold whitespace-nowrap"
    return h("span", text, class_=f"{look} {TONES[tone]}")


def amount(text: str, look: str) -> Html:
    return h("span", text, class_=f"tnum whitespace-nowrap {look}")


def chip(label: str, href: str, active: bool = False) -> Html:
    return h(
        "a",
        label,
        href=href,
        aria_current="true" if active else "false",
        class_="chip",
    )


def link_button(
    label: str, href: str, kind: str = "primary", size: str = "md", full: bool = False, icon_name: str = ""
) -> Html:
    drawn = icon(icon_name, 18) if icon_name else None
    return h("a", drawn, label, href=href, class_=button_class(kind, size, full))


def empty(title: str, text: str, icon_name: str, action: Html | None = None) -> Html:
    """As ``components.empty.empty_state``."""
    return h(
        "div",
        h(
            "span",
            icon(icon_name, 24),
            class_="grid size-12 place-items-center rounded-full bg-sunken text-muted",
        ),
        h("p", title, class_="mt-4 font-display text-lg font-semibold"),
        h("p", text, class_="mt-1 max-w-[46ch] text-muted empty:hidden"),
        h("div", action, class_="mt-5") if action else None,
        class_="flex flex-col items-center rounded-card border border-dashed border-line px-6 py-14 text-center",
    )


def notice(text: str, kind: str = "info") -> Html:
    """As ``components.notice.notice``, for ``info`` and ``warning``."""
    background, colour, name = {
        "info": ("bg-info-soft", "text-info", "info"),
        "warning": ("bg-warning-soft", "text-warning", "triangle-alert"),
    }[kind]
    return h(
        "div",
        icon(name, 20, colour),
        h("div", h("div", text), class_="min-w-0 flex-1"),
        class_=f"flex flex-wrap items-start gap-3 rounded-card p-4 text-sm text-ink sm:flex-nowrap {background}",
    )


def show_more(path: str, **query: str) -> Html | None:
    """The next page as a plain link; nothing on the last one."""
    if not query.get("key"):
        return None
    address = f"{path}?{urlencode({name: value for name, value in query.items() if value})}"
    return h("div", link_button(_("Show more"), address, "secondary"), class_="mt-12 flex justify-center")


def arrow_link(*label: Any, href: str, look: str = "") -> Html:
    """As ``components.link.arrow_link``."""
    return h("a", join(*label), icon("arrow-right", 16), href=href, class_=f"{look} {ARROW_LINK}".strip())
