"""A moment, a guild, a member and a job for tests to vary."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from storage import guilds, jobs, late, ledger
from storage.jobs import Job, JobState, NewJob

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
GUILD = 11
MEMBER = 22
LEASE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]
LOAD = (sys.executable, "-m", "tests.storage.load")
"""The command that starts a second process, from ROOT."""


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def new_job(interaction_id: int = 1, **changes: Any) -> NewJob:
    job: dict[str, Any] = {
        "guild_id": GUILD,
        "channel_id": 33,
        "member_id": MEMBER,
        "reply_id": None,
        "thread_id": None,
        "provider": "local",
        "model": "depth",
        "prompt": "slow zoom in, snow",
        "seconds": 5,
        "shape": "16:9",
        "seed": 7,
        "picture": "pictures/1.jpg",
        "price_credits": 8,
        "due_at": NOW,
    }
    return NewJob(interaction_id=interaction_id, **{**job, **changes})


def claimed(conn: sa.Connection, interaction_id: int = 1, **changes: Any) -> Job:
    """Make a job and claim it."""
    job = jobs.create(conn, new_job(interaction_id, **changes), now=NOW)
    [claim] = [
        each for each in jobs.claim_due(conn, now=NOW, lease=LEASE, limit=100) if each.id == job.id
    ]
    return claim


def credits(conn: sa.Connection) -> tuple[int, int]:
    """Posted and held."""
    account = ledger.account(conn, GUILD, MEMBER, now=NOW)
    return account.posted, account.held


def in_state(
    conn: sa.Connection,
    state: JobState,
    interaction_id: int = 1,
    **changes: Any,
) -> Job:
    """Make a job and lead it to a state by the shortest way."""
    if state is JobState.NEEDS_APPROVAL:
        guilds.change(conn, GUILD, approval_credits=0)
    job = claimed(conn, interaction_id, **changes)
    if state is JobState.NEEDS_APPROVAL:
        guilds.change(conn, GUILD, approval_credits=None)
    for step in PATHS[state]:
        job = jobs.update(conn, job, now=NOW, state=step, due_at=NOW, keep_lease=True)
    if state is JobState.LATE:
        reviewed = jobs.finish(
            conn, job, JobState.NEEDS_REVIEW, now=NOW, paid_credits=0, due_at=None
        )
        return late.resume(conn, reviewed, task={"id": "late"}, now=NOW)
    if state.is_terminal:
        job = jobs.finish(conn, job, state, now=NOW, paid_credits=0, due_at=None)
    return job


def plan(conn: sa.Connection, function: Callable[[sa.Connection], object]) -> list[str]:
    """Say how SQLite goes about the statements of a function."""
    statements: list[str] = []
    raw = cast("sqlite3.Connection", conn.connection.driver_connection)
    raw.set_trace_callback(statements.append)
    try:
        function(conn)
    finally:
        raw.set_trace_callback(None)
    return [
        row.detail
        for statement in statements
        for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
    ]


_TO_FETCHED = (JobState.SUBMITTING, JobState.RUNNING, JobState.FETCHED)
_TO_UNKNOWN = (JobState.SUBMITTING, JobState.UNKNOWN)
PATHS = {
    JobState.NEEDS_APPROVAL: (),
    JobState.QUEUED: (),
    JobState.SUBMITTING: _TO_FETCHED[:1],
    JobState.RUNNING: _TO_FETCHED[:2],
    JobState.FETCHED: _TO_FETCHED,
    JobState.UNKNOWN: _TO_UNKNOWN,
    JobState.DELIVERED: _TO_FETCHED,
    JobState.FAILED: (),
    JobState.CANCELLED: (),
    JobState.NEEDS_REVIEW: _TO_UNKNOWN,
    JobState.LATE: _TO_UNKNOWN,
}
