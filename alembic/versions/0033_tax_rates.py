"""The rate of a line's tax, as the payment provider says it"""

import sqlalchemy as sa

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_line", sa.Column("tax_percent", sa.Numeric(6, 3)))


def downgrade() -> None:
    op.drop_column("order_line", "tax_percent")
