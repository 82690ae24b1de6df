"""An index of the words of each band of standing"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
BANDS = 6


def upgrade() -> None:
    for band in range(BANDS):
        op.execute(
            f"CREATE INDEX search_document_words_{band} ON search_document USING gin (words) WITH (fastupdate = off)"
            f" WHERE band <= {band}"
        )


def downgrade() -> None:
    for band in range(BANDS):
        op.execute(f"DROP INDEX search_document_words_{band}")
    op.execute(
        "UPDATE search_document SET words = words || array_to_tsvector(ARRAY(SELECT 'q ' || n FROM generate_series(band, 5) n))"
    )
