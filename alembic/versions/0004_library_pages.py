"""Indexes for a library that is read in pages: live grants by date, and what was begun and not finished"""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "grant_live", "grant", ["account_id", sa.text("granted_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("progress_recent", table_name="progress")
    op.create_index(
        "progress_unfinished", "progress", ["account_id", sa.text("updated_at DESC")],
        postgresql_where=sa.text("completed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("progress_unfinished", table_name="progress")
    op.create_index("progress_recent", "progress", ["account_id", sa.text("updated_at DESC")])
    op.drop_index("grant_live", table_name="grant")
