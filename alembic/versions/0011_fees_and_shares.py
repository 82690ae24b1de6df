"""Who set and who ended a fee rule"""

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHOSE = sa.text("coalesce(creator_id, '00000000-0000-0000-0000-000000000000')")


def upgrade() -> None:
    _fee_rules()


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


def downgrade() -> None:
    op.execute("DELETE FROM fee_rule WHERE ended_at IS NOT NULL")
    op.drop_index("fee_rule_ended", table_name="fee_rule")
    op.drop_index("fee_rule_in_force", table_name="fee_rule")
    op.create_index("fee_rule_unique", "fee_rule", [WHOSE, "kind"], unique=True)
    for name in ("set_by", "ended_by", "ended_at"):
        op.drop_column("fee_rule", name)
