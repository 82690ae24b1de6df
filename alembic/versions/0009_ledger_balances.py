"""Balances kept beside the journal, and whose sale a platform's posting came out of"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"

# Sums of all postings: what the tables below hold, spread over shards.
BALANCES = f"""
    SELECT coalesce(p.owner_id, {NOBODY}), p.currency, p.account, {{shard}}, sum(p.amount_minor)::bigint
    FROM {{postings}} p GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
FLOWS = """
    SELECT coalesce(p.owner_id, p.about_id), p.currency, e.kind, p.account, {shard}, sum(p.amount_minor)::bigint
    FROM {postings} p JOIN ledger_entry e ON e.id = p.entry_id
    WHERE coalesce(p.owner_id, p.about_id) IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def upgrade() -> None:
    op.add_column("ledger_posting", sa.Column("memo", sa.String(), nullable=False, server_default=""))
    op.add_column("ledger_posting", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "ledger_posting_about_id_fkey", "ledger_posting", "account", ["about_id"], ["id"], ondelete="RESTRICT"
    )
    op.execute(
        """
        ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posting_append_only;
        UPDATE ledger_posting p SET about_id = sole.owner_id FROM (
            SELECT entry_id, (array_agg(DISTINCT owner_id))[1] AS owner_id FROM ledger_posting
            WHERE owner_id IS NOT NULL GROUP BY entry_id HAVING count(DISTINCT owner_id) = 1
        ) sole WHERE p.entry_id = sole.entry_id AND p.owner_id IS NULL;
        ALTER TABLE ledger_posting ENABLE TRIGGER ledger_posting_append_only;
        """
    )
    op.drop_index("ledger_posting_by_account", "ledger_posting")
    op.execute(
        "CREATE INDEX ledger_posting_by_owner ON ledger_posting (owner_id, currency, entry_id DESC)"
        " INCLUDE (account, amount_minor) WHERE owner_id IS NOT NULL"
    )
    _tables()
    op.execute(f"INSERT INTO ledger_balance {BALANCES.format(shard=0, postings='ledger_posting')}")
    op.execute(f"INSERT INTO ledger_flow {FLOWS.format(shard=0, postings='ledger_posting')}")
    _triggers()


def _tables() -> None:
    op.create_table(
        "ledger_balance",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "currency", "account", "shard"),
    )
    op.create_table(
        "ledger_flow",
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("creator_id", "currency", "kind", "account", "shard"),
    )
    for table in ("ledger_balance", "ledger_flow"):
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 60)")  # a changed sum stays on its page
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _triggers() -> None:
    """Each open transaction adds to shards of its own: it starts looking at its process's, and takes the first that no
    other open transaction has. So nobody waits for a sum, nor for anybody in a circle, and each transaction sees its
    own postings summed up at once."""
    op.execute(
        f"""
        CREATE FUNCTION ledger_posting_sums() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE mine int := pg_backend_pid() % 64;
        BEGIN
            FOR attempt IN 1..64 LOOP
                EXIT WHEN pg_try_advisory_xact_lock(723002, mine);
                mine := (mine + 1) % 64;
            END LOOP;
            INSERT INTO ledger_balance AS kept (owner_id, currency, account, shard, amount_minor)
            {BALANCES.format(shard="mine", postings="fresh")}
            ON CONFLICT (owner_id, currency, account, shard)
            DO UPDATE SET amount_minor = kept.amount_minor + excluded.amount_minor;
            INSERT INTO ledger_flow AS kept (creator_id, currency, kind, account, shard, amount_minor)
            {FLOWS.format(shard="mine", postings="fresh")}
            ON CONFLICT (creator_id, currency, kind, account, shard)
            DO UPDATE SET amount_minor = kept.amount_minor + excluded.amount_minor;
            RETURN NULL;
        END $$;
        CREATE TRIGGER ledger_posting_sums AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_sums();
        CREATE FUNCTION ledger_sums_are_derived() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF pg_trigger_depth() < 2 AND current_setting('ledger.rebuilding', true) IS DISTINCT FROM 'yes' THEN
                RAISE EXCEPTION '% changes by postings only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        """
    )
    for table in ("ledger_balance", "ledger_flow"):
        op.execute(
            f"CREATE TRIGGER {table}_is_derived BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_sums_are_derived()"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER ledger_posting_sums ON ledger_posting")
    op.execute("DROP FUNCTION ledger_posting_sums()")
    op.drop_table("ledger_flow")
    op.drop_table("ledger_balance")
    op.execute("DROP FUNCTION ledger_sums_are_derived()")
    op.drop_index("ledger_posting_by_owner", "ledger_posting")
    op.execute(
        "CREATE INDEX ledger_posting_by_account ON ledger_posting (account, owner_id, currency, id DESC)"
        " INCLUDE (amount_minor)"
    )
    op.drop_column("ledger_posting", "about_id")
    op.drop_column("ledger_posting", "memo")
