"""What comes before a course, learners' time zones and days, badges by rules, mails about new versions"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("course_needed", "version_news", "activity_day", "learning_goal", "badge", "badge_course")

# One at a time, and each sees what the one before wrote: two that make courses wait for each other can't both get through.
NO_CYCLE = """
CREATE FUNCTION course_needed_no_cycle() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('courses:needs', 0));
    IF NEW.required AND EXISTS (
        WITH RECURSIVE beyond AS (
            SELECT NEW.needed_id AS id
            UNION SELECT n.needed_id FROM course_needed n JOIN beyond b ON n.product_id = b.id WHERE n.required
        ) SELECT FROM beyond WHERE id = NEW.product_id
    ) THEN
        RAISE EXCEPTION 'courses would wait for each other' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
KEPT = """
CREATE OR REPLACE FUNCTION certificate_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.id, NEW.token, NEW.account_id, NEW.product_id, NEW.creator_id, NEW.title, NEW.creator_name, NEW.version,
           NEW.lessons, NEW.completed_at, NEW.issued_at{new})
          IS DISTINCT FROM
          (OLD.id, OLD.token, OLD.account_id, OLD.product_id, OLD.creator_id, OLD.title, OLD.creator_name, OLD.version,
           OLD.lessons, OLD.completed_at, OLD.issued_at{old})
       OR (NEW.name <> OLD.name AND NEW.name <> '')
       OR (OLD.revoked_at IS NOT NULL
           AND (NEW.revoked_at, NEW.revoked_reason) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_reason))
    THEN
        RAISE EXCEPTION 'what a certificate says is never changed';
    END IF;
    RETURN NEW;
END $$
"""
BADGE_PARTS = ("badge_id", "description", "narrative", "skills", "courses")
OF_SOMETHING = (
    "CASE WHEN badge_id IS NULL THEN product_id IS NOT NULL AND creator_id IS NOT NULL AND lessons > 0 AND version > 0"
    " ELSE product_id IS NULL AND narrative <> '' END"
)


def _id(name: str, target: str = "", *, ondelete: str = "RESTRICT", null: bool = False) -> sa.Column:
    key = [sa.ForeignKey(target, ondelete=ondelete)] if target else []
    return sa.Column(name, sa.Uuid(), *key, nullable=null)


def _json(name: str) -> sa.Column:
    kind = postgresql.JSONB(astext_type=sa.String())
    return sa.Column(name, kind, nullable=False, server_default=sa.text("'[]'::jsonb"))


def upgrade() -> None:
    op.add_column("account", sa.Column("time_zone", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("enrolment", sa.Column("mail_off", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_index(
        "enrolment_finished", "enrolment", ["product_id", "completed_at"],
        postgresql_where=sa.text("completed_at IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "course_needed",
        _id("product_id", "product.id", ondelete="CASCADE"),
        _id("needed_id", "product.id", ondelete="CASCADE"),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "needed_id"),
    )
    op.create_index("ix_course_needed_needed_id", "course_needed", ["needed_id"])
    op.execute(NO_CYCLE)
    op.execute(
        "CREATE TRIGGER course_needed_no_cycle BEFORE INSERT OR UPDATE ON course_needed"
        " FOR EACH ROW EXECUTE FUNCTION course_needed_no_cycle()"
    )
    op.create_table(
        "version_news",
        _id("product_id", "product.id", ondelete="CASCADE"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _id("after", null=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("product_id", "number"),
    )
    op.create_table(
        "activity_day",
        _id("account_id", "account.id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "day"),
    )
    op.create_table(
        "learning_goal",
        _id("account_id", "account.id"),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 7", name="learning_goal_of_a_week"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    _badges()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _badges() -> None:
    op.create_table(
        "badge",
        _id("id"),
        _id("owner_id", "account.id", null=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        _json("skills"),
        _json("rule"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.Column("swept_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("badge_by_owner", "badge", ["owner_id", "id"])
    op.create_table(
        "badge_course",
        _id("badge_id", "badge.id", ondelete="CASCADE"),
        _id("product_id", "product.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("badge_id", "product_id"),
    )
    op.create_index("ix_badge_course_product_id", "badge_course", ["product_id"])
    op.add_column("certificate", _id("badge_id", "badge.id", null=True))
    for name in ("description", "narrative"):
        op.add_column("certificate", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
    for name in ("skills", "courses"):
        op.add_column("certificate", _json(name))
    op.alter_column("certificate", "product_id", nullable=True)
    op.alter_column("certificate", "creator_id", nullable=True)
    op.drop_constraint("certificate_of_something", "certificate")
    op.create_check_constraint("certificate_of_something", "certificate", OF_SOMETHING)
    op.create_index(
        "certificate_badge", "certificate", ["badge_id", "account_id"], unique=True,
        postgresql_where=sa.text("replaced_at IS NULL AND badge_id IS NOT NULL"),
    )  # fmt: skip
    op.execute(KEPT.format(**{row: "".join(f", {row.upper()}.{p}" for p in BADGE_PARTS) for row in ("new", "old")}))


def downgrade() -> None:
    op.drop_index("certificate_badge", "certificate")
    op.execute("ALTER TABLE certificate DISABLE TRIGGER certificate_kept")
    op.execute("DELETE FROM certificate WHERE badge_id IS NOT NULL")
    op.execute("ALTER TABLE certificate ENABLE TRIGGER certificate_kept")
    op.execute(KEPT.format(new="", old=""))
    op.drop_constraint("certificate_of_something", "certificate")
    op.create_check_constraint("certificate_of_something", "certificate", "lessons > 0 AND version > 0")
    op.alter_column("certificate", "product_id", nullable=False)
    op.alter_column("certificate", "creator_id", nullable=False)
    for name in reversed(BADGE_PARTS):
        op.drop_column("certificate", name)
    op.execute("DROP TRIGGER course_needed_no_cycle ON course_needed")
    op.execute("DROP FUNCTION course_needed_no_cycle()")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("enrolment_finished", "enrolment")
    op.drop_column("enrolment", "mail_off")
    op.drop_column("account", "time_zone")
