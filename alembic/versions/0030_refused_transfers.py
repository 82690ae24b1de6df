"""Why a share's transfer was refused"""

import sqlalchemy as sa

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("share", sa.Column("refused", sa.String(), nullable=False, server_default=""))
    op.create_index("share_refused", "share", ["id"], postgresql_where=sa.text("refused <> ''"))


def downgrade() -> None:
    op.drop_index("share_refused")
    op.drop_column("share", "refused")
