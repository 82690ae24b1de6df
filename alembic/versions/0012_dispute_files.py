"""Files of an answer to a dispute, when that answer was let go; finding who owes us, and who left"""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DEBT, _LEFT = sa.text("account = 'debt'"), sa.text("deleted_at IS NOT NULL")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dispute_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dispute_id", "field"),
        sa.CheckConstraint("size > 0", name="dispute_file_size"),
    )
    op.execute("ALTER TABLE dispute_file ENABLE ROW LEVEL SECURITY")
    op.add_column("dispute", sa.Column("sending_at", MOMENT, nullable=True))
    op.add_column("dispute", sa.Column("refusal", sa.String(), nullable=False, server_default=""))
    op.alter_column("dispute", "refusal", server_default=None)


    op.create_index("ledger_balance_debt", "ledger_balance", ["owner_id", "currency"], postgresql_where=_DEBT)
    op.create_index("account_left", "account", ["id"], postgresql_where=_LEFT)


def downgrade() -> None:
    op.drop_index("account_left", "account")
    op.drop_index("ledger_balance_debt", "ledger_balance")
    op.drop_column("dispute", "refusal")
    op.drop_column("dispute", "sending_at")
    op.drop_table("dispute_file")
