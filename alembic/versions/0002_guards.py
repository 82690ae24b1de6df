"""What the database itself enforces: balanced entries, an append-only journal, row-level security"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_entry", "ledger_posting", "audit_event")

# (table, condition under which a signed-in Supabase user may read a row through the public Data API)
OWN_ROWS = (
    ("account", "auth_id = (select auth.uid())"),
    ("product", "state = 'published'"),
    ("order", 'buyer_id = (select id from account where auth_id = (select auth.uid()))'),
    ("grant", 'account_id = (select id from account where auth_id = (select auth.uid()))'),
    ("progress", 'account_id = (select id from account where auth_id = (select auth.uid()))'),
)

LOCKED = (
    "account", "session", "auth_ticket", "auth_flow", "rate_window", "video", "image", "caption", "product",
    "product_draft", "slug_history", "progress", "grant", "order", "order_line", "refund", "transfer", "reversal",
    "ledger_entry", "ledger_posting", "merchant", "payout", "webhook_event", "sweep_mark", "outgoing_mail",
    "audit_event", "alembic_version",
)  # fmt: skip


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.entry_id
                       GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
                RAISE EXCEPTION 'ledger entry % does not sum to zero', NEW.entry_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
        CREATE FUNCTION ledger_entry_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT count(*) FROM ledger_posting WHERE entry_id = NEW.id) < 2 THEN
                RAISE EXCEPTION 'ledger entry % has fewer than two postings', NEW.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER ledger_entry_complete AFTER INSERT ON ledger_entry
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_has_postings();
        CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% rows can be neither changed nor deleted', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$;
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
    op.execute("ALTER TABLE ledger_posting ADD CONSTRAINT posting_not_zero CHECK (amount_minor <> 0)")
    op.execute(
        """
        CREATE SCHEMA IF NOT EXISTS auth;
        DO $$ BEGIN
            IF to_regprocedure('auth.uid()') IS NULL THEN
                CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
                    $f$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $f$;
            END IF;
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'authenticated') THEN
                BEGIN
                    CREATE ROLE authenticated NOLOGIN;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END;
            END IF;
        END $$;
        """
    )
    for table in LOCKED:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    for table, condition in OWN_ROWS:
        op.execute(f'CREATE POLICY "{table}_read" ON "{table}" FOR SELECT TO authenticated USING ({condition})')


def downgrade() -> None:
    for table, _ in OWN_ROWS:
        op.execute(f'DROP POLICY "{table}_read" ON "{table}"')
    for table in LOCKED:
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    op.execute("ALTER TABLE ledger_posting DROP CONSTRAINT posting_not_zero")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP TRIGGER ledger_posting_balances ON ledger_posting")
    op.execute("DROP TRIGGER ledger_entry_complete ON ledger_entry")
    for function in ("ledger_entry_balances", "ledger_entry_has_postings", "append_only"):
        op.execute(f"DROP FUNCTION {function}()")
