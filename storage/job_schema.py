"""The tables of jobs, beside those of `storage.schema`.

job        one member's request and how far it has come
review     what the moderators are shown, and decide, of a job nobody can tell about
"""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table

from storage.job import JobState
from storage.moments import Moment
from storage.schema import metadata, one_of
from storage.triggers import guard


class Verdict(enum.StrEnum):
    """What a moderator decided about a job of which nobody can tell whether it ran."""

    RAN = "ran"
    NEVER_RAN = "never_ran"
    RUN_AGAIN = "run_again"


job = Table(
    "job",
    metadata,
    # Every job has its hold, so no path can make one that nobody pays for.
    Column("id", ForeignKey("hold.job_id"), primary_key=True),
    Column("interaction_id", sa.BigInteger, nullable=False, unique=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("channel_id", sa.BigInteger, nullable=False),
    Column("member_id", sa.BigInteger, nullable=False),
    Column("reply_id", sa.BigInteger),
    Column("thread_id", sa.BigInteger),
    Column("provider", sa.Text, nullable=False),
    Column("model", sa.Text, nullable=False),
    Column("prompt", sa.Text, nullable=False),
    Column("seconds", sa.Integer, nullable=False),
    Column("shape", sa.Text),
    Column("seed", sa.BigInteger, nullable=False),
    Column("picture", sa.Text),
    Column("last_frame", sa.Text),
    Column("audio", sa.Text),
    Column("negative_prompt", sa.Text),
    Column("resolution", sa.Text, nullable=False, server_default=""),
    Column("sound", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("price_credits", sa.BigInteger, nullable=False),
    Column(
        "state",
        one_of(JobState, "state", is_closed=False),
        nullable=False,
        server_default=JobState.QUEUED,
    ),
    Column("status_id", sa.BigInteger),
    Column("clip_id", sa.BigInteger),
    Column("task", sa.JSON(none_as_null=True)),
    Column("hint", sa.JSON(none_as_null=True)),
    Column("clip", sa.Text),
    Column("progress", sa.Float),
    Column("failure", sa.Text),
    Column("billed_microdollars", sa.BigInteger),
    Column("paid_credits", sa.BigInteger),
    Column("cancel_requested", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("due_at", Moment),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    # Somebody woke the row during a visit, so the visit's end must not put it to sleep.
    Column("woken", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("fence", sa.Integer, nullable=False, server_default="0"),
    Column("visits", sa.Integer, nullable=False, server_default="0"),
    # Its round in the line before the provider: `storage.line`.
    Column("turn", sa.Integer, nullable=False, server_default="0"),
    Column("parent_id", sa.BigInteger),
    Column("price_percent", sa.Integer, nullable=False, server_default="100"),
    Column("provider_microdollars", sa.BigInteger),
    Column("refused_pays", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("approved_at", Moment),
    # Where the member's picture lies in the one that is sent, if that was padded.
    Column("inset", sa.JSON(none_as_null=True)),
)

review = Table(
    "review",
    metadata,
    Column("job_id", ForeignKey("job.id"), primary_key=True),
    Column("told_at", Moment),
    # Where the card stands.
    Column("channel_id", sa.BigInteger),
    Column("message_id", sa.BigInteger),
    Column("verdict", one_of(Verdict, "verdict", is_closed=False)),
    Column("moderator_id", sa.BigInteger),
    Column("decided_at", Moment),
    Column("next_job_id", ForeignKey("job.id")),
    Column("resumed_at", Moment),
    Column("lost_tasks", sa.Integer, nullable=False, server_default="0"),
    CheckConstraint("(verdict IS NULL) = (moderator_id IS NULL)", name="moderator"),
    sqlite_with_rowid=False,
)

IS_DELIVERED = sa.text("state = 'delivered'")
IS_QUEUED = sa.text("state = 'queued'")
IS_IN_LINE = sa.text("state = 'queued' AND status_id IS NOT NULL")
IS_UNOPENED = sa.text("state = 'queued' AND status_id IS NULL")
IS_OPENED = sa.text("due_at IS NOT NULL AND (state != 'queued' OR status_id IS NOT NULL)")
TAKES_A_TURN = sa.text("state IN ('queued', 'submitting', 'running', 'unknown')")
"""Spelled out in index and query alike: only then does SQLite promise to use a partial index."""

# Partial indexes hold only living rows, so a claim costs the same after a million jobs.
Index("job_due", job.c.provider, job.c.due_at, sqlite_where=IS_OPENED)
Index("job_leased", job.c.lease_until, sqlite_where=job.c.lease_until.is_not(None))
_WHOSE = (job.c.guild_id, job.c.member_id)
_ARRIVAL = (job.c.turn, job.c.created_at, job.c.id)
# The last two make it covering, for counting those who stand before.
_STAND = (job.c.state, job.c.status_id)
Index("job_line", job.c.provider, *_ARRIVAL, *_WHOSE, *_STAND, sqlite_where=IS_IN_LINE)
Index("job_unopened", job.c.provider, *_WHOSE, *_ARRIVAL, sqlite_where=IS_UNOPENED)
Index("job_turn", job.c.provider, *_WHOSE, job.c.turn, sqlite_where=TAKES_A_TURN)
Index("job_of_member", job.c.guild_id, job.c.member_id, job.c.created_at)
# These two grow with history, and are read only at their end or over a few days.
Index("job_delivered", job.c.provider, job.c.model, job.c.finished_at, sqlite_where=IS_DELIVERED)
Index("job_finished", job.c.finished_at, sqlite_where=job.c.finished_at.is_not(None))

guard(job, delete="jobs are never deleted")
