"""What each look at the provider's books found, and the money that is kept still"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = postgresql.JSONB(astext_type=sa.String())


def upgrade() -> None:
    amounts = ("journal", "objects", "statement", "held", "available", "debt")
    op.create_table(
        "proof_result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        *[sa.Column(f"{name}_minor", sa.BigInteger(), nullable=False) for name in amounts],
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("differences", DOCUMENT, nullable=False),
        sa.Column("waiting", DOCUMENT, nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("business_minor", sa.BigInteger(), nullable=False),
        sa.Column("own_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("proof_result_latest", "proof_result", ["creator_id", "currency", sa.literal_column("id DESC")])
    op.create_index("proof_result_old", "proof_result", ["checked_at"], postgresql_where=sa.text("matched"))
    op.create_table(
        "proof_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("seen", DOCUMENT, nullable=False),
        sa.Column("accepted", DOCUMENT, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["creator_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["released_by"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["result_id"], ["proof_result.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "proof_alert_open",
        "proof_alert",
        ["creator_id", "currency"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("proof_alert_by_result", "proof_alert", ["result_id"])
    for table in ("proof_result", "proof_alert"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("proof_alert")
    op.drop_table("proof_result")
