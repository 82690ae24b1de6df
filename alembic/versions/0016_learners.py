"""Who opened which lesson, how many did, and the indexes that a creator's view of learners reads"""

import sqlalchemy as sa

from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("lesson_opened", "lesson_pending", "lesson_sum")
COUNTS = ("opened", "completed")

KNOWN = """
INSERT INTO lesson_opened (account_id, product_id, lesson_id, opened_at)
SELECT account_id, product_id, lesson_id, completed_at FROM lesson_done
UNION ALL
SELECT account_id, product_id, lesson_id, opened_at FROM enrolment WHERE lesson_id IS NOT NULL
ON CONFLICT DO NOTHING
"""
SUMS = """
INSERT INTO lesson_sum (product_id, lesson_id, opened, completed)
SELECT product_id, lesson_id, count(*), count(d.lesson_id)
FROM lesson_opened LEFT JOIN lesson_done d USING (account_id, product_id, lesson_id) GROUP BY 1, 2
"""


def _ids(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _counts() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS]


def upgrade() -> None:
    op.create_table(
        "lesson_opened",
        *_ids("account_id", "product_id", "lesson_id"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *[
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], ondelete="RESTRICT")
            for name in ("account", "product")
        ],
        sa.PrimaryKeyConstraint("account_id", "product_id", "lesson_id"),
    )
    op.create_table(
        "lesson_pending", *_ids("id", "product_id", "lesson_id"), *_counts(), sa.PrimaryKeyConstraint("id")
    )
    op.create_index("lesson_pending_by_product", "lesson_pending", ["product_id"])
    op.create_table(
        "lesson_sum", *_ids("product_id", "lesson_id"), *_counts(), sa.PrimaryKeyConstraint("product_id", "lesson_id")
    )
    op.execute(KNOWN)
    op.execute(SUMS)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.drop_index("enrolment_by_product", "enrolment")
    op.create_index("enrolment_by_product", "enrolment", ["product_id", "account_id"])
    op.create_index(
        "enrolment_by_activity", "enrolment", ["product_id", "opened_at", "account_id"],
        postgresql_include=["completed_at"],
    )
    op.create_index("block_progress_by_block", "block_progress", ["product_id", "block_id", "furthest_s"])
    # Counting reads indexes alone where pages are known to be visible to all; vacuum says so of them.
    op.execute("ALTER TABLE block_progress SET (autovacuum_vacuum_scale_factor = 0.02)")
    op.execute("ALTER TABLE enrolment SET (autovacuum_vacuum_scale_factor = 0.02)")


def downgrade() -> None:
    op.execute("ALTER TABLE enrolment RESET (autovacuum_vacuum_scale_factor)")
    op.execute("ALTER TABLE block_progress RESET (autovacuum_vacuum_scale_factor)")
    op.drop_index("block_progress_by_block", "block_progress")
    op.drop_index("enrolment_by_activity", "enrolment")
    op.drop_index("enrolment_by_product", "enrolment")
    op.create_index("enrolment_by_product", "enrolment", ["product_id"])
    for table in reversed(TABLES):
        op.drop_table(table)
