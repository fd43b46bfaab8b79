"""Jobs without a picture, with more options, with hints, and found by when they ended.

Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply this revision."""
    _rebuild_jobs()
    _index_history()


def _rebuild_jobs() -> None:
    # SQLite cannot drop a NOT NULL, so this copies the rows to a new table that takes the old
    # one's place. It carries the indexes over, but not the trigger.
    with op.batch_alter_table("job", recreate="always") as job:
        job.alter_column("shape", existing_type=sa.Text(), nullable=True)
        job.alter_column("picture", existing_type=sa.Text(), nullable=True)
        for column, after in _new_columns():
            job.add_column(column, insert_after=after)
    op.execute(
        "CREATE TRIGGER job_delete BEFORE DELETE ON job "
        "BEGIN SELECT RAISE(ABORT, 'jobs are never deleted'); END"
    )


def _new_columns() -> list[tuple[sa.Column[object], str]]:
    return [
        (sa.Column("last_frame", sa.Text), "picture"),
        (sa.Column("audio", sa.Text), "last_frame"),
        (sa.Column("negative_prompt", sa.Text), "audio"),
        (sa.Column("resolution", sa.Text, nullable=False, server_default=""), "negative_prompt"),
        (sa.Column("sound", sa.Boolean, nullable=False, server_default=sa.false()), "resolution"),
        (sa.Column("hint", sa.JSON), "task"),
        (sa.Column("not_before", sa.BigInteger), "due_at"),
    ]


def _index_history() -> None:
    op.create_index(
        "job_delivered",
        "job",
        ["provider", "model", "finished_at"],
        sqlite_where=sa.text("state = 'delivered'"),
    )
    op.create_index(
        "job_finished", "job", ["finished_at"], sqlite_where=sa.text("finished_at IS NOT NULL")
    )
