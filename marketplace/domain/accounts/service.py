"""People: arriving, sessions, profiles, leaving."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import crypto, text, zones
from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_signed_in
from marketplace.domain.accounts import rules, store
from marketplace.domain.accounts.errors import HandleTaken, LinkExpired
from marketplace.domain.accounts.models import Account, Flow, Session, Ticket
from marketplace.domain.accounts.ports import Identity, Verifier
from marketplace.domain.accounts.rules import Person
from marketplace.domain.audit import service as audit
from marketplace.errors import Denied, Limited, Missing
from marketplace.i18n import current_locale
from marketplace.ids import digest, new_token
from marketplace.queue import enqueue
from marketplace.sql import Over

TICKET_FOR = timedelta(seconds=60)
FLOW_FOR = timedelta(hours=2)
FORMER = "Former member"
SEEN_EVERY = timedelta(minutes=5)


async def arrive(session: AsyncSession, identity: Identity) -> Account:
    """The account of a verified identity, made on the first visit."""
    auth_id = UUID(identity.auth_id)
    account = await store.by_auth_id(session, auth_id)
    if account is not None:
        if account.deleted_at is not None:  # the provider hasn't forgotten them yet
            raise Denied("This account was deleted. Sign up again in some minutes if you want a new one.")
        account.email = identity.email
        return account
    name = identity.name.strip()[:80] or identity.email.split("@")[0][:80]
    for attempt in range(6):
        handle = rules.handle_from(name) + ("" if attempt == 0 else f"-{secrets.token_hex(2)}")
        account = Account(
            auth_id=auth_id, email=identity.email, name=name, handle=handle, language=current_locale.get()
        )
        try:
            async with session.begin_nested():
                session.add(account)
            return account
        except IntegrityError:
            known = await store.by_auth_id(session, auth_id)
            if known is not None:
                return known
    raise HandleTaken


async def issue_ticket(session: AsyncSession, account_id: UUID, next_path: str) -> str:
    """A pass that the cookie route redeems within a minute, once."""
    ticket = new_token()
    session.add(
        Ticket(
            digest=digest(ticket), account_id=account_id, next_path=rules.safe_next(next_path),
            expires_at=now() + TICKET_FOR,
        )
    )  # fmt: skip
    await session.flush()
    return ticket


async def redeem_ticket(session: AsyncSession, ticket: str, *, user_agent: str, ip: str, days: int) -> tuple[str, str]:
    """(session token for the cookie, path to go to). Raises ``LinkExpired``."""
    row = await store.take_ticket(session, digest(ticket), now())
    if row is None:
        raise LinkExpired("That sign-in took too long. Sign in again.")
    return await open_session(session, row.account_id, user_agent=user_agent, ip=ip, days=days), row.next_path


async def open_session(session: AsyncSession, account_id: UUID, *, user_agent: str, ip: str, days: int) -> str:
    token = new_token()
    session.add(
        Session(
            account_id=account_id, token_digest=digest(token), user_agent=user_agent[:300], ip=ip[:60],
            expires_at=now() + timedelta(days=days),
        )
    )  # fmt: skip
    await session.flush()
    return token


async def who(over: Over, token: str) -> tuple[Actor, Person] | None:
    """Whose session token this is. Notes the visit at most every five minutes."""
    found = await store.visitor(over, digest(token), now()) if token else None
    if found is None:
        return None
    session_id, seen_at, person = found
    if now() - seen_at > SEEN_EVERY:
        await store.touch(over, session_id, now())
    return Actor(person.id, person.role, person.is_creator, session_id), person


async def sessions_of(session: AsyncSession, actor: Actor) -> list[Session]:
    return await store.live_sessions(session, require_signed_in(actor), now())


async def sign_out(
    session: AsyncSession, actor: Actor, *, session_id: UUID | None = None, others: bool = False
) -> None:
    """This browser by default; ``session_id`` another one of mine; ``others`` all but this one."""
    account_id = require_signed_in(actor)
    if others:
        await store.revoke_sessions(session, account_id, now(), but=actor.session_id)
    elif not await store.revoke_sessions(session, account_id, now(), only=session_id or actor.session_id):
        raise Missing("That session has ended already.")


async def sign_out_token(session: AsyncSession, token: str) -> None:
    """The cookie route's sign-out: harmless with a stale token."""
    found = await who(session, token)
    if found is not None:
        await sign_out(session, found[0])


async def start_flow(
    session: AsyncSession, *, purpose: str, pkce: Verifier, email: str = "", next_path: str = "/", browser: str = ""
) -> str:
    """Keep the PKCE verifier until the person comes back. Returns the flow's token, part of the return address."""
    token = new_token()
    session.add(
        Flow(
            digest=digest(token), purpose=purpose, verifier=crypto.seal(pkce.verifier), email=email[:320],
            next_path=rules.safe_next(next_path), browser_digest=digest(browser) if browser else "",
            expires_at=now() + FLOW_FOR,
        )
    )  # fmt: skip
    await session.flush()
    return token


async def take_flow(session: AsyncSession, token: str, *, browser: str = "") -> tuple[Flow, str]:
    """(the flow, its verifier), once. A flow bound to a browser opens in that browser only."""
    known = await store.flow(session, digest(token))
    if known is None or (known.browser_digest and known.browser_digest != digest(browser)):
        raise LinkExpired
    flow = await store.take_flow(session, digest(token), now())
    if flow is None:
        raise LinkExpired
    return flow, crypto.unseal(flow.verifier)


async def allow_reset(session: AsyncSession, identity: Identity) -> str:
    """After a recovery link proved the mailbox: a one-time token for choosing a new password."""
    token = new_token()
    session.add(
        Flow(
            digest=digest(token), purpose="reset", verifier="", email=identity.email, auth_id=UUID(identity.auth_id),
            expires_at=now() + timedelta(minutes=30),
        )
    )  # fmt: skip
    await session.flush()
    return token


async def reset_email(session: AsyncSession, token: str) -> str:
    """Whose password a reset token changes, without using it up."""
    row = await store.flow(session, digest(token))
    if row is None or row.purpose != "reset" or row.used_at is not None or row.expires_at <= now():
        raise LinkExpired
    return row.email


async def take_reset(session: AsyncSession, token: str) -> UUID:
    """The provider's id of whose password may be set, once. :func:`password_set` or :func:`give_back_reset` follows."""
    row = await store.take_flow(session, digest(token), now())
    if row is None or row.purpose != "reset" or row.auth_id is None:
        raise LinkExpired
    return row.auth_id


async def give_back_reset(session: AsyncSession, token: str) -> None:
    """The provider didn't take the new password: the same link may try again until it is too old."""
    await store.give_back_flow(session, digest(token))


async def password_set(session: AsyncSession, auth_id: UUID) -> None:
    """Whoever is still signed in got in with the old password: all browsers are signed out."""
    account = await store.by_auth_id(session, auth_id)
    if account is not None:
        await store.revoke_sessions(session, account.id, now())


async def account(session: AsyncSession, account_id: UUID) -> Account:
    found = await store.by_id(session, account_id)
    if found is None:
        raise Missing
    return found


async def by_handle(over: Over, handle: str) -> Account | None:
    """To look at."""
    return await store.by_handle(over, handle) if handle.isprintable() else None


async def update_profile(session: AsyncSession, actor: Actor, *, name: str, handle: str, bio: str) -> Account:
    """Raises ``Invalid`` with the field's name, or ``HandleTaken``."""
    account = await _mine(session, actor)
    account.name = text.clean_line(name, limit=80, field="name", label="Your name")
    account.bio = text.clean_text(bio, limit=2000, field="bio", label="The bio")
    wanted = rules.check_handle(handle)
    if wanted != account.handle:
        taken = await store.by_handle(session, wanted)
        if taken is not None and taken.id != account.id:
            raise HandleTaken(field="handle")
        account.handle = wanted
    try:
        await session.flush()
    except IntegrityError as error:  # two people asked for it at the same moment
        raise HandleTaken(field="handle") from error
    return account


async def language_of(session: AsyncSession, email: str) -> str:
    """What somebody who may have an account reads; empty when it isn't known."""
    return await store.language_of(session, email)


async def reads(over: Over, account_id: UUID, language: str) -> None:
    """Somebody is on a page in this language: their mails are in it from now on."""
    await store.set_language(over, account_id, language)


async def zone_of(session: AsyncSession, account_id: UUID) -> str:
    """The time zone that somebody lives in; empty when it isn't known."""
    return await store.zone_of(session, account_id)


async def set_zone(session: AsyncSession, actor: Actor, name: str, *, first: bool = False) -> None:
    """``first``: a browser says it, which counts only while nothing is known."""
    account = await _mine(session, actor)
    if not (first and account.time_zone):
        account.time_zone = zones.known(name) if name else ""
    await session.flush()


async def set_avatar(session: AsyncSession, actor: Actor, url: str) -> None:
    account = await _mine(session, actor)
    account.avatar_url = url
    await session.flush()


async def become_creator(session: AsyncSession, actor: Actor) -> Account:
    account = await _mine(session, actor)
    if not account.is_creator:
        account.is_creator = True
        await audit.record(session, account.id, "creator.start", f"account:{account.id}")
    await session.flush()
    return account


async def leave(session: AsyncSession, actor: Actor) -> None:
    """Delete the account: personal data goes now, the books keep anonymous rows, the provider's copy goes by a job."""
    account = await _mine(session, actor)
    await store.revoke_sessions(session, account.id, now())
    await enqueue(session, "accounts.delete_identity", {"auth_id": str(account.auth_id)})
    account.email, account.name, account.bio, account.avatar_url = (
        f"deleted-{account.id}@invalid",
        FORMER,
        "",
        "",
    )
    account.handle, account.deleted_at, account.is_creator = f"former-{account.id.hex[-12:]}", now(), False
    account.role, account.time_zone, account.language = "member", "", ""
    await audit.record(session, account.id, "account.delete", f"account:{account.id}")
    await session.flush()


async def _mine(session: AsyncSession, actor: Actor) -> Account:
    account = await session.get(Account, require_signed_in(actor), with_for_update=True)
    if account is None or account.deleted_at is not None:
        raise Missing
    return account


async def limit(over: Over, bucket: str, *, most: int, seconds: int) -> None:
    """At most ``most`` per ``seconds`` in ``bucket``, over all workers. Raises ``Limited``."""
    at = int(now().timestamp())
    if await store.hit(over, bucket[:200], at - at % seconds) > most:
        raise Limited


async def limit_sign_in(session: AsyncSession, email: str, ip: str) -> None:
    """Guessing a password ends soon for who guesses, and long before a stranger locks out whose address it is.

    Tries from one network that were too many don't count for the address. Raises ``Limited``.
    """
    address, network = email.lower(), rules.network_of(ip)
    await limit(session, f"signin:{network}:{address}", most=10, seconds=300)
    await limit(session, f"signin:{address}", most=100, seconds=300)


async def tidy(session: AsyncSession) -> None:
    """Forget what has expired."""
    await store.forget_old(session, now())


async def set_role(session: AsyncSession, email: str, role: str) -> None:
    """The operator's own door to roles: the command line, never the web."""
    account = await store.by_email(session, email)
    if account is None:
        raise Missing("Nobody with that email has an account yet.")
    account.role = role
    await audit.record(session, None, "account.role", f"account:{account.id}", role=role)
    await session.flush()
