"""Files in lessons, and code exercises: what learners write and how it fared"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WHOSE = ["account_id", "product_id", "block_id"]


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        *[sa.Column(name, sa.String(), nullable=False) for name in ("path", "name", "mime", "state")],
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
    )
    op.create_index("ix_stored_file_owner_id", "stored_file", ["owner_id"])
    op.create_index(
        "stored_file_uploading", "stored_file", ["created_at"], postgresql_where=sa.text("state = 'uploading'")
    )
    op.create_index(
        "block_body_file", "block_body", [sa.text("(body ->> 'file_id')")], postgresql_where=sa.text("kind = 'file'")
    )
    op.create_table(
        "code_draft",
        *[sa.Column(name, sa.Uuid(), nullable=False) for name in WHOSE],
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        *_learner(),
        sa.PrimaryKeyConstraint(*WHOSE),
    )
    op.create_table(
        "code_attempt",
        *[sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", *WHOSE, "body_id")],
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.String()), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.CheckConstraint("good >= 0 AND good <= total", name="code_attempt_good"),
        *_learner(),
        sa.ForeignKeyConstraint(["body_id"], ["block_body.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("code_attempt_of_learner", "code_attempt", [*WHOSE, "id"])
    op.create_index("code_attempt_by_block", "code_attempt", ["product_id", "block_id"])
    for table in ("stored_file", "code_draft", "code_attempt"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _learner() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], ondelete="RESTRICT") for name in ("account", "product")
    ]


def downgrade() -> None:
    op.drop_table("code_attempt")
    op.drop_table("code_draft")
    op.drop_index("block_body_file", table_name="block_body")
    op.drop_table("stored_file")
