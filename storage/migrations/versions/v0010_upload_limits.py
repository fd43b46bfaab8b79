"""How large a file each place really takes.

Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

TABLE = """
    CREATE TABLE upload_limit (
        place_id BIGINT NOT NULL,
        said_bytes BIGINT NOT NULL,
        limit_bytes BIGINT NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT pk_upload_limit PRIMARY KEY (place_id),
        CONSTRAINT ck_upload_limit_limit CHECK (limit_bytes > 0 AND limit_bytes < said_bytes)
    ) WITHOUT ROWID
"""


def upgrade() -> None:
    """Apply this revision."""
    op.execute(TABLE)
