"""Payouts that creators ask for, and what the provider tells of each"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE payout ADD COLUMN failure_code varchar NOT NULL DEFAULT '',
            ADD COLUMN trace_id varchar NOT NULL DEFAULT '', ADD COLUMN automatic boolean NOT NULL DEFAULT true;
        CREATE INDEX payout_by_creator ON payout (creator_id, created_at DESC);
        CREATE TABLE payout_order (
            id uuid PRIMARY KEY, creator_id uuid NOT NULL REFERENCES account ON DELETE RESTRICT,
            account_id varchar NOT NULL, currency varchar NOT NULL, amount_minor bigint NOT NULL,
            state varchar NOT NULL, payout_id varchar UNIQUE, failure varchar NOT NULL,
            created_at timestamptz NOT NULL, done_at timestamptz,
            CONSTRAINT payout_order_positive CHECK (amount_minor > 0)
        );
        CREATE INDEX ix_payout_order_creator_id ON payout_order (creator_id);
        CREATE UNIQUE INDEX payout_order_open ON payout_order (creator_id, currency) WHERE state = 'asked';
        ALTER TABLE payout_order ENABLE ROW LEVEL SECURITY;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE payout_order;
        DROP INDEX payout_by_creator;
        ALTER TABLE payout DROP COLUMN failure_code, DROP COLUMN trace_id, DROP COLUMN automatic;
        """
    )
