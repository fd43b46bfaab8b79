"""When the worker visits a job: claims with a lease, the next due moment, and waking.

A row with a `due_at` gets a visit at that moment. Claiming leases it, so that nobody else visits
it meanwhile, and raises its fence, so that a claim that was lost can no longer write.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.fenced import JOB_COLUMNS, as_job
from storage.job import RUNNING_STATES, Job, JobState
from storage.schema import job
from storage.statements import Row, execute, is_one_of

_now = sa.bindparam("now", type_=job.c.due_at.type)
_free = sa.or_(job.c.lease_until.is_(None), job.c.lease_until <= _now)

# Lists of no fixed length come as JSON, because a statement is spelled once and for all.
_visited = sa.func.json_each(sa.bindparam("visited", type_=sa.Text)).table_valued("key", "value")
_full = sa.func.json_each(sa.bindparam("full", type_=sa.Text)).table_valued("value")

_due = (
    sa.select(
        job.c.id,
        job.c.provider,
        sa.func.row_number()
        .over(partition_by=job.c.provider, order_by=(job.c.due_at, job.c.id))
        .label("place"),
    )
    .where(job.c.due_at <= _now, _free)
    .subquery()
)
_visits_there = (
    sa.select(_visited.c.value).where(_visited.c.key == _due.c.provider).scalar_subquery()
)
_CLAIM = (
    sa.update(job)
    .where(
        job.c.id.in_(
            sa.select(_due.c.id).where(
                _due.c.place <= sa.bindparam("limit") - sa.func.coalesce(_visits_there, 0)
            )
        )
    )
    .values(
        lease_until=sa.bindparam("until", type_=job.c.lease_until.type),
        fence=job.c.fence + 1,
        visits=job.c.visits + 1,
        woken=False,
    )
    .returning(*JOB_COLUMNS)
)

_FIRST_FREE = (
    sa.select(job.c.due_at.label("at"))
    .where(
        job.c.due_at.is_not(None),
        job.c.lease_until.is_(None),
        job.c.provider.not_in(sa.select(_full.c.value)),
    )
    .order_by(job.c.due_at)
    .limit(1)
)
_FIRST_LEASED = (
    sa.select(sa.func.max(job.c.due_at, job.c.lease_until, type_=job.c.due_at.type).label("at"))
    .where(
        job.c.due_at.is_not(None),
        job.c.lease_until.is_not(None),
        job.c.provider.not_in(sa.select(_full.c.value)),
    )
    .order_by("at")
    .limit(1)
)

# Two-argument min() is SQLite's LEAST; with a NULL it would be NULL.
WAKING = {
    "due_at": sa.func.min(sa.func.coalesce(job.c.due_at, _now), _now),
    "woken": job.c.lease_until.is_not(None),
}
"""The columns that make a row due at the parameter `now`."""

_WAKE = (
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), job.c.finished_at.is_(None))
    .values(WAKING)
)

_has_no_task = sa.and_(
    job.c.id == sa.bindparam("job_id"), job.c.task.is_(None), job.c.hint.is_(None)
)
_HINT = (
    sa.update(job)
    .where(_has_no_task, is_one_of(job.c.state, RUNNING_STATES | {JobState.NEEDS_REVIEW}))
    .values(hint=sa.bindparam("told", type_=job.c.hint.type))
    .returning(job.c.id)
)
_is_asleep = sa.or_(
    job.c.due_at.is_(None),
    job.c.due_at > _now,
    sa.and_(job.c.lease_until.is_not(None), sa.not_(job.c.woken)),
)
_WAKE_RUNNING = (
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), is_one_of(job.c.state, RUNNING_STATES), _is_asleep)
    .values(WAKING)
    .returning(job.c.id)
)
_GIVE_BACK = (
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), job.c.fence == sa.bindparam("held"))
    .values(lease_until=None, woken=False)
)
_BRING_FORWARD = (
    sa.update(job)
    .where(job.c.due_at > sa.bindparam("latest", type_=job.c.due_at.type))
    .values(due_at=sa.bindparam("latest", type_=job.c.due_at.type))
)
_DROP_LEASES = sa.update(job).where(job.c.lease_until.is_not(None)).values(lease_until=None)


def claim_due(
    conn: sa.Connection,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    visited: Mapping[str, int] | None = None,
) -> list[Job]:
    """Claim the jobs that are due and that nobody visits, oldest due first.

    The limit is each provider's own, and the visits its jobs have already count towards it: a
    provider that lets us wait takes no visit from another's jobs.
    """
    under_way = json.dumps(dict(visited or {}))
    given = {"now": now, "until": now + lease, "limit": limit, "visited": under_way}
    return [as_job(row) for row in sorted(execute(conn, _CLAIM, given), key=_since)]


def next_due(conn: sa.Connection, *, but_for: Collection[str] = ()) -> datetime | None:
    """Say when the next job can be claimed, but for those of some providers; None if never."""
    given = {"full": json.dumps(list(but_for))}
    rows = execute(conn, _FIRST_FREE, given) + execute(conn, _FIRST_LEASED, given)
    return min((row["at"] for row in rows), default=None)


def wake(conn: sa.Connection, job_id: str, *, now: datetime) -> None:
    """Make a job due now, even during a visit; a job that is over sleeps on. Safe to repeat."""
    execute(conn, _WAKE, {"job_id": job_id, "now": now})


def hint(
    conn: sa.Connection, job_id: str, *, task: dict[str, str | int] | None, now: datetime
) -> bool:
    """Take a webhook's word that something happened, and say whether the row changed.

    A job that takes one of its provider's places is due now. The first task that is named is kept
    as its hint, if nobody knows its task: also where the moderators look at it already. Nothing
    else changes, however often, late or out of order webhooks come.
    """
    is_told = task is not None and bool(execute(conn, _HINT, {"job_id": job_id, "told": task}))
    is_woken = bool(execute(conn, _WAKE_RUNNING, {"job_id": job_id, "now": now}))
    return is_told or is_woken


def give_back(conn: sa.Connection, job: Job) -> None:
    """End a visit that could write nothing: the row is due as it was, unless claimed anew."""
    execute(conn, _GIVE_BACK, {"job_id": job.id, "held": job.fence})


def bring_forward(conn: sa.Connection, *, latest: datetime) -> None:
    """Let no job sleep beyond a moment: those set to later may have been by a clock that was ahead.

    A visit that comes too early finds out by itself, and sleeps on.
    """
    execute(conn, _BRING_FORWARD, {"latest": latest})


def drop_leases(conn: sa.Connection) -> None:
    """Void every lease: at start, whoever held them is dead."""
    execute(conn, _DROP_LEASES)


def _since(row: Row) -> tuple[datetime, str]:
    return row["due_at"], row["id"]
