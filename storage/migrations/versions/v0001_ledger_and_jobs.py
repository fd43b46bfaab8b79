"""Accounts, holds, entries and jobs.

Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply this revision."""
    _make_settings()
    _make_ledger()
    _make_jobs()
    _guard_history()


def _make_settings() -> None:
    op.create_table(
        "guild",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("starting_credits", sa.Integer, nullable=False, server_default="100"),
        sa.CheckConstraint("starting_credits >= 0", name="starting_credits"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _make_ledger() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("posted", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("held", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("entries", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("guild_id", "kind", "member_id"),
        sa.CheckConstraint("held >= 0", name="held"),
        sa.CheckConstraint("kind = 'house' OR posted >= held", name="available"),
        sa.CheckConstraint("(kind = 'house') = (member_id = 0)", name="house"),
        sa.CheckConstraint("kind IN ('member', 'house')", name="kind"),
    )
    op.create_table(
        "hold",
        sa.Column("job_id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("captured_credits", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("credits >= 0", name="credits"),
        sa.CheckConstraint("captured_credits BETWEEN 0 AND credits", name="captured_credits"),
        sa.CheckConstraint("state = 'captured' OR captured_credits = 0", name="uncaptured"),
        sa.CheckConstraint("state IN ('held', 'captured', 'released')", name="state"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("phase", sa.String(16), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("posted_change", sa.BigInteger, nullable=False),
        sa.Column("held_change", sa.BigInteger, nullable=False),
        sa.Column("posted_after", sa.BigInteger, nullable=False),
        sa.Column("held_after", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", "number"),
        sqlite_with_rowid=False,
    )


def _make_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text, sa.ForeignKey("hold.job_id"), primary_key=True),
        sa.Column("interaction_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("reply_id", sa.BigInteger),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("picture", sa.Text, nullable=False),
        sa.Column("price_credits", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, server_default="queued"),
        sa.Column("status_id", sa.BigInteger),
        sa.Column("clip_id", sa.BigInteger),
        sa.Column("task", sa.JSON),
        sa.Column("clip", sa.Text),
        sa.Column("progress", sa.Float),
        sa.Column("failure", sa.Text),
        sa.Column("billed_microdollars", sa.BigInteger),
        sa.Column("paid_credits", sa.BigInteger),
        sa.Column("cancel_requested", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("woken", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
        sa.Column("visits", sa.Integer, nullable=False, server_default="0"),
    )
    _index_jobs()


def _index_jobs() -> None:
    op.create_index("job_due", "job", ["due_at"], sqlite_where=sa.text("due_at IS NOT NULL"))
    op.create_index(
        "job_leased", "job", ["lease_until"], sqlite_where=sa.text("lease_until IS NOT NULL")
    )
    op.create_index(
        "job_line",
        "job",
        ["provider", "state", "created_at"],
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("job_of_member", "job", ["guild_id", "member_id", "created_at"])


def _guard_history() -> None:
    for name, event, table, why in (
        ("entry_update", "UPDATE", "entry", "entries are never edited"),
        ("entry_delete", "DELETE", "entry", "entries are never deleted"),
        ("hold_delete", "DELETE", "hold", "holds are never deleted"),
        ("job_delete", "DELETE", "job", "jobs are never deleted"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
