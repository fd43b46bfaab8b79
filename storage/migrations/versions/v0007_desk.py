"""The moderators' desk: acts, credits that expire, allowances and what members ask for.

Revises: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

COLUMNS = (
    "account ADD COLUMN awaits_welcome BOOLEAN DEFAULT 0 NOT NULL",
    "job ADD COLUMN approved_at BIGINT",
)
TABLES = (
    """
    CREATE TABLE act (
        guild_id BIGINT NOT NULL,
        number INTEGER NOT NULL,
        kind VARCHAR(16) NOT NULL,
        actor_account_id INTEGER NOT NULL,
        subject TEXT DEFAULT '' NOT NULL,
        "before" TEXT,
        "after" TEXT,
        reason_digest BLOB,
        undoes INTEGER,
        source TEXT,
        at BIGINT NOT NULL,
        digest BLOB NOT NULL,
        CONSTRAINT pk_act PRIMARY KEY (guild_id, number),
        CONSTRAINT fk_act_actor_account_id FOREIGN KEY(actor_account_id) REFERENCES account (id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE act_line (
        guild_id BIGINT NOT NULL,
        number INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        credits BIGINT NOT NULL,
        CONSTRAINT pk_act_line PRIMARY KEY (guild_id, number, account_id),
        CONSTRAINT fk_act_line_guild_id FOREIGN KEY(guild_id, number)
            REFERENCES act (guild_id, number),
        CONSTRAINT fk_act_line_account_id FOREIGN KEY(account_id) REFERENCES account (id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE act_reason (
        guild_id BIGINT NOT NULL,
        number INTEGER NOT NULL,
        salt BLOB NOT NULL,
        text TEXT NOT NULL,
        CONSTRAINT pk_act_reason PRIMARY KEY (guild_id, number),
        CONSTRAINT fk_act_reason_guild_id FOREIGN KEY(guild_id, number)
            REFERENCES act (guild_id, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE act_book (
        guild_id BIGINT NOT NULL,
        acts INTEGER NOT NULL,
        digest BLOB NOT NULL,
        CONSTRAINT pk_act_book PRIMARY KEY (guild_id)
    )
    """,
    """
    CREATE TABLE lot (
        id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        credits BIGINT NOT NULL,
        remaining BIGINT NOT NULL,
        expired BIGINT DEFAULT '0' NOT NULL,
        expires_at BIGINT NOT NULL,
        CONSTRAINT pk_lot PRIMARY KEY (id),
        CONSTRAINT fk_lot_account_id FOREIGN KEY(account_id, number)
            REFERENCES entry (account_id, number),
        CONSTRAINT ck_lot_remaining CHECK (remaining >= 0 AND expired >= 0),
        CONSTRAINT ck_lot_credits CHECK (remaining + expired <= credits)
    )
    """,
    """
    CREATE TABLE allowance (
        guild_id BIGINT NOT NULL,
        role_id BIGINT NOT NULL,
        period TEXT NOT NULL,
        credits BIGINT NOT NULL,
        carries_over BOOLEAN NOT NULL,
        CONSTRAINT pk_allowance PRIMARY KEY (guild_id, role_id, period),
        CONSTRAINT ck_allowance_credits CHECK (credits > 0)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE allowance_given (
        account_id INTEGER NOT NULL,
        period TEXT NOT NULL,
        start TEXT NOT NULL,
        credits BIGINT NOT NULL,
        CONSTRAINT pk_allowance_given PRIMARY KEY (account_id, period),
        CONSTRAINT fk_allowance_given_account_id FOREIGN KEY(account_id) REFERENCES account (id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE ask (
        id INTEGER NOT NULL,
        guild_id BIGINT NOT NULL,
        account_id INTEGER NOT NULL,
        kind VARCHAR(16) NOT NULL,
        job_id TEXT,
        credits BIGINT NOT NULL,
        text TEXT DEFAULT '' NOT NULL,
        state VARCHAR(16) NOT NULL,
        moderator_account_id INTEGER,
        granted BIGINT DEFAULT '0' NOT NULL,
        act INTEGER,
        channel_id BIGINT,
        message_id BIGINT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        decided_at BIGINT,
        CONSTRAINT pk_ask PRIMARY KEY (id),
        CONSTRAINT ck_ask_job CHECK ((kind = 'job') = (job_id IS NOT NULL)),
        CONSTRAINT ck_ask_decided CHECK ((state = 'open') = (decided_at IS NULL)),
        CONSTRAINT fk_ask_account_id FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT uq_ask_job_id UNIQUE (job_id),
        CONSTRAINT fk_ask_job_id FOREIGN KEY(job_id) REFERENCES job (id),
        CONSTRAINT fk_ask_moderator_account_id FOREIGN KEY(moderator_account_id)
            REFERENCES account (id)
    )
    """,
)
INDEXES = (
    "CREATE INDEX act_of_actor ON act (guild_id, actor_account_id, at)",
    "CREATE UNIQUE INDEX act_source ON act (guild_id, source)",
    "CREATE UNIQUE INDEX act_undone ON act (guild_id, undoes)",
    "CREATE INDEX act_line_of_account ON act_line (account_id)",
    "CREATE INDEX lot_due ON lot (expires_at, account_id) WHERE remaining > 0",
    "CREATE INDEX lot_left ON lot (account_id, expires_at) WHERE remaining > 0",
    "CREATE UNIQUE INDEX lot_of_entry ON lot (account_id, number)",
    "CREATE INDEX ask_of_account ON ask (account_id, created_at)",
    "CREATE UNIQUE INDEX ask_open ON ask (account_id) WHERE state = 'open' AND kind = 'credits'",
    "CREATE INDEX ask_pending ON ask (guild_id, created_at) WHERE state = 'open'",
)
ACTS, REASONS = "acts are never", "reasons are never"
GUARDS = (
    ("act", "UPDATE", f"{ACTS} edited"),
    ("act", "DELETE", f"{ACTS} deleted"),
    ("act_line", "UPDATE", f"{ACTS} edited"),
    ("act_line", "DELETE", f"{ACTS} deleted"),
    ("act_reason", "UPDATE", f"{REASONS} edited"),
)


def upgrade() -> None:
    """Apply this revision."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE {column}")
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
    for table, action, why in GUARDS:
        op.execute(
            f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
