"""The fenced write: how the holder of a claim, and nobody else, changes its job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa

from storage import schema, slots, turns
from storage.errors import StaleFence
from storage.job import NEXT_STATES, RUNNING_STATES, Job, JobState
from storage.moments import Moment
from storage.slots import NO_LIMITS, Limits
from storage.statements import Row

JOB_COLUMNS = tuple(column for column in schema.job.c if column.name not in ("woken", "turn"))


class Changes(TypedDict, total=False):
    """What a visit may write on its job beside the state."""

    reply_id: int | None
    thread_id: int | None
    status_id: int | None
    clip_id: int | None
    task: dict[str, str | int] | None
    clip: str | None
    progress: float | None
    failure: str | None
    billed_microdollars: int | None
    started_at: datetime | None
    not_before: datetime | None


_WITHOUT_TASK = frozenset({JobState.QUEUED, JobState.NEEDS_REVIEW})
"""Where a visit leads a job after it found no task."""


def as_job(row: Row) -> Job:
    """Turn a row of JOB_COLUMNS into a job."""
    return Job(**row)


def update(
    conn: sa.Connection,
    job: Job,
    *,
    now: datetime,
    state: JobState | None = None,
    due_at: datetime | None,
    keep_lease: bool = False,
    **changes: Unpack[Changes],
) -> Job:
    """Write what a visit found out, and give the row back until `due_at`.

    Whoever woke the row during the visit keeps it due now. In the middle of a visit, `keep_lease`
    holds on to the row; there, a `due_at` of None leaves the row due as it was, so that a crash
    cannot lose it. Raises StaleFence, and ValueError for a change no visit may make: only
    `finish` ends a job.
    """
    unknown = changes.keys() - Changes.__annotations__.keys()
    if unknown:
        raise ValueError(f"a visit does not change {', '.join(sorted(unknown))}")
    if state is not None and state.is_terminal:
        raise ValueError(f"only finish() makes a job {state}")
    values: dict[str, Any] = dict(changes)
    if not keep_lease:
        values |= {"lease_until": None, "woken": False}
        values["due_at"] = sa.case((schema.job.c.woken, _moment(now)), else_=_moment(due_at))
    elif due_at is not None:
        values["due_at"] = due_at
    return write(conn, job, state, values)


def write(
    conn: sa.Connection,
    job: Job,
    state: JobState | None,
    values: dict[str, Any],
    *,
    limits: Limits = NO_LIMITS,
) -> Job:
    """Write columns if the row still stands as it was read, and take or give back its slots.

    A job is neither queued again nor given up while it has a hint that the visit has not seen:
    the next visit will. Raises StaleFence, and ValueError where the state may not follow.
    """
    state = state or job.state
    if state is not job.state and state not in NEXT_STATES.get(job.state, ()):
        raise ValueError(f"a job that is {job.state} cannot become {state}")
    as_it_was_read = [
        schema.job.c.id == job.id,
        schema.job.c.fence == job.fence,
        schema.job.c.state == job.state,
    ]
    if state is not job.state and state in _WITHOUT_TASK and job.hint is None:
        as_it_was_read.append(schema.job.c.hint.is_(None))
    statement = (
        sa.update(schema.job)
        .where(*as_it_was_read)
        .values({**values, "state": state})
        .returning(*JOB_COLUMNS)
    )
    row = conn.execute(statement).one_or_none()
    if row is None:
        raise StaleFence(job.id)
    written = as_job(row._asdict())
    if state is not job.state:
        _move(conn, written, job.state, limits)
    return written


def _move(conn: sa.Connection, job: Job, before: JobState, limits: Limits) -> None:
    """Keep line and slots as they follow from the states."""
    runs, ran = job.state in RUNNING_STATES, before in RUNNING_STATES
    if runs and not ran:
        slots.take(conn, job, limits)
        turns.began(conn, job)
    elif ran and not runs:
        slots.give_back(conn, job)
    elif before is JobState.QUEUED:
        turns.left(conn, job)


def _moment(value: datetime | None) -> sa.ColumnElement[datetime]:
    return sa.literal(value, Moment)
