"""The newest of a creator on offer, without sorting all of theirs"""

import sqlalchemy as sa

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "product_newest_of_creator", "product", ["creator_id", sa.text("published_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("state = 'published'"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("product_newest_of_creator")
