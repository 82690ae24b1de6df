"""Certificates: once per learner and course, again with another name, revoked, and what is signed of them."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy.exc import DBAPIError

from marketplace import badges, db, leaving
from marketplace.crypto import unseal
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.certificates import rules
from marketplace.domain.certificates import service as certificates
from marketplace.domain.certificates.service import Certificate, Found
from marketplace.domain.courses import taking
from marketplace.domain.orders import refunds
from marketplace.errors import Conflict, Invalid, Missing, SignInNeeded
from tests.domain.test_courses import (
    as_creator,
    complete,
    course_of,
    edit,
    editing,
    enter,
    outline,
    publish,
    with_lesson,
)
from tests.domain.test_leaving import sold
from tests.domain.world import World, together


async def course(world: World, lessons: int = 2, **changes: Any) -> tuple[Account, Product]:
    owner = await world.creator()
    product = await course_of(world, owner, lessons, **changes)
    return owner, await publish(as_creator(owner), product.id)


async def lessons_of(owner: Account, product_id: UUID) -> list[UUID]:
    return [lesson.id for lesson in (await editing(as_creator(owner), product_id)).outline.lessons]


async def give(learner: Account, product_id: UUID) -> None:
    async with db.transaction() as session:
        await access.give(session, learner.id, product_id, "free", f"{learner.id}:{product_id}")


async def finish(owner: Account, learner: Account, product_id: UUID) -> None:
    for lesson in await lessons_of(owner, product_id):
        await complete(learner, product_id, lesson)


async def all_of(world: World, learner: Account) -> list[Any]:
    return await world.rows("SELECT * FROM certificate WHERE account_id = :a ORDER BY issued_at", a=learner.id)


async def earned(world: World, name: str = "Lena Lerner", **changes: Any) -> tuple[Account, Account, Certificate]:
    """(maker, learner, certificate) of a completed free course."""
    owner, product = await course(world, **changes)
    learner = await world.person(name)
    await give(learner, product.id)
    await finish(owner, learner, product.id)
    [row] = await all_of(world, learner)
    return owner, learner, (await find(row.token)).row


async def find(token: str) -> Found:
    async with db.transaction() as session:
        return await certificates.find(session, token)


async def rename(world: World, learner: Account, name: str) -> None:
    await world.rows("UPDATE account SET name = :n WHERE id = :i", n=name, i=learner.id)


async def again(learner: Account, token: str) -> Certificate:
    async with db.transaction() as session:
        return await certificates.issue_again(session, Actor(learner.id), token)


async def revoke(who: Actor, token: str, reason: str = "Copied from somebody else") -> None:
    async with db.transaction() as session:
        await certificates.revoke(session, who, token, reason)


async def test_the_last_lesson_brings_the_certificate(world: World) -> None:
    owner, product = await course(world, 3)
    learner = await world.person("Lena Lerner")
    await give(learner, product.id)
    first, second, third = await lessons_of(owner, product.id)
    await complete(learner, product.id, first)
    await complete(learner, product.id, second)
    assert await all_of(world, learner) == []
    await complete(learner, product.id, third)
    [row] = await all_of(world, learner)
    assert (row.name, row.title, row.creator_name) == ("Lena Lerner", product.title, "Cy Creator")
    assert (row.version, row.lessons) == (1, 3)
    assert len(row.token) == 22
    assert row.completed_at == await world.one("SELECT completed_at FROM enrolment WHERE account_id = :a", a=learner.id)
    assert (await find(row.token)).standing.valid


async def test_a_completion_that_fails_leaves_no_certificate_and_can_be_done_again(world: World) -> None:
    owner, product = await course(world, 1)
    learner = await world.person()
    await give(learner, product.id)
    [lesson] = await lessons_of(owner, product.id)

    async def die() -> None:
        async with db.transaction() as session:
            await taking.complete(session, learner.id, product.id, lesson)
            raise RuntimeError("the process dies before the commit")

    with pytest.raises(RuntimeError):
        await die()
    assert await all_of(world, learner) == []
    await complete(learner, product.id, lesson)
    assert len(await all_of(world, learner)) == 1


async def test_a_crowd_of_completions_makes_one(world: World) -> None:
    owner, product = await course(world, 1)
    learner = await world.person()
    await give(learner, product.id)
    [lesson] = await lessons_of(owner, product.id)
    await enter(learner, product.id, lesson)
    answers = await together(*(complete(learner, product.id, lesson) for _ in range(8)))
    assert [a for a in answers if isinstance(a, BaseException)] == []
    assert len(await all_of(world, learner)) == 1


async def test_its_maker_gets_none(world: World) -> None:
    owner, product = await course(world, 1)
    await finish(owner, owner, product.id)
    assert await all_of(world, owner) == []


async def test_who_finished_before_there_were_certificates_gets_it_at_the_next_visit_for_what_was_finished(
    world: World,
) -> None:
    owner, product = await course(world, 2)
    learner = await world.person()
    await finish(owner, learner, product.id)  # without a grant there is no certificate
    assert await all_of(world, learner) == []
    await with_lesson(world, owner, product.id, "Later", video=False)
    await publish(as_creator(owner), product.id)
    await give(learner, product.id)
    async with db.transaction() as session:
        taught = await taking.course(session, product.id)
        assert taught is not None
        assert taught.lessons == 3
        await taking.certificate(session, learner.id, product.id, taught)
    [row] = await all_of(world, learner)
    assert (row.version, row.lessons) == (1, 2)


async def test_who_is_finished_because_a_lesson_went_away_completed_the_version_without_it(world: World) -> None:
    owner, product = await course(world, 3)
    learner = await world.person()
    await give(learner, product.id)
    first, second, third = await lessons_of(owner, product.id)
    await complete(learner, product.id, first)
    await complete(learner, product.id, second)
    await edit(as_creator(owner), product.id, lambda o: outline.remove_lesson(o, third))
    await publish(as_creator(owner), product.id)
    async with db.transaction() as session:
        taught = await taking.course(session, product.id)
        assert taught is not None
        await taking.certificate(session, learner.id, product.id, taught)
    [row] = await all_of(world, learner)
    assert (row.version, row.lessons) == (2, 2)


async def test_another_name_makes_another_one_and_keeps_the_first(world: World) -> None:
    _owner, learner, first = await earned(world, "Lena Lerner")
    assert (await again(learner, first.token)).id == first.id  # nothing changed
    await rename(world, learner, "Lena Neumann")
    second = await again(learner, first.token)
    assert (second.name, second.completed_at, second.version) == ("Lena Neumann", first.completed_at, first.version)
    old, new = await find(first.token), await find(second.token)
    assert (old.standing.code, old.row.name, old.token_now) == ("replaced", "Lena Lerner", second.token)
    assert (new.standing.valid, new.token_now) == (True, second.token)
    assert [row.name for row in await all_of(world, learner)] == ["Lena Lerner", "Lena Neumann"]
    assert (await again(learner, first.token)).id == second.id


async def test_issued_again_by_a_crowd_it_is_one(world: World) -> None:
    _owner, learner, first = await earned(world)
    await rename(world, learner, "Other")
    made = await together(*(again(learner, first.token) for _ in range(6)))
    assert len({row.id for row in made}) == 1
    assert len(await all_of(world, learner)) == 2


async def test_only_its_holder_issues_it_again(world: World) -> None:
    owner, _learner, row = await earned(world)
    stranger = await world.person()
    for who in (Actor(stranger.id), as_creator(owner), Actor(stranger.id, "admin")):
        with pytest.raises(Missing):
            async with db.transaction() as session:
                await certificates.issue_again(session, who, row.token)
    with pytest.raises(SignInNeeded):
        async with db.transaction() as session:
            await certificates.issue_again(session, Actor(), row.token)


@pytest.mark.parametrize("by", ["maker", "admin"])
async def test_it_is_revoked_with_a_reason_for_good(world: World, by: str) -> None:
    owner, learner, row = await earned(world)
    who = as_creator(owner) if by == "maker" else Actor((await world.person()).id, "admin")
    with pytest.raises(Invalid):
        await revoke(who, row.token, "  ")
    await revoke(who, row.token)
    await revoke(who, row.token, "Another reason")
    found = (await find(row.token)).standing
    assert (found.code, found.reason) == ("revoked", "Copied from somebody else")
    await rename(world, learner, "Other")
    with pytest.raises(Conflict):
        await again(learner, row.token)
    await complete(learner, row.product_id, (await lessons_of(owner, row.product_id))[0])
    assert len(await all_of(world, learner)) == 1
    told = rules.status(found_row := (await find(row.token)).row, badges.issuer(), found)
    [gone] = told["revokedCredentials"]
    assert gone["id"] == rules.credential(found_row, badges.issuer())["id"]
    assert gone["revocationReason"] == "Copied from somebody else"


async def test_others_revoke_nothing(world: World) -> None:
    _owner, learner, row = await earned(world)
    other = await world.creator("Other Creator", outcome="")
    for who in (Actor(learner.id), as_creator(other), Actor(other.id, "moderator")):
        with pytest.raises(Missing):
            await revoke(who, row.token)
    assert (await find(row.token)).standing.valid


async def listed(holder: Account) -> list[str]:
    """What its holder's page shows."""
    async with db.transaction() as session:
        return [row.token for row in await certificates.of_account(session, holder.id, limit=9)]


async def test_a_refund_takes_it_back_and_one_that_fails_gives_it_back(world: World) -> None:
    owner, product = await course(world, 1, price_kind="fixed", price_minor=2500, currency="usd")
    learner = await world.person()
    _order, line = await sold(world, product, learner)
    await finish(owner, learner, product.id)
    [row] = await all_of(world, learner)
    assert (await find(row.token)).standing.valid
    assert await listed(learner) == [row.token]
    async with db.transaction() as session:
        refund = await refunds.request(
            session, as_creator(owner), line, amount_minor=2500, revoke_access=True, note="Sorry"
        )
    await world.drain()
    found = (await find(row.token)).standing
    assert found.code == "returned"
    assert await listed(learner) == []
    assert found.at is not None
    assert "Sorry" not in found.reason
    await world.act("fail-refund", await world.one("SELECT provider_id FROM refund WHERE id = :i", i=refund.id))
    await world.drain()
    assert (await find(row.token)).standing.valid
    assert await listed(learner) == [row.token]


async def test_who_leaves_takes_their_name_along(world: World) -> None:
    _owner, learner, row = await earned(world)
    async with db.transaction() as session:
        notes = await leaving.outlook(session, Actor(learner.id))
        assert any("certificates" in note.text for note in notes)
        await leaving.leave(session, Actor(learner.id))
    found = await find(row.token)
    assert (found.row.name, found.standing.code) == ("", "revoked")


@pytest.mark.parametrize(
    "change",
    ["name = 'X'", "title = 'X'", "lessons = 99", "completed_at = now()", "token = 'x'"],
)
async def test_the_database_keeps_what_it_says(world: World, change: str) -> None:
    _owner, _learner, row = await earned(world)
    with pytest.raises(DBAPIError, match="never changed"):
        await world.rows(f"UPDATE certificate SET {change} WHERE id = :i", i=row.id)
    with pytest.raises(DBAPIError, match="never changed"):
        await world.rows("DELETE FROM certificate WHERE id = :i", i=row.id)


# What is signed, verified with nothing of ours: the steps of Open Badges 3.0, "Verify a Credential".

_URI = {"type": "string", "format": "uri", "minLength": 8}
_PROFILE = {
    "type": "object", "required": ["id", "type"],
    "properties": {"id": _URI, "type": {"type": "array", "contains": {"const": "Profile"}}, "url": _URI},
}  # fmt: skip
_SCHEMA = {
    "type": "object",
    "required": ["@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"],
    "properties": {
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"type": "string", "pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.\d\.\d\.json$"},
            ],
            "minItems": 2,
        },
        "id": _URI,
        "type": {
            "type": "array",
            "allOf": [{"contains": {"const": "VerifiableCredential"}}, {"contains": {"const": "OpenBadgeCredential"}}],
        },
        "issuer": _PROFILE,
        "validFrom": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "awardedDate": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "image": {"type": "object", "required": ["id", "type"], "properties": {"id": _URI, "type": {"const": "Image"}}},
        "credentialSubject": {
            "type": "object",
            "required": ["id", "type", "achievement"],
            "properties": {
                "id": _URI,
                "type": {"type": "array", "contains": {"const": "AchievementSubject"}},
                "identifier": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "hashed", "identityHash", "identityType"],
                        "properties": {"type": {"const": "IdentityObject"}, "hashed": {"type": "boolean"}},
                    },
                },
                "achievement": {
                    "type": "object",
                    "required": ["id", "type", "criteria", "description", "name"],
                    "properties": {
                        "id": _URI,
                        "type": {"type": "array", "contains": {"const": "Achievement"}},
                        "criteria": {"type": "object", "required": ["narrative"]},
                        "version": {"type": "string"},
                        "creator": _PROFILE,
                    },
                },
            },
        },
        "credentialStatus": {
            "type": "object", "required": ["id", "type"],
            "properties": {"id": _URI, "type": {"const": "1EdTechRevocationList"}},
        },
    },
}  # fmt: skip


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verified(jws: str, keys: list[dict[str, Any]]) -> dict[str, Any]:
    """The credential inside, or an exception."""
    header, payload, signature = jws.split(".")
    named = json.loads(_bytes(header))
    assert set(named) <= {"alg", "kid", "jwk", "typ"}
    assert (named["alg"], named["typ"]) == ("RS256", "JWT")
    [jwk] = [key for key in keys if key["kid"] == named["kid"]]
    assert "d" not in jwk
    number = {name: int.from_bytes(_bytes(jwk[name]), "big") for name in ("n", "e")}
    public = rsa.RSAPublicNumbers(number["e"], number["n"]).public_key()
    public.verify(_bytes(signature), f"{header}.{payload}".encode(), padding.PKCS1v15(), SHA256())
    said: dict[str, Any] = json.loads(_bytes(payload))
    assert said["iss"] == said["issuer"]["id"]
    assert said["sub"] == said["credentialSubject"]["id"]
    assert said["jti"] == said["id"]
    assert datetime.fromisoformat(said["validFrom"]).timestamp() == said["nbf"]
    Draft202012Validator(_SCHEMA, format_checker=FormatChecker()).validate(said)
    return said


async def published() -> list[dict[str, Any]]:
    async with db.transaction() as session:
        return [badges.public(key) for key in await certificates.keys(session)]


async def test_the_credential_is_verified_without_our_code(world: World) -> None:
    _owner, _learner, row = await earned(world, "Léna “L” Lerner & 李")
    said = verified(await badges.signed(row), await published())
    subject = said["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Léna “L” Lerner & 李"
    assert (subject["achievement"]["name"], subject["achievement"]["version"]) == (row.title, "1")
    assert subject["achievement"]["creator"]["name"] == "Cy Creator"
    assert "2" in subject["achievement"]["criteria"]["narrative"]
    assert said["id"].endswith(f"/certificates/{row.token}")
    assert str(row.account_id) not in json.dumps(said)


async def test_it_is_the_same_one_each_time_and_with_each_process(world: World) -> None:
    _owner, _learner, row = await earned(world)
    first = await together(*(badges.signed(row) for _ in range(4)))
    assert len(set(first)) == 1
    assert await badges.signed((await find(row.token)).row) == first[0]
    assert len(await published()) == 1


async def test_a_changed_credential_is_refused(world: World) -> None:
    _owner, _learner, row = await earned(world, "Lena")
    header, payload, signature = (await badges.signed(row)).split(".")
    said = json.loads(_bytes(payload))
    said["credentialSubject"]["identifier"][0]["identityHash"] = "Mallory"
    forged = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    with pytest.raises(InvalidSignature):
        verified(f"{header}.{forged}.{signature}", await published())
    flipped = signature[:-8] + ("A" if signature[-8] != "A" else "B") + signature[-7:]
    with pytest.raises(InvalidSignature):
        verified(f"{header}.{payload}.{flipped}", await published())


async def test_another_secret_signs_with_a_new_key_and_the_old_one_still_verifies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _owner, _learner, row = await earned(world)
    before = await badges.signed(row)
    mine = await world.one("SELECT sealed FROM signing_key ORDER BY id DESC LIMIT 1")
    monkeypatch.setattr(badges, "unseal", lambda sealed: "" if sealed == mine else unseal(sealed))
    after = await badges.signed(row)
    assert before.split(".")[0] != after.split(".")[0]
    assert verified(before, await published()) == verified(after, await published())


async def test_the_private_key_is_sealed(world: World) -> None:
    await badges.signed((await earned(world))[2])
    for row in await world.rows("SELECT sealed, public::text AS public FROM signing_key"):
        assert "PRIVATE" not in row.sealed
        assert '"d"' not in row.public


@pytest.mark.parametrize("token", ["", "x", "é" * 10, "a" * 5000, "' OR 1=1 --", "\x00"])
async def test_nothing_is_found_by_a_made_up_address(world: World, token: str) -> None:
    with pytest.raises(Missing):
        await find(token)
