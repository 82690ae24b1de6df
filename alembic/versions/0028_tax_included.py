"""Whether the prices that a buyer saw held the tax, kept with the order"""

import sqlalchemy as sa

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order", sa.Column("tax_included", sa.Boolean(), nullable=False, server_default="false"))


def downgrade() -> None:
    op.drop_column("order", "tax_included")
