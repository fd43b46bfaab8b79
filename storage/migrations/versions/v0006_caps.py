"""What a guild may set about spending: caps, and counters filled from the holds so far.

Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

COLUMNS = (
    "guild ADD COLUMN timezone TEXT DEFAULT 'UTC' NOT NULL",
    "guild ADD COLUMN roles_add_up BOOLEAN DEFAULT 0 NOT NULL",
    "guild ADD COLUMN price_percent INTEGER DEFAULT '100' NOT NULL"
    " CONSTRAINT ck_guild_price_percent CHECK (price_percent BETWEEN 1 AND 10000)",
    "guild ADD COLUMN approval_credits BIGINT",
    "guild ADD COLUMN manager_role_id BIGINT",
    "guild ADD COLUMN giving_ceiling BIGINT",
    "guild ADD COLUMN is_paused BOOLEAN DEFAULT 0 NOT NULL",
    "guild ADD COLUMN welcome_age_days INTEGER DEFAULT '3' NOT NULL",
    "guild ADD COLUMN refused_pays BOOLEAN DEFAULT 0 NOT NULL",
    "hold ADD COLUMN day TEXT DEFAULT '' NOT NULL",
    "hold ADD COLUMN billed_microdollars BIGINT DEFAULT '0' NOT NULL",
    "job ADD COLUMN parent_id BIGINT",
    "job ADD COLUMN price_percent INTEGER DEFAULT '100' NOT NULL",
    "job ADD COLUMN provider_microdollars BIGINT",
    "job ADD COLUMN refused_pays BOOLEAN DEFAULT 0 NOT NULL",
)
DAYS = """
    UPDATE hold SET
        day = (SELECT date(created_at / 1000000, 'unixepoch') FROM job WHERE job.id = hold.job_id),
        billed_microdollars = CASE WHEN state = 'held' THEN 0 ELSE coalesce(
            (SELECT billed_microdollars FROM job WHERE job.id = hold.job_id), 0) END
    WHERE EXISTS (SELECT 1 FROM job WHERE job.id = hold.job_id)
"""
HELD = "sum(CASE WHEN hold.state = 'held' THEN hold.credits ELSE 0 END), sum(captured_credits)"
COUNTED = "FROM hold JOIN job ON job.id = hold.job_id JOIN account ON account.id = hold.account_id"
SUBJECTS = {
    "guild": "''",
    "member": "CAST(account.id AS TEXT)",
    "channel": "CAST(job.channel_id AS TEXT)",
    "provider": "job.provider",
    "model": "job.provider || '/' || job.model",
}
OF_OWNER = """
    INSERT INTO spending (guild_id, scope, subject, day, held, spent)
    SELECT 0, 'owner', '', day, 0, sum(billed_microdollars) FROM hold WHERE day != '' GROUP BY day
"""


def upgrade() -> None:
    """Apply this revision."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE {column}")
    _make_tables()
    op.execute(DAYS)
    for scope, subject in SUBJECTS.items():
        op.execute(
            "INSERT INTO spending (guild_id, scope, subject, day, held, spent) "
            f"SELECT account.guild_id, '{scope}', {subject}, hold.day, {HELD} {COUNTED} "
            f"GROUP BY account.guild_id, {subject}, hold.day"
        )
    op.execute(OF_OWNER)


def _make_tables() -> None:
    op.create_table(
        "allowed_channel",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_allowed_channel"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cap",
        *_subject(),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "scope", "subject", "period", name="pk_cap"),
        sa.CheckConstraint(
            "scope IN ('member', 'role', 'channel', 'guild', 'provider', 'owner')",
            name="ck_cap_scope",
        ),
        sa.CheckConstraint("period IN ('job', 'day', 'week', 'month')", name="ck_cap_period"),
        sa.CheckConstraint("typeof(credits) = 'integer' AND credits >= 0", name="ck_cap_credits"),
        sa.CheckConstraint("(scope = 'owner') = (guild_id = 0)", name="ck_cap_owner"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spending",
        *_subject(),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("spent", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "scope", "subject", "day", name="pk_spending"),
        sa.CheckConstraint("held >= 0", name="ck_spending_held"),
        sa.CheckConstraint("spent >= 0", name="ck_spending_spent"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert",
        *_subject(),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("start", sa.Text, nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.BigInteger),
        sa.PrimaryKeyConstraint(
            "guild_id", "scope", "subject", "period", "start", "percent", name="pk_alert"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("alert_untold", "alert", ["at"], sqlite_where=sa.text("told_at IS NULL"))


def _subject() -> list[sa.Column[object]]:
    return [
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
    ]
