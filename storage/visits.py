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
from storage.job_schema import IS_OPENED, IS_UNOPENED, job
from storage.statements import Row, execute, is_one_of

OPENINGS_OF_A_MEMBER = 8
"""Whoever orders a lot at once has so many threads opened at a time, and the others theirs."""

_now = sa.bindparam("now", type_=job.c.due_at.type)
_free = sa.or_(job.c.lease_until.is_(None), job.c.lease_until <= _now)

# A list of no fixed length comes as JSON, because a statement is spelled once and for all.
_full = sa.func.json_each(sa.bindparam("full", type_=sa.Text)).table_valued("value")

# A statement for each provider with jobs that are due, found by steps along an index: together in
# one, every claim would go through all that is due.
_NEXT_PROVIDER = [
    sa.select(sa.func.min(job.c.provider).label("provider")).where(
        kind, job.c.provider > sa.bindparam("after")
    )
    for kind in (IS_OPENED, IS_UNOPENED)
]
_due_there = sa.and_(job.c.provider == sa.bindparam("of_provider"), job.c.due_at <= _now)
_openings = (
    sa.select(
        job.c.id,
        job.c.turn,
        job.c.created_at,
        job.c.lease_until,
        sa.func.row_number()
        .over(
            partition_by=(job.c.provider, job.c.guild_id, job.c.member_id),
            order_by=(job.c.turn, job.c.created_at, job.c.id),
        )
        .label("place"),
    )
    .where(_due_there, IS_UNOPENED)
    .subquery()
)
_OPENINGS = (
    sa.select(_openings.c.id)
    .where(
        _openings.c.place <= OPENINGS_OF_A_MEMBER,
        sa.or_(_openings.c.lease_until.is_(None), _openings.c.lease_until <= _now),
    )
    .order_by(_openings.c.turn, _openings.c.created_at, _openings.c.id)
    .limit(sa.bindparam("limit"))
)
_OTHERS = (
    sa.select(job.c.id)
    .where(IS_OPENED, _due_there, _free)
    .order_by(job.c.due_at, job.c.id)
    .limit(sa.bindparam("limit"))
)
_LEASE = {
    "lease_until": sa.bindparam("until", type_=job.c.lease_until.type),
    "fence": job.c.fence + 1,
    "visits": job.c.visits + 1,
    "woken": False,
}
_CLAIMS = [
    sa.update(job).where(job.c.id.in_(chosen)).values(_LEASE).returning(*JOB_COLUMNS)
    for chosen in (_OTHERS, _OPENINGS)
]

_there = job.c.provider == sa.bindparam("of_provider")
_FIRST_FREE = (
    sa.select(job.c.due_at.label("at"))
    .where(IS_OPENED, _there, job.c.lease_until.is_(None))
    .order_by(job.c.due_at)
    .limit(1)
)
_member_opening = (
    sa.select(sa.func.min(job.c.due_at).filter(job.c.lease_until.is_(None)).label("at"))
    .where(IS_UNOPENED, _there)
    .group_by(job.c.guild_id, job.c.member_id)
    .having(sa.func.count(job.c.lease_until) < OPENINGS_OF_A_MEMBER)
    .subquery()
)
_FIRST_OPENING = sa.select(sa.func.min(_member_opening.c.at).label("at"))

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
_BRING_FORWARD = [
    sa.update(job)
    .where(kind, job.c.due_at > sa.bindparam("latest", type_=job.c.due_at.type))
    .values(due_at=sa.bindparam("latest", type_=job.c.due_at.type))
    for kind in (IS_OPENED, IS_UNOPENED)
]
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
    provider that lets us wait takes no visit from another's jobs. Jobs whose thread is to be
    opened come last, in the order of their turns and a few of each member: somebody's many orders
    keep nobody else's thread waiting.
    """
    given = {"now": now, "until": now + lease}
    claims: list[Row] = []
    for provider in sorted(_providers(conn)):
        free = limit - (visited or {}).get(provider, 0)
        for claim in _CLAIMS:
            if free > 0:
                rows = execute(conn, claim, {**given, "of_provider": provider, "limit": free})
                free -= len(rows)
                claims += rows
    return [as_job(row) for row in sorted(claims, key=_since)]


def next_due(conn: sa.Connection, *, but_for: Collection[str] = ()) -> datetime | None:
    """Say when the next job can be claimed, but for those of some providers; None if never."""
    rows = execute(conn, _FIRST_LEASED, {"full": json.dumps(list(but_for))})
    for provider in _providers(conn) - set(but_for):
        rows += execute(conn, _FIRST_FREE, {"of_provider": provider})
        rows += execute(conn, _FIRST_OPENING, {"of_provider": provider})
    return min((row["at"] for row in rows if row["at"] is not None), default=None)


def _providers(conn: sa.Connection) -> set[str]:
    """Whose jobs are due, now or later."""
    found: set[str] = set()
    for statement in _NEXT_PROVIDER:
        after = ""
        while after := execute(conn, statement, {"after": after})[0]["provider"] or "":
            found.add(after)
    return found


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
    for statement in _BRING_FORWARD:
        execute(conn, statement, {"latest": latest})


def drop_leases(conn: sa.Connection) -> None:
    """Void every lease: at start, whoever held them is dead."""
    execute(conn, _DROP_LEASES)


def _since(row: Row) -> tuple[datetime, str]:
    return row["due_at"], row["id"]
