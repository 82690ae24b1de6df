"""Sign-in through Google or GitHub, both played by one consent page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.sandbox.html import e, page
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import links, sessions, users
from marketplace.sandbox.supabase.call import VENDOR, Call
from marketplace.sandbox.supabase.faults import Fault, invalid
from marketplace.sandbox.supabase.mailed import error_address, implicit_address, with_query

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

FLOW_LIFETIME = 600
PROVIDERS = {"google": "Google", "github": "GitHub"}


@dataclass(frozen=True)
class Person:
    name: str
    email: str


PEOPLE = (
    Person("Ada Moreno", "ada.moreno@example.com"),
    Person("Kofi Lindqvist", "kofi.lindqvist@example.com"),
    Person("Mei Tanaka", "mei.tanaka@example.com"),
)


async def authorize(call: Call) -> Response:
    """Remembers the flow and sends the browser to the provider's page."""
    provider = call.request.query_params.get("provider", "")
    if provider not in PROVIDERS:
        raise invalid(f"Unsupported provider: provider {provider!r} could not be found")
    flow_id = secrets.token_urlsafe(24)
    async with call.store.tx() as tx:
        flow = {
            "provider": provider,
            "pkce": links.challenge_of(call),
            "redirect_to": call.redirect_to,
            "expires": tx.timestamp() + FLOW_LIFETIME,
        }
        await tx.put(VENDOR, "flow", flow_id, flow)
    return RedirectResponse(call.sandbox.url(f"/supabase/pages/consent?flow={flow_id}"), 302)


async def consent(sandbox: Sandbox, request: Request) -> Response:
    async with sandbox.store.tx() as tx:
        flow = await _flow(tx, request.query_params.get("flow", ""))
    if flow is None:
        return _too_old()
    return _form(flow, request.query_params["flow"], "")


async def decide(sandbox: Sandbox, request: Request) -> Response:
    form = await request.form()
    values = {name: str(value) for name, value in form.items() if isinstance(value, str)}
    flow_id = values.get("flow", "")
    async with sandbox.store.tx() as tx:
        flow = await _flow(tx, flow_id, lock=True)
        if flow is None:
            return _too_old()
        if values.get("decision") != "continue":
            await tx.delete(VENDOR, "flow", flow_id)
            denied = Fault(403, "access_denied", "The person cancelled at the provider")
            return RedirectResponse(error_address(flow["redirect_to"], denied), 303)
        person = _chosen(values)
        if person is None:
            return _form(flow, flow_id, "Choose a person, or type a name and an email address.")
        await tx.delete(VENDOR, "flow", flow_id)
        return RedirectResponse(await _arrive(tx, Call(sandbox, request, {}), flow, person), 303)


def _chosen(values: dict[str, str]) -> Person | None:
    """A typed address wins over the list, of which one person is always chosen."""
    number = values.get("person", "")
    if not values.get("email", "").strip() and number.isdecimal() and int(number) < len(PEOPLE):
        return PEOPLE[int(number)]
    try:
        email = users.clean_email(values.get("email", ""))
    except Fault:
        return None
    return Person(values.get("name", "").strip()[:100] or email.partition("@")[0], email)


async def _arrive(tx: Tx, call: Call, flow: Row, person: Person) -> str:
    try:
        user = await _join(tx, person, flow["provider"])
    except Fault as fault:
        return error_address(flow["redirect_to"], fault)
    if flow["pkce"]:
        code = await links.issue_code(tx, user, flow["pkce"], "oauth")
        return with_query(flow["redirect_to"], {"code": code})
    return implicit_address(flow["redirect_to"], await sessions.start(tx, call, user, "oauth"), "signup")


async def _join(tx: Tx, person: Person, provider: str) -> Row:
    """The provider vouches for the address, so accounts with the same one are joined."""
    data = {"name": person.name, "full_name": person.name, "email": person.email}
    user = await users.by_email(tx, person.email, lock=True)
    if user is None:
        user = await users.create(tx, email=person.email, password=None, data=data, provider=provider)
    if users.banned(tx, user):
        raise Fault(403, "user_banned", "User is banned")
    if not user.get("email_confirmed_at"):
        # Whoever signed up with this address never proved it: nothing of theirs must stay.
        user["password"], user["user_metadata"] = None, {}
    users.add_identity(tx, user, provider, data)
    user["user_metadata"] = {**data, **user["user_metadata"]}
    users.confirm(tx, user)
    return await users.save(tx, user)


async def _flow(tx: Tx, flow_id: str, *, lock: bool = False) -> Row | None:
    flow = await tx.get(VENDOR, "flow", flow_id, lock=lock) if flow_id else None
    return flow if flow and flow["expires"] >= tx.timestamp() else None


def _too_old() -> Response:
    return page("Too old", "<h1>This sign-in is too old</h1><p>Go back and start again.</p>", narrow=True, status=400)


def _form(flow: Row, flow_id: str, error: str) -> Response:
    provider = PROVIDERS[flow["provider"]]
    choices = "".join(
        f'<label class="row"><input type="radio" name="person" value="{number}"{" checked" if number == 0 else ""}>'
        f"<span>{e(person.name)}<br><span class=muted>{e(person.email)}</span></span></label>"
        for number, person in enumerate(PEOPLE)
    )
    problem = f'<p class="error" role="alert">{e(error)}</p>' if error else ""
    body = (
        f"<h1>Sign in with {provider}</h1><p class=lede>This page plays {provider}. Choose who you are.</p>"
        f'{problem}<form method="post" class="card"><input type="hidden" name="flow" value="{e(flow_id)}">'
        f'<fieldset style="border:0;padding:0;margin:0"><legend class="muted">Account</legend>{choices}'
        '</fieldset><p class="muted">Or be somebody else:</p>'
        '<label for="name">Name</label><input id="name" name="name" autocomplete="off" maxlength="100">'
        '<label for="email">Email</label><input id="email" name="email" type="email" autocomplete="off">'
        '<p class="row"><button name="decision" value="continue">Continue</button>'
        '<button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button></p></form>'
    )
    return page(f"Sign in with {provider}", body, narrow=True, status=422 if error else 200)
