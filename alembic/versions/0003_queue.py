"""The job queue's tables and functions, as the pinned procrastinate ships them"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The driver's own cursor: SQLAlchemy would read the colons and percent signs in it as parameters.
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema().encode())
    for table in ("jobs", "events", "periodic_defers", "workers"):
        op.execute(f"ALTER TABLE procrastinate_{table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs, procrastinate_workers CASCADE;
        DO $$ DECLARE item record; BEGIN
            FOR item IN SELECT p.oid::regprocedure AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                        WHERE n.nspname = current_schema() AND p.proname LIKE 'procrastinate%' LOOP
                EXECUTE 'DROP FUNCTION ' || item.f || ' CASCADE';
            END LOOP;
            FOR item IN SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                        WHERE n.nspname = current_schema() AND t.typname LIKE 'procrastinate%' LOOP
                EXECUTE 'DROP TYPE IF EXISTS ' || item.typname || ' CASCADE';
            END LOOP;
        END $$;
        """
    )
