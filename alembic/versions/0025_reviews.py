"""Reviews of products, their figures, and the rating that search knows"""

import sqlalchemy as sa

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("review", "review_figures", "review_pending")
SHOWN = "stands AND hidden_at IS NULL AND removed_at IS NULL"

# Whether somebody's review of a product counts: they have it still, and never had a share in what it earns.
_STANDS = """
CREATE FUNCTION review_stands(product uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM "grant" WHERE account_id = person AND product_id = product AND revoked_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM partnership WHERE product_id = product AND partner_id = person
                        AND state IN ('accepted', 'ended'))
$$;
CREATE FUNCTION review_follows_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE review r SET stands = review_stands(r.product_id, r.account_id)
    WHERE r.product_id = NEW.product_id AND r.account_id = NEW.account_id
        AND r.stands <> review_stands(r.product_id, r.account_id);
    RETURN NULL;
END $$;
CREATE FUNCTION review_follows_partnership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE review r SET stands = review_stands(r.product_id, r.account_id)
    WHERE r.product_id = NEW.product_id AND r.account_id = NEW.partner_id
        AND r.stands <> review_stands(r.product_id, r.account_id);
    RETURN NULL;
END $$;
CREATE TRIGGER grant_review AFTER INSERT OR UPDATE OF revoked_at ON "grant"
    FOR EACH ROW EXECUTE FUNCTION review_follows_grant();
CREATE TRIGGER partnership_review AFTER INSERT OR UPDATE OF state, partner_id ON partnership
    FOR EACH ROW WHEN (NEW.partner_id IS NOT NULL) EXECUTE FUNCTION review_follows_partnership();
"""

# The figures are those of what is shown, in the transaction that changes it; search hears of it a minute later.
_COUNT = """
CREATE FUNCTION review_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was integer := CASE WHEN TG_OP <> 'INSERT' THEN CASE WHEN OLD.shown THEN OLD.stars END END;
    is_ integer := CASE WHEN TG_OP <> 'DELETE' THEN CASE WHEN NEW.shown THEN NEW.stars END END;
    about uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.product_id ELSE NEW.product_id END;
BEGIN
    IF was IS NOT DISTINCT FROM is_ THEN
        RETURN NULL;
    END IF;
    INSERT INTO review_figures AS f (product_id, count, total, stars_1, stars_2, stars_3, stars_4, stars_5)
    SELECT about, count(s) FILTER (WHERE by > 0) - count(s) FILTER (WHERE by < 0), coalesce(sum(s * by), 0),
        coalesce(sum(by) FILTER (WHERE s = 1), 0), coalesce(sum(by) FILTER (WHERE s = 2), 0),
        coalesce(sum(by) FILTER (WHERE s = 3), 0), coalesce(sum(by) FILTER (WHERE s = 4), 0),
        coalesce(sum(by) FILTER (WHERE s = 5), 0)
    FROM (VALUES (was, -1), (is_, 1)) AS change (s, by)
    ON CONFLICT (product_id) DO UPDATE SET count = f.count + EXCLUDED.count, total = f.total + EXCLUDED.total,
        stars_1 = f.stars_1 + EXCLUDED.stars_1, stars_2 = f.stars_2 + EXCLUDED.stars_2,
        stars_3 = f.stars_3 + EXCLUDED.stars_3, stars_4 = f.stars_4 + EXCLUDED.stars_4,
        stars_5 = f.stars_5 + EXCLUDED.stars_5;
    INSERT INTO review_pending (id, product_id) VALUES (gen_random_uuid(), about);
    RETURN NULL;
END $$;
CREATE TRIGGER review_counted AFTER INSERT OR UPDATE OR DELETE ON review
    FOR EACH ROW EXECUTE FUNCTION review_counted();
"""

# Pages show reviews and, on cards, what they come to. Nobody sees who reported one, and why.
_TELL = """
CREATE FUNCTION review_page_news() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE tags text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT 'product:' || product_id) INTO tags
        FROM (SELECT product_id FROM fresh WHERE shown LIMIT 101) c;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT 'product:' || product_id) INTO tags
        FROM (SELECT product_id FROM stale WHERE shown LIMIT 101) c;
    ELSE
        SELECT array_agg(DISTINCT 'product:' || product_id) INTO tags
        FROM (
            SELECT n.product_id FROM stale o JOIN fresh n USING (id)
            WHERE (o.shown OR n.shown) AND to_jsonb(o) - 'reported_at' - 'report_reason'
                IS DISTINCT FROM to_jsonb(n) - 'reported_at' - 'report_reason'
            LIMIT 101
        ) c;
    END IF;
    PERFORM page_news(tags);
    RETURN NULL;
END $$;
"""
_EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS fresh",
    "UPDATE": "REFERENCING OLD TABLE AS stale NEW TABLE AS fresh",
    "DELETE": "REFERENCING OLD TABLE AS stale",
}


def upgrade() -> None:
    _reviews()
    op.create_table(
        "review_figures",
        sa.Column("product_id", sa.Uuid(), sa.ForeignKey("product.id", ondelete="CASCADE"), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in ("count", "total")],
        *[sa.Column(f"stars_{n}", sa.Integer(), nullable=False) for n in range(1, 6)],
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_table(
        "review_pending",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(_STANDS + _COUNT + _TELL)
    for event, referencing in _EVENTS.items():
        op.execute(
            f"CREATE TRIGGER review_page_news_{event.lower()} AFTER {event} ON review {referencing}"
            " FOR EACH STATEMENT EXECUTE FUNCTION review_page_news()"
        )
    op.add_column("search_document", sa.Column("rating", sa.String(), nullable=False, server_default="none"))
    op.add_column("search_document", sa.Column("rated", sa.SmallInteger(), nullable=False, server_default="0"))


def _reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), sa.ForeignKey("product.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.Column("report_reason", sa.String(), nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("hidden_reason", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), sa.Computed(SHOWN, persisted=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="review_stars"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "account_id", name="review_once"),
    )
    op.create_index(
        "review_newest", "review", ["product_id", sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("shown"),
    )
    op.create_index("review_by_person", "review", ["account_id", "product_id"])
    for name, column in (("review_reported", "reported_at"), ("review_hidden", "hidden_at")):
        op.create_index(
            name, "review", [sa.text(f"{column} DESC"), sa.text("id DESC")],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index(
        "review_latest", "review", [sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_column("search_document", "rated")
    op.drop_column("search_document", "rating")
    op.execute('DROP TRIGGER grant_review ON "grant"')
    op.execute("DROP TRIGGER partnership_review ON partnership")
    for table in TABLES:
        op.drop_table(table)
    for name in (
        "review_stands(uuid, uuid)", "review_follows_grant()", "review_follows_partnership()", "review_counted()",
        "review_page_news()",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {name}")
