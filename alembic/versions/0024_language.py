"""The language that somebody reads, for their mails"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE account ADD COLUMN language varchar NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.execute("ALTER TABLE account DROP COLUMN language")
