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

_open_at_provider = sa.and_(job.c.provider == sa.bindparam("provider"), job.c.finished_at.is_(None))
_in_line = sa.and_(_open_at_provider, job.c.state == JobState.QUEUED, job.c.status_id.is_not(None))
_arrival = sa.tuple_(job.c.created_at, job.c.id)

_RUNNING = sa.select(sa.func.count()).where(_open_at_provider, job.c.state.in_(RUNNING_STATES))
_BEFORE = sa.select(sa.func.count()).where(
    _in_line,
    _arrival
    < sa.tuple_(sa.bindparam("created_at", type_=job.c.created_at.type), sa.bindparam("job_id")),
)
_FIRST = sa.select(job.c.id).where(_in_line).order_by(job.c.created_at, job.c.id).limit(1)


def begin_submit(conn: sa.Connection, job: Job, *, max_running: int, now: datetime) -> Job | int:
    """Take one of the provider's places, or say where in the line the job stands (1 is next).

    The lease is kept, for the submit itself. Raises StaleFence.
    """
    running = conn.execute(_RUNNING, {"provider": job.provider}).scalar_one()
    arrival = {"provider": job.provider, "created_at": job.created_at, "job_id": job.id}
    before = conn.execute(_BEFORE, arrival).scalar_one()
    if running >= max_running or before > 0:
        return before + 1
    return write(conn, job, JobState.SUBMITTING, {"started_at": now})


def wake_first_in_line(conn: sa.Connection, provider: str, *, now: datetime) -> None:
    """Make the first job in line due now, because a place may have become free."""
    first = conn.execute(_FIRST, {"provider": provider}).scalar_one_or_none()
    if first is not None:
        visits.wake(conn, first, now=now)
