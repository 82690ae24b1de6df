"""Certificates of completed courses, and the keys they are signed with"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

KEPT = """
CREATE FUNCTION certificate_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.id, NEW.token, NEW.account_id, NEW.product_id, NEW.creator_id, NEW.title, NEW.creator_name, NEW.version,
           NEW.lessons, NEW.completed_at, NEW.issued_at)
          IS DISTINCT FROM
          (OLD.id, OLD.token, OLD.account_id, OLD.product_id, OLD.creator_id, OLD.title, OLD.creator_name, OLD.version,
           OLD.lessons, OLD.completed_at, OLD.issued_at)
       OR (NEW.name <> OLD.name AND NEW.name <> '')
       OR (OLD.revoked_at IS NOT NULL
           AND (NEW.revoked_at, NEW.revoked_reason) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_reason))
    THEN
        RAISE EXCEPTION 'what a certificate says is never changed';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("creator_name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_reason", sa.String(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="certificate_revoked_with_reason"),
        sa.CheckConstraint("lessons > 0 AND version > 0", name="certificate_of_something"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["creator_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index(
        "certificate_current", "certificate", ["account_id", "product_id"], unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_certificate_product_id", "certificate", ["product_id"])
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", postgresql.JSONB(astext_type=sa.String()), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(KEPT)
    op.execute(
        "CREATE TRIGGER certificate_kept BEFORE UPDATE OR DELETE ON certificate"
        " FOR EACH ROW EXECUTE FUNCTION certificate_is_kept()"
    )
    for table in ("certificate", "signing_key"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("signing_key")
    op.drop_table("certificate")
    op.execute("DROP FUNCTION certificate_is_kept()")
