"""Transcripts of videos, and learners' notes and bookmarks"""

import sqlalchemy as sa

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("transcript", "note")
# What is said, without times and marks: as marketplace.domain.media.transcripts.words has it.
KNOWN = r"""
INSERT INTO transcript (video_id, language, label, vtt, words, updated_at)
SELECT video_id, language, label, vtt,
       btrim(regexp_replace(regexp_replace(regexp_replace(vtt, '^WEBVTT[^\n]*|(^|\n)[^\n]*-->[^\n]*', '', 'g'),
             '<[^>]*>', '', 'g'), '\s+', ' ', 'g')),
       created_at
FROM caption
"""


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("vtt", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("video_id", "language"),
    )
    op.execute(KNOWN)
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=True),
        sa.Column("at_s", sa.Integer(), nullable=True),
        sa.Column("bookmark", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.CheckConstraint("at_s IS NULL OR at_s >= 0", name="note_time"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "note_by_lesson", "note", ["account_id", "product_id", "lesson_id", "id"],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "note_by_course", "note", ["account_id", "product_id", sa.text("id DESC")],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )  # fmt: skip
    op.create_index("note_deleted", "note", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL"))
    # Who jumps ahead is further than they can have watched.
    op.drop_constraint("block_progress_order", "block_progress")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("UPDATE block_progress SET furthest_s = position_s WHERE position_s > furthest_s")
    op.create_check_constraint("block_progress_order", "block_progress", "furthest_s >= position_s")
    for table in reversed(TABLES):
        op.drop_table(table)
