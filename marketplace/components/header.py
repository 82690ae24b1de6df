"""The top of every page, and the tab bar at the bottom of a phone."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from marketplace.i18n import _
from marketplace.settings import get_settings

from .avatar import avatar
from .button import icon_button, link_button
from .icon import icon
from .link import link, plain_form
from .menu import menu, menu_button, menu_line, menu_link, menu_submit, opens
from .search_keys import SearchKeys
from .suggest import suggest_box


def mark(site_name: str) -> rx.Component:
    """The sign and the name, linking home."""
    return link(
        rx.el.svg(
            rx.el.path(d="M4 28V14a12 12 0 0 1 24 0v14", class_name="stroke-accent", stroke_width="3.5"),
            rx.el.circle(cx="16", cy="17", r="5", class_name="fill-accent"),
            view_box="0 0 32 32",
            width="28",
            height="28",
            fill="none",
            aria_hidden="true",
        ),
        rx.el.span(site_name, class_name="font-display text-lg font-bold tracking-tight max-sm:sr-only"),
        href="/",
        class_name="flex min-h-11 shrink-0 items-center gap-2.5",
    )


def search_form(id: str = "search", value: rx.Var | str = "") -> rx.Component:
    """Search that works without JavaScript: ``GET /search?q=``."""
    return plain_form(
        icon("search", 18, "pointer-events-none absolute top-1/2 start-3.5 -translate-y-1/2 text-muted"),
        rx.el.input(
            type="search",
            name="q",
            id=id,
            default_value=value,
            placeholder=_("Search lessons"),
            aria_label=_("Search"),
            auto_complete="off",
            enter_key_hint="search",
            class_name=(
                "h-11 w-full rounded-full border border-line bg-surface pe-4 ps-10 text-base transition-colors "
                "hover:border-line-strong sm:text-sm"
            ),
        ),
        suggest_box(id),
        action="/search",
        role="search",
        class_name="relative min-w-0 grow sm:max-w-md",
    )


def theme_button() -> rx.Component:
    """Light or dark; the choice is remembered in this browser."""
    return icon_button("sun_moon", _("Light or dark"), on_click=rx.toggle_color_mode)


def header(
    site_name: str = "Atelier",
    signed_in: rx.Var | bool = False,
    is_creator: rx.Var | bool = False,
    name: rx.Var | str = "",
    avatar_src: rx.Var | str = "",
    is_staff: rx.Var | bool = False,
    query: rx.Var | str = "",
    search_id: str = "search",
    cart: rx.Component | None = None,
) -> rx.Component:
    """The header.

    Args:
        site_name: Of the white label.
        signed_in: Shows the account's menu, else sign in and up.
        is_creator: "Studio" instead of "Sell".
        name: Of the person signed in.
        avatar_src: Their picture, or empty.
        is_staff: Adds the link to ``/admin``.
        query: What was searched for.
        search_id: Id of the search input; ``/`` and Ctrl or ⌘ K lead to it.
        cart: The way to the basket, for who is signed in.
    """
    sell = rx.cond(is_creator, _nav(_("Studio"), "/studio"), _nav(_("Sell"), "/studio"))
    return rx.el.header(
        rx.el.div(
            mark(site_name),
            search_form(search_id, query),
            SearchKeys.create(target=search_id),
            rx.el.nav(
                _nav(_("Browse"), "/search"),
                sell,
                aria_label=_("Main"),
                class_name="ms-auto flex items-center max-md:hidden",
            ),
            rx.el.div(
                rx.el.span(theme_button(), class_name="max-sm:hidden"),
                rx.cond(
                    signed_in,
                    rx.fragment(cart or rx.fragment(), _account(name, avatar_src, is_creator, is_staff)),
                    _guest(),
                ),
                class_name="flex shrink-0 items-center gap-1 max-md:ms-auto",
            ),
            class_name="mx-auto flex h-16 max-w-page items-center gap-2 px-4 sm:gap-4 sm:px-6",
        ),
        custom_attrs={"data-print": "no"},
        class_name="sticky top-0 z-20 border-b border-line bg-paper/95 backdrop-blur-sm",
    )


def _nav(label: str, href: str) -> rx.Component:
    return link(
        label, href=href, class_name="flex h-11 items-center rounded-control px-3 text-sm font-semibold hover:bg-sunken"
    )


def _guest() -> rx.Component:
    return rx.fragment(
        link_button(_("Sign in"), "/login", kind="quiet", size="sm", class_name="max-sm:hidden"),
        link_button(_("Sign up"), "/signup", size="sm", class_name="max-sm:hidden"),
        icon_button("menu", _("Menu"), custom_attrs=opens("guest-menu"), class_name="sm:hidden"),
        menu(
            menu_link(_("Sign in"), "/login", "log_in"),
            menu_link(_("Sign up"), "/signup", "user_plus"),
            menu_line(),
            menu_link(_("Browse"), "/search", "compass"),
            menu_link(_("Sell"), "/studio", "store"),
            menu_line(),
            menu_button(_("Light or dark"), "sun_moon", on_click=rx.toggle_color_mode),
            id="guest-menu",
            label=_("Menu"),
        ),
    )


def _account(name: rx.Var | str, src: rx.Var | str, is_creator: rx.Var | bool, is_staff: rx.Var | bool) -> rx.Component:
    return rx.fragment(
        rx.el.button(
            avatar(name, src, "sm"),
            type="button",
            aria_label=_("Your account"),
            custom_attrs=opens("account-menu"),
            class_name="grid size-11 shrink-0 place-items-center rounded-full",
        ),
        menu(
            rx.el.p(name, class_name="truncate px-3 py-2 font-semibold"),
            menu_line(),
            menu_link(_("Library"), "/library", "library"),
            menu_link(_("Orders"), "/orders", "receipt"),
            rx.cond(
                is_creator,
                menu_link(_("Studio"), "/studio", "store"),
                menu_link(_("Start selling"), "/studio", "store"),
            ),
            rx.cond(is_staff, menu_link(_("Administration"), "/admin", "shield")),
            menu_line(),
            menu_link(_("Settings"), "/settings", "settings"),
            menu_button(_("Light or dark"), "sun_moon", on_click=rx.toggle_color_mode),
            plain_form(
                menu_submit(_("Sign out"), "log_out"), action=f"{get_settings().backend}/auth/signout", method="post"
            ),
            id="account-menu",
            label=_("Your account"),
        ),
    )


def bottom_tabs(active: str = "", is_creator: rx.Var | bool = False) -> rx.Component:
    """The phone's tab bar for people who are signed in.

    Args:
        active: ``home``, ``search``, ``library``, ``orders``, ``studio`` or ``settings``.
        is_creator: Shows the studio rather than settings.
    """
    tabs: Sequence[tuple[str, str, str, str]] = (
        ("home", _("Home"), "/", "house"),
        ("search", _("Browse"), "/search", "compass"),
        ("library", _("Library"), "/library", "library"),
        ("orders", _("Orders"), "/orders", "receipt"),
    )
    last = rx.cond(
        is_creator,
        _tab("studio", _("Studio"), "/studio", "store", active),
        _tab("settings", _("Settings"), "/settings", "settings", active),
    )
    return rx.el.nav(
        *[_tab(*tab, active) for tab in tabs],
        last,
        aria_label=_("Sections"),
        custom_attrs={"data-print": "no", "data-tab-bar": "true"},
        class_name=(
            "fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t border-line bg-surface "
            "pb-[env(safe-area-inset-bottom)] sm:hidden"
        ),
    )


def _tab(key: str, label: str, href: str, name: str, active: str) -> rx.Component:
    return link(
        icon(name, 22),
        rx.el.span(label, class_name="max-w-full truncate"),
        href=href,
        aria_current="page" if key == active else "false",
        class_name=(
            "flex h-14 min-w-0 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-semibold text-muted "
            "aria-[current=page]:text-accent"
        ),
    )
