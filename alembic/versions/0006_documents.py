"""Invoices and credit notes, their numbers, and the names that go on them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("document_series", "document", "billing_profile", "seller_profile")
OWNER = (("document", "buyer_id"), ("billing_profile", "account_id"), ("seller_profile", "creator_id"))


def _address() -> list[sa.Column]:
    names = ("line1", "line2", "postal_code", "city", "region", "country", "tax_id")
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "document_series",
        sa.Column("seller_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seller_key", "kind", "series"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("seller_key", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("seller", postgresql.JSONB(astext_type=sa.String()), nullable=False),
        sa.Column("buyer", postgresql.JSONB(astext_type=sa.String()), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.String()), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("reverse_charge", sa.Boolean(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("net_minor + tax_minor = total_minor", name="document_adds_up"),
        sa.CheckConstraint(
            "(kind = 'invoice' AND refund_id IS NULL AND original_id IS NULL)"
            " OR (kind IN ('credit_note', 'correction') AND refund_id IS NOT NULL AND original_id IS NOT NULL)",
            name="document_kind",
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["original_id"], ["document.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["buyer_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("seller_key", "number", name="document_number"),
    )
    for column in ("order_id", "original_id", "buyer_id"):
        op.create_index(f"ix_document_{column}", "document", [column], unique=False)
    for name, columns, kind in (
        ("document_invoice", ["order_id", "seller_key"], "invoice"),
        ("document_credit_note", ["refund_id", "seller_key"], "credit_note"),
        ("document_correction", ["original_id"], "correction"),
    ):
        op.create_index(name, "document", columns, unique=True, postgresql_where=sa.text(f"kind = '{kind}'"))
    op.execute(
        "CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document"
        " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
    for table, key, more in (
        ("billing_profile", "account_id", ("name", "company")),
        ("seller_profile", "creator_id", ("name",)),
    ):
        op.create_table(
            table,
            *_address(),
            sa.Column(key, sa.Uuid(), nullable=False),
            *[sa.Column(name, sa.String(), nullable=False) for name in more],
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint([key], ["account.id"], ondelete="RESTRICT"),
            sa.PrimaryKeyConstraint(key),
        )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for table, column in OWNER:
        op.execute(
            f"CREATE POLICY {table}_read ON {table} FOR SELECT TO authenticated"
            f" USING ({column} = (select id from account where auth_id = (select auth.uid())))"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
