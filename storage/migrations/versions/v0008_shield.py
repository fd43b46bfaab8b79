"""The shield: strikes, blocks, forbidden words, and reports about clips.

Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = ("guild ADD COLUMN age_rule VARCHAR(16) DEFAULT 'anywhere' NOT NULL",)
TABLES = (
    """
    CREATE TABLE strike (
        id INTEGER NOT NULL,
        guild_id BIGINT NOT NULL,
        account_id INTEGER NOT NULL,
        job_id TEXT,
        provider TEXT DEFAULT '' NOT NULL,
        number INTEGER NOT NULL,
        at BIGINT NOT NULL,
        until BIGINT,
        lifted_by INTEGER,
        CONSTRAINT pk_strike PRIMARY KEY (id),
        CONSTRAINT ck_strike_number CHECK (number > 0),
        CONSTRAINT fk_strike_account_id FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT uq_strike_job_id UNIQUE (job_id),
        CONSTRAINT fk_strike_job_id FOREIGN KEY(job_id) REFERENCES job (id)
    )
    """,
    """
    CREATE TABLE block (
        account_id INTEGER NOT NULL,
        guild_id BIGINT NOT NULL,
        kind VARCHAR(16) NOT NULL,
        since BIGINT NOT NULL,
        until BIGINT,
        act INTEGER,
        CONSTRAINT pk_block PRIMARY KEY (account_id),
        CONSTRAINT fk_block_account_id FOREIGN KEY(account_id) REFERENCES account (id)
    )
    """,
    """
    CREATE TABLE brake (
        guild_id BIGINT NOT NULL,
        provider TEXT NOT NULL,
        until BIGINT NOT NULL,
        is_told BOOLEAN DEFAULT 0 NOT NULL,
        CONSTRAINT pk_brake PRIMARY KEY (guild_id, provider)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE forbidden_word (
        guild_id BIGINT NOT NULL,
        folded TEXT NOT NULL,
        word TEXT NOT NULL,
        CONSTRAINT pk_forbidden_word PRIMARY KEY (guild_id, folded)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE report_case (
        job_id TEXT NOT NULL,
        guild_id BIGINT NOT NULL,
        state VARCHAR(16) NOT NULL,
        clip_channel_id BIGINT,
        clip_message_id BIGINT,
        channel_id BIGINT,
        message_id BIGINT,
        moderator_account_id INTEGER,
        decided_at BIGINT,
        CONSTRAINT pk_report_case PRIMARY KEY (job_id),
        CONSTRAINT ck_report_case_decided CHECK ((state = 'open') = (decided_at IS NULL)),
        CONSTRAINT fk_report_case_job_id FOREIGN KEY(job_id) REFERENCES job (id),
        CONSTRAINT fk_report_case_moderator_account_id FOREIGN KEY(moderator_account_id)
            REFERENCES account (id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE report (
        job_id TEXT NOT NULL,
        reporter_account_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT pk_report PRIMARY KEY (job_id, reporter_account_id),
        CONSTRAINT fk_report_job_id FOREIGN KEY(job_id) REFERENCES report_case (job_id),
        CONSTRAINT fk_report_reporter_account_id FOREIGN KEY(reporter_account_id)
            REFERENCES account (id)
    ) WITHOUT ROWID
    """,
)
INDEXES = (
    "CREATE INDEX strike_of_account ON strike (account_id, at)",
    "CREATE INDEX strike_at_provider ON strike (guild_id, provider, at)",
    "CREATE INDEX block_of_guild ON block (guild_id, since)",
    "CREATE INDEX brake_untold ON brake (until) WHERE NOT is_told",
    "CREATE INDEX report_of_account ON report (reporter_account_id)",
)


def upgrade() -> None:
    """Apply this revision."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE {column}")
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
