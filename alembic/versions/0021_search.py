"""Search: a document for each product on offer, the shop's words, and what was bought with what"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "search_document", "search_band", "search_word", "search_near", "search_synonym", "taste_pending", "taste", "taste_pair",
)  # fmt: skip

# A word with one letter missing, and a long one with two: what a typing mistake and the right word have in common.
NEAR = """
CREATE FUNCTION search_near(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
SELECT CASE WHEN length(word) NOT BETWEEN 4 AND 24 OR word ~ '[0-9]' THEN '{}' ELSE (
    WITH one AS (SELECT overlay(word placing '' from i for 1) AS w FROM generate_series(1, length(word)) i)
    SELECT array_agg(DISTINCT w) FROM (
        SELECT word AS w UNION ALL SELECT w FROM one
        UNION ALL SELECT overlay(w placing '' from j for 1) FROM one, generate_series(1, length(w)) j WHERE length(word) >= 8
    ) all_of_them) END
$$
"""
NOTE_SALE = """
CREATE FUNCTION sale_event_tells() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO taste_pending (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$
"""


def _column(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, [sa.literal_column(column) if " " in column else column for column in columns])


def upgrade() -> None:
    texts, small = postgresql.ARRAY(sa.Text()), sa.SmallInteger()
    op.create_table(
        "search_document",
        _column("product_id", sa.Uuid()),
        _column("creator_id", sa.Uuid()),
        _column("words", postgresql.TSVECTOR()),
        _column("heads", postgresql.TSVECTOR()),
        _column("lexicon", texts),
        *[_column(name, sa.String()) for name in ("kind", "topic", "level", "language", "price", "length")],
        _column("price_rank", sa.BigInteger()),
        _column("published_at", MOMENT),
        _column("buyers", sa.Integer()),
        *[_column(name, small) for name in ("popularity", "fresh", "quality", "band")],
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id"),
    )
    # The planner knows common words by name, and with them how many products a search will find.
    op.execute("ALTER TABLE search_document ALTER COLUMN words SET STATISTICS 500")
    op.create_index(
        "search_document_words", "search_document", ["words"], postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    for name, columns in (
        ("best", ("quality DESC", "product_id DESC")), ("popular", ("popularity DESC", "product_id DESC")),
        ("newest", ("published_at DESC", "product_id DESC")), ("price", ("price_rank", "product_id")),
        ("aging", ("fresh", "published_at")), ("language", ("language",)), ("creator", ("creator_id",)),
    ):
        _index(f"search_document_{name}", "search_document", *columns)
    op.create_table(
        "search_band",
        sa.Column("band", small, autoincrement=False, nullable=False),
        _column("quality", small),
        _column("product_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("band"),
    )
    op.execute(NEAR)
    op.create_table(
        "search_word", _column("word", sa.Text()), _column("uses", sa.Integer()), sa.PrimaryKeyConstraint("word")
    )
    op.create_table(
        "search_near", _column("word", sa.Text()), _column("near", texts), sa.PrimaryKeyConstraint("word")
    )
    op.create_index("search_near_letters", "search_near", ["near"], postgresql_using="gin")
    op.create_index("search_word_prefix", "search_word", ["word"], postgresql_ops={"word": "text_pattern_ops"})
    for length in (1, 2, 3):
        op.create_index(
            f"search_word_{length}", "search_word",
            [sa.literal_column(f'"left"(word, {length})'), sa.literal_column("uses DESC")],
            postgresql_where=sa.text("uses > 0"),
        )
    op.create_table(
        "search_synonym", _column("id", sa.Uuid()), _column("words", texts), _column("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("search_synonym_words", "search_synonym", ["words"], postgresql_using="gin")
    op.create_table("taste_pending", _column("event_id", sa.Uuid()), sa.PrimaryKeyConstraint("event_id"))
    op.create_table(
        "taste",
        *[_column(name, sa.Uuid()) for name in ("product_id", "buyer_id", "creator_id")],
        _column("at", MOMENT),
        _column("fresh_account", sa.Boolean()),
        sa.PrimaryKeyConstraint("product_id", "buyer_id"),
    )
    _index("taste_by_buyer", "taste", "buyer_id", "at")
    _index("taste_by_time", "taste", "at")
    op.create_table(
        "taste_pair",
        *[_column(name, sa.Uuid()) for name in ("product_id", "other_id")],
        *[_column(name, sa.Integer()) for name in ("buyers", "later")],
        sa.PrimaryKeyConstraint("product_id", "other_id"),
    )
    _index("taste_pair_together", "taste_pair", "product_id", "buyers DESC", "other_id")
    _index("taste_pair_later", "taste_pair", "product_id", "later DESC", "other_id")
    op.execute(NOTE_SALE)
    op.execute(
        "CREATE TRIGGER sale_event_tells AFTER INSERT ON sale_event FOR EACH ROW WHEN (NOT NEW.partner)"
        " EXECUTE FUNCTION sale_event_tells()"
    )
    op.execute("INSERT INTO taste_pending (event_id) SELECT id FROM sale_event WHERE NOT partner")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.drop_index("product_search", "product")
    op.drop_column("product", "search")


def downgrade() -> None:
    op.add_column("product", sa.Column("search", postgresql.TSVECTOR(), sa.Computed(
        "setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', topic || ' ' ||"
        " creator_name), 'B') || setweight(to_tsvector('english', summary), 'C') ||"
        " setweight(to_tsvector('english', left(description_md, 20000)), 'D')",
        persisted=True,
    )))
    op.create_index("product_search", "product", ["search"], postgresql_using="gin")
    op.execute("DROP TRIGGER sale_event_tells ON sale_event")
    op.execute("DROP FUNCTION sale_event_tells()")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION search_near(text)")
