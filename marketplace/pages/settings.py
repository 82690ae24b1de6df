"""Profile, password, browsers that are signed in, look, leaving."""

from __future__ import annotations

import reflex as rx
from reflex.style import set_color_mode

from marketplace.components.address import address_fields
from marketplace.components.avatar import avatar
from marketplace.components.badge import badge
from marketplace.components.button import button
from marketplace.components.dialog import close_dialog, dialog, open_dialog
from marketplace.components.field import field, field_error, password_input, radio_cards, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.link import text_link
from marketplace.components.navigate import navigate
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton_lines
from marketplace.components.uploader import signed_put
from marketplace.i18n import _, list_words
from marketplace.pages import Route
from marketplace.pages.settings_time import time_zone_choice
from marketplace.pages.shell import shell
from marketplace.present import countries
from marketplace.settings import OAUTH_NAMES, get_settings
from marketplace.state.billing import BillingState
from marketplace.state.settings import SettingsState

_DELETE = "delete-account"


def settings() -> rx.Component:
    return shell(
        page_title(_("Settings")),
        rx.cond(SettingsState.loaded, _sections(), skeleton_lines(8)),
        navigate(SettingsState.go, SettingsState.trip),
        live=SettingsState.loaded,
        tab="settings",
    )


def _sections() -> rx.Component:
    parts = (
        ("profile", _("Profile"), _("How you appear to creators and other learners."), _profile()),
        (
            "billing",
            _("Billing details"),
            _("What stands on your next invoices. Earlier ones stay as they are."),
            _billing(),
        ),
        ("time-zone", _("Time zone"), _("In which you see days and times."), time_zone_choice()),
        ("password", _("Password"), _("Changing it signs out every other browser."), _password()),
        ("browsers", _("Browsers"), _("Where you are signed in at the moment."), _browsers()),
        ("appearance", _("Appearance"), _("Kept in this browser only."), _appearance()),
        ("leaving", _("Delete account"), _("This can't be undone."), _leaving()),
    )
    return rx.el.div(*[_section(*part) for part in parts], class_name="border-b border-line")


def _section(id: str, title: str, text: str, body: rx.Component) -> rx.Component:
    """Heading at the left, what it holds at the right; one under the other on a phone."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, id=f"{id}-title", class_name="text-lg"),
            rx.el.p(text, class_name="mt-1 max-w-[34ch] text-sm text-muted"),
        ),
        rx.el.div(body, class_name="min-w-0 max-w-xl"),
        id=id,
        aria_labelledby=f"{id}-title",
        class_name="grid gap-5 border-t border-line py-8 sm:py-10 lg:grid-cols-[18rem_minmax(0,1fr)] lg:gap-16",
    )


def _error(name: str) -> rx.Var:
    return SettingsState.errors.get(name, "")


def _profile() -> rx.Component:
    profile = SettingsState.profile
    return rx.el.div(
        _picture(),
        rx.el.form(
            field(
                _("Name"),
                text_input("name", default_value=profile["name"], auto_complete="name", max_length=80),
                error=_error("name"),
                required=True,
            ),
            field(
                _("Handle"),
                _handle_input(),
                hint=_("Part of your page's address: 3 to 30 letters, digits or hyphens."),
                error=_error("handle"),
                required=True,
            ),
            field(
                _("About you"),
                textarea("bio", rows=4, default_value=profile["bio"], max_length=2000),
                hint=_("A few sentences. Shown on your page if you sell lessons."),
                error=_error("bio"),
            ),
            rx.el.div(button(_("Save profile"), type="submit")),
            on_submit=SettingsState.save_profile,
            method="post",
            class_name="grid gap-5",
        ),
        class_name="grid gap-8",
    )


def _handle_input() -> rx.Component:
    """Drawn anew when the saved handle changes, since saving may tidy what was typed."""
    at = "pointer-events-none absolute inset-y-0 start-3 flex items-center text-muted"
    control = text_input(
        "handle",
        default_value=SettingsState.profile["handle"],
        key=SettingsState.profile["handle"],
        auto_complete="off",
        max_length=31,
        class_name="ps-8",
        custom_attrs={"autoCapitalize": "none", "spellCheck": "false"},
    )
    return rx.el.div(rx.el.span("@", aria_hidden="true", class_name=at), control, class_name="relative")


def _picture() -> rx.Component:
    profile = SettingsState.profile
    return rx.el.div(
        avatar(profile["name"], profile["avatar"], "xl"),
        rx.el.div(
            signed_put(
                SettingsState.avatar_upload_url,
                _("Your picture"),
                SettingsState.avatar_round,
                SettingsState.avatar_problem,
                max_bytes=5 * 1024**2,
                hint=_("JPEG, PNG or WebP, up to 5 MB. A square works best."),
                on_file_chosen=SettingsState.avatar_chosen,
                on_done=SettingsState.avatar_uploaded,
            ),
            class_name="grid min-w-0 grow gap-2",
        ),
        class_name="flex items-center gap-6 max-sm:flex-col max-sm:items-stretch",
    )


def _billing() -> rx.Component:
    billing, errors = BillingState.billing, BillingState.errors
    name = text_input(
        "billing_name",
        default_value=billing["billing_name"],
        placeholder=SettingsState.profile["name"],
        auto_complete="name",
        max_length=120,
    )
    company = text_input("company", default_value=billing["company"], auto_complete="organization", max_length=120)
    form = rx.el.form(
        field(
            _("Name on the invoice"),
            name,
            hint=_("Your profile's name, if you leave it empty."),
            error=errors.get("billing_name", ""),
        ),
        field(_("Company"), company, error=errors.get("company", "")),
        address_fields(billing, errors, countries()),
        rx.el.div(button(_("Save billing details"), kind="secondary", type="submit")),
        key=BillingState.saves.to(str),
        on_submit=BillingState.save,
        method="post",
        class_name="grid gap-5",
    )
    return rx.cond(BillingState.loaded, form, skeleton_lines(6))


def _password() -> rx.Component:
    return rx.el.form(
        # Password managers need to know whose password this is.
        rx.el.input(
            type="email",
            name="username",
            auto_complete="username",
            value=SettingsState.profile["email"],
            read_only=True,
            hidden=True,
        ),
        field(_("Present password"), password_input("current"), error=_error("current"), required=True),
        field(
            _("New password"),
            password_input("password", new=True, min_length=10, max_length=72),
            hint=_("At least 10 characters."),
            error=_error("password"),
            required=True,
        ),
        rx.el.div(
            button(_("Change password"), kind="secondary", type="submit", loading=SettingsState.busy == "password")
        ),
        rx.el.p(
            _no_password(),
            " ",
            text_link(_("Set one by mail"), "/forgot"),
            class_name="text-sm text-muted",
        ),
        key=SettingsState.changes.to(str),
        on_submit=SettingsState.change_password,
        method="post",
        class_name="grid gap-5",
    )


def _no_password() -> str:
    names = [OAUTH_NAMES[key] for key in get_settings().sign_in_providers]
    if not names:
        return _("Forgot it?")
    return _("Signed up with {names}, or forgot it?").format(names=list_words(names, "or"))


def _browsers() -> rx.Component:
    return rx.el.div(
        rx.el.ul(
            rx.foreach(SettingsState.sessions, _browser),
            class_name="divide-y divide-line rounded-card border border-line bg-surface",
        ),
        rx.cond(
            SettingsState.sessions.length() > 1,
            rx.el.div(
                button(_("Sign out all other browsers"), kind="secondary", size="sm", on_click=SettingsState.end_others)
            ),
        ),
        class_name="grid gap-4",
    )


def _browser(row: rx.Var) -> rx.Component:
    phone = row["browser"].contains("iPhone") | row["browser"].contains("Android")
    here = rx.cond(row["current"] != "", badge(_("This browser"), "accent"))
    leave = button(
        rx.fragment(_("Sign out"), rx.el.span(" ", row["browser"], class_name="sr-only")),
        kind="secondary",
        size="sm",
        on_click=SettingsState.end_session(row["id"]),
    )
    return rx.el.li(
        rx.cond(phone, icon("smartphone", 22, "text-muted"), icon("monitor", 22, "text-muted")),
        rx.el.div(
            rx.el.p(row["browser"], here, class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium"),
            rx.el.p(
                rx.el.span(phrase(_("Seen {when}"), when=row["seen"])),
                rx.el.span(row["ip"], class_name="tnum break-all"),
                class_name="flex flex-wrap gap-x-4 text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(row["current"] == "", leave),
        class_name="flex min-h-16 items-center gap-4 px-4 py-3",
    )


def _appearance() -> rx.Component:
    choices = (
        ("system", _("As the system"), _("Follows this device")),
        ("light", _("Light"), _("Paper and ink")),
        ("dark", _("Dark"), _("Easy at night")),
    )
    return radio_cards(
        "appearance", choices, value=rx.color_mode, on_change=set_color_mode, label=_("Appearance"), columns=3
    )


def _leaving() -> rx.Component:
    what = _(
        "Your name, email, picture and bio are removed now, and you are signed out everywhere. Lessons you sell leave "
        "the shop; people who bought them keep them. What you bought can't be opened any more. Invoices stay in "
        "the books: download yours first."
    )
    return rx.el.div(
        rx.el.p(what, class_name="max-w-[60ch] text-muted"),
        rx.cond(SettingsState.notes.length() > 0, _notes()),
        rx.cond(
            SettingsState.may_leave,
            button(_("Delete account…"), kind="secondary", on_click=open_dialog(_DELETE), class_name="text-danger!"),
        ),
        _delete_dialog(),
        class_name="grid justify-items-start gap-5",
    )


def _notes() -> rx.Component:
    """What stands in the way first, then what will happen."""
    return rx.el.div(
        rx.el.h3(
            rx.cond(SettingsState.may_leave, _("What happens when you leave"), _("Before you can leave")),
            class_name="mb-3 font-semibold",
        ),
        rx.el.ul(rx.foreach(SettingsState.notes, _note), class_name="grid gap-3"),
        class_name="max-w-[60ch]",
    )


def _note(note: rx.Var) -> rx.Component:
    stops = note["kind"] == "stops"
    mark = rx.cond(stops, icon("circle_alert", 20, "mt-0.5 text-danger"), icon("info", 20, "mt-0.5 text-muted"))
    return rx.el.li(
        mark,
        rx.el.p(
            rx.el.span(note["text"], class_name=rx.cond(stops, "font-medium", "text-muted")),
            rx.cond(note["href"] != "", rx.fragment(" ", text_link(_("Look at it"), note["href"]))),
            class_name="min-w-0",
        ),
        class_name="flex gap-3",
    )


def _delete_dialog() -> rx.Component:
    handle = SettingsState.profile["handle"]
    return dialog(
        rx.el.form(
            rx.el.p(_("Nobody can bring it back afterwards."), class_name="text-muted"),
            field(
                rx.el.span(*sentence(_("Type {handle} to confirm"), handle=rx.el.strong(handle))),
                text_input("confirm", auto_complete="off", custom_attrs={"autoCapitalize": "none"}),
                error=_error("confirm"),
                required=True,
            ),
            field_error(_error("leaving")),
            rx.el.div(
                button(_("Keep my account"), kind="secondary", on_click=close_dialog(_DELETE)),
                button(_("Delete my account"), kind="danger", type="submit"),
                class_name="mt-1 flex flex-col-reverse gap-3 sm:flex-row sm:justify-end",
            ),
            on_submit=SettingsState.delete_account,
            method="post",
            class_name="grid gap-5",
        ),
        id=_DELETE,
        title=_("Delete your account?"),
    )


PAGES = [Route("/settings", settings, _("Settings"), [SettingsState.on_load, BillingState.on_load])]
