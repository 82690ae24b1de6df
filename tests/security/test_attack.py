"""Every handler the product registers, called over a real websocket by everyone who should get nothing from it.

Two questions after each attack: did anything change that is not the attacker's own, and did anything reach him
that isn't his? The door's log and the rate counters say that every single call was looked at.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from handlers import Handler, of_the_product
from payloads import PASSWORD, garbage, hostile
from people import Attacker, Stage, Victim, differences, set_the_stage
from socket_client import HYDRATE, ROOT, Socket, survives
from websockets.exceptions import ConnectionClosed, InvalidStatus

_RANK = {"anonymous": 0, "anyone": 0, "member": 1, "creator": 2, "admin": 3}
_DOOR = re.compile(r"door\.(\w+)\s.*?handler=(\S+)")


@pytest.fixture(scope="module")
def found(product: Any) -> dict[str, Any]:
    return of_the_product(product.environment)


@pytest.fixture(scope="module")
def handlers(found: dict[str, Any]) -> list[Handler]:
    """Loading first, state by state: what a page's loader set is what its other handlers act on."""
    return sorted(found["handlers"], key=lambda h: (h.state, h.method != "on_load", h.method))


@pytest.fixture(scope="module")
def stage(product: Any) -> Stage:
    return set_the_stage(product.dsn)


class Log:
    """What the product wrote since the test began. Each line is read and counted once."""

    def __init__(self, path: Any) -> None:
        self._path = path
        self._start = self._read = path.stat().st_size
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)

    def text(self) -> str:
        return self._since(self._start).decode(errors="replace")

    def outcomes(self) -> dict[str, Counter[str]]:
        """What the door decided, by handler."""
        fresh, ended, _ = self._since(self._read).rpartition(b"\n")
        self._read += len(fresh) + len(ended)
        for outcome, name in _DOOR.findall(fresh.decode(errors="replace")):
            self._counts[name.strip("'\"")][outcome] += 1
        return self._counts

    def _since(self, position: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(position)
            return bytes(file.read())


def attacker(stage: Stage, name: str) -> Attacker:
    return next(a for a in stage.attackers if a.name == name)


def addresses(victim: Victim) -> dict[str, Any]:
    """Route and query parameters of every page, each naming the victim's things."""
    ids = victim.ids
    return {
        "id": ids["product"], "product_id": ids["product"], "lesson_slug": ids["slug"], "order_id": ids["order"],
        "line_id": ids["line"], "creator_handle": victim.handle, "token": ids["session"], "q": "canary", "state": "draft",
        "customer_id": ids["buyer"], "product": ids["published"], "period": "all", "by": "product",
        "step": "publish", "next": "//evil.example", "setup": "back", "session_id": ids["session"], "topic": "' OR 1=1",
    }  # fmt: skip


def leaks(text: str, stage: Stage, *, own: Iterable[str] = ()) -> list[str]:
    """Strings in what was received that belong to somebody else."""
    secret = [*stage.victim.canaries, *stage.emails, *(a.cookie for a in stage.attackers if a.cookie)]
    return [s for s in secret if s in text and s not in own]


async def test_nothing_is_registered_without_a_declaration(found: dict[str, Any]) -> None:
    assert found["undeclared"] == []


async def test_declared_arguments_are_typed_and_bounded(handlers: list[Handler]) -> None:
    assert len([h for h in handlers if h.who]) > 30
    assert {h.name: h.loose for h in handlers if h.loose} == {}
    assert {h.name for h in handlers if h.who and h.schema.get("additionalProperties") is not False} == set()


async def test_every_public_method_counts_as_a_handler_and_a_planted_one_is_found(product: Any) -> None:
    planted = of_the_product(product.environment, "--planted")
    assert [n.rpartition(".")[2] for n in planted["undeclared"]] == ["decorated", "plain"]
    refused = {n.rpartition(".")[2]: ended for n, ended in planted["refused"].items()}
    assert refused == {"plain": True, "decorated": True, "setvar": True, "fine": False}


@pytest.mark.parametrize("role", ["anonymous", "another creator"])
async def test_garbage_ends_at_the_door(product: Any, stage: Stage, handlers: list[Handler], role: str) -> None:
    who, log, before = attacker(stage, role), Log(product.log), stage.wait_for_rest()
    sent: Counter[str] = Counter()
    async with await Socket.open(product.url, cookie=who.cookie) as tab:
        await tab.hydrate()
        for handler in (h for h in handlers if not h.internal):
            for payload in garbage(handler, stage.victim):
                await tab.send(handler.name, payload)
                sent[handler.name] += 1
            await tab.settle()
        text = tab.text
    await eventually(lambda: _turned_away(log) == sent)
    assert _turned_away(log) == sent
    assert {outcome for counts in log.outcomes().values() for outcome in counts} <= {
        "bad_payload",
        "refused",
        "undeclared",
    }
    assert differences(before, stage.wait_for_rest()) == []
    assert leaks(text, stage) == []
    assert "Traceback" not in log.text()


def _turned_away(log: Log) -> Counter[str]:
    """How many calls of each handler ended at the door."""
    return Counter({name: sum(counts.values()) for name, counts in log.outcomes().items()})


async def eventually(check: Callable[[], bool], seconds: float = 15) -> bool:
    """Background handlers pass the door in their own time: ask until it is so."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


@pytest.mark.parametrize("role", ["made-up session", "revoked session", "expired session"])
async def test_a_worthless_cookie_is_nobodys(product: Any, stage: Stage, role: str) -> None:
    """What such a browser may do is what any visitor may."""
    frames = []
    for who in (attacker(stage, role), attacker(stage, "anonymous"), attacker(stage, "learner")):
        async with await Socket.open(product.url, cookie=who.cookie) as tab:
            await tab.hydrate()
            frames.append(_viewer(tab.text))
    assert frames[0] == frames[1] != frames[2]


def _viewer(text: str) -> set[str]:
    """What the page is told of who is there."""
    return set(
        re.findall(r'"(?:signed_in|is_admin|is_staff|is_creator|name|email|handle)_rx_state_":(?:"[^"]*"|\w+)', text)
    )


@pytest.mark.parametrize("role", ["anonymous", "learner", "another creator"])
async def test_other_peoples_things_stay_theirs(product: Any, stage: Stage, handlers: list[Handler], role: str) -> None:
    who, log, before = attacker(stage, role), Log(product.log), stage.wait_for_rest()
    query, sent = addresses(stage.victim), Counter[str]()
    async with await Socket.open(product.url, cookie=who.cookie) as tab:
        await tab.hydrate(query=query)
        for handler in (h for h in handlers if not h.internal):
            for batch in _batches(hostile(handler, stage.victim), 4):
                stage.forget_rates()
                for payload in batch:
                    await tab.send(handler.name, payload, query=query)
                    sent[handler.name] += 1
                await tab.settle()
                looked_at = await eventually(
                    lambda h=handler, n=len(batch): _evaluated(h, who, stage, log, sent[h.name], n)
                )
                assert looked_at, (handler.name, sent[handler.name], log.outcomes()[handler.name])
        await tab.quiet()
        text = tab.text
    assert differences(before, stage.wait_for_rest()) == []
    assert leaks(text, stage) == []
    assert '"is_admin_rx_state_":true' not in text
    assert "door.limited" not in log.text()
    assert _our_tracebacks(log.text()) == []
    written = "".join(log.text().split())  # long lines are wrapped, also in the middle of a secret
    assert [s for s in (PASSWORD, *stage.victim.canaries, who.cookie) if s and s in written] == []


def _batches(items: list[Any], size: int) -> list[list[Any]]:
    return [items[i : i + size] for i in range(0, len(items), size)]


def _evaluated(handler: Handler, who: Attacker, stage: Stage, log: Log, sent: int, batch: int) -> bool:
    """Was each call turned away for lack of a role, or else each of this batch counted (or free of a limit)?"""
    ended = log.outcomes()[handler.name]
    if not handler.who:
        return ended == Counter(undeclared=sent)
    if _RANK[who.role] < _RANK[handler.who]:
        return ended == Counter(refused=sent)
    return not ended and (not handler.rated or stage.counted(handler.name) >= batch)


def _our_tracebacks(text: str) -> list[str]:
    """Stack traces that pass through our own code."""
    traces = re.findall(r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)+.*\n", text)
    return [trace for trace in traces if "/marketplace/" in trace]


@pytest.mark.parametrize("name", ["hydrate_and_load", "hydrate", "update_vars_internal_state"])
async def test_vars_cannot_be_forged(product: Any, stage: Stage, handlers: list[Handler], name: str) -> None:
    """Browser storage is the client's word; nothing of ours takes it."""
    viewer = f"{ROOT}.marketplace___state___viewer____viewer"
    wizard = f"{ROOT}.marketplace___state___wizard____wizard_state"
    forged = {
        f"{viewer}.is_admin_rx_state_": True, f"{viewer}.is_admin": True, f"{viewer}._bound": "anonymous",
        f"{wizard}._product_id": stage.victim.ids["product"], f"{ROOT}.is_hydrated": True, "nonsense": 1,
    }  # fmt: skip
    event = next(h.name for h in handlers if name in h.name and h.method in (name, "update_vars_internal"))
    log = Log(product.log)
    async with await Socket.open(product.url, cookie=attacker(stage, "another creator").cookie) as tab:
        for payload in ({"vars": forged}, {"vars": [1]}, {"vars": 5, "hashes": {"a": 1}}, {"hashes": [1, None]}):
            await tab.send(event, payload)
        frames = "\n".join([*await tab.settle(), *await tab.hydrate()])
    assert '"is_admin_rx_state_":true' not in frames
    assert leaks(frames, stage) == []
    assert "Traceback" not in log.text()


async def test_a_real_page_gets_its_own_data(product: Any, stage: Stage) -> None:
    """The counter-proof: with the victim's own cookie the same calls show the victim's secrets to the victim."""
    async with await Socket.open(product.url, cookie=stage.victim.cookie) as tab:
        await tab.hydrate(query=addresses(stage.victim))
        await tab.send(f"{ROOT}.marketplace___state___wizard____wizard_state.on_load", query=addresses(stage.victim))
        await tab.settle()
        assert stage.victim.canaries[0] in tab.text
        assert stage.victim.email in tab.text
        assert leaks(tab.text, stage) != []


@pytest.mark.parametrize("role", ["anonymous", "learner", "another creator", "revoked session"])
async def test_a_stolen_state_token_is_worth_nothing(product: Any, stage: Stage, role: str) -> None:
    """The thief connects with the victim's tab token and his own cookie, while the victim is there and after."""
    wizard = f"{ROOT}.marketplace___state___wizard____wizard_state"
    victim = await Socket.open(product.url, cookie=stage.victim.cookie)
    await victim.send(f"{wizard}.on_load", query=addresses(stage.victim))
    await victim.settle()
    assert stage.victim.canaries[0] in victim.text
    received = await _steal(product.url, victim.token, attacker(stage, role).cookie, wizard)
    await victim.close()
    received += await _steal(product.url, victim.token, attacker(stage, role).cookie, wizard)
    assert leaks(received, stage) == []
    async with await Socket.open(product.url, cookie=stage.victim.cookie, token=victim.token) as back:
        assert stage.victim.email in "".join(await back.hydrate())


async def _steal(url: str, token: str, cookie: str, wizard: str) -> str:
    async with await Socket.open(url, cookie=cookie, token=token) as thief:
        await thief.hydrate()
        for name in ("publish", "unpublish", "video_uploaded", "add_learn", "on_load"):
            await thief.send(f"{wizard}.{name}", {})
        await thief.send(f"{wizard}.edit", {"field": "title", "value": "stolen"})
        await thief.settle()
        await thief.send(HYDRATE, {})
        await thief.settle()
        return thief.text


async def test_a_session_that_ends_takes_its_page_with_it(product: Any, stage: Stage) -> None:
    """Signed out elsewhere: the open tab's next event runs as nobody, and what the tab held is gone."""
    import psycopg

    from marketplace.ids import digest

    who = attacker(stage, "another creator")
    with psycopg.connect(product.dsn, autocommit=True) as db:
        email = db.execute("SELECT email FROM account WHERE id = %s", (who.account_id,)).fetchone()
        assert email is not None
        async with await Socket.open(product.url, cookie=who.cookie) as tab:
            await tab.send(f"{ROOT}.marketplace___state___settings____settings_state.on_load")
            await tab.settle()
            assert '"profile_rx_state_":{"name":"Mallory"' in tab.text
            assert email[0] in "".join(await tab.hydrate())
            db.execute("UPDATE session SET revoked_at = now() WHERE token_digest = %s", (digest(who.cookie),))
            try:
                after = "".join([*await tab.hydrate(), *await tab.hydrate()])
            finally:
                db.execute("UPDATE session SET revoked_at = NULL WHERE token_digest = %s", (digest(who.cookie),))
    assert email[0] not in after
    assert "Mallory" not in after
    assert '"signed_in_rx_state_":false' in after


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:1", "file://"]
)
async def test_a_foreign_origin_is_refused(product: Any, stage: Stage, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await Socket.open(product.url, cookie=stage.victim.cookie, origin=origin)
    assert refused.value.response.status_code == 403


async def test_our_own_origin_is_welcome(product: Any) -> None:
    async with await Socket.open(product.url) as tab:
        assert await survives(tab)


async def test_headers_in_the_event_are_not_believed(product: Any, stage: Stage) -> None:
    """An event brings its own ``router_data``: its cookie, address and token are overwritten by the connection's."""
    forged = {
        "headers": {"cookie": f"market_session={stage.victim.cookie}"}, "ip": "10.0.0.1", "token": "x", "sid": "y",
        "cookie": f"market_session={stage.victim.cookie}",
    }  # fmt: skip
    async with await Socket.open(product.url) as tab:
        await tab.send(HYDRATE, {}, **forged)
        await tab.settle()
        assert stage.victim.email not in tab.text
        assert '"signed_in_rx_state_":true' not in tab.text


async def test_frames_never_carry_the_session_cookie(product: Any, stage: Stage) -> None:
    """Not even to its owner: the page's scripts shall not be able to read it."""
    async with await Socket.open(product.url, cookie=stage.victim.cookie) as tab:
        await tab.hydrate()
        await tab.settle()
        assert stage.victim.email in tab.text
        assert stage.victim.cookie not in tab.text


@pytest.mark.parametrize(
    "frame",
    [
        '42/_event,["event", 5]', '42/_event,["event", null]', '42/_event,["event"]', '42/_event,["event", "text"]',
        '42/_event,["event", []]', '42/_event,["event", {}]', '42/_event,["event", {"name": null}]',
        '42/_event,["event", {"name": ["a"]}]', '42/_event,["event", {"name": "nobody.knows"}]',
        '42/_event,["event", {"name": "reflex___state____state.__init__"}]',
        '42/_event,["event", {"name": "reflex___state____state._get_root_state", "payload": {}}]',
        '42/_event,["event", {"name": "reflex___state____state.hydrate", "router_data": 5}]',
        '42/_event,["event", {"name": "reflex___state____state.hydrate", "router_data": {"query": 5, "pathname": []}}]',
        '42/_event,["no_such_message", {"a": 1}]', '42/_event,["client_error", {"message": "x"}]', "42/_event,5",
    ],
)  # fmt: skip
async def test_broken_messages_break_nothing_but_their_own_connection(product: Any, frame: str) -> None:
    log = Log(product.log)
    try:
        async with await Socket.open(product.url) as tab:
            await tab.raw(frame)
            await survives(tab)
    except ConnectionClosed:
        pass
    async with await Socket.open(product.url) as next_tab:
        assert await survives(next_tab)
    assert _our_tracebacks(log.text()) == []


async def test_rates_are_limited_per_person(product: Any, stage: Stage, handlers: list[Handler]) -> None:
    """Counted by account, so a second tab brings no second allowance; another person has their own."""
    name = next(h.name for h in handlers if h.name.endswith("settings_state.end_others"))
    stage.forget_rates()
    log, who = Log(product.log), attacker(stage, "another creator")
    for _tab in range(2):
        async with await Socket.open(product.url, cookie=who.cookie) as tab:
            for _ in range(6):
                await tab.send(name, {})
            await tab.settle()
    assert log.outcomes()[name]["limited"] == 2
    async with await Socket.open(product.url, cookie=attacker(stage, "learner").cookie) as other:
        await other.send(name, {})
        await other.settle()
    assert log.outcomes()[name]["limited"] == 2
    stage.forget_rates()
