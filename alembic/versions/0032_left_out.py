"""What an import couldn't bring into a course's draft, until its maker has read it"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_draft", sa.Column("left_out", JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("course_draft", "left_out")
