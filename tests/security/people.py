"""Who attacks and who is attacked, put straight into the database; and what must not change meanwhile."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from sqlmodel import Session as DbSession
from sqlmodel import SQLModel, create_engine, select, update

from marketplace.clock import now
from marketplace.db import sqlalchemy_url
from marketplace.domain.accounts.models import Account, Flow, Session
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.grading.models import ToGrade
from marketplace.domain.inbox.models import WebhookEvent
from marketplace.domain.media.models import Caption, Image, Video
from marketplace.domain.orders.models import OrderLine, Refund
from marketplace.ids import digest

# Counters and clocks that any visit moves; the short-lived pieces of a sign-up that anyone may begin, and events that
# the payment partner sends late.
_PASSING = {"rate_window", "sweep_mark", "alembic_version"}
# Sums that a job adds events to, a minute after they were booked: nobody changes them by a call.
_PASSING |= {"sale_pending", "stats_day", "stats_product_day", "stats_product_month", "customer", "customer_spend"}
_PASSING |= {"lesson_pending", "lesson_sum", "reach_pending", "reach_sum"}
_PASSING |= {"item_pending", "item_sum", "choice_sum", "grading_told"}
_PASSING |= {"taste_pending", "taste", "taste_pair", "review_pending"}
_PASSING |= {"search_document", "search_band", "search_word", "search_near"}
_MAY_GROW = {"auth_flow", "webhook_event"}
# The last two by sweeps of their own, every hour and every ten minutes.
_MOVING = {"session": "last_seen_at", "merchant": "synced_at", "badge": "swept_at"}


@dataclass
class Victim:
    """A creator with a secret draft. ``canaries`` are strings that nobody else may ever receive."""

    account_id: UUID
    email: str
    handle: str
    cookie: str
    ids: dict[str, str]
    canaries: list[str]


@dataclass
class Attacker:
    """``role`` is what the door should take them for; ``cookie`` may be worthless."""

    name: str
    role: str
    cookie: str
    account_id: UUID | None = None


@dataclass
class Stage:
    """Everybody, with the database they live in."""

    dsn: str
    victim: Victim
    attackers: list[Attacker]
    emails: list[str]
    own: set[str] = field(default_factory=set)

    def forget_rates(self) -> None:
        """A fresh window, so that no call is turned away for being one too many."""
        with psycopg.connect(self.dsn) as db:
            db.execute("LOCK TABLE rate_window IN EXCLUSIVE MODE")  # handlers may be counting in any order
            db.execute("DELETE FROM rate_window")

    def counted(self, handler: str) -> int:
        """How many calls of this handler reached its rate limit, the door's last check."""
        with psycopg.connect(self.dsn) as db:
            row = db.execute("SELECT coalesce(sum(hits), 0) FROM rate_window WHERE bucket LIKE %s", (f"{handler}:%",))
            found = row.fetchone()
            return int(found[0]) if found else 0

    def record(self) -> dict[str, dict[str, str]]:
        """Every row that is not the attackers' own, by table and key, as text."""
        with psycopg.connect(self.dsn, row_factory=dict_row) as db:
            names = db.execute(
                "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
            ).fetchall()
            tables = [n["t"] for n in names if n["t"] not in _PASSING and not n["t"].startswith("procrastinate_")]
            rows = {t: db.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(t))).fetchall() for t in tables}
        self._learn_own(rows)
        return {table: dict(self._keyed(table, some)) for table, some in rows.items()}

    def _learn_own(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """What belongs to an attacker, and what belongs to that (a draft to its product, a line to its order)."""
        self.own |= {str(a.account_id) for a in self.attackers if a.account_id}
        known = 0
        while known != len(self.own):
            known = len(self.own)
            for row in (one for some in rows.values() for one in some):
                if "id" in row and self._is_own(row) and str(row["id"]) not in self.victim.ids.values():
                    self.own.add(str(row["id"]))
        self.own |= {str(m["account_id"]) for m in rows["merchant"] if m["account_id"] and self._is_own(m)}

    def _is_own(self, row: dict[str, Any]) -> bool:
        return any(str(value) in self.own for value in row.values() if isinstance(value, UUID | str))

    def _keyed(self, table: str, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
        kept = [{k: v for k, v in row.items() if k != _MOVING.get(table)} for row in rows if not self._is_own(row)]
        texts = [(row, json.dumps(row, default=str, sort_keys=True)) for row in kept]
        return [(str(row.get("id") or row.get("digest") or text), text) for row, text in texts]

    def wait_for_rest(self, seconds: float = 60) -> dict[str, dict[str, str]]:
        """The record, once no job is due and two looks agree."""
        deadline, before = time.monotonic() + seconds, None
        while time.monotonic() < deadline:
            due = self._jobs_due()  # first: what ends while we look is in the next look only
            seen = self.record()
            if seen == before and not due:
                return seen
            before = seen
        raise AssertionError("the product's jobs did not come to rest")

    def _jobs_due(self) -> bool:
        with psycopg.connect(self.dsn) as db:
            row = db.execute(
                "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                " AND (scheduled_at IS NULL OR scheduled_at <= now())"
                " UNION ALL SELECT 1 FROM sandbox.deliveries WHERE state = 'pending'"
                " UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM dispute_file)"  # the demo's comes a while after the sale
                " LIMIT 1"
            )
            return row.fetchone() is not None


def differences(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    """Rows that changed, went or came, in words."""
    found = []
    for table in sorted({*before, *after}):
        old, new = before.get(table, {}), after.get(table, {})
        found += [f"{table} {key} is gone: {old[key]}" for key in old.keys() - new.keys()]
        found += [f"{table} {key}: {old[key]} -> {new[key]}" for key in old.keys() & new.keys() if old[key] != new[key]]
        if table not in _MAY_GROW:
            found += [f"{table} {key} is new: {new[key]}" for key in new.keys() - old.keys()]
    return found


def set_the_stage(dsn: str) -> Stage:
    """Plant a victim's secrets beside the demo data, and five attackers who own nothing."""
    with DbSession(create_engine(sqlalchemy_url(dsn)), expire_on_commit=False) as db:
        victim = _victim(db)
        learner = _account(db, "mallory-learner", creator=False)
        creator = _account(db, "mallory-creator", creator=True)
        hour = timedelta(hours=1)
        attackers = [
            Attacker("anonymous", "anonymous", ""),
            Attacker("made-up session", "anonymous", secrets.token_urlsafe(32)),
            Attacker("expired session", "anonymous", _session(db, creator, expires_at=now() - hour)),
            Attacker("revoked session", "anonymous", _session(db, creator, revoked_at=now() - hour)),
            Attacker("learner", "member", _session(db, learner), learner),
            Attacker("another creator", "creator", _session(db, creator), creator),
        ]
        emails = [email for email in db.exec(select(Account.email)).all() if "mallory" not in email]
        db.exec(update(ToGrade).values(told_at=now()))  # who grades is told every half hour, whatever happens
        db.commit()
    return Stage(dsn, victim, attackers, emails)


def _add(db: DbSession, row: SQLModel) -> None:
    db.add(row)
    db.flush()


def _account(db: DbSession, handle: str, *, creator: bool) -> UUID:
    unique = f"{handle}-{secrets.token_hex(3)}"
    row = Account(
        auth_id=uuid4(), email=f"{unique}@example.net", name="Mallory", handle=unique, is_creator=creator
    )  # fmt: skip
    _add(db, row)
    return row.id


def _session(db: DbSession, account_id: UUID, **fields: Any) -> str:
    token = secrets.token_urlsafe(32)
    row = Session(account_id=account_id, token_digest=digest(token), expires_at=now() + timedelta(days=1))
    for name, value in fields.items():
        setattr(row, name, value)
    _add(db, row)
    return token


def _victim(db: DbSession) -> Victim:
    """The demo's creator with sales, plus a draft, a video, a picture and a caption full of canaries."""
    person = db.exec(select(Account).where(Account.email == "creator@example.com")).one()
    mark = secrets.token_hex(6)
    canaries = [f"canary-{what}-{mark}" for what in ("title", "text", "uri", "upload", "file", "path", "vtt")]
    title, text, uri, upload, file, path, vtt = canaries
    video = Video(
        owner_id=person.id, filename=file, size=5, uri=f"/videos/{uri}", upload_link=f"https://upload.example/{upload}",
        state="ready", duration_s=9, protected=True,
    )  # fmt: skip
    image = Image(owner_id=person.id, upload_path=path)
    product = Product(
        creator_id=person.id, slug=f"known-address-{mark}", title=title, summary=text, description_md=text,
        price_kind="fixed", price_minor=900,
    )  # fmt: skip
    for row in (video, image, product):
        _add(db, row)
    caption = Caption(video_id=video.id, language="en", label="English", vtt=vtt)
    _add(db, caption)
    _add(
        db,
        ProductDraft(
            product_id=product.id, revision=3, title=title, summary=text, description_md=text, video_id=video.id,
            image_id=image.id, price_kind="fixed", price_minor=900,
        ),
    )  # fmt: skip
    flow, cookie = secrets.token_urlsafe(32), _session(db, person.id)
    _add(
        db,
        Flow(
            digest=digest(flow), purpose="signup", verifier="", email=person.email,
            expires_at=now() + timedelta(hours=1),
        ),
    )  # fmt: skip
    videos = db.exec(select(Video).where(Video.owner_id == person.id)).all()
    stored = [value for row in videos for value in (row.uri, row.upload_link) if value]
    ids = {
        "product": product.id, "video": video.id, "image": image.id, "caption": caption.id, "slug": product.slug,
        **_business_ids(db, person.id),
    }  # fmt: skip
    return Victim(
        person.id, person.email, person.handle, cookie, {name: str(value) for name, value in ids.items()},
        [*canaries, cookie, digest(cookie), flow, *stored],
    )  # fmt: skip


def _business_ids(db: DbSession, owner: UUID) -> dict[str, UUID]:
    """Ids of real sales, refunds, sessions and events, as an attacker might have seen or guessed them."""
    line = db.exec(select(OrderLine).where(OrderLine.creator_id == owner)).first()
    published = db.exec(select(Product).where(Product.creator_id == owner, Product.state == "published")).first()
    session = db.exec(select(Session).where(Session.account_id == owner)).first()
    refund, event = db.exec(select(Refund)).first(), db.exec(select(WebhookEvent)).first()
    assert line is not None
    assert published is not None
    assert session is not None
    ids = {
        "line": line.id,
        "order": line.order_id,
        "buyer": line.buyer_id,
        "published": published.id,
        "session": session.id,
    }
    return ids | {name: row.id for name, row in (("refund", refund), ("event", event)) if row is not None}
