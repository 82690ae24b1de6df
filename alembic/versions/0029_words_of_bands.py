"""An index of the words of each band of standing; the month that a product was published in"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
BANDS = 6


MARKS = "ARRAY['q 0', 'q 1', 'q 2', 'q 3', 'q 4', 'q 5']"
MONTH = "'m ' || to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM')"


def upgrade() -> None:
    op.execute(
        f"UPDATE search_document SET words = ts_delete(words, {MARKS}) || array_to_tsvector(ARRAY[{MONTH}])"
    )
    for band in range(BANDS):
        op.execute(
            f"CREATE INDEX search_document_words_{band} ON search_document USING gin (words) WITH (fastupdate = off)"
            f" WHERE band <= {band}"
        )


def downgrade() -> None:
    for band in range(BANDS):
        op.execute(f"DROP INDEX search_document_words_{band}")
    op.execute(
        f"UPDATE search_document SET words = ts_delete(words, ARRAY[{MONTH}])"
        " || array_to_tsvector(ARRAY(SELECT 'q ' || n FROM generate_series(band, 5) n))"
    )
