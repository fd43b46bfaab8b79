"""Drafts: orders that were shown to their members before they are paid for; padded pictures.

Revises: 0008
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    "ALTER TABLE job ADD COLUMN inset JSON",
    """
    CREATE TABLE draft (
        id TEXT NOT NULL,
        guild_id BIGINT NOT NULL,
        member_id BIGINT NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        prompt TEXT NOT NULL,
        negative_prompt TEXT,
        seconds INTEGER NOT NULL,
        shape TEXT,
        resolution TEXT NOT NULL,
        sound BOOLEAN NOT NULL,
        seed BIGINT,
        audio TEXT,
        frames JSON NOT NULL,
        created_at BIGINT NOT NULL,
        job_id TEXT,
        CONSTRAINT pk_draft PRIMARY KEY (id),
        CONSTRAINT fk_draft_job_id FOREIGN KEY(job_id) REFERENCES job (id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX draft_of_member ON draft (guild_id, member_id, created_at)",
)


def upgrade() -> None:
    """Apply this revision."""
    for statement in STATEMENTS:
        op.execute(statement)
