"""Who opened which lesson, how many did, and the indexes that a creator's view of learners reads"""

import sqlalchemy as sa

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = ("lesson_opened", "lesson_pending", "lesson_sum", "reach_pending", "reach_sum")
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

REACHED = """
INSERT INTO reach_sum (product_id, block_id, place, learners)
SELECT product_id, block_id, furthest_s / 10, count(*) FROM block_progress GROUP BY 1, 2, 3
"""
# A trigger knows what the row said before, whoever writes it and however many at once.
FURTHER = """
CREATE FUNCTION block_progress_further() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO reach_pending (product_id, block_id, before, place)
    VALUES (NEW.product_id, NEW.block_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.furthest_s / 10 END, NEW.furthest_s / 10);
    RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER block_progress_begun AFTER INSERT ON block_progress"
    " FOR EACH ROW EXECUTE FUNCTION block_progress_further()",
    "CREATE TRIGGER block_progress_further AFTER UPDATE ON block_progress FOR EACH ROW"
    " WHEN (OLD.furthest_s / 10 <> NEW.furthest_s / 10) EXECUTE FUNCTION block_progress_further()",
)


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
    op.create_table(
        "reach_pending",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_ids("product_id", "block_id"),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reach_pending_by_block", "reach_pending", ["product_id", "block_id"])
    op.create_table(
        "reach_sum",
        *_ids("product_id", "block_id"),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", "block_id", "place"),
    )
    op.execute(KNOWN)
    op.execute(SUMS)
    op.execute(REACHED)
    op.execute(FURTHER)
    for trigger in TRIGGERS:
        op.execute(trigger)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.drop_index("enrolment_by_product", "enrolment")
    op.create_index("enrolment_by_product", "enrolment", ["product_id", "account_id"])
    op.create_index(
        "enrolment_by_activity", "enrolment", ["product_id", "opened_at", "account_id"],
        postgresql_include=["completed_at"],
    )
    # Counting reads an index alone where pages are known to be visible to all; vacuum says so of them.
    op.execute("ALTER TABLE enrolment SET (autovacuum_vacuum_scale_factor = 0.02)")


def downgrade() -> None:
    op.execute("ALTER TABLE enrolment RESET (autovacuum_vacuum_scale_factor)")
    op.execute("DROP TRIGGER block_progress_begun ON block_progress")
    op.execute("DROP TRIGGER block_progress_further ON block_progress")
    op.execute("DROP FUNCTION block_progress_further()")
    op.drop_index("enrolment_by_activity", "enrolment")
    op.drop_index("enrolment_by_product", "enrolment")
    op.create_index("enrolment_by_product", "enrolment", ["product_id"])
    for table in reversed(TABLES):
        op.drop_table(table)
