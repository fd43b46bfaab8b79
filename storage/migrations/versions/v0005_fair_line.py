"""Turns in the line before a provider, and slot accounts, filled for the jobs that run.

Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# As if the line had begun anew: each member's first, then each member's second.
TURNS = """
    UPDATE job SET turn = (
        SELECT count(*) FROM job AS earlier
        WHERE earlier.guild_id = job.guild_id AND earlier.member_id = job.member_id
            AND earlier.provider = job.provider AND earlier.state = 'queued'
            AND (earlier.created_at, earlier.id) < (job.created_at, job.id))
    WHERE state = 'queued'
"""
RUNS = "state IN ('submitting', 'running', 'unknown')"
ACCOUNTS = (
    "INSERT INTO slot_account (kind, provider, taken) "
    f"SELECT 'provider', provider, count(*) FROM job WHERE {RUNS} GROUP BY provider",
    "INSERT INTO slot_account (kind, guild_id, taken) "
    f"SELECT 'guild', guild_id, count(*) FROM job WHERE {RUNS} GROUP BY guild_id",
    "INSERT INTO slot_account (kind, guild_id, member_id, taken) "
    "SELECT 'member', guild_id, member_id, count(*) "
    f"FROM job WHERE {RUNS} GROUP BY guild_id, member_id",
)
SLOTS = f"""
    INSERT INTO slot (job_id, account_id)
    SELECT job.id, slot_account.id FROM job JOIN slot_account ON
        (kind = 'provider' AND slot_account.provider = job.provider)
        OR (kind = 'guild' AND slot_account.guild_id = job.guild_id)
        OR (kind = 'member' AND slot_account.guild_id = job.guild_id
            AND slot_account.member_id = job.member_id)
    WHERE {RUNS}
"""


def upgrade() -> None:
    """Apply this revision."""
    op.execute("ALTER TABLE job ADD COLUMN turn INTEGER DEFAULT '0' NOT NULL")
    op.execute(TURNS)
    _index()
    _make_tables()
    for statement in (*ACCOUNTS, SLOTS):
        op.execute(statement)


def _index() -> None:
    for name in ("job_due", "job_line"):
        op.drop_index(name, "job")
    for name, columns, condition in (
        (
            "job_due",
            ["due_at"],
            "due_at IS NOT NULL AND (state != 'queued' OR status_id IS NOT NULL)",
        ),
        (
            "job_line",
            ["turn", "created_at", "id", "guild_id", "member_id", "state", "status_id"],
            "state = 'queued' AND status_id IS NOT NULL",
        ),
        (
            "job_unopened",
            ["guild_id", "member_id", "turn", "created_at", "id"],
            "state = 'queued' AND status_id IS NULL",
        ),
        (
            "job_turn",
            ["guild_id", "member_id", "turn"],
            "state IN ('queued', 'submitting', 'running', 'unknown')",
        ),
    ):
        op.create_index(name, "job", ["provider", *columns], sqlite_where=sa.text(condition))


def _make_tables() -> None:
    op.create_table(
        "line",
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_line"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slot_account",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False, server_default=""),
        sa.Column("guild_id", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("member_id", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_slot_account"),
        sa.UniqueConstraint(
            "kind", "provider", "guild_id", "member_id", name="uq_slot_account_kind"
        ),
        sa.CheckConstraint("taken >= 0", name="ck_slot_account_taken"),
        sa.CheckConstraint("taken <= capacity", name="ck_slot_account_capacity"),
    )
    op.create_table(
        "slot",
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "account_id", name="pk_slot"),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_slot_job_id"),
        sa.ForeignKeyConstraint(["account_id"], ["slot_account.id"], name="fk_slot_account_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("slot_of_account", "slot", ["account_id"])
