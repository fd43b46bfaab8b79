"""The moderators' channel of a guild, and what they decide about jobs nobody can tell about.

Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply this revision."""
    op.execute("ALTER TABLE guild ADD COLUMN log_channel_id BIGINT")
    op.create_table(
        "review",
        sa.Column("job_id", sa.Text, sa.ForeignKey("job.id", name="fk_review_job_id")),
        sa.Column("told_at", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("verdict", sa.String(16)),
        sa.Column("moderator_id", sa.BigInteger),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("next_job_id", sa.Text, sa.ForeignKey("job.id", name="fk_review_next_job_id")),
        sa.Column("resumed_at", sa.BigInteger),
        sa.Column("lost_tasks", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("job_id", name="pk_review"),
        sa.CheckConstraint(
            "(verdict IS NULL) = (moderator_id IS NULL)", name="ck_review_moderator"
        ),
        sqlite_with_rowid=False,
    )
