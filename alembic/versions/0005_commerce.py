"""Baskets with several lines, coupons, fees by rule, shares of several payees, presents, bundles, disputes"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "cart_code", "coupon", "fee_rule", "gift", "bundle_item", "cart_item", "coupon_use", "dispute", "partnership", "dispute_part", "refund_ask", "share"
)  # fmt: skip
OWN_ROWS = (
    ("cart_item", "account_id"), ("refund_ask", "buyer_id"), ("gift", "giver_id"),
)  # fmt: skip
NEW_COLUMNS = (
    ("order", "discount_minor bigint NOT NULL DEFAULT 0, ADD COLUMN tax_minor bigint NOT NULL DEFAULT 0,"
     " ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0, ADD COLUMN fingerprint varchar NOT NULL DEFAULT '',"
     " ADD COLUMN coupon_id uuid REFERENCES coupon ON DELETE RESTRICT, ADD COLUMN coupon_code varchar NOT NULL DEFAULT '',"
     " ADD COLUMN hold_days integer NOT NULL DEFAULT 0, ADD COLUMN buyer_details jsonb NOT NULL DEFAULT '{}', ADD COLUMN estimated_fee_minor bigint NOT NULL DEFAULT 0"),
    ("order_line", "list_minor bigint NOT NULL DEFAULT 0, ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0,"
     " ADD COLUMN subsidy_minor bigint NOT NULL DEFAULT 0, ADD COLUMN tax_minor bigint NOT NULL DEFAULT 0,"
     " ADD COLUMN fee_percent numeric(6,3) NOT NULL DEFAULT 0, ADD COLUMN shares_minor bigint NOT NULL DEFAULT 0,"
     " ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0, ADD COLUMN refund_days integer NOT NULL DEFAULT 0,"
     " ADD COLUMN refund_max_percent integer NOT NULL DEFAULT 100,"
     " ADD COLUMN bundle_id uuid REFERENCES product ON DELETE RESTRICT, ADD COLUMN bundle_title varchar NOT NULL DEFAULT '',"
     " ADD COLUMN gift_id uuid REFERENCES gift ON DELETE RESTRICT"),
    ("product", "refund_days integer NOT NULL DEFAULT 14, ADD COLUMN refund_max_percent integer NOT NULL DEFAULT 30"),
    ("product_draft", "refund_days integer NOT NULL DEFAULT 14, ADD COLUMN refund_max_percent integer NOT NULL DEFAULT 30"),
    ("refund", "shares_minor bigint NOT NULL DEFAULT 0, ADD COLUMN tax_minor bigint NOT NULL DEFAULT 0"),
    ("transfer", "order_id uuid REFERENCES \"order\" ON DELETE RESTRICT,"
     " ADD COLUMN share_id uuid REFERENCES share ON DELETE RESTRICT, ADD COLUMN from_charge boolean NOT NULL DEFAULT true"),
    ("reversal", "share_id uuid REFERENCES share ON DELETE RESTRICT"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "cart_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "coupon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("products", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("max_per_person", sa.Integer(), nullable=True),
        sa.Column("min_minor", sa.BigInteger(), nullable=False),
        sa.Column("first_purchase_only", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", name="coupon_one_kind"),
        sa.CheckConstraint("percent IS NULL OR (percent > 0 AND percent <= 100)", name="coupon_percent"),
        sa.CheckConstraint("taken >= 0 AND (max_uses IS NULL OR taken <= max_uses)", name="coupon_within_cap"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("coupon_by_owner", "coupon", ["owner_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("coupon_code_unique", "coupon", [sa.literal_column("upper(code)")], unique=True)
    op.create_table(
        "fee_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("creator_id IS NOT NULL OR kind <> ''", name="fee_rule_not_default"),
        sa.CheckConstraint("percent >= 0 AND percent <= 90", name="fee_rule_percent"),
        sa.ForeignKeyConstraint(["creator_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "fee_rule_unique",
        "fee_rule",
        [sa.literal_column("coalesce(creator_id, '00000000-0000-0000-0000-000000000000')"), "kind"],
        unique=True,
    )
    op.create_table(
        "gift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_email", sa.String(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("deliver_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["claimed_by"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["giver_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("gift_by_giver", "gift", ["giver_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("gift_due", "gift", ["deliver_at"], unique=False, postgresql_where=sa.text("state = 'paid'"))
    op.create_index("ix_gift_claimed_by", "gift", ["claimed_by"], unique=False)
    op.create_table(
        "bundle_item",
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight > 0", name="bundle_item_weight"),
        sa.ForeignKeyConstraint(["bundle_id"], ["product.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("bundle_id", "product_id"),
    )
    op.create_index("ix_bundle_item_product_id", "bundle_item", ["product_id"], unique=False)
    op.create_table(
        "cart_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("gift_id", sa.Uuid(), nullable=True),
        sa.Column("offered_minor", sa.BigInteger(), nullable=True),
        sa.Column("seen_minor", sa.BigInteger(), nullable=False),
        sa.Column("seen_currency", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("gift_id"),
    )
    op.create_index("cart_by_account", "cart_item", ["account_id", "added_at"], unique=False)
    op.create_index(
        "cart_item_once",
        "cart_item",
        ["account_id", "product_id"],
        unique=True,
        postgresql_where=sa.text("gift_id IS NULL"),
    )
    op.create_table(
        "coupon_use",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["buyer_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index(
        "coupon_use_by_person",
        "coupon_use",
        ["coupon_id", "buyer_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'released'"),
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_minor", sa.BigInteger(), nullable=False),
        sa.Column("loss_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("dispute_open", "dispute", ["due_at"], unique=False, postgresql_where=sa.text("closed_at IS NULL"))
    op.create_index("ix_dispute_order_id", "dispute", ["order_id"], unique=False)
    op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("percent > 0 AND percent <= 100", name="partnership_percent"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["partner_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_partnership_owner_id", "partnership", ["owner_id"], unique=False)
    op.create_index("ix_partnership_partner_id", "partnership", ["partner_id"], unique=False)
    op.create_index("ix_partnership_product_id", "partnership", ["product_id"], unique=False)
    op.create_index(
        "partnership_by_email",
        "partnership",
        ["email"],
        unique=False,
        postgresql_where=sa.text("state IN ('invited','accepted')"),
    )
    op.create_index(
        "partnership_once",
        "partnership",
        ["product_id", "email", "role"],
        unique=True,
        postgresql_where=sa.text("state IN ('invited','accepted')"),
    )
    op.create_table(
        "dispute_part",
        sa.Column("dispute_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("dispute_id", "line_id"),
    )
    op.create_index("ix_dispute_part_line_id", "dispute_part", ["line_id"], unique=False)
    op.create_table(
        "refund_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["buyer_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["creator_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id"),
    )
    op.create_index("ix_refund_ask_buyer_id", "refund_ask", ["buyer_id"], unique=False)
    op.create_index(
        "refund_ask_waiting",
        "refund_ask",
        ["creator_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_minor", sa.BigInteger(), nullable=False),
        sa.Column("withheld_minor", sa.BigInteger(), nullable=False),
        sa.Column("debt_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0 AND taken_minor BETWEEN 0 AND amount_minor", name="share_amounts"),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["payee_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id", "payee_id", "role"),
    )
    op.create_index("ix_share_order_id", "share", ["order_id"], unique=False)
    op.create_index("share_by_payee", "share", ["payee_id", sa.literal_column("line_id DESC")], unique=False)
    op.create_index("share_unsettled", "share", ["id"], unique=False, postgresql_where=sa.text("NOT settled"))
    for table, columns in NEW_COLUMNS:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {columns}')
    op.execute(
        """
        UPDATE order_line SET list_minor = amount_minor, shares_minor = creator_minor,
            fee_percent = CASE WHEN amount_minor = 0 THEN 0 ELSE round(fee_minor * 100.0 / amount_minor, 3) END;
        INSERT INTO share (id, order_id, line_id, payee_id, role, currency, amount_minor, taken_minor, withheld_minor,
                           debt_minor, settled)
            SELECT id, order_id, id, creator_id, 'creator', currency, creator_minor,
                   refunded_creator_minor, withheld_minor, debt_minor, false FROM order_line;
        UPDATE transfer t SET share_id = s.id, order_id = s.order_id FROM share s WHERE s.line_id = t.line_id;
        UPDATE reversal r SET share_id = s.id FROM share s WHERE s.line_id = r.line_id;
        UPDATE share s SET settled = NOT EXISTS (SELECT 1 FROM "order" o WHERE o.id = s.order_id AND o.state = 'paid')
            OR s.amount_minor - s.taken_minor = s.withheld_minor - s.debt_minor + coalesce(
                (SELECT sum(t.amount_minor - t.reversed_minor) FROM transfer t WHERE t.share_id = s.id), 0);
        UPDATE refund r SET shares_minor = r.creator_minor;
        ALTER TABLE order_line DROP CONSTRAINT line_split_is_exact, DROP CONSTRAINT line_refund_within_amount,
            DROP COLUMN creator_minor, DROP COLUMN refunded_creator_minor, DROP COLUMN withheld_minor,
            DROP COLUMN debt_minor,
            ADD CONSTRAINT line_split_is_exact CHECK (shares_minor + fee_minor = amount_minor + subsidy_minor),
            ADD CONSTRAINT line_discount_is_exact CHECK (list_minor - discount_minor = amount_minor
                AND subsidy_minor BETWEEN 0 AND discount_minor AND amount_minor >= 0),
            ADD CONSTRAINT line_taken_within_amount CHECK (refunded_minor >= 0 AND disputed_minor >= 0
                AND refunded_minor + disputed_minor <= amount_minor + tax_minor);
        ALTER TABLE "order" DROP CONSTRAINT order_refund_within_total,
            ADD CONSTRAINT order_taken_within_paid CHECK (refunded_minor >= 0 AND disputed_minor >= 0
                AND refunded_minor + disputed_minor <= total_minor + tax_minor);
        ALTER TABLE refund DROP COLUMN creator_minor, DROP CONSTRAINT refund_provider_id_key,
            ADD UNIQUE (provider_id, line_id);
        ALTER TABLE transfer ALTER COLUMN share_id SET NOT NULL, ALTER COLUMN order_id SET NOT NULL, DROP COLUMN line_id;
        ALTER TABLE reversal ALTER COLUMN share_id SET NOT NULL, DROP COLUMN line_id;
        DROP INDEX order_line_open;
        CREATE UNIQUE INDEX order_line_open ON order_line (buyer_id, product_id) WHERE open AND gift_id IS NULL;
        CREATE INDEX order_fee_missing ON "order" (id)
            WHERE state = 'paid' AND fee_minor IS NULL AND charge_id IS NOT NULL;
        CREATE INDEX ix_order_coupon_id ON "order" (coupon_id);
        CREATE INDEX ix_order_line_bundle_id ON order_line (bundle_id);
        CREATE INDEX ix_order_line_gift_id ON order_line (gift_id);
        CREATE INDEX ix_transfer_order_id ON transfer (order_id);
        CREATE INDEX ix_transfer_share_id ON transfer (share_id);
        CREATE INDEX transfer_intended ON transfer (created_at) WHERE state = 'intended';
        CREATE INDEX ix_reversal_share_id ON reversal (share_id);
        CREATE INDEX reversal_intended ON reversal (created_at) WHERE state = 'intended';
        """
    )
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    for table, column in OWN_ROWS:
        op.execute(
            f'CREATE POLICY "{table}_read" ON "{table}" FOR SELECT TO authenticated'
            f" USING ({column} = (select id from account where auth_id = (select auth.uid())))"
        )


def downgrade() -> None:
    """Possible while no line has several payees, discounts, tax or disputes: their columns go."""
    op.execute(
        """
        DELETE FROM "grant" WHERE source = 'gift';
        ALTER TABLE order_line ADD COLUMN creator_minor bigint NOT NULL DEFAULT 0,
            ADD COLUMN refunded_creator_minor bigint NOT NULL DEFAULT 0,
            ADD COLUMN withheld_minor bigint NOT NULL DEFAULT 0, ADD COLUMN debt_minor bigint NOT NULL DEFAULT 0,
            DROP CONSTRAINT line_split_is_exact, DROP CONSTRAINT line_discount_is_exact,
            DROP CONSTRAINT line_taken_within_amount;
        UPDATE order_line l SET creator_minor = s.amount_minor, refunded_creator_minor = s.taken_minor,
            withheld_minor = s.withheld_minor, debt_minor = s.debt_minor FROM share s WHERE s.line_id = l.id;
        ALTER TABLE order_line
            ADD CONSTRAINT line_split_is_exact CHECK (creator_minor + fee_minor = amount_minor),
            ADD CONSTRAINT line_refund_within_amount CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor
                AND refunded_creator_minor <= creator_minor);
        ALTER TABLE "order" DROP CONSTRAINT order_taken_within_paid,
            ADD CONSTRAINT order_refund_within_total CHECK (refunded_minor >= 0 AND refunded_minor <= total_minor);
        DROP INDEX order_line_open;
        CREATE UNIQUE INDEX order_line_open ON order_line (buyer_id, product_id) WHERE open;
        ALTER TABLE refund ADD COLUMN creator_minor bigint NOT NULL DEFAULT 0,
            DROP CONSTRAINT refund_provider_id_line_id_key, ADD CONSTRAINT refund_provider_id_key UNIQUE (provider_id);
        UPDATE refund SET creator_minor = shares_minor;
        ALTER TABLE transfer ADD COLUMN line_id uuid REFERENCES order_line ON DELETE RESTRICT;
        UPDATE transfer t SET line_id = s.line_id FROM share s WHERE s.id = t.share_id;
        ALTER TABLE transfer ALTER COLUMN line_id SET NOT NULL;
        CREATE INDEX ix_transfer_line_id ON transfer (line_id);
        ALTER TABLE reversal ADD COLUMN line_id uuid REFERENCES order_line ON DELETE RESTRICT;
        UPDATE reversal r SET line_id = s.line_id FROM share s WHERE s.id = r.share_id;
        ALTER TABLE reversal ALTER COLUMN line_id SET NOT NULL;
        CREATE INDEX ix_reversal_line_id ON reversal (line_id);
        DROP INDEX transfer_intended, reversal_intended, order_fee_missing;
        """
    )
    for table, columns in NEW_COLUMNS:
        for part in columns.split("ADD COLUMN "):
            op.execute(f'ALTER TABLE "{table}" DROP COLUMN {part.split()[0]}')
    for table in reversed(TABLES):
        op.execute(f'DROP TABLE "{table}"')
