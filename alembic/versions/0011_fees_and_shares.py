"""Who set and who ended a fee rule; what partners got of others' sales, added up from the journal for those before"""

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("sale_event", "stats_day", "stats_product_day", "stats_product_month")
SHARES = ("shares", "shared_minor", "shared_back_minor")
WHOSE = sa.text("coalesce(creator_id, '00000000-0000-0000-0000-000000000000')")


def upgrade() -> None:
    _fee_rules()
    for table in TABLES:
        for name in SHARES:
            op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
            op.alter_column(table, name, server_default=None)
    op.add_column("sale_event", sa.Column("partner", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("sale_event", "partner", server_default=None)
    _earlier_shares()


def _fee_rules() -> None:
    for name in ("set_by", "ended_by"):
        op.add_column("fee_rule", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(f"fee_rule_{name}_fkey", "fee_rule", "account", [name], ["id"], ondelete="RESTRICT")
    op.add_column("fee_rule", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("fee_rule_unique", table_name="fee_rule")
    op.create_index(
        "fee_rule_in_force", "fee_rule", [WHOSE, "kind"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "fee_rule_ended",
        "fee_rule",
        [sa.text("ended_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.execute(
        """
        UPDATE fee_rule r SET set_by = (
            SELECT a.actor_id FROM audit_event a WHERE a.action = 'fee.set' AND a.detail->>'kind' = r.kind
            AND a.subject = coalesce('account:' || r.creator_id, 'kind:' || r.kind) ORDER BY a.created_at DESC LIMIT 1
        )
        """
    )


def _earlier_shares() -> None:
    """The same events, with the same keys, as booking them writes from now on. They are folded in by the job."""
    op.execute(
        """
        WITH moved AS (
            SELECT e.key || ':' || p.owner_id AS key, e.kind, p.owner_id, l.buyer_id, l.product_id, l.id AS line_id,
                   p.currency, CASE WHEN e.kind = 'sale' THEN o.paid_at ELSE e.created_at END AS at,
                   -sum(p.amount_minor) AS minor
            FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id AND p.account = 'held'
            JOIN order_line l ON l.id = e.line_id JOIN "order" o ON o.id = l.order_id
            WHERE e.kind IN ('sale', 'refund', 'refund_failed', 'dispute', 'dispute_won') AND p.owner_id <> l.creator_id
            GROUP BY e.id, e.key, e.kind, p.owner_id, l.buyer_id, l.product_id, l.id, p.currency, o.paid_at, e.created_at
        ), event AS (
            INSERT INTO sale_event (id, key, creator_id, buyer_id, product_id, line_id, currency, at, day, sales, units,
                buyers, gross_minor, net_minor, discount_minor, refunds, refunded_minor, refunded_net_minor, shares,
                shared_minor, shared_back_minor, partner)
            SELECT gen_random_uuid(), key, owner_id, buyer_id, product_id, line_id, currency, at,
                   (at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                   CASE WHEN kind = 'sale' THEN 1 ELSE 0 END, CASE WHEN kind = 'sale' THEN minor ELSE 0 END,
                   CASE WHEN kind = 'sale' THEN 0 ELSE -minor END, true
            FROM moved RETURNING id, creator_id
        )
        INSERT INTO sale_pending (event_id, creator_id) SELECT id, creator_id FROM event
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE sale_event DISABLE TRIGGER sale_event_append_only")
    op.execute("DELETE FROM sale_pending WHERE event_id IN (SELECT id FROM sale_event WHERE partner)")
    op.execute("DELETE FROM sale_event WHERE partner")
    op.execute("ALTER TABLE sale_event ENABLE TRIGGER sale_event_append_only")
    op.drop_column("sale_event", "partner")
    for table in TABLES:
        for name in SHARES:
            op.drop_column(table, name)
    op.execute("DELETE FROM fee_rule WHERE ended_at IS NOT NULL")
    op.drop_index("fee_rule_ended", table_name="fee_rule")
    op.drop_index("fee_rule_in_force", table_name="fee_rule")
    op.create_index("fee_rule_unique", "fee_rule", [WHOSE, "kind"], unique=True)
    for name in ("set_by", "ended_by", "ended_at"):
        op.drop_column("fee_rule", name)
