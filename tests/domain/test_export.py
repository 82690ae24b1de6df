"""The journal as a file: other programs come to our balances, nobody reads what isn't theirs, and no text is a formula."""

from __future__ import annotations

import csv
import io
import os
import random
import shutil
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import journal
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.ledger import formats, rules
from marketplace.domain.ledger import service as ledger
from marketplace.domain.ledger.formats import ExportPosting, account_name
from marketplace.domain.ledger.rules import Line
from marketplace.money import to_input
from tests.domain.test_ledger_statement import _KINDS
from tests.domain.world import World

NASTY = [
    '=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "  =cmd|' /C calc'!A0", "＝1+1",
    "Two\nlines, a \ttab  ; and [2024-99-99] Tag:: (1/0)", "“Fire” & glaze; часть 1", "!bang *star (code) | pipe",
]  # fmt: skip


@pytest.fixture(scope="module")
async def merchants(world: World) -> list[Account]:
    return [await world.creator("Ann", outcome=""), await world.creator("Ben", outcome="")]


@pytest.fixture(scope="module")
async def history(world: World, merchants: list[Account]) -> None:
    """Entries of every kind in currencies with two, no and three decimals; some are of both creators."""
    dice, people = random.Random(3), [one.id for one in merchants]
    for number in range(120):
        kind, currency = dice.choice(sorted(_KINDS)), dice.choice(["usd", "jpy", "kwd"])
        lines = _KINDS[kind](dice.choice(people), dice.randint(1, 900_000))
        if number % 10 == 0:
            kind, lines = "sale", [
                Line(rules.STRIPE, 2000), Line(rules.FEES, -200), Line(rules.TAX, -100), Line(rules.DISCOUNTS, 50),
                Line(rules.HELD, -1000, people[0], memo=dice.choice(NASTY)), Line(rules.HELD, -750, people[1]),
            ]  # fmt: skip
        async with db.transaction() as session:
            await ledger.book(
                session, key=f"{kind}:{uuid4()}", kind=kind, currency=currency, lines=lines,
                memo=NASTY[number % len(NASTY)],
            )  # fmt: skip


async def fetch(person: Account | None, path: str, **query: str) -> httpx.Response:
    """As that person's browser, or as nobody's."""
    cookies = {}
    if person is not None:
        async with db.transaction() as session:
            cookies["market_session"] = await accounts.open_session(session, person.id, user_agent="", ip="", days=1)
    app = httpx.ASGITransport(Starlette(routes=journal.routes))
    async with httpx.AsyncClient(transport=app, base_url="http://product", cookies=cookies) as browser:
        return await browser.get(f"/studio/export/{path}", params=query)


async def admin(world: World) -> Account:
    person = await world.person("Ada Admin")
    await world.rows("UPDATE account SET role = 'admin' WHERE id = :i", i=person.id)
    return person


def read(text: str, folder: Path, *options: str) -> dict[tuple[str, str], Decimal]:
    """(account, commodity) → balance, as Debian's ledger understands the file."""
    program = shutil.which("ledger")
    if program is None:
        assert not os.environ.get("CI"), "ledger is missing: apt-get install ledger"
        pytest.skip("ledger isn't installed")
    file = folder / "journal.ledger"
    file.write_text(text)
    command = [
        program, "--no-pager", "-f", str(file), "balance", "--flat", "--no-total", "--strict", *options,
        "--balance-format", "%(account)\t%(display_total)\n",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC"})
    assert done.returncode == 0, done.stderr
    found: dict[tuple[str, str], Decimal] = {}
    account = ""
    for line in done.stdout.splitlines():
        name, _, amount = line.rpartition("\t")
        account = name or account
        number, commodity = amount.split()
        found[account, commodity] = Decimal(number)
    return found


async def ours(owner: UUID | None, names: dict[UUID, str]) -> dict[tuple[str, str], Decimal]:
    """The same from our own balances."""
    async with db.transaction() as session:
        totals = await ledger.trial_balance(session, owner)
    return {
        (account_name(ExportPosting(account, currency, minor, names[UUID(who)] if who else "")), currency.upper()):
            Decimal(to_input(minor, currency))
        for (account, who, currency), minor in totals.items() if minor
    }  # fmt: skip


async def test_ledger_comes_to_the_platforms_balances(world: World, history: None, tmp_path: Path) -> None:
    answer = await fetch(await admin(world), "ledger.ledger", whose="platform")
    assert answer.status_code == 200
    handles = {row[0]: row[1] for row in await world.rows("SELECT id, handle FROM account")}
    assert read(answer.text, tmp_path) == await ours(None, handles)
    assert answer.text.endswith(formats.LEDGER_TAIL)


async def test_ledger_comes_to_a_creators_balances(
    world: World, merchants: list[Account], history: None, tmp_path: Path
) -> None:
    for person in merchants:
        answer = await fetch(person, "ledger.txt")
        assert answer.headers["content-type"].startswith("text/plain")
        assert f"statement-{person.handle}-" in answer.headers["content-disposition"]
        found = read(answer.text, tmp_path)
        mine = {key: amount for key, amount in found.items() if ":Creators:" in key[0]}
        assert mine == await ours(person.id, {person.id: person.handle})
        totals: Counter[str] = Counter()
        for (_account, commodity), amount in found.items():
            totals[commodity] += amount  # type: ignore[assignment]
        assert not any(totals.values()), "each entry is balanced"
    (first, second) = merchants
    assert second.handle not in (await fetch(first, "ledger.txt")).text


async def test_each_entry_carries_its_key(
    merchants: list[Account], history: None, tmp_path: Path, world: World
) -> None:
    text = (await fetch(merchants[0], "ledger.ledger")).text
    keys = await world.rows(
        "SELECT DISTINCT key FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id WHERE owner_id = :o",
        o=merchants[0].id,
    )
    (tmp_path / "j").write_text(text)
    command = ["ledger", "-f", str(tmp_path / "j"), "register", "--format", "%(code)\n"]
    if shutil.which("ledger"):
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
        assert set(told) == {row[0] for row in keys}
    assert {f"({row[0]})" for row in keys} <= set(text.split())


async def test_the_table_has_every_posting_and_no_formula(
    world: World, merchants: list[Account], history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_PAGE", 7)
    for person in merchants:
        answer = await fetch(person, "ledger.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        booked = await world.rows(
            "SELECT e.key, p.account, p.currency, p.amount_minor FROM ledger_posting p JOIN ledger_entry e"
            " ON e.id = p.entry_id WHERE p.owner_id = :o",
            o=person.id,
        )
        mine = Counter((r["entry"], r["account"], r["currency"], r["amount"]) for r in rows if r["creator"])
        assert mine == Counter((b[0], b[1], b[2].upper(), to_input(int(b[3]), b[2])) for b in booked)
        sums: Counter[tuple[str, str]] = Counter()
        for row in rows:
            sums[row["entry"], row["currency"]] += Decimal(row["amount"])  # type: ignore[assignment]
        assert not any(sums.values())
        texts = {row[name] for row in rows for name in ("description", "creator", "note")}
        assert len(texts) > 5
        assert [text for text in texts if text.strip("\t\r\n ").startswith(("=", "+", "-", "@", "＝"))] == []
        assert "'" + NASTY[0] in texts


async def test_whose_journal_it_is(world: World, merchants: list[Account], history: None) -> None:
    first, second = merchants
    member, boss = await world.person(), await admin(world)
    assert (await fetch(None, "ledger.csv")).status_code == 303
    assert (await fetch(member, "ledger.csv")).status_code == 403
    assert (await fetch(first, "ledger.csv", creator=str(second.id))).status_code == 403
    assert (await fetch(first, "ledger.ledger", whose="platform")).status_code == 403
    assert (await fetch(boss, "ledger.csv", creator=str(uuid4()))).status_code == 404
    assert (await fetch(boss, "ledger.csv", creator="nobody")).status_code == 404
    assert (await fetch(first, "ledger.xls")).status_code == 404
    theirs = await fetch(boss, "ledger.csv", creator=str(second.id))
    assert theirs.status_code == 200
    assert theirs.text == (await fetch(second, "ledger.csv")).text
    for answer in (theirs, await fetch(first, "ledger.csv", creator=str(second.id))):
        assert answer.headers["cache-control"] == "no-store"


async def test_too_many_downloads_have_to_wait(merchants: list[Account], world: World) -> None:
    person = await world.creator(outcome="")
    answers = [(await fetch(person, "ledger.csv")).status_code for _ in range(22)]
    assert answers == [200] * 20 + [429] * 2


def test_names_of_accounts_are_names() -> None:
    odd: Any = ExportPosting("held", "usd", 5, "a:b  ;[x]")
    assert account_name(odd) == "Liabilities:Creators:a b x:Held"
    assert account_name(ExportPosting("new thing", "usd", 5)) == "Other:new thing"
