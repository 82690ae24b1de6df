"""Files of an answer to a dispute: one for each of the provider's fields, until the answer is sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.domain.access.service import Actor, require_signed_in
from marketplace.domain.audit import service as audit
from marketplace.domain.orders import disputes, store
from marketplace.domain.orders.models import Dispute, DisputeFile
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import N_

FIELDS = {
    "receipt": N_("Receipt or invoice"),
    "customer_communication": N_("Messages with the buyer"),
    "service_documentation": N_("Proof that they got it"),
    "refund_policy": N_("Refund policy as it was shown"),
    "customer_signature": N_("Contract or signature"),
    "duplicate_charge_documentation": N_("Proof of the other payment"),
    "cancellation_policy": N_("Cancellation policy"),
    "uncategorized_file": N_("Anything else"),
}
MAX_BYTES = 4_500_000  # of all files of one answer together; a single one may have more at the provider, but not here
_SIGNS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may go to the bank; ``name`` is what its owner called it."""

    name: str
    kind: str
    content: bytes


def kind_of(content: bytes) -> str:
    """``pdf``, ``jpg`` or ``png``, by how it begins, whatever it is called."""
    kind = next((kind for sign, kind in _SIGNS.items() if content.startswith(sign)), None)
    if kind is None:
        raise Invalid("Banks take PDF, JPEG and PNG files only; this isn't one, whatever its name says.", field="file")
    return kind


def look_at(name: str, content: bytes) -> Found:
    """The file as the provider gets it: its ending is that of what it is."""
    kind = kind_of(content)
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = plain.rsplit(".", 1)[0] if "." in plain else plain
    kept = text.clean_line(stem, limit=10_000, field="file", label="The name", required=False)[:80].strip()
    return Found(f"{kept or 'file'}.{kind}", kind, content)


async def files(session: AsyncSession, dispute_id: str) -> list[DisputeFile]:
    """In the order in which they came."""
    query = select(DisputeFile).where(DisputeFile.dispute_id == dispute_id)
    return list((await session.exec(query.order_by(col(DisputeFile.created_at), col(DisputeFile.id)))).all())


async def room(session: AsyncSession, actor: Actor, dispute_id: str, field: str, size: int) -> int:
    """How many bytes a file for this field may have. Refused before a byte moves: who may not, what is sent already,
    what is too large."""
    await disputes.evidence_of(session, actor, dispute_id)
    row = await store.dispute(session, dispute_id)
    assert row is not None
    disputes.still_open(row)
    _keep_others(actor, await _at(session, dispute_id, field))
    return await _room(session, dispute_id, field, size)


async def _room(session: AsyncSession, dispute_id: str, field: str, size: int) -> int:
    if field not in FIELDS:
        raise Invalid("Choose from the list what the file shows.", field="field")
    left = MAX_BYTES - sum(one.size for one in await files(session, dispute_id) if one.field != field)
    if size <= 0:
        raise Invalid("That file is empty. Choose another one.", field="file")
    if size > left:
        raise Invalid(
            "All files of one answer can have {most} MB together; {n} MB are left, and this one has {n_2} MB.", field="file",
        most=f'{MAX_BYTES / 1000000.0:.1f}', n=f'{max(left, 0) / 1000000.0:.1f}', n_2=f'{size / 1000000.0:.1f}')  # fmt: skip
    return left


async def attach(
    session: AsyncSession, actor: Actor, dispute_id: str, field: str, found: Found, provider_id: str
) -> DisputeFile:
    """The provider has it: it takes the place of the field's file. Looked at again, since time has passed."""
    await disputes.evidence_of(session, actor, dispute_id)
    row = await _locked(session, dispute_id)
    disputes.still_open(row)
    _keep_others(actor, await _at(session, dispute_id, field))
    await _room(session, dispute_id, field, len(found.content))
    made = await _put(session, dispute_id, field, found, provider_id)
    made.added_by = require_signed_in(actor)
    await audit.record(session, made.added_by, "dispute.file", f"dispute:{dispute_id}", field=field, name=found.name)
    await session.flush()
    return made


async def attach_own(session: AsyncSession, dispute_id: str, field: str, found: Found, provider_id: str) -> None:
    """What the product knows itself; never over what somebody chose."""
    row = await _locked(session, dispute_id)
    if await wants(session, row, field, len(found.content)):
        await _put(session, dispute_id, field, found, provider_id)
        await session.flush()


async def wants(session: AsyncSession, row: Dispute, field: str, size: int) -> bool:
    """Is there still room for a file of ours in this field?"""
    present = await files(session, row.id)
    full = sum(one.size for one in present) + size > MAX_BYTES
    return disputes.is_open(row) and not full and field not in {one.field for one in present}


async def remove(session: AsyncSession, actor: Actor, dispute_id: str, field: str) -> None:
    """The provider may keep its copy; it goes to no bank."""
    await disputes.evidence_of(session, actor, dispute_id)
    disputes.still_open(await _locked(session, dispute_id))
    found = await _at(session, dispute_id, field)
    if found is None:
        raise Missing("That file is gone already.")
    _keep_others(actor, found)
    await session.delete(found)
    by = require_signed_in(actor)
    await audit.record(session, by, "dispute.file_removed", f"dispute:{dispute_id}", field=field, name=found.name)
    await session.flush()


def _keep_others(actor: Actor, known: DisputeFile | None) -> None:
    """Sellers of one order share its one answer; what one of them chose, no other takes out."""
    if known is not None and known.added_by not in (None, actor.account_id) and not actor.is_admin:
        raise Conflict("Another seller of this order chose that file. Choose another kind for yours.")


async def _at(session: AsyncSession, dispute_id: str, field: str) -> DisputeFile | None:
    return next((one for one in await files(session, dispute_id) if one.field == field), None)


async def _locked(session: AsyncSession, dispute_id: str) -> Dispute:
    row = await store.dispute(session, dispute_id, lock=True)
    if row is None:
        raise Missing
    return row


async def _put(session: AsyncSession, dispute_id: str, field: str, found: Found, provider_id: str) -> DisputeFile:
    known = await _at(session, dispute_id, field)
    if known is not None:
        await session.delete(known)
        await session.flush()
    made = DisputeFile(
        dispute_id=dispute_id, field=field, name=found.name, kind=found.kind, size=len(found.content),
        provider_id=provider_id,
    )  # fmt: skip
    session.add(made)
    return made
