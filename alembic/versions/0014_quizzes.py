"""Quizzes: every attempt of every learner"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WHOSE = ["account_id", "product_id", "block_id"]


def upgrade() -> None:
    op.create_table(
        "quiz_attempt",
        *[sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", *WHOSE, "body_id")],
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.String()), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("deadline_at", MOMENT, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points >= 0 AND points <= total", name="quiz_attempt_points"),
        *[
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{table}.id"], ondelete="RESTRICT")
            for name, table in (("account", "account"), ("product", "product"), ("body", "block_body"))
        ],
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "quiz_attempt_open", "quiz_attempt", WHOSE, unique=True, postgresql_where=sa.text("submitted_at IS NULL")
    )
    op.create_index("quiz_attempt_number", "quiz_attempt", [*WHOSE, "number"], unique=True)
    op.create_index("quiz_attempt_by_block", "quiz_attempt", ["product_id", "block_id"])
    op.execute("ALTER TABLE quiz_attempt ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("quiz_attempt")
