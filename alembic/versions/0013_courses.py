"""Courses: outlines being edited, versions that never change, and what learners did"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = postgresql.JSONB(astext_type=sa.String())
TABLES = ("course_draft", "course_version", "block_body", "enrolment", "lesson_done", "block_progress")

FROZEN = """
CREATE FUNCTION course_version_is_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    RAISE EXCEPTION 'a published version of a course is never changed';
END $$
"""


def _whose() -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("account_id", "product_id")]


def _owners() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], ondelete="RESTRICT") for name in ("account", "product")
    ]


def upgrade() -> None:
    op.create_table(
        "course_draft",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("outline", DOCUMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_table(
        "course_version",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outline", DOCUMENT, nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("product_id", "number"),
    )
    op.create_table(
        "block_body",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_block_body_product_id", "block_body", ["product_id"])
    op.create_table(
        "enrolment",
        *_whose(),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        *_owners(),
        sa.PrimaryKeyConstraint("account_id", "product_id"),
    )
    op.create_index("enrolment_by_product", "enrolment", ["product_id"])
    op.create_index(
        "enrolment_going",
        "enrolment",
        ["account_id", sa.literal_column("opened_at DESC"), "product_id"],
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_table(
        "lesson_done",
        *_whose(),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        *_owners(),
        sa.PrimaryKeyConstraint("account_id", "product_id", "lesson_id"),
    )
    op.create_index("lesson_done_by_lesson", "lesson_done", ["product_id", "lesson_id"])
    op.create_table(
        "block_progress",
        *_whose(),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("position_s", sa.Integer(), nullable=False),
        sa.Column("furthest_s", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("furthest_s >= position_s", name="block_progress_order"),
        *_owners(),
        sa.PrimaryKeyConstraint("account_id", "product_id", "block_id"),
    )
    op.execute(FROZEN)
    op.execute(
        "CREATE TRIGGER course_version_frozen BEFORE UPDATE OR DELETE ON course_version"
        " FOR EACH ROW EXECUTE FUNCTION course_version_is_frozen()"
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION course_version_is_frozen()")
