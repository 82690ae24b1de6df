"""What the platform takes, where it isn't the default."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment, pk, ref


class FeeRule(SQLModel, table=True):
    """``percent`` for one creator, one kind of product, or one creator's products of one kind.

    A rule is never changed: it ends, and another begins. Those that ended stay, to be looked up.
    """

    __tablename__ = "fee_rule"
    __table_args__ = (
        CheckConstraint("percent >= 0 AND percent <= 90", name="fee_rule_percent"),
        CheckConstraint("creator_id IS NOT NULL OR kind <> ''", name="fee_rule_not_default"),
        Index(
            "fee_rule_in_force",
            text("coalesce(creator_id, '00000000-0000-0000-0000-000000000000')"),
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("fee_rule_ended", text("ended_at DESC"), text("id DESC"), postgresql_where=text("ended_at IS NOT NULL")),
    )
    id: UUID = pk()
    creator_id: UUID | None = ref("account.id", index=False, nullable=True)
    kind: str = ""
    percent: Decimal = Field(sa_type=Numeric(6, 3), nullable=False)
    set_by: UUID | None = ref("account.id", index=False, nullable=True)
    created_at: datetime = created()
    ended_by: UUID | None = ref("account.id", index=False, nullable=True)
    ended_at: datetime | None = moment()
