"""The looks at tasks that are overdue, as after a restart, and when each is taken instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from storage.job import JobState
from storage.job_schema import job
from storage.statements import execute, is_one_of

_now = sa.bindparam("now", type_=job.c.due_at.type)
_OVERDUE = (
    sa.select(job.c.id, job.c.provider)
    .where(job.c.due_at <= _now, is_one_of(job.c.state, {JobState.RUNNING, JobState.LATE}))
    .order_by(job.c.due_at, job.c.id)
)
_POSTPONE = (
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), job.c.due_at.is_not(None))
    .values(due_at=sa.bindparam("look", type_=job.c.due_at.type))
)


def overdue(conn: sa.Connection, *, now: datetime) -> dict[str, list[str]]:
    """List the jobs by provider whose tasks should have been looked at, the oldest first."""
    found: dict[str, list[str]] = {}
    for row in execute(conn, _OVERDUE, {"now": now}):
        found.setdefault(row["provider"], []).append(row["id"])
    return found


def postpone(conn: sa.Connection, looks: Mapping[str, datetime]) -> None:
    """Set when each of these jobs is visited."""
    for job_id, look in looks.items():
        execute(conn, _POSTPONE, {"job_id": job_id, "look": look})
