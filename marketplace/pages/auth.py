"""Signing in and up, and getting back in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from marketplace.components.arrival import arrival
from marketplace.components.button import button, button_class, link_button
from marketplace.components.client import client_action
from marketplace.components.field import field, password_input, text_input
from marketplace.components.icon import icon
from marketplace.components.link import link, text_link
from marketplace.components.navigate import navigate
from marketplace.components.notice import notice
from marketplace.components.sentence import sentence
from marketplace.components.skeleton import skeleton_lines
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import OAUTH_NAMES, get_settings
from marketplace.state.auth import AuthState
from marketplace.state.viewer import Viewer

_DEMO_PASSWORD = "demo-password-1"  # noqa: S105 - of the sandbox's demo people only
_DEMO_PEOPLE = ("learner", "creator", "moderator", "admin")
_GITHUB = (
    "M8 0c4.42 0 8 3.58 8 8a8.013 8.013 0 0 1-5.45 7.59c-.4.08-.55-.17-.55-.38 0-.27.01-1.13.01-2.2 0-.75-.25-1.23"
    "-.54-1.48 1.78-.2 3.65-.88 3.65-3.95 0-.88-.31-1.59-.82-2.15.08-.2.36-1.02-.08-2.12 0 0-.67-.22-2.2.82-.64-.18"
    "-1.32-.27-2-.27-.68 0-1.36.09-2 .27-1.53-1.03-2.2-.82-2.2-.82-.44 1.1-.16 1.92-.08 2.12-.51.56-.82 1.28-.82 2.15"
    " 0 3.06 1.86 3.75 3.64 3.95-.23.2-.44.55-.51 1.07-.46.21-1.61.55-2.33-.66-.15-.24-.6-.83-1.23-.82-.67.01-.27.38"
    ".01.53.34.19.73.9.82 1.13.16.45.68 1.31 2.69.94 0 .67.01 1.3.01 1.49 0 .21-.15.45-.55.38A7.995 7.995 0 0 1 0 8"
    "c0-4.42 3.58-8 8-8Z"
)
_GOOGLE = {
    "#4285f4": "M22.56 12.25c0-.78-.07-1.53-.2-2.25H12v4.26h5.92c-.26 1.37-1.04 2.53-2.21 3.31v2.77h3.57c2.08-1.92 "
    "3.28-4.74 3.28-8.09z",
    "#34a853": "M12 23c2.97 0 5.46-.98 7.28-2.66l-3.57-2.77c-.98.66-2.23 1.06-3.71 1.06-2.86 0-5.29-1.93-6.16-4.53H2.18"
    "v2.84C3.99 20.53 7.7 23 12 23z",
    "#fbbc05": "M5.84 14.09c-.22-.66-.35-1.36-.35-2.09s.13-1.43.35-2.09V7.07H2.18C1.43 8.55 1 10.22 1 12s.43 3.45 1.18 "
    "4.93l2.85-2.22.81-.62z",
    "#ea4335": "M12 5.38c1.62 0 3.06.56 4.21 1.64l3.15-3.15C17.45 2.09 14.97 1 12 1 7.7 1 3.99 3.47 2.18 7.07l3.66 2.84"
    "c.87-2.6 3.3-4.53 6.16-4.53z",
}


def login() -> rx.Component:
    return _page(
        _title(_("Sign in"), _("New here?"), _("Create an account"), "/signup"),
        _already(),
        _notice(),
        rx.cond(AuthState.sent_to != "", _sent_again()),
        rx.cond(AuthState.unconfirmed != "", _unconfirmed()),
        _form(
            rx.cond(AuthState.unconfirmed == "", _form_error()),
            _email("username"),
            rx.el.div(
                field(_("Password"), password_input(), error=_error("password"), required=True),
                rx.el.p(text_link(_("Forgot your password?"), "/forgot" + AuthState.carry), class_name="mt-2 text-sm"),
            ),
            button(_("Sign in"), type="submit", loading=AuthState.busy, full=True),
            on_submit=AuthState.sign_in,
            id="sign-in",
        ),
        _providers(),
        _demo_hint(),
    )


def signup() -> rx.Component:
    return _page(
        rx.cond(
            AuthState.sent_to == "",
            rx.el.div(
                _title(_("Create your account"), _("Been here before?"), _("Sign in"), "/login"),
                _already(),
                _sign_up_form(),
                _providers(),
                class_name="grid gap-6",
            ),
            _check_mail(
                _("We sent a link to"),
                _("Open it to confirm your address. Then sign in with the password you chose."),
                button(_("Send the link again"), kind="secondary", full=True, on_click=AuthState.resend),
                "/signup",
            ),
        ),
    )


def _sign_up_form() -> rx.Component:
    return _form(
        _form_error(),
        field(
            _("Your name"),
            text_input("name", auto_complete="name", max_length=80),
            hint=_("Shown beside your reviews, and to the people you learn from."),
            error=_error("name"),
            required=True,
        ),
        _email("email"),
        _new_password(),
        button(_("Create account"), type="submit", loading=AuthState.busy, full=True),
        on_submit=AuthState.sign_up,
        id="sign-up",
    )


def forgot() -> rx.Component:
    return _page(
        rx.cond(
            AuthState.sent_to == "",
            rx.el.div(
                _title(_("Forgot your password?"), _("Remembered it?"), _("Sign in"), "/login"),
                rx.el.p(
                    _("Tell us your email. We send a link that lets you choose a new password."), class_name="-mt-2"
                ),
                _form(
                    _form_error(),
                    _email("username"),
                    button(_("Send the link"), type="submit", loading=AuthState.busy, full=True),
                    on_submit=AuthState.forgot,
                    id="forgot",
                ),
                class_name="grid gap-6",
            ),
            _check_mail(
                _("You typed"),
                _("If this address has an account, a link is on its way that lets you choose a new password."),
                link_button(_("Back to sign in"), "/login", kind="secondary", full=True),
                "/forgot",
            ),
        ),
    )


def reset() -> rx.Component:
    return _page(
        rx.el.h1(_("Choose a new password"), class_name="text-3xl"),
        rx.cond(
            AuthState.loaded,
            rx.cond(AuthState.reset_email != "", _reset_form(), _reset_failed()),
            skeleton_lines(3),
        ),
    )


def _reset_form() -> rx.Component:
    return _form(
        _form_error(),
        field(
            _("Account"),
            text_input(
                "email",
                type="email",
                auto_complete="username",
                read_only=True,
                default_value=AuthState.reset_email,
                class_name="bg-sunken text-muted",
            ),
            required=True,
        ),
        _new_password(_("New password")),
        button(_("Change password"), type="submit", loading=AuthState.busy, full=True),
        rx.el.p(_("Every browser that is signed in now will be signed out."), class_name="text-sm text-muted"),
        on_submit=AuthState.choose_password,
        id="reset",
    )


def _reset_failed() -> rx.Component:
    why = rx.cond(AuthState.failure != "", AuthState.failure, _("This page opens from the link in our mail."))
    return rx.el.div(
        notice(why, "warning", _("This link can't be used")),
        link_button(_("Send a new link"), "/forgot", full=True),
        class_name="grid gap-6",
    )


def _page(*parts: Any) -> rx.Component:
    return shell(
        rx.el.div(
            rx.el.div(*parts, class_name="grid w-full max-w-[25rem] gap-6 max-lg:mx-auto lg:justify-self-end"),
            _arcade(),
            class_name="grid items-center gap-x-24 py-4 lg:min-h-[36rem] lg:grid-cols-2",
        ),
        navigate(AuthState.go, AuthState.trip),
        live=AuthState.loaded,
    )


def _title(title: str, question: str, answer: str, href: str) -> rx.Component:
    return rx.el.div(
        rx.el.h1(title, class_name="text-3xl"),
        rx.el.p(question, " ", text_link(answer, href + AuthState.carry), class_name="mt-2 text-muted"),
    )


def _form(*children: Any, **props: Any) -> rx.Component:
    """Posting keeps a password out of the address if someone is faster than the page."""
    return rx.el.form(*children, method="post", class_name="grid gap-5", **props)


def _error(name: str) -> rx.Var:
    return AuthState.errors.get(name, "")


def _form_error() -> rx.Component:
    return rx.cond(_error("form") != "", notice(_error("form"), "error"))


def _email(auto_complete: str) -> rx.Component:
    plain = {"autoCapitalize": "none", "spellCheck": "false"}
    control = text_input(
        "email", type="email", auto_complete=auto_complete, input_mode="email", max_length=254, custom_attrs=plain
    )
    return field(_("Email"), control, error=_error("email"), required=True)


def _new_password(label: str = "") -> rx.Component:
    return field(
        label or _("Password"),
        password_input(new=True, min_length=10, max_length=72),
        hint=_("At least 10 characters. A short sentence is easy to keep in mind."),
        error=_error("password"),
        required=True,
    )


def _already() -> rx.Component:
    return rx.cond(
        Viewer.signed_in,
        notice(
            rx.fragment(*sentence(_("You are signed in as {name}."), name=rx.el.strong(Viewer.name))),
            action=link_button(_("Go on"), AuthState.next_path, kind="secondary", size="sm"),
        ),
    )


def _notice() -> rx.Component:
    return rx.cond(
        AuthState.notice != "",
        rx.cond(AuthState.went_well, notice(AuthState.notice, "success"), notice(AuthState.notice, "warning")),
    )


def _sent_again() -> rx.Component:
    said = (*sentence(_("We sent the link again, to {email}."), email=rx.el.strong(AuthState.sent_to)), " ")
    return notice(rx.fragment(*said, _mailbox(text_link)), "success")


def _unconfirmed() -> rx.Component:
    return notice(
        _error("form"),
        "warning",
        action=button(_("Send the link again"), kind="secondary", size="sm", on_click=AuthState.resend),
    )


def _check_mail(lead: str, text: str, action: rx.Component, again: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            icon("mail", 28), class_name="grid size-14 place-items-center rounded-full bg-accent-soft text-accent"
        ),
        rx.el.h1(_("Check your mail"), class_name="text-3xl"),
        rx.el.p(
            lead,
            " ",
            rx.el.strong(AuthState.sent_to, class_name="break-all"),
            ". ",
            text,
        ),
        rx.el.div(_mailbox(link_button, icon="inbox", full=True), action, class_name="grid gap-3"),
        _form_error(),
        rx.el.p(
            _("Nothing there? Look into the spam folder, or"),
            " ",
            text_link(_("type the address again"), again, document=True),
            ".",
            class_name="text-sm text-muted",
        ),
        arrival(),
        role="status",
        class_name="grid gap-5",
    )


def _mailbox(draw: Callable[..., rx.Component], **props: Any) -> rx.Component:
    """Where the sandbox keeps its mail; nothing with a real mail service."""
    if not get_settings().mail_sandboxed:
        return rx.fragment()
    return draw(_("Open the sandbox mailbox"), "/sandbox/mail/pages/", document=True, **props)


def _providers() -> rx.Component:
    keys = get_settings().sign_in_providers
    if not keys:
        return rx.fragment()
    rule = rx.el.span(class_name="h-px grow bg-line")
    return rx.el.div(
        rx.el.p(rule, _("or"), rule, class_name="flex items-center gap-4 text-sm text-muted"),
        *[_provider(key) for key in keys],
        class_name="grid gap-3",
    )


def _provider(key: str) -> rx.Component:
    signs = {"google": (_GOOGLE, 24), "github": ({"currentColor": _GITHUB}, 16)}
    return link(
        _sign(*signs[key]),
        _("Continue with {provider}").format(provider=OAUTH_NAMES[key]),
        href=f"{get_settings().backend}/auth/oauth/{key}" + AuthState.carry,
        document=True,
        class_name=button_class("secondary", full=True),
    )


def _sign(paths: dict[str, str], side: int) -> rx.Component:
    """A provider's mark: colour and outline of each part."""
    parts = [rx.el.path(d=d, fill=colour) for colour, d in paths.items()]
    return rx.el.svg(*parts, view_box=f"0 0 {side} {side}", width="18", height="18", aria_hidden="true")


def _demo_hint() -> rx.Component:
    """Sandbox only: one press fills the form."""
    if not get_settings().sandboxed_vendors:
        return rx.fragment()
    names = dict(zip(_DEMO_PEOPLE, (_("Learner"), _("Creator"), _("Moderator"), _("Admin")), strict=True))
    people = [
        button(label, kind="secondary", size="sm", on_click=client_action(_fill(person)))
        for person, label in names.items()
    ]
    return rx.el.div(
        rx.el.p(_("Looking around the sandbox? Fill in a demo sign-in:")),
        rx.el.div(*people, class_name="mt-2 flex flex-wrap gap-2"),
        class_name="border-t border-line pt-4 text-sm text-muted",
    )


def _fill(person: str) -> str:
    return (
        '() => { const f = document.getElementById("sign-in"); '
        f'f.elements.email.value = "{person}@example.com"; f.elements.password.value = "{_DEMO_PASSWORD}"; '
        'f.querySelector("[type=submit]").focus() }'
    )


def _arcade() -> rx.Component:
    """Arches like the mark's, each with something made in it. Decoration for wide screens."""
    niches = [
        _niche(0, 0, "fill-accent-soft", rx.el.circle(cx="70", cy="116", r="30", class_name="fill-accent")),
        _niche(160, 0, "fill-warning-soft", rx.el.path(d="M26 96h88a44 44 0 0 1-88 0z", class_name="fill-warning")),
        _niche(320, 0, "fill-info-soft", rx.el.path(d="M16 190 56 110l24 44 16-28 28 64z", class_name="fill-info")),
        _niche(0, 220, "fill-danger-soft", _loaf()),
        _niche(160, 220, "fill-sunken", _strings()),
        _niche(320, 220, "fill-accent-soft", _leaf()),
    ]
    return rx.el.svg(
        *niches,
        view_box="0 0 460 410",
        aria_hidden="true",
        class_name="w-full max-w-[28rem] max-lg:hidden",
    )


def _niche(x: int, y: int, fill: str, thing: rx.Component) -> rx.Component:
    arch = rx.el.path(d="M0 190V70a70 70 0 0 1 140 0v120z", class_name=fill)
    return rx.el.g(arch, thing, transform=f"translate({x} {y})")


def _loaf() -> rx.Component:
    return rx.el.g(
        rx.el.path(d="M22 150c0-34 22-52 48-52s48 18 48 52z", class_name="fill-danger"),
        rx.el.path(
            d="M50 112l-8 26M74 108l-8 30M98 114l-8 24",
            stroke_width="4",
            stroke_linecap="round",
            class_name="stroke-danger-soft",
        ),
    )


def _strings() -> rx.Component:
    return rx.el.g(
        rx.el.circle(cx="70", cy="124", r="36", class_name="fill-ink"),
        rx.el.circle(cx="70", cy="124", r="16", class_name="fill-sunken"),
        rx.el.path(d="M62 24v166M70 24v166M78 24v166", stroke_width="1.5", class_name="stroke-muted"),
    )


def _leaf() -> rx.Component:
    return rx.el.g(
        rx.el.path(d="M70 170c-42-22-42-72 0-104 42 32 42 82 0 104z", class_name="fill-accent"),
        rx.el.path(d="M70 190V92", stroke_width="3", stroke_linecap="round", class_name="stroke-accent-soft"),
    )


PAGES = [
    Route("/login", login, _("Sign in"), AuthState.on_load),
    Route("/signup", signup, _("Create your account"), AuthState.on_load),
    Route("/forgot", forgot, _("Forgot your password?"), AuthState.on_load),
    Route("/reset", reset, _("Choose a new password"), AuthState.on_load),
]
