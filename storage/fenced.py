"""The fenced write: how the holder of a claim, and nobody else, changes its job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa

from storage import job_schema, slots, turns
from storage.errors import StaleFence
from storage.job import NEXT_STATES, RUNNING_STATES, Job, JobState
from storage.moments import Moment
from storage.slots import NO_LIMITS, Limits
from storage.statements import Row, first

JOB_COLUMNS = tuple(column for column in job_schema.job.c if column.name not in ("woken", "turn"))


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


_IF_WOKEN = sa.case(
    (job_schema.job.c.woken, sa.bindparam("at_once", type_=Moment)),
    else_=sa.bindparam("otherwise", type_=Moment),
)
_AS_IT_WAS_READ = (
    job_schema.job.c.id == sa.bindparam("of_id"),
    job_schema.job.c.fence == sa.bindparam("of_fence"),
    job_schema.job.c.state == sa.bindparam("of_state"),
)


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
        due = {"at_once": now, "otherwise": due_at}
        return write(conn, job, state, values, computed={"due_at": _IF_WOKEN}, parameters=due)
    if due_at is not None:
        values["due_at"] = due_at
    return write(conn, job, state, values)


def write(
    conn: sa.Connection,
    job: Job,
    state: JobState | None,
    values: dict[str, Any],
    *,
    computed: Mapping[str, sa.ColumnElement[Any]] | None = None,
    parameters: Row | None = None,
    limits: Limits = NO_LIMITS,
) -> Job:
    """Write columns if the row still stands as it was read, and take or give back its slots.

    What is `computed` is made at import, of the row and of parameters.

    A job is neither queued again nor given up while it has a hint that the visit has not seen:
    the next visit will. Raises StaleFence, and ValueError where the state may not follow.
    """
    state = state or job.state
    if state is not job.state and state not in NEXT_STATES.get(job.state, ()):
        raise ValueError(f"a job that is {job.state} cannot become {state}")
    is_without_hint = state is not job.state and state in _WITHOUT_TASK and job.hint is None
    values = {**values, "state": state}
    statement = _writing(tuple(values), tuple((computed or {}).items()), is_without_hint)
    read = {"of_id": job.id, "of_fence": job.fence, "of_state": job.state}
    new = {f"new_{name}": value for name, value in values.items()}
    row = first(conn, statement, {**read, **new, **(parameters or {})})
    if row is None:
        raise StaleFence(job.id)
    written = as_job(row)
    if state is not job.state:
        _move(conn, written, job.state, limits)
    return written


@cache
def _writing(
    names: tuple[str, ...],
    computed: tuple[tuple[str, sa.ColumnElement[Any]], ...],
    is_without_hint: bool,
) -> sa.Update:
    columns = job_schema.job.c
    given = {name: sa.bindparam(f"new_{name}", type_=columns[name].type) for name in names}
    hint = [columns.hint.is_(None)] if is_without_hint else []
    statement = sa.update(job_schema.job).where(*_AS_IT_WAS_READ, *hint)
    return statement.values({**given, **dict(computed)}).returning(*JOB_COLUMNS)


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
