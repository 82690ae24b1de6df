"""Files of an answer to a dispute: from the browser's upload to what the bank gets."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.orders import disputes, evidence
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.jobs import orders as order_jobs
from marketplace.jobs import webhooks
from marketplace.state.requests import DisputeState
from marketplace.vendors import vendors
from tests.domain.world import World
from tests.state.pages import Open

PDF, PNG, JPEG = b"%PDF-1.7\n1 0 obj", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\xff\xd8\xff\xe0\x00\x10JFIF"


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    async with db.transaction():
        await vendors().files.ensure_buckets()
    return await world.creator()


async def disputed(world: World, owner: Account) -> str:
    """A sale of ``owner``'s whose payment the bank took back; what follows by itself has happened."""
    product, buyer = await world.lesson(owner), await world.person()
    page = await start_purchase(Actor(buyer.id), product.slug)
    await world.pay(page)
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    await world.drain_jobs()
    charge = await world.one('SELECT charge_id FROM "order" WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1])
    await world.act("dispute", charge, reason="fraudulent")
    await world.drain()
    return str((await world.stripe("dispute", charge=charge))[-1]["id"])


def seller(account: Account) -> Actor:
    return Actor(account.id, "member", True)


class Answer(Open):
    """The dispute's page, and a browser that puts files where it is told."""

    def __init__(self, world: World, who: Actor, dispute: str) -> None:
        super().__init__(DisputeState, who, dispute_id=dispute)
        self.world = world

    async def upload(self, name: str, content: bytes, field: str = "customer_communication", size: int = 0) -> str:
        """Why it was refused; empty when it was taken."""
        await self.call("choose_field", field)
        await self.call("file_chosen", name, size or len(content), "application/x-whatever")
        if not self.state.file_url:
            return str(self.state.file_problem)
        sent = await self.world.browser.put(self.state.file_url, content=content)
        assert sent.status_code == 200, sent.text
        await self.call("file_uploaded")
        return str(self.state.file_problem)

    @property
    def files(self) -> dict[str, str]:
        return {row["field"]: row["name"] for row in self.state.files}


async def opened(world: World, who: Actor, dispute: str) -> Answer:
    page = Answer(world, who, dispute)
    await page.call("on_load")
    return page


async def stored(world: World) -> int:
    """Evidence in our own storage."""
    return int(
        await world.one("SELECT count(*) FROM sandbox.objects WHERE kind = 'object' AND id LIKE 'private/evidence/%'")
    )


async def test_the_bank_gets_the_files_and_we_keep_none(world: World, owner: Account) -> None:
    dispute = await disputed(world, owner)
    page = await opened(world, seller(owner), dispute)
    assert list(page.files) == ["receipt"], "the invoice is there by itself"
    assert await page.upload("chat.with.her.exe", PNG) == ""
    assert await page.upload("contract", PDF, "customer_signature") == ""
    assert page.files == {
        "receipt": page.files["receipt"], "customer_communication": "chat.with.her.png", "customer_signature": "contract.pdf",
    }  # fmt: skip
    assert await stored(world) == 0
    await page.call("submit", {"then": "send"})
    assert (page.state.dispute["editable"], page.state.dispute["sending"]) == ("", "yes")
    await world.drain()
    (sent,) = await world.stripe("dispute", id=dispute)
    assert sent["evidence_details"]["submission_count"] == 1
    for field, name in page.files.items():
        (file,) = await world.stripe("file", id=sent["evidence"][field])
        assert (file["filename"], file["purpose"]) == (name, "dispute_evidence")


async def test_what_it_is_counts_and_not_what_it_is_called(world: World, owner: Account) -> None:
    page = await opened(world, seller(owner), await disputed(world, owner))
    before = len(await world.stripe("file"))
    for content in (b"<html><script>", b"GIF89a", b"MZ\x90", b"  %PDF-1.4"):
        assert "PDF, JPEG and PNG" in await page.upload("letter.pdf", content)
    assert "empty" in await page.upload("letter.pdf", b"", size=0)
    assert list(page.files) == ["receipt"]
    assert (len(await world.stripe("file")), await stored(world)) == (before, 0)


async def test_too_large_is_refused_before_it_is_read(
    world: World, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await opened(world, seller(owner), await disputed(world, owner))
    assert "4.5 MB together" in await page.upload("film.pdf", PDF, size=evidence.MAX_BYTES)
    assert page.state.file_url == "", "no link for it"
    reads: list[Any] = []
    real = vendors().files.read

    async def read(path: str, *, max_bytes: int) -> bytes:
        reads.append(max_bytes)
        return await real(path, max_bytes=max_bytes)

    monkeypatch.setattr(type(vendors().files), "read", lambda self, path, *, max_bytes: read(path, max_bytes=max_bytes))
    monkeypatch.setattr(evidence, "MAX_BYTES", 60_000 + await taken(world, page))
    assert "too large" in await page.upload("liar.pdf", PDF + bytes(60_000), size=9)
    assert reads == [60_000]
    assert await page.upload("fits.pdf", PDF + bytes(50_000)) == ""
    assert "are left" in await page.upload("second.pdf", PDF + bytes(50_000), "uncategorized_file")
    assert await page.upload("instead.pdf", PDF + bytes(59_000)) == "", "what it replaces doesn't count"


async def taken(world: World, page: Answer) -> int:
    return int(
        await world.one(
            "SELECT coalesce(sum(size), 0) FROM dispute_file WHERE dispute_id = :d", d=page.state._dispute_id
        )
    )


async def test_replacing_and_removing_until_it_is_sent(world: World, owner: Account) -> None:
    dispute = await disputed(world, owner)
    page = await opened(world, seller(owner), dispute)
    await page.upload("one.pdf", PDF)
    await page.upload("two.jpg", JPEG)
    assert page.files["customer_communication"] == "two.jpg"
    assert await page.upload("mine.pdf", PDF, "receipt") == "", "also what we added ourselves"
    await page.call("remove_file", "customer_communication")
    assert page.files == {"receipt": "mine.pdf"}
    await order_jobs.dispute_evidence(dispute)
    await page.call("on_load")
    assert page.files == {"receipt": "mine.pdf"}, "never over what somebody chose"
    await page.call("submit", {"then": "send"})
    assert "on its way" in await page.upload("late.pdf", PDF)
    await world.drain()
    assert "with the bank already" in await page.upload("late.pdf", PDF)
    with pytest.raises(Conflict):
        async with db.transaction() as session:
            await evidence.remove(session, seller(owner), dispute, "receipt")
    (sent,) = await world.stripe("dispute", id=dispute)
    assert sent["evidence"]["customer_communication"] is None
    await page.call("on_load")
    assert page.files == {"receipt": "mine.pdf"}


async def test_a_file_that_comes_while_the_answer_goes_stays_out(world: World, owner: Account) -> None:
    """It was allowed, its bytes are at the provider, and meanwhile the answer was sent."""
    dispute = await disputed(world, owner)
    async with db.transaction() as session:
        await evidence.room(session, seller(owner), dispute, "uncategorized_file", 16)
        await disputes.submit(session, seller(owner), dispute)
    found = evidence.look_at("a.pdf", PDF)
    with pytest.raises(Conflict):
        async with db.transaction() as session:
            await evidence.attach(session, seller(owner), dispute, "uncategorized_file", found, "file_1")
    await world.drain()


async def test_two_files_at_once_keep_the_limit_and_the_field(
    world: World, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute = await disputed(world, owner)
    monkeypatch.setattr(evidence, "MAX_BYTES", 100 + await world.one(
        "SELECT sum(size) FROM dispute_file WHERE dispute_id = :d", d=dispute))  # fmt: skip

    async def put(field: str, n: int) -> bool:
        try:
            async with db.transaction() as session:
                found = evidence.look_at("a.pdf", PDF + bytes(60))
                await evidence.attach(session, seller(owner), dispute, field, found, f"file_{n}")
        except Invalid:
            return False
        return True

    got = await asyncio.gather(put("uncategorized_file", 1), put("customer_signature", 2))
    assert sorted(got) == [False, True]
    field = "uncategorized_file" if got[0] else "customer_signature"
    assert await asyncio.gather(*(put(field, n) for n in range(3, 7))) == [True] * 4
    assert await world.one("SELECT count(*) FROM dispute_file WHERE dispute_id = :d", d=dispute) == 2


async def test_nobody_elses_dispute(world: World, owner: Account) -> None:
    dispute, other, buyer = await disputed(world, owner), await world.creator("Ola Other"), await world.person()
    for who in (seller(other), Actor(buyer.id), Actor(buyer.id, "moderator")):
        page = await opened(world, who, dispute)
        assert (page.state.files, page.state.dispute) == ([], {})
        assert await page.upload("a.pdf", PDF)
        assert page.state.file_url == ""
        with pytest.raises(Missing):
            async with db.transaction() as session:
                await evidence.remove(session, who, dispute, "receipt")
    admin = await opened(world, Actor((await world.person()).id, "admin"), dispute)
    assert await admin.upload("a.pdf", PDF) == ""
    with pytest.raises(Invalid):
        async with db.transaction() as session:
            await evidence.room(session, seller(owner), dispute, "shipping_documentation", 5)


async def test_an_answer_that_is_refused_can_be_changed_and_sent_again(world: World, owner: Account) -> None:
    dispute = await disputed(world, owner)
    async with db.transaction() as session:
        await evidence.attach(
            session, seller(owner), dispute, "uncategorized_file", evidence.look_at("a", PDF), "file_gone"
        )
    page = await opened(world, seller(owner), dispute)
    await page.call("submit", {"then": "send"})
    await world.drain()
    await page.call("on_load")
    assert (page.state.dispute["editable"], page.state.dispute["refusal"] != "") == ("yes", True)
    await page.call("remove_file", "uncategorized_file")
    await page.call("submit", {"then": "send"})
    await world.drain()
    assert await world.one("SELECT submitted_at IS NOT NULL FROM dispute WHERE id = :d", d=dispute)


async def test_an_answer_whose_job_died_is_sent_by_the_sweep(world: World, owner: Account) -> None:
    dispute = await disputed(world, owner)
    async with db.transaction() as session:
        await disputes.submit(session, seller(owner), dispute)
    await world.rows("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    await world.rows("UPDATE dispute SET sending_at = sending_at - interval '11 minutes' WHERE id = :d", d=dispute)
    await world.sweep()
    assert await world.one("SELECT submitted_at IS NOT NULL FROM dispute WHERE id = :d", d=dispute)


async def test_two_sellers_of_record_get_no_invoice_of_the_other(world: World, owner: Account) -> None:
    dispute = await disputed(world, owner)
    order: UUID = await world.one("SELECT order_id FROM dispute WHERE id = :d", d=dispute)
    await world.rows("DELETE FROM dispute_file WHERE dispute_id = :d", d=dispute)
    await world.rows(
        "INSERT INTO document SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'seller_key',"
        " 'another', 'number', gen_random_uuid()::text))).* FROM document d WHERE order_id = :o", o=order,
    )  # fmt: skip
    await order_jobs.dispute_evidence(dispute)
    assert await world.one("SELECT count(*) FROM dispute_file WHERE dispute_id = :d", d=dispute) == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd.png", "passwd.pdf"), ("C:\\a b\\Letter.PDF", "Letter.pdf"), ("", "file.pdf"), ("a\u202egnp.\n", "a gnp.pdf"),
     ("x" * 300, "x" * 80 + ".pdf")],
)  # fmt: skip
def test_names(name: str, kept: str) -> None:
    assert evidence.look_at(name, PDF).name == kept
