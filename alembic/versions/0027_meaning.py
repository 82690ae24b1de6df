"""What products mean, as vectors of an embedding model, where an operator has named one

Plain arrays, so that nothing here needs an extension: the index over them is made by the job that fills them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, REAL

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "search_meaning",
        sa.Column("product_id", sa.Uuid(), sa.ForeignKey("search_document.product_id", ondelete="CASCADE"), nullable=False),
        sa.Column("space", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("embedding", ARRAY(REAL()), nullable=True),
        sa.Column("stale_since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_index(
        "search_meaning_stale", "search_meaning", ["stale_since"], postgresql_where=sa.text("stale_since IS NOT NULL")
    )
    op.execute("ALTER TABLE search_meaning ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("search_meaning")
