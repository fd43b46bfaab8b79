"""The line before a provider: jobs are submitted a few at a time, each member's in turn.

A job stands in line from the moment its status message is posted, so that a member always sees
where it stands. Whom a limit of their own holds up is passed over until a slot comes free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import slots, visits
from storage.fenced import write
from storage.job import Job, JobState
from storage.job_schema import IS_IN_LINE, job
from storage.slot_schema import SlotKind, slot_account
from storage.slots import NO_LIMITS, Limits
from storage.statements import Row, execute, first

NO_LIMIT = 2**62

_in_line = sa.and_(IS_IN_LINE, job.c.provider == sa.bindparam("provider"))


def _full(kind: SlotKind, *columns: sa.ColumnElement[int]) -> sa.Select[*tuple[Any, ...]]:
    found = sa.select(*columns)
    return found.where(
        slot_account.c.kind == kind, slot_account.c.taken >= sa.bindparam(f"{kind}_limit")
    )


_is_held_up = sa.or_(
    sa.tuple_(job.c.guild_id, job.c.member_id).in_(
        _full(SlotKind.MEMBER, slot_account.c.guild_id, slot_account.c.member_id)
    ),
    job.c.guild_id.in_(_full(SlotKind.GUILD, slot_account.c.guild_id)),
)
_ARRIVAL = (job.c.turn, job.c.created_at, job.c.id)
_TURN = sa.select(job.c.turn).where(job.c.id == sa.bindparam("job_id"))
_BEFORE = sa.select(
    sa.func.count().label("jobs"),
    sa.func.coalesce(sa.func.sum(sa.case((_is_held_up, 0), else_=1)), 0).label("ready"),
).where(
    _in_line,
    sa.tuple_(*_ARRIVAL)
    < sa.tuple_(
        sa.bindparam("turn"),
        sa.bindparam("created_at", type_=job.c.created_at.type),
        sa.bindparam("job_id"),
    ),
)
# Who was woken to begin has begun; only a wish to cancel is still to be looked at soon.
_BEGUN = {"woken": sa.and_(job.c.woken, job.c.cancel_requested)}
_FIRST = (
    sa.select(job.c.id, job.c.not_before)
    .where(_in_line, sa.not_(_is_held_up))
    .order_by(*_ARRIVAL)
    .limit(1)
)
_NEXT_LINE = sa.select(sa.func.min(job.c.provider).label("provider")).where(
    IS_IN_LINE, job.c.provider > sa.bindparam("after")
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a job stands in line."""

    position: int
    """Among those who could begin as things stand; 1 is next."""
    jobs_before: int
    """All that stand before it, those a limit of their own holds up among them."""
    held_up_by: SlotKind | None = None
    """Whose limit holds it up, its member's or its guild's; None where it is only its turn."""
    running: int = 0
    """How many jobs of those take up that limit."""


def begin_submit(
    conn: sa.Connection, job: Job, *, max_running: int, now: datetime, limits: Limits = NO_LIMITS
) -> Job | Place:
    """Take a slot of the provider, the guild and the member, or say where in line the job stands.

    The lease is kept, for the submit itself. Raises StaleFence.
    """
    limits = replace(limits, provider=max_running)
    there = place(conn, job, limits)
    if there.held_up_by or there.position > 1 or running(conn, job.provider) >= max_running:
        return there
    begun = write(
        conn, job, JobState.SUBMITTING, {"started_at": now}, computed=_BEGUN, limits=limits
    )
    if running(conn, job.provider) < max_running:
        wake_first_in_line(conn, job.provider, now=now, limits=limits)
    return begun


def running(conn: sa.Connection, provider: str) -> int:
    """Count the jobs that take one of the provider's places."""
    return slots.taken_at(conn, provider)


def place(conn: sa.Connection, job: Job, limits: Limits = NO_LIMITS) -> Place:
    """Say where in line a job stands, or would stand."""
    [own] = execute(conn, _TURN, {"job_id": job.id})
    arrival = {"turn": own["turn"], "created_at": job.created_at, "job_id": job.id}
    [before] = execute(conn, _BEFORE, {**_limits(job.provider, limits), **arrival})
    there = Place(position=before["ready"] + 1, jobs_before=before["jobs"])
    for kind in (SlotKind.MEMBER, SlotKind.GUILD):
        limit = limits.of(kind)
        if limit is not None and (taken := slots.taken(conn, kind, job)) >= limit:
            return replace(there, held_up_by=kind, running=taken)
    return there


def wake_next(conn: sa.Connection, *, now: datetime, limits: Limits = NO_LIMITS) -> None:
    """Make the first that may begin due now, in every line: a slot has come free.

    A member's or a guild's slot may be what a job at another provider waits for.
    """
    provider = ""
    while provider := execute(conn, _NEXT_LINE, {"after": provider})[0]["provider"] or "":
        wake_first_in_line(conn, provider, now=now, limits=limits)


def wake_first_in_line(
    conn: sa.Connection, provider: str, *, now: datetime, limits: Limits = NO_LIMITS
) -> None:
    """Make the first that no limit holds up due now, because a place may have become free.

    While the provider asked that job to wait, it sleeps on, and nobody overtakes it.
    """
    row = first(conn, _FIRST, _limits(provider, limits))
    if row is not None and (row["not_before"] is None or row["not_before"] <= now):
        visits.wake(conn, row["id"], now=now)


def _limits(provider: str, limits: Limits) -> Row:
    kinds = (SlotKind.MEMBER, SlotKind.GUILD)
    of_kinds = ((kind, limits.of(kind)) for kind in kinds)
    given = {f"{kind}_limit": NO_LIMIT if limit is None else limit for kind, limit in of_kinds}
    return {"provider": provider, **given}
