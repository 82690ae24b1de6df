"""What pages show, told to every web process in the transaction that changes it; pictures as AVIF"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# One message for each statement: its tags, or "*" for everything when they would be too many. The tags of a page are
# those of what it shows, as marketplace/page_tags.py makes them. Rows are compared as a whole, without what no page
# shows: a column that is added later counts until somebody says that it doesn't.
_TELL = """
CREATE FUNCTION page_news(tags text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(tags) > 100 THEN
        PERFORM pg_notify('page_news', '*');
    ELSIF cardinality(tags) > 0 THEN
        PERFORM pg_notify('page_news', array_to_string(tags, ' '));
    END IF;
END $$;
"""

_PRODUCT = """
CREATE FUNCTION product_page_news() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE tags text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT tag) INTO tags
        FROM (SELECT id, creator_id, topic FROM fresh WHERE state = 'published' LIMIT 101) n,
            unnest(ARRAY['shop', 'product:' || n.id, 'offers:' || n.creator_id, 'topic:' || n.topic]) tag;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT tag) INTO tags
        FROM (SELECT id, creator_id, topic FROM stale WHERE state = 'published' LIMIT 101) o,
            unnest(ARRAY['shop', 'product:' || o.id, 'offers:' || o.creator_id, 'topic:' || o.topic]) tag;
    ELSE
        SELECT array_agg(DISTINCT tag) INTO tags
        FROM (
            SELECT n.id, n.creator_id, o.topic AS was, n.topic FROM stale o JOIN fresh n USING (id)
            WHERE (o.state = 'published' OR n.state = 'published')
                AND to_jsonb(o) - 'search' - 'updated_at' IS DISTINCT FROM to_jsonb(n) - 'search' - 'updated_at'
            LIMIT 101
        ) c, unnest(ARRAY['shop', 'product:' || c.id, 'offers:' || c.creator_id, 'topic:' || c.was,
            'topic:' || c.topic]) tag;
    END IF;
    PERFORM page_news(tags);
    RETURN NULL;
END $$;
"""

_BY_ID = """
CREATE FUNCTION row_page_news() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE tags text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(TG_ARGV[0] || ':' || o.id) INTO tags FROM (SELECT id FROM stale LIMIT 101) o;
    ELSE
        SELECT array_agg(TG_ARGV[0] || ':' || c.id) INTO tags
        FROM (
            SELECT n.id FROM stale o JOIN fresh n USING (id)
            WHERE to_jsonb(o) - 'email' - 'avif_tries' IS DISTINCT FROM to_jsonb(n) - 'email' - 'avif_tries' LIMIT 101
        ) c;
    END IF;
    PERFORM page_news(tags);
    RETURN NULL;
END $$;
CREATE FUNCTION bundle_page_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM page_news((SELECT array_agg(DISTINCT 'product:' || bundle_id) FROM stale));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM page_news((SELECT array_agg(DISTINCT 'product:' || bundle_id) FROM fresh));
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION fee_page_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('page_news', 'fees');
    RETURN NULL;
END $$;
"""

_TABLES = {
    "INSERT": "REFERENCING NEW TABLE AS fresh",
    "UPDATE": "REFERENCING OLD TABLE AS stale NEW TABLE AS fresh",
    "DELETE": "REFERENCING OLD TABLE AS stale",
}
_TOLD = (
    ("product", ("INSERT", "UPDATE", "DELETE"), "product_page_news()"),
    ("account", ("UPDATE", "DELETE"), "row_page_news('creator')"),
    ("image", ("UPDATE", "DELETE"), "row_page_news('image')"),
    ("bundle_item", ("INSERT", "UPDATE", "DELETE"), "bundle_page_news()"),
)


def upgrade() -> None:
    op.execute(
        "ALTER TABLE image ADD COLUMN avif jsonb NOT NULL DEFAULT '[]', ADD COLUMN avif_tries integer NOT NULL DEFAULT 0"
    )
    op.execute("CREATE INDEX image_without_avif ON image (id) WHERE state = 'ready' AND avif = '[]' AND avif_tries < 5")
    op.execute(_TELL + _PRODUCT + _BY_ID)
    for table, events, function in _TOLD:
        for event in events:
            op.execute(
                f"CREATE TRIGGER {table}_page_news_{event.lower()} AFTER {event} ON {table} {_TABLES[event]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {function}"
            )
    op.execute(
        "CREATE TRIGGER fee_rule_page_news AFTER INSERT OR UPDATE OR DELETE ON fee_rule"
        " FOR EACH STATEMENT EXECUTE FUNCTION fee_page_news()"
    )


def downgrade() -> None:
    op.execute("DROP INDEX image_without_avif")
    op.execute("ALTER TABLE image DROP COLUMN avif, DROP COLUMN avif_tries")
    for table, events, _function in _TOLD:
        for event in events:
            op.execute(f"DROP TRIGGER {table}_page_news_{event.lower()} ON {table}")
    op.execute("DROP TRIGGER fee_rule_page_news ON fee_rule")
    for name in ("product_page_news", "row_page_news", "bundle_page_news", "fee_page_news", "page_news(text[])"):
        op.execute(f"DROP FUNCTION {name}")
