"""Where extras are posted, and of which clips they were made.

Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    """
    CREATE TABLE extra (
        id BIGINT NOT NULL,
        guild_id BIGINT NOT NULL,
        job_id TEXT NOT NULL,
        other_id TEXT,
        place_id BIGINT NOT NULL,
        message_id BIGINT,
        file TEXT,
        made_at BIGINT NOT NULL,
        is_removed BOOLEAN DEFAULT 0 NOT NULL,
        CONSTRAINT pk_extra PRIMARY KEY (id),
        CONSTRAINT fk_extra_job_id FOREIGN KEY(job_id) REFERENCES job (id),
        CONSTRAINT fk_extra_other_id FOREIGN KEY(other_id) REFERENCES job (id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX extra_of_job ON extra (job_id)",
    "CREATE INDEX extra_of_other ON extra (other_id)",
    "CREATE INDEX extra_of_file ON extra (file)",
    "CREATE INDEX extra_removed ON extra (made_at) WHERE is_removed",
)


def upgrade() -> None:
    """Apply this revision."""
    for statement in STATEMENTS:
        op.execute(statement)
