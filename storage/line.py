"""The line before a provider: jobs are submitted in the order they came, a few at a time.

A job stands in line from the moment its status message is posted, so that a member always sees
where it stands.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import visits
from storage.fenced import write
from storage.job import RUNNING_STATES, Job, JobState
from storage.schema import job
from storage.statements import execute, first, is_one_of

_open_at_provider = sa.and_(job.c.provider == sa.bindparam("provider"), job.c.finished_at.is_(None))
_in_line = sa.and_(_open_at_provider, job.c.state == JobState.QUEUED, job.c.status_id.is_not(None))
_arrival = sa.tuple_(job.c.created_at, job.c.id)

_RUNNING = sa.select(sa.func.count().label("jobs")).where(
    _open_at_provider, is_one_of(job.c.state, RUNNING_STATES)
)
_BEFORE = sa.select(sa.func.count().label("jobs")).where(
    _in_line,
    _arrival
    < sa.tuple_(sa.bindparam("created_at", type_=job.c.created_at.type), sa.bindparam("job_id")),
)
_FIRST = (
    sa.select(job.c.id, job.c.not_before)
    .where(_in_line)
    .order_by(job.c.created_at, job.c.id)
    .limit(1)
)


def begin_submit(conn: sa.Connection, job: Job, *, max_running: int, now: datetime) -> Job | int:
    """Take one of the provider's places, or say where in the line the job stands (1 is next).

    The lease is kept, for the submit itself. Raises StaleFence.
    """
    place = position(conn, job)
    if running(conn, job.provider) >= max_running or place > 1:
        return place
    return write(conn, job, JobState.SUBMITTING, {"started_at": now})


def running(conn: sa.Connection, provider: str) -> int:
    """Count the jobs that take one of the provider's places."""
    [row] = execute(conn, _RUNNING, {"provider": provider})
    jobs: int = row["jobs"]
    return jobs


def position(conn: sa.Connection, job: Job) -> int:
    """Say where in the line a job stands, or would stand; 1 is next."""
    arrival = {"provider": job.provider, "created_at": job.created_at, "job_id": job.id}
    [before] = execute(conn, _BEFORE, arrival)
    jobs_before: int = before["jobs"]
    return jobs_before + 1


def wake_first_in_line(conn: sa.Connection, provider: str, *, now: datetime) -> None:
    """Make the first job in line due now, because a place may have become free.

    While the provider asked that job to wait, it sleeps on, and nobody overtakes it.
    """
    row = first(conn, _FIRST, {"provider": provider})
    if row is not None and (row["not_before"] is None or row["not_before"] <= now):
        visits.wake(conn, row["id"], now=now)
