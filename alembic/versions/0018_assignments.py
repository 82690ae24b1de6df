"""Assignments and what is handed in, the queue of what a person has to grade, and quizzes' questions counted"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.String())
WHOSE = ["account_id", "product_id", "block_id"]
TABLES = (
    "submission", "submission_file", "submission_comment", "to_grade", "grade_entry", "grading_told", "item_pending",
    "item_sum", "choice_sum",
)  # fmt: skip

# Every attempt that was handed in is counted by the next run of the job.
KNOWN = """
INSERT INTO item_pending (id, product_id, block_id, attempt_id, sign, items)
SELECT gen_random_uuid(), product_id, block_id, id, 1, NULL FROM quiz_attempt WHERE submitted_at IS NOT NULL
"""


def _ids(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _to(name: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{table}.id"], ondelete="RESTRICT")


def _counts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "submission",
        *_ids("id", *WHOSE, "body_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("levels", JSON, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'waiting', 'sent_back', 'graded')", name="submission_state"),
        sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submission_handed_in"),
        sa.CheckConstraint("points >= 0 AND points <= total", name="submission_points"),
        _to("account_id", "account"),
        _to("product_id", "product"),
        _to("body_id", "block_body"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "submission_open", "submission", WHOSE, unique=True, postgresql_where=sa.text("state IN ('draft', 'waiting')")
    )
    op.create_index("submission_number", "submission", [*WHOSE, "number"], unique=True)
    op.create_table(
        "submission_file",
        *_ids("id", "submission_id"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("picture", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _to("submission_id", "submission"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_submission_file_submission_id", "submission_file", ["submission_id"])
    op.create_index("submission_file_path", "submission_file", ["path"])
    op.create_table(
        "submission_comment",
        *_ids("id", "submission_id", "author_id"),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _to("submission_id", "submission"),
        _to("author_id", "account"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("submission_comment_thread", "submission_comment", ["submission_id", "created_at", "id"])
    op.create_table(
        "to_grade",
        *_ids("subject_id", "creator_id", *WHOSE),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        _to("creator_id", "account"),
        _to("account_id", "account"),
        _to("product_id", "product"),
        sa.PrimaryKeyConstraint("subject_id"),
    )
    op.create_index("to_grade_of_creator", "to_grade", ["creator_id", "waiting_since", "subject_id"])
    op.create_index("to_grade_of_course", "to_grade", ["product_id", "waiting_since", "subject_id"])
    op.create_index("to_grade_of_learner", "to_grade", ["account_id"])
    op.create_index("to_grade_untold", "to_grade", ["product_id"], postgresql_where=sa.text("told_at IS NULL"))
    op.create_table(
        "grade_entry",
        *_ids("id", "subject_id", "creator_id", *WHOSE, "grader_id"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("creator_id", "account"),
        _to("account_id", "account"),
        _to("product_id", "product"),
        _to("grader_id", "account"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("grade_entry_of_subject", "grade_entry", ["subject_id", "at", "id"])
    op.create_index("grade_entry_of_creator", "grade_entry", ["creator_id", "at", "id"])
    op.create_index("grade_entry_of_course", "grade_entry", ["product_id", "at", "id"])
    op.create_table(
        "grading_told",
        *_ids("product_id"),
        sa.Column("told_at", MOMENT, nullable=False),
        _to("product_id", "product"),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.add_column("quiz_attempt", sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("quiz_attempt", sa.Column("marks", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.add_column("quiz_attempt", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "item_pending",
        *_ids("id", "product_id", "block_id", "attempt_id"),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.Column("items", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("item_pending_by_course", "item_pending", ["product_id"])
    op.create_index("item_pending_unread", "item_pending", ["id"], postgresql_where=sa.text("items IS NULL"))
    op.create_table(
        "item_sum",
        *_ids("product_id", "block_id"),
        sa.Column("question", sa.String(), nullable=False),
        *_counts("asked", "answered", "whole", "got", "x", "xx", "y", "yy", "xy"),
        sa.PrimaryKeyConstraint("product_id", "block_id", "question"),
    )
    op.create_table(
        "choice_sum",
        *_ids("product_id", "block_id"),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        *_counts("chosen"),
        sa.PrimaryKeyConstraint("product_id", "block_id", "question", "choice"),
    )
    op.execute(KNOWN)
    # Who graded what when is never changed. Words are kept elsewhere: they go when somebody leaves.
    op.execute(
        "CREATE TRIGGER grade_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON grade_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("quiz_attempt", "revision")
    op.drop_column("quiz_attempt", "marks")
    op.drop_column("quiz_attempt", "waiting")
    for table in reversed(TABLES):
        op.drop_table(table)
