"""Invoices and credit notes: numbers without gaps, one for each sale and refund, never changed, for whom they concern."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace import db
from marketplace.clock import frozen, now
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.documents import rules
from marketplace.domain.documents import service as documents
from marketplace.domain.documents.models import Document
from marketplace.domain.documents.service import Credit, CreditSpec, InvoiceSpec, Line, Party, Seller
from marketplace.domain.orders.models import Order, OrderLine, Refund
from marketplace.errors import Denied, Invalid, Missing, SignInNeeded
from marketplace.sellers import seller_of
from marketplace.settings import Settings
from tests.domain.world import World, together

NET = Line("A bowl", 1, 1000, 0, 1000, Decimal(0), 0, 1000, "a")
TAXED = Line("A jug", 2, 5000, 1000, 4000, Decimal("21"), 840, 4840, "b", "VAT")


def seller(key: str = "") -> Seller:
    """By default one of their own, so that their numbers begin at 1."""
    return Seller(key or uuid4().hex, Party("Kiln & Sons", address=("1 Clay Lane",), country="GB", tax_id="GB1"))


class Shop:
    """Paid orders and refunds, without the rest of buying."""

    def __init__(self, world: World, creator: Account, product_id: UUID) -> None:
        self.world, self.creator, self._product_id = world, creator, product_id

    async def order(self, buyer: Account | None = None) -> Order:
        someone = buyer or await self.world.person()
        async with db.transaction() as session:
            order = Order(buyer_id=someone.id, state="paid", currency="usd", total_minor=100_000, paid_at=now())
            session.add(order)
            await session.flush()
            await session.refresh(order)
            return order

    async def refund(self, order: Order, amount: int = 100) -> UUID:
        async with db.transaction() as session:
            line = OrderLine(
                order_id=order.id, buyer_id=order.buyer_id, product_id=self._product_id, creator_id=self.creator.id,
                title="A bowl", currency="usd", amount_minor=amount, creator_minor=amount, open=False,
            )  # fmt: skip
            session.add(line)
            await session.flush()
            refund = Refund(order_id=order.id, line_id=line.id, amount_minor=amount, currency="usd", state="succeeded")
            session.add(refund)
            await session.flush()
            return refund.id


@pytest.fixture(scope="module")
async def shop(world: World) -> Shop:
    creator = await world.creator(outcome="")
    return Shop(world, creator, (await world.lesson(creator, price_kind="free")).id)


def spec(order: Order, by: Seller, *lines: Line, **changes: object) -> InvoiceSpec:
    lines = lines or (NET,)
    made = InvoiceSpec(
        order_id=order.id, order_number=order.number, buyer_id=order.buyer_id, seller=by, buyer=Party("Bea", email="b@x.com"),
        currency="usd", lines=lines, total_minor=sum(line.total_minor for line in lines), paid_at=now(),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


async def issue(wanted: InvoiceSpec) -> Document:
    async with db.transaction() as session:
        return await documents.issue_invoice(session, wanted)


async def credit(invoice: Document, refund_id: UUID, *credits: Credit) -> Document:
    async with db.transaction() as session:
        return await documents.issue_credit_note(
            session,
            CreditSpec(
                invoice.order_id, refund_id, invoice.seller_key, credits, sum(c.amount_minor for c in credits), now()
            ),
        )  # fmt: skip


async def numbers(world: World, by: Seller) -> list[str]:
    found = await world.rows("SELECT number FROM document WHERE seller_key = :k ORDER BY number", k=by.key)
    return [row[0] for row in found]


def run_of(count: int, series: str = "") -> list[str]:
    return [f"{series or now().year}-{n:06d}" for n in range(1, count + 1)]


class Fell(Exception):
    pass


async def test_numbers_have_no_gaps_when_many_issue_at_once_and_some_roll_back(world: World, shop: Shop) -> None:
    by, orders = seller(), [await shop.order() for _ in range(50)]
    chance = random.Random(7)
    falls = {order.id for order in chance.sample(orders, 17)}

    async def one(order: Order) -> str:
        async with db.transaction() as session:
            made = await documents.issue_invoice(session, spec(order, by))
            if order.id in falls:
                raise Fell
            return made.number

    answers = await together(*(one(order) for order in orders))
    assert sorted(a for a in answers if isinstance(a, str)) == run_of(33)
    assert sum(isinstance(a, Fell) for a in answers) == 17
    assert await numbers(world, by) == run_of(33)
    again = await together(*(issue(spec(order, by)) for order in orders))
    assert await numbers(world, by) == run_of(50) == sorted(document.number for document in again)


async def test_one_sale_has_one_invoice_however_often_it_is_issued(world: World, shop: Shop) -> None:
    by, order = seller(), await shop.order()
    made = await together(*(issue(spec(order, by)) for _ in range(20)))
    assert len({document.id for document in made}) == 1
    assert await numbers(world, by) == run_of(1)
    other = await issue(spec(order, by, TAXED))
    assert (other.id, other.total_minor) == (made[0].id, 1000)


async def test_what_was_taken_back_leaves_no_gap(world: World, shop: Shop) -> None:
    by = seller()

    async def fall(order: Order) -> None:
        async with db.transaction() as session:
            await documents.issue_invoice(session, spec(order, by))
            raise Fell

    for _attempt in range(3):
        with pytest.raises(Fell):
            await fall(await shop.order())
    assert (await issue(spec(await shop.order(), by))).number == run_of(1)[0]


async def test_each_seller_counts_for_themselves_and_each_year_anew(shop: Shop) -> None:
    one, other = seller(), replace(seller(), prefix="KILN-")
    for by, prefix in ((one, ""), (other, "KILN-")):
        for at in (datetime(2030, 12, 31, 23, 59, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)):
            with frozen(at):
                assert (await issue(spec(await shop.order(), by))).number == f"{prefix}{at.year}-000001"
                assert (await issue(spec(await shop.order(), by))).number == f"{prefix}{at.year}-000002"


async def test_an_order_of_two_sellers_has_two_invoices(world: World, shop: Shop) -> None:
    order, sellers = await shop.order(), sorted([seller(), seller()], key=lambda by: by.key)
    async with db.transaction() as session:
        made = [await documents.issue_invoice(session, spec(order, by)) for by in sellers]
    assert [document.number for document in made] == run_of(1) * 2


WRONG = {
    "another total": {"total_minor": 999},
    "no lines": {"lines": (), "total_minor": 0},
    "net and tax": {"lines": (replace(TAXED, tax_minor=839),)},
    "discount": {"lines": (replace(TAXED, discount_minor=999),)},
    "discount off the gross price": {"lines": (TAXED,), "tax_included": True},
    "negative": {"lines": (replace(NET, list_minor=-1, net_minor=-1, total_minor=-1),), "total_minor": -1},
    "negative discount": {"lines": (replace(NET, list_minor=900, discount_minor=-100),)},
    "half a cent": {
        "lines": (replace(NET, list_minor=999.5, net_minor=999.5, total_minor=999.5),),
        "total_minor": 999.5,
    },
    "none of it": {"lines": (replace(NET, quantity=0),)},
    "tax at nought": {"lines": (replace(TAXED, tax_rate=Decimal(0)),)},
    "tax above all": {"lines": (replace(TAXED, tax_rate=Decimal("100.1")),)},
    "no rate": {"lines": (replace(TAXED, tax_rate=Decimal("NaN")),)},
    "currency": {"currency": "xxx"},
    "twice the same": {"lines": (NET, NET), "total_minor": 2000},
    "reverse charge with tax": {"lines": (TAXED,), "reverse_charge": True, "buyer": Party("B", tax_id="DE1")},
    "reverse charge of nobody": {"reverse_charge": True},
    "prefix": {"seller": replace(seller(), prefix="CN-")},
}


@pytest.mark.parametrize("name", WRONG)
async def test_an_invoice_that_does_not_add_up_takes_no_number(world: World, shop: Shop, name: str) -> None:
    by, changes = seller(), dict(WRONG[name])
    lines = changes.get("lines", (NET,))
    changes.setdefault("total_minor", sum(line.total_minor for line in lines))
    changes["seller"] = replace(changes.get("seller", by), key=by.key)
    with pytest.raises(Invalid):
        await issue(spec(await shop.order(), by, **changes))
    assert await numbers(world, by) == []
    assert (await issue(spec(await shop.order(), by))).number == run_of(1)[0]


async def test_totals_are_those_of_the_lines(shop: Shop) -> None:
    made = await issue(spec(await shop.order(), seller(), NET, TAXED))
    assert (made.net_minor, made.tax_minor, made.total_minor) == (5000, 840, 5840)
    gross = Line("A jug", 1, 1210, 0, 1000, Decimal("21"), 210, 1210, "b", "VAT")
    made = await issue(spec(await shop.order(), seller(), gross, tax_included=True))
    assert (made.net_minor, made.tax_minor, made.total_minor) == (1000, 210, 1210)
    assert documents.lines_of(made) == [gross]


@pytest.mark.parametrize("sql", ["UPDATE document SET total_minor = 0", "DELETE FROM document", "TRUNCATE document"])
async def test_a_document_is_never_changed(world: World, shop: Shop, sql: str) -> None:
    made = await issue(spec(await shop.order(), seller()))
    with pytest.raises(DBAPIError, match="neither changed nor deleted"):
        await world.rows(sql)
    assert await world.one("SELECT total_minor FROM document WHERE id = :i", i=made.id) == 1000


@pytest.mark.parametrize(
    ("column", "value"), [("total_minor", "net_minor + tax_minor + 1"), ("kind", "'receipt'"), ("refund_id", "NULL")]
)
async def test_the_database_refuses_a_document_that_makes_no_sense(
    world: World, shop: Shop, column: str, value: str
) -> None:
    order = await shop.order()
    invoice = await issue(spec(order, seller()))
    note = await credit(invoice, await shop.refund(order), Credit("a", 100))
    names = [
        row[0]
        for row in await world.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'document'")
    ]
    fresh = {"id": "gen_random_uuid()", "number": "number || 'x'", "seller_key": "seller_key || 'x'", column: value}
    copied = ", ".join(fresh.get(name, name) for name in names)
    with pytest.raises(DBAPIError, match="check constraint"):
        await world.rows(
            f"INSERT INTO document ({', '.join(names)}) SELECT {copied} FROM document WHERE id = :i", i=note.id
        )


# credit notes


async def test_a_refund_has_one_credit_note_that_names_its_invoice(world: World, shop: Shop) -> None:
    by, order = seller(), await shop.order()
    invoice = await issue(spec(order, by, NET, TAXED))
    refund = await shop.refund(order)
    made = await together(*(credit(invoice, refund, Credit("b", 2420)) for _ in range(10)))
    assert len({document.id for document in made}) == 1
    note = made[0]
    assert (note.kind, note.number, note.original_id) == ("credit_note", run_of(1, f"CN-{now().year}")[0], invoice.id)
    assert (note.net_minor, note.tax_minor, note.total_minor) == (2000, 420, 2420)
    assert (note.seller, note.buyer, note.currency) == (invoice.seller, invoice.buyer, invoice.currency)
    assert note.lines[0]["title"] == "A jug"


async def test_no_more_is_credited_than_was_invoiced(world: World, shop: Shop) -> None:
    by, order = seller(), await shop.order()
    invoice = await issue(spec(order, by))
    refunds = [await shop.refund(order) for _ in range(10)]
    answers = await together(*(credit(invoice, refund, Credit("a", 300)) for refund in refunds))
    assert sum(isinstance(a, Document) for a in answers) == 3
    assert all(isinstance(a, Document | Invalid) for a in answers), answers
    assert await numbers(world, by) == sorted([invoice.number, *run_of(3, f"CN-{now().year}")])


@pytest.mark.parametrize(
    "credits",
    [(), (Credit("a", 0),), (Credit("a", -5),), (Credit("a", 1001),), (Credit("z", 5),), (Credit("a", 5), Credit("a", 5)),
     (Credit("a", 5, tax_minor=1),), (Credit("b", 100, tax_minor=101),), (Credit("b", 100, tax_minor=-1),)],
)  # fmt: skip
async def test_a_wrong_credit_note_takes_no_number(world: World, shop: Shop, credits: tuple[Credit, ...]) -> None:
    by, order = seller(), await shop.order()
    invoice = await issue(spec(order, by, NET, TAXED))
    with pytest.raises(Invalid):
        await credit(invoice, await shop.refund(order), *credits)
    assert await numbers(world, by) == [invoice.number]


async def test_a_credit_note_adds_up_to_its_refund_and_needs_an_invoice(shop: Shop) -> None:
    by, order = seller(), await shop.order()
    refund = await shop.refund(order)
    wanted = CreditSpec(order.id, refund, by.key, (Credit("a", 100),), 101, now())
    with pytest.raises(Missing):
        async with db.transaction() as session:
            await documents.issue_credit_note(session, wanted)
    await issue(spec(order, by))
    with pytest.raises(Invalid):
        async with db.transaction() as session:
            await documents.issue_credit_note(session, wanted)


async def test_a_refund_that_came_back_is_corrected_once_and_can_be_given_again(world: World, shop: Shop) -> None:
    by, order = seller(), await shop.order()
    invoice = await issue(spec(order, by))
    refund = await shop.refund(order)
    note = await credit(invoice, refund, Credit("a", 1000))

    async def correct() -> Document | None:
        async with db.transaction() as session:
            return await documents.correct_credit_note(session, refund, by.key)

    made = await together(*(correct() for _ in range(5)))
    assert len({one.id for one in made}) == 1
    assert (made[0].kind, made[0].original_id, made[0].total_minor) == ("correction", note.id, 1000)
    again = await credit(invoice, await shop.refund(order), Credit("a", 1000))
    assert again.number == run_of(2, f"CN-{now().year}")[1]
    with pytest.raises(Invalid):
        await credit(invoice, await shop.refund(order), Credit("a", 1))
    async with db.transaction() as session:
        assert await documents.correct_credit_note(session, uuid4(), by.key) is None


@given(
    net=st.integers(1, 10**7),
    rate=st.decimals(0, 100, places=3),
    included=st.booleans(),
    cuts=st.lists(st.integers(1, 10**7), max_size=6),
)
def test_any_sequence_of_refunds_gives_back_exactly_the_tax(
    net: int, rate: Decimal, included: bool, cuts: list[int]
) -> None:
    tax = int(net * rate / 100)
    line = Line("x", 1, net + tax if included else net, 0, net, rate, tax, net + tax, "a")
    before: list[Line] = []
    left = line.total_minor
    for part in [*cuts, left]:
        amount = min(part, left)
        if amount:
            made = rules.credit_lines([line], before, [Credit("a", amount)], tax_included=included)
            before += made
            left -= amount
            assert made[0].net_minor + made[0].tax_minor == amount
            assert made[0].tax_minor >= 0 <= made[0].net_minor
    assert rules.totals(before).net_minor == net
    assert rules.totals(before).tax_minor == tax


# whom they concern


async def test_the_buyer_the_seller_and_admins_may_read_it(world: World, shop: Shop) -> None:
    order = await shop.order()
    made = await issue(spec(order, seller(str(shop.creator.id))))
    other = await world.creator("Other", outcome="")
    for who in (Actor(order.buyer_id), Actor(shop.creator.id, "member", True), Actor(other.id, "admin")):
        async with db.transaction() as session:
            assert (await documents.document(session, who, made.id)).id == made.id
            assert [one.id for one in await documents.for_order(session, who, order.id)] == [made.id]
    for who in (Actor(), Actor(other.id), Actor(other.id, "moderator", True)):
        with pytest.raises(Missing):
            async with db.transaction() as session:
                await documents.document(session, who, made.id)
        async with db.transaction() as session:
            assert await documents.for_order(session, who, order.id) == []


async def test_a_creator_does_not_see_what_others_sold_in_the_same_order(shop: Shop) -> None:
    order = await shop.order()
    mine, theirs = await issue(spec(order, seller(str(shop.creator.id)))), await issue(spec(order, seller()))
    who = Actor(shop.creator.id, "member", True)
    async with db.transaction() as session:
        assert [one.id for one in await documents.for_order(session, who, order.id)] == [mine.id]
        assert await documents.related(session, mine) == []
        with pytest.raises(Missing):
            await documents.document(session, who, theirs.id)
        both = await documents.for_order(session, Actor(order.buyer_id), order.id)
        assert {one.id for one in both} == {mine.id, theirs.id}


async def test_through_the_data_api_buyers_read_their_own_only(world: World, shop: Shop) -> None:
    buyer, other = await world.person(), await world.person()
    made = await issue(spec(await shop.order(buyer), seller()))
    await issue(spec(await shop.order(other), seller()))
    async with db.transaction() as session:
        connection = await session.connection()
        for table in ("document", "document_series", "billing_profile", "seller_profile", "account"):
            await connection.execute(text(f"GRANT ALL ON {table} TO authenticated"))
        await connection.execute(text("GRANT USAGE ON SCHEMA auth TO authenticated"))
        await connection.execute(text("SET LOCAL ROLE authenticated"))
        await connection.execute(text(f"SET LOCAL request.jwt.claim.sub = '{buyer.auth_id}'"))
        assert list((await connection.execute(text("SELECT id FROM document"))).scalars()) == [made.id]
        assert (await connection.execute(text("SELECT count(*) FROM document_series"))).scalar_one() == 0
        await connection.execute(text("RESET ROLE"))
        await session.rollback()


# whose names stand on them


FORM = {
    "billing_name": " Bea  Buyer ", "company": "Bowls Ltd", "line1": "1 Clay Lane", "line2": "", "postal_code": "N1 1AA",
    "city": "London", "region": "", "country": "gb", "tax_id": "gb 123456789",
}  # fmt: skip


async def test_billing_details_go_on_the_next_invoice_only(world: World, shop: Shop) -> None:
    buyer, by = await world.person("Bea"), seller()
    async with db.transaction() as session:
        assert await documents.buyer_of(session, buyer.id) == Party("Bea", email=buyer.email)
        before = await documents.buyer_of(session, buyer.id)
        await documents.save_billing(session, Actor(buyer.id), FORM)
        after = await documents.buyer_of(session, buyer.id)
    assert after == Party("Bea Buyer", "Bowls Ltd", buyer.email, ("1 Clay Lane", "London N1 1AA"), "GB", "GB 123456789")
    old = await issue(spec(await shop.order(buyer), by, buyer=before))
    new = await issue(spec(await shop.order(buyer), by, buyer=after))
    assert documents.unpack_party(old.buyer) == before
    assert documents.unpack_party(new.buyer) == after
    async with db.transaction() as session:
        await documents.forget(session, Actor(buyer.id))
    async with db.transaction() as session:
        assert await documents.buyer_of(session, buyer.id) == before
        assert documents.unpack_party((await documents.document(session, Actor(buyer.id), new.id)).buyer) == after


@pytest.mark.parametrize(
    ("field", "value"),
    [("country", "XX"), ("country", "Germany"), ("tax_id", "<script>"), ("tax_id", "-"), ("tax_id", "1" * 41),
     ("line1", "x" * 121), ("company", "x" * 121), ("billing_name", "x" * 121)],
)  # fmt: skip
async def test_details_that_are_refused_name_their_field(world: World, field: str, value: str) -> None:
    buyer = await world.person()
    with pytest.raises(Invalid) as refused:
        async with db.transaction() as session:
            await documents.save_billing(session, Actor(buyer.id), {**FORM, field: value})
    assert refused.value.field == field
    assert await world.rows("SELECT 1 FROM billing_profile WHERE account_id = :a", a=buyer.id) == []


async def test_only_creators_have_invoice_details_and_they_need_an_address(world: World, shop: Shop) -> None:
    form = {**FORM, "business_name": "Kiln & Sons"}
    async with db.transaction() as session:
        with pytest.raises(Denied):
            await documents.save_seller(session, Actor(shop.creator.id), form)
        with pytest.raises(SignInNeeded):
            await documents.save_seller(session, Actor(), form)
        for missing in ("business_name", "line1", "city", "country"):
            with pytest.raises(Invalid) as refused:
                await documents.save_seller(session, Actor(shop.creator.id, "member", True), {**form, missing: " "})
            assert refused.value.field == missing


async def test_the_seller_of_record(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    creator = await world.creator("Cy", outcome="")

    async def now_is(**changes: str) -> Seller:
        settings = Settings(_env_file=None, marketplace_env="test", **changes)  # type: ignore[arg-type]
        monkeypatch.setattr("marketplace.sellers.get_settings", lambda: settings)
        async with db.transaction() as session:
            return await seller_of(session, creator.id)

    assert await now_is() == Seller("platform", Party("Atelier"))
    platform = {"seller_name": "Clay GmbH", "seller_address": "Weg 1 | 10119 Berlin|", "seller_tax_id": "DE1"}
    assert await now_is(**platform, invoice_prefix="CL-") == Seller(
        "platform", Party("Clay GmbH", address=("Weg 1", "10119 Berlin"), tax_id="DE1"), "CL-"
    )
    assert await now_is(seller_of_record="creator", **platform) == Seller(str(creator.id), Party("Cy"))
    async with db.transaction() as session:
        await documents.save_seller(
            session,
            Actor(creator.id, "member", True),
            {**FORM, "business_name": "Kiln", "country": "US", "region": "NY"},
        )
    assert (await now_is(seller_of_record="creator")).party == Party(
        "Kiln", address=("1 Clay Lane", "London, NY N1 1AA"), country="US", tax_id="GB 123456789"
    )


@pytest.mark.parametrize("prefix", ["CN-", "A-COR-", "a b", "x" * 13, "ä", "a/b"])
def test_prefixes_that_would_spoil_the_numbers_are_refused_at_the_start(prefix: str) -> None:
    with pytest.raises(ValueError, match=r"INVOICE_PREFIX|invoice_prefix"):
        Settings(_env_file=None, marketplace_env="test", invoice_prefix=prefix)


HOSTILE = (
    "<script>alert(1)</script>", "a\x00b", "\ud800", "\u202eevil", "x" * 5000, "\n\n", "🎸" * 400, "'; DROP TABLE document; --",
)  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
async def test_an_invoice_is_issued_whatever_the_words(shop: Shop, words: str) -> None:
    """Somebody paid: there has to be one."""
    party = Party(words, words, words, (words, words), words, words)
    made = await issue(
        spec(await shop.order(), replace(seller(), party=party), replace(NET, title=words, tax_name=words), buyer=party)
    )
    line = documents.lines_of(made)[0]
    assert 1 <= len(line.title) <= rules.MAX_TITLE
    for kept in (line.title, *made.buyer["address"], made.buyer["name"]):
        assert kept.isprintable()
        assert "\u202e" not in kept
