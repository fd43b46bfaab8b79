"""What may become of a job after its hold was given back: its clip comes late, on the house.

NEEDS_REVIEW → LATE → (DELIVERED | FAILED), or back to NEEDS_REVIEW where the task is no task of
the provider. Nothing here touches a hold; what the provider bills is the house's loss, once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import ledger, spending, strikes, visits
from storage.fenced import write
from storage.job import Job, JobState
from storage.job_schema import job as jobs
from storage.job_schema import review
from storage.schema import Phase, entry
from storage.statements import execute

_WAKE = (
    sa.update(jobs)
    .where(jobs.c.id == sa.bindparam("job_id"), jobs.c.state == JobState.NEEDS_REVIEW)
    .values(visits.WAKING)
)
_RESUMED = insert(review)
_RESUMED = _RESUMED.on_conflict_do_update(
    index_elements=[review.c.job_id], set_={"resumed_at": _RESUMED.excluded.resumed_at}
)
_REOPENED = (
    sa.update(review)
    .where(review.c.job_id == sa.bindparam("of_job"))
    .values(
        verdict=None,
        moderator_id=None,
        decided_at=None,
        resumed_at=None,
        lost_tasks=review.c.lost_tasks + 1,
    )
)
_LOSS = sa.select(entry.c.source).where(
    entry.c.source == sa.bindparam("source"), entry.c.phase == Phase.LOSS
)


def hint(
    conn: sa.Connection, job_id: str, *, task: dict[str, str | int] | None, now: datetime
) -> bool:
    """Take a webhook's word, as `visits.hint` does; one about a job under review is looked at."""
    is_changed = visits.hint(conn, job_id, task=task, now=now)
    if is_changed:
        wake_reviewed(conn, job_id, now=now)
    return is_changed


def wake_reviewed(conn: sa.Connection, job_id: str, *, now: datetime) -> None:
    """Make a job under review due now, though it is over. Safe to repeat."""
    execute(conn, _WAKE, {"job_id": job_id, "now": now})


def resume(conn: sa.Connection, job: Job, *, task: dict[str, str | int], now: datetime) -> Job:
    """Look for the clip of a job under review, at the task that was named. Raises StaleFence."""
    resumed = write(conn, job, JobState.LATE, {"task": task, "hint": None, **_given_back(now)})
    execute(conn, _RESUMED, {"job_id": job.id, "resumed_at": now})
    return resumed


def reopen(conn: sa.Connection, job: Job, *, now: datetime) -> Job:
    """Hand a job back to the moderators: the provider knows no such task. Raises StaleFence."""
    reopened = write(conn, job, JobState.NEEDS_REVIEW, {"task": None, **_given_back(now)})
    execute(conn, _REOPENED, {"of_job": job.id})
    return reopened


def finish(
    conn: sa.Connection,
    job: Job,
    state: JobState,
    *,
    now: datetime,
    house_loss_credits: int,
    failure: str | None = None,
    billed_microdollars: int | None = None,
    is_strike: bool = False,
) -> Job:
    """End a late job, due for its last visit, and book what it cost on the house, once.

    Raises StaleFence, and ValueError where the job is not late or the state ends none.
    """
    if job.state is not JobState.LATE or state not in (JobState.DELIVERED, JobState.FAILED):
        raise ValueError(f"{state} does not end a job that is {job.state}")
    values = {"failure": failure, **_given_back(now)}
    if billed_microdollars is not None:
        values["billed_microdollars"] = billed_microdollars
    finished = write(conn, job, state, values)
    if house_loss_credits and not execute(conn, _LOSS, {"source": job.id}):
        ledger.lose(conn, job_id=job.id, guild_id=job.guild_id, credits=house_loss_credits, now=now)
    spending.billed_late(conn, finished)
    if is_strike:
        strikes.add(conn, finished, now=now)
    return finished


def _given_back(now: datetime) -> dict[str, Any]:
    return {"due_at": now, "lease_until": None, "woken": False}
