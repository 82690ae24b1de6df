"""Connected accounts (API v2) and what changes them: onboarding, and Stripe's own reviews."""

from __future__ import annotations

import copy

import stripe
from starlette.routing import BaseRoute
from stripe.params._account_login_link_create_params import AccountLoginLinkCreateParams
from stripe.params._account_session_create_params import AccountSessionCreateParams
from stripe.params.v2.core._account_close_params import AccountCloseParams
from stripe.params.v2.core._account_create_params import AccountCreateParams
from stripe.params.v2.core._account_link_create_params import AccountLinkCreateParams
from stripe.params.v2.core._account_retrieve_params import AccountRetrieveParams
from stripe.params.v2.core._account_update_params import AccountUpdateParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import currencies
from marketplace.sandbox.stripe.api import Call, route
from marketplace.sandbox.stripe.errors import ApiError, invalid
from marketplace.sandbox.stripe.events import emit, emit_thin
from marketplace.sandbox.stripe.objects import iso, load, new_id, save, shape

LINK_SECONDS = 600
_CAPABILITY = "v2.core.account[configuration.recipient].capability_status_updated"


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    base = "/v2/core/accounts"
    return [
        route(sandbox, "POST", base, AccountCreateParams, create),
        route(sandbox, "GET", f"{base}/{{id}}", AccountRetrieveParams, retrieve),
        route(sandbox, "POST", f"{base}/{{id}}", AccountUpdateParams, update),
        route(sandbox, "POST", f"{base}/{{id}}/close", AccountCloseParams, close),
        route(sandbox, "POST", "/v2/core/account_links", AccountLinkCreateParams, create_link),
        route(sandbox, "POST", "/v1/accounts/{id}/login_links", AccountLoginLinkCreateParams, create_login_link),
        route(sandbox, "POST", "/v1/account_sessions", AccountSessionCreateParams, create_session),
    ]


async def create(call: Call) -> Row:
    params = call.params
    row: Row = {
        "id": new_id("acct_1"),
        "object": "v2.core.account",
        "closed": False,
        "created": iso(call.tx.now().timestamp()),
        "livemode": False,
        "_created": call.tx.timestamp(),
    }
    _apply(row, params)
    row["requirements"] = _requirements("currently_due", ["identity.individual", "payout_methods"])
    await save(call.tx, "account", row)
    await emit_thin(call.tx, "v2.core.account.created", row["id"])
    return _included(row, params.get("include") or [])


def _apply(row: Row, params: Row) -> None:
    for name in ("contact_email", "contact_phone", "dashboard", "display_name"):
        row[name] = params.get(name, row.get(name))
    row["metadata"] = {**(row.get("metadata") or {}), **(params.get("metadata") or {})}
    identity = {**(row.get("identity") or {}), **(params.get("identity") or {})}
    if identity.get("country"):
        identity["country"] = identity["country"].lower()
    row["identity"] = shape(stripe.v2.core.Account.Identity, identity)
    own = {"currency": currencies.of_country(identity.get("country"))}
    row["defaults"] = _defaults(own | (row.get("defaults") or {}) | (params.get("defaults") or {}))
    row["configuration"] = _configuration(row, params.get("configuration") or {})
    row["applied_configurations"] = [name for name, value in row["configuration"].items() if value]


def _defaults(given: Row) -> Row:
    responsibilities = {"requirements_collector": "stripe"} | (given.get("responsibilities") or {})
    return shape(stripe.v2.core.Account.Defaults, given | {"responsibilities": responsibilities})


def _configuration(row: Row, given: Row) -> Row:
    known = row.get("configuration") or {"customer": None, "merchant": None, "recipient": None}
    for name in ("customer", "merchant"):
        if name in given:
            raise invalid("This stand-in knows the recipient configuration only.", f"configuration.{name}")
    balance = ((given.get("recipient") or {}).get("capabilities") or {}).get("stripe_balance") or {}
    if (balance.get("stripe_transfers") or {}).get("requested") and not known["recipient"]:
        known["recipient"] = {"applied": True, "capabilities": {"stripe_balance": _capability("restricted")}}
    return known


def _capability(status: str, code: str = "requirements_past_due", resolution: str = "provide_info") -> Row:
    details = [] if status == "active" else [{"code": code, "resolution": resolution}]
    state = {"status": status, "status_details": details}
    return {"payouts": copy.deepcopy(state), "stripe_transfers": state}


def transfers_status(row: Row) -> str:
    recipient = row["configuration"]["recipient"]
    if not recipient or row["closed"]:
        return "unsupported"
    return str(recipient["capabilities"]["stripe_balance"]["stripe_transfers"]["status"])


def _requirements(deadline: str, wanted: list[str], reason: str = "") -> Row:
    errors = [{"code": "verification_document_not_readable", "description": reason}] if reason else []
    entries = [_entry(name, deadline, errors) for name in wanted]
    summary = {"minimum_deadline": {"status": deadline, "time": None} if entries else None}
    return {"alternatives": [], "entries": entries, "summary": summary}


def _entry(name: str, deadline: str, errors: list[Row]) -> Row:
    restricted = {
        "capability": "stripe_balance.stripe_transfers",
        "configuration": "recipient",
        "deadline": {"status": deadline},
    }
    return {
        "awaiting_action_from": "user",
        "description": name,
        "errors": errors,
        "impact": {"restricts_capabilities": [restricted]},
        "minimum_deadline": {"status": deadline},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def _included(row: Row, include: list[str]) -> Row:
    """What was not asked for comes back empty, whatever its value
    (https://docs.stripe.com/api-includable-response-values)."""
    shown = shape(stripe.v2.core.Account, row)
    for name in ("defaults", "identity", "requirements", "future_requirements"):
        shown[name] = row.get(name) if name in include else None
    wanted = {name.partition(".")[2] for name in include if name.startswith("configuration.")}
    parts = {name: value if name in wanted else None for name, value in row["configuration"].items()}
    shown["configuration"] = parts if wanted else None
    return shown


async def retrieve(call: Call) -> Row:
    return _included(await load(call.tx, "account", call.path["id"]), call.params.get("include") or [])


async def update(call: Call) -> Row:
    row = await load(call.tx, "account", call.path["id"], lock=True)
    _apply(row, call.params)
    await save(call.tx, "account", row)
    await emit_thin(call.tx, "v2.core.account.updated", row["id"])
    return _included(row, call.params.get("include") or [])


async def close(call: Call) -> Row:
    row = await load(call.tx, "account", call.path["id"], lock=True)
    row["closed"] = True
    await save(call.tx, "account", row)
    await emit_thin(call.tx, "v2.core.account.closed", row["id"])
    return _included(row, [])


async def set_status(tx: Tx, id: str, status: str) -> Row:
    """``active``, ``restricted`` (more information needed) or ``rejected``, as a review would end."""
    row = await load(tx, "account", id, lock=True)
    if not row["configuration"]["recipient"]:
        raise ApiError(f"Account {id} has no recipient configuration.")
    capability, requirements = _outcome(status)
    before = transfers_status(row)
    row["configuration"]["recipient"]["capabilities"]["stripe_balance"] = capability
    row["requirements"] = requirements
    await save(tx, "account", row)
    await emit_thin(tx, "v2.core.account[requirements].updated", id)
    if before != status:
        await emit_thin(tx, _CAPABILITY, id)
    await emit(tx, "account.updated", _legacy(row, status), account=id)
    return row


def _outcome(status: str) -> tuple[Row, Row]:
    if status == "active":
        return _capability("active"), _requirements("currently_due", [])
    if status == "rejected":
        return _capability("rejected", "rejected_other", "contact_stripe"), _requirements("past_due", [])
    if status == "restricted":
        reason = "The photo of the document can't be read. Upload a sharper one."
        return _capability("restricted"), _requirements("past_due", ["identity.individual.documents"], reason)
    raise ApiError("The status must be active, restricted or rejected.", param="status")


def _legacy(row: Row, status: str) -> Row:
    """The v1 view of the account that ``account.updated`` carries."""
    return {
        "id": row["id"],
        "object": "account",
        "charges_enabled": False,
        "country": (row["identity"].get("country") or "us").upper(),
        "details_submitted": True,
        "metadata": row["metadata"],
        "payouts_enabled": status == "active",
    }


async def create_link(call: Call) -> Row:
    """Single use, ten minutes of the sandbox's clock."""
    params, now = call.params, call.tx.timestamp()
    account = await load(call.tx, "account", params["account"], param="account", status=400)
    use_case = params["use_case"]
    if not use_case.get(use_case["type"]):
        name = f"use_case.{use_case['type']}"
        raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name, stored=False)
    id = new_id("acctlink_")
    row = {
        "object": "v2.core.account_link",
        "account": account["id"],
        "created": iso(now),
        "expires_at": iso(now + LINK_SECONDS),
        "livemode": False,
        "url": call.sandbox.url(f"/stripe/pages/onboarding/{id}"),
        "use_case": use_case,
    }
    notes = {"_id": id, "_expires": now + LINK_SECONDS, "_used": False, "_urls": use_case[use_case["type"]]}
    await call.tx.put("stripe", "account_link", id, row | notes)
    return shape(stripe.v2.core.AccountLink, row)


async def finish_link(tx: Tx, id: str, outcome: str) -> str:
    """Onboarding is done: the link is used up. Returns where the person goes next."""
    link = await link_if_valid(tx, id, lock=True)
    if link is None:
        raise ApiError("This link was used or has expired.")
    await tx.put("stripe", "account_link", id, link | {"_used": True})
    await set_status(tx, link["account"], outcome)
    data = {"account_id": link["account"], "configurations": ["recipient"], "use_case": link["use_case"]["type"]}
    await emit_thin(tx, "v2.core.account_link.returned", link["account"], data)
    return str(link["_urls"].get("return_url") or link["_urls"]["refresh_url"])


async def link_if_valid(tx: Tx, id: str, *, lock: bool = False) -> Row | None:
    row = await tx.get("stripe", "account_link", id, lock=lock)
    return row if row and not row["_used"] and row["_expires"] > tx.timestamp() else None


async def create_login_link(call: Call) -> Row:
    account = await load(call.tx, "account", call.path["id"])
    if account.get("dashboard") != "express":
        raise ApiError("Cannot create a login link for an account without the Express dashboard.")
    token = new_id("login_")
    await call.tx.put("stripe", "login_link", token, {"account": account["id"], "at": call.tx.timestamp()})
    url = call.sandbox.url(f"/stripe/pages/dashboard/{token}")
    return {"object": "login_link", "created": call.tx.timestamp(), "url": url}


async def create_session(call: Call) -> Row:
    account = await load(call.tx, "account", call.params["account"], param="account", status=400)
    return {
        "object": "account_session",
        "account": account["id"],
        "client_secret": f"accs_secret__{new_id('')}",
        "components": _components(call.params.get("components") or {}),
        "expires_at": call.tx.timestamp() + 1800,
        "livemode": False,
    }


def _components(given: Row) -> Row:
    """All components, switched off unless asked for, with every feature the SDK knows."""
    known = stripe.AccountSession.Components._inner_class_types
    return {name: _component(part, given.get(name) or {}) for name, part in known.items()}


def _component(part: type, given: Row) -> Row:
    features = getattr(part, "_inner_class_types", {}).get("features")
    row: Row = {"enabled": bool(given.get("enabled", False))}
    if features is None:
        return row
    asked = given.get("features") or {}
    flags = {name: hint for name, hint in features.__annotations__.items() if hint is bool}
    return row | {"features": {name: bool(asked.get(name, False)) for name in flags}}
