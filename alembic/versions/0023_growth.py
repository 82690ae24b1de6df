"""What search engines were told, where sales came from"""

import sqlalchemy as sa

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("index_mark", "subscriber", "letter", "letter_copy")


def upgrade() -> None:
    op.create_table(
        "index_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("product_by_change", "product", ["updated_at"], postgresql_where=sa.text("revision > 0"))
    op.create_index("ix_slug_history_created_at", "slug_history", ["created_at"])
    for column in ("source", "medium", "campaign"):
        op.add_column("order", sa.Column(column, sa.String(), nullable=False, server_default=sa.text("''")))
    for table in ("product", "product_draft"):
        op.add_column(table, sa.Column("before", sa.String(), nullable=False, server_default=sa.text("''")))
        op.add_column(table, sa.Column("opens_at", MOMENT, nullable=True))
    op.create_index("product_by_release", "product", ["opens_at"], postgresql_where=sa.text("before <> ''"))
    op.add_column("outgoing_mail", sa.Column("leave", sa.String(), nullable=False, server_default=sa.text("''")))
    _subscribers()
    _letters()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _subscribers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), sa.ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("product_id", sa.Uuid(), sa.ForeignKey("product.id", ondelete="CASCADE"), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, columns, unique, where in (
        ("subscriber_of_product", ["product_id", "email"], True, "product_id IS NOT NULL"),
        ("subscriber_of_creator", ["creator_id", "email"], True, "product_id IS NULL"),
        ("subscriber_by_list", ["creator_id", "product_id", "id"], False, "confirmed_at IS NOT NULL"),
        ("subscriber_unconfirmed", ["asked_at"], False, "confirmed_at IS NULL"),
        (
            "subscriber_to_tell", ["product_id", "id"], False,
            "confirmed_at IS NOT NULL AND told_at IS NULL AND product_id IS NOT NULL",
        ),
    ):  # fmt: skip
        op.create_index(name, "subscriber", columns, unique=unique, postgresql_where=sa.text(where))
    op.create_index("subscriber_by_email", "subscriber", ["email"])


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), sa.ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body_md", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("letter_by_creator", "letter", ["creator_id", sa.text("id DESC")])
    op.create_index("letter_sending", "letter", ["queued_at"], postgresql_where=sa.text("state = 'sending'"))
    op.create_table(
        "letter_copy",
        sa.Column("letter_id", sa.Uuid(), sa.ForeignKey("letter.id", ondelete="CASCADE"), nullable=False),
        sa.Column("subscriber_id", sa.Uuid(), nullable=False),
        sa.Column("mail_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "subscriber_id"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("outgoing_mail", "leave")
    op.drop_index("product_by_release", "product")
    for table in ("product_draft", "product"):
        op.drop_column(table, "opens_at")
        op.drop_column(table, "before")
    for column in ("campaign", "medium", "source"):
        op.drop_column("order", column)
    op.drop_index("ix_slug_history_created_at", "slug_history")
    op.drop_index("product_by_change", "product")
