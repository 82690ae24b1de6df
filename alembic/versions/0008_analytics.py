"""What was sold and looked at, added up for creators; sales made before are added up here"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    "sale_event", "sale_pending", "stats_day", "stats_product_day", "stats_product_month", "customer", "customer_spend",
    "visit", "visit_salt",
)  # fmt: skip
FIGURES = (
    "sales", "units", "buyers", "gross_minor", "net_minor", "discount_minor", "refunds", "refunded_minor",
    "refunded_net_minor",
)  # fmt: skip
WORDS = "to_tsvector('simple', translate(name || ' ' || email, '.@_-+/:', '       '))"


def _figures(*more: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in (*FIGURES, *more)]


def _person(name: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(name, sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([name], ["account.id"], ondelete="RESTRICT"),
    ]


def upgrade() -> None:
    op.create_table(
        "sale_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        *_person("creator_id"),
        *_person("buyer_id"),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_figures(),
    )
    op.create_index("sale_event_by_creator", "sale_event", ["creator_id", "at", "id"])
    op.create_index("sale_event_by_buyer", "sale_event", ["creator_id", "buyer_id", "product_id"])
    op.create_table(
        "sale_pending",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["sale_event.id"], ondelete="RESTRICT"),
    )
    op.create_index("sale_pending_by_creator", "sale_pending", ["creator_id"])
    op.create_table(
        "stats_day",
        *_person("creator_id"),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_figures("visitors"),
        sa.PrimaryKeyConstraint("creator_id", "currency", "day"),
    )
    op.create_table(
        "stats_product_day",
        *_person("creator_id"),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_figures("visitors"),
        sa.PrimaryKeyConstraint("creator_id", "currency", "product_id", "day"),
    )
    op.create_index("stats_product_day_by_day", "stats_product_day", ["creator_id", "currency", "day"])
    op.create_table(
        "stats_product_month",
        *_person("creator_id"),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        *_figures("visitors"),
        sa.PrimaryKeyConstraint("creator_id", "currency", "day", "product_id"),
    )
    op.create_table(
        "customer",
        *_person("creator_id"),
        *_person("buyer_id"),
        sa.Column("purchases", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("creator_id", "buyer_id"),
    )
    op.create_index("customer_recent", "customer", ["creator_id", sa.text("last_at DESC"), sa.text("buyer_id DESC")])
    op.create_table(
        "customer_spend",
        *_person("creator_id"),
        *_person("buyer_id"),
        sa.Column("currency", sa.String(), nullable=False),
        *[
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("purchases", "spent_minor", "refunded_minor", "kept_minor")
        ],
        sa.PrimaryKeyConstraint("creator_id", "buyer_id", "currency"),
    )
    op.create_index(
        "customer_spend_most",
        "customer_spend",
        ["creator_id", "currency", sa.text("kept_minor DESC"), sa.text("buyer_id DESC")],
    )
    op.create_table(
        "visit",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", "day", "visitor"),
    )
    op.create_table(
        "visit_salt", sa.Column("day", sa.Date(), primary_key=True), sa.Column("salt", sa.String(), nullable=False)
    )
    op.create_index(
        "account_words", "account", [sa.text(WORDS)], postgresql_using="gin",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )  # fmt: skip
    op.execute(
        "CREATE TRIGGER sale_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sale_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    _earlier_sales()
    _sums()


def _earlier_sales() -> None:
    """The same events, with the same keys, as booking them writes from now on. Refunds that failed left no trace."""
    names = "id, key, creator_id, buyer_id, product_id, line_id, currency, at, day, " + ", ".join(FIGURES)
    op.execute(
        f"""
        INSERT INTO sale_event ({names})
        SELECT gen_random_uuid(), 'sale:' || l.id, l.creator_id, l.buyer_id, l.product_id, l.id, l.currency, o.paid_at,
               (o.paid_at AT TIME ZONE 'UTC')::date, 1, 1,
               CASE WHEN row_number() OVER (PARTITION BY l.creator_id, l.buyer_id, l.product_id ORDER BY o.paid_at, l.id)
                    = 1 THEN 1 ELSE 0 END,
               l.amount_minor, s.amount_minor, l.discount_minor, 0, 0, 0
        FROM order_line l JOIN "order" o ON o.id = l.order_id
        JOIN share s ON s.line_id = l.id AND s.role = 'creator' WHERE o.state = 'paid' AND o.paid_at IS NOT NULL
        """
    )
    op.execute(
        f"""
        INSERT INTO sale_event ({names})
        SELECT gen_random_uuid(), 'refund:' || r.id, l.creator_id, l.buyer_id, l.product_id, l.id, l.currency,
               r.created_at, (r.created_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 0, 0, 1, r.amount_minor - r.tax_minor, r.shares_minor
        FROM refund r JOIN order_line l ON l.id = r.line_id WHERE r.state IN ('pending', 'succeeded')
        """
    )


def _sums() -> None:
    sums = ", ".join(f"sum({name})" for name in FIGURES)
    names = ", ".join(FIGURES)
    for table, keys, day in (
        ("stats_day", "creator_id, currency, day", "day"),
        ("stats_product_day", "creator_id, currency, product_id, day", "day"),
        ("stats_product_month", "creator_id, currency, product_id, day", "date_trunc('month', day::timestamp)::date"),
    ):
        op.execute(
            f"INSERT INTO {table} ({keys}, {names}, visitors) SELECT {keys}, {sums}, 0 FROM"
            f" (SELECT creator_id, currency, product_id, {day} AS day, {names} FROM sale_event) e GROUP BY {keys}"
        )
    op.execute(
        "INSERT INTO customer (creator_id, buyer_id, purchases, first_at, last_at) SELECT creator_id, buyer_id, sum(sales),"
        " min(at) FILTER (WHERE sales > 0), max(at) FILTER (WHERE sales > 0) FROM sale_event GROUP BY 1, 2"
    )
    op.execute(
        "INSERT INTO customer_spend (creator_id, buyer_id, currency, purchases, spent_minor, refunded_minor, kept_minor)"
        " SELECT creator_id, buyer_id, currency, sum(sales), sum(gross_minor), sum(refunded_minor),"
        " sum(gross_minor - refunded_minor) FROM sale_event GROUP BY 1, 2, 3"
    )


def downgrade() -> None:
    op.drop_index("account_words", table_name="account")
    for table in reversed(TABLES):
        op.drop_table(table)
