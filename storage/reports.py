"""What the owner compares with the providers' own bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from storage.job import JobState
from storage.job_schema import job
from storage.schema import Phase, entry
from storage.statements import execute

MICROSECONDS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class DaySum:
    """The jobs of one provider's model that ended on one day, and who paid for them."""

    day: date
    """In UTC."""
    provider: str
    model: str
    jobs: int
    delivered: int
    paid_credits: int
    """By members."""
    house_loss_credits: int
    billed_microdollars: int
    """What the provider says it billed, as far as it says."""
    unbilled_jobs: int
    """Jobs that reached the provider and whose bill it did not say."""


_seconds = sa.type_coerce(job.c.finished_at, sa.BigInteger) // MICROSECONDS
_loss = sa.and_(entry.c.source == job.c.id, entry.c.phase == Phase.LOSS)


def _sum(values: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(values), 0)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(condition)


# A job has at most one loss (the phase is in the entry's key), so the join repeats no job.
_SETTLED = (
    sa.select(
        sa.func.date(_seconds, "unixepoch", type_=sa.Date).label("day"),
        job.c.provider,
        job.c.model,
        sa.func.count().label("jobs"),
        _count(job.c.state == JobState.DELIVERED).label("delivered"),
        _sum(job.c.paid_credits).label("paid_credits"),
        _sum(-entry.c.posted_change).label("house_loss_credits"),
        _sum(job.c.billed_microdollars).label("billed_microdollars"),
        _count(sa.and_(job.c.billed_microdollars.is_(None), job.c.task.is_not(None))).label(
            "unbilled_jobs"
        ),
    )
    .select_from(job.outerjoin(entry, _loss))
    .where(
        job.c.finished_at >= sa.bindparam("since", type_=job.c.finished_at.type),
        job.c.finished_at < sa.bindparam("until", type_=job.c.finished_at.type),
    )
    .group_by("day", job.c.provider, job.c.model)
    .order_by("day", job.c.provider, job.c.model)
)


def settled_by_day(conn: sa.Connection, *, since: datetime, until: datetime) -> list[DaySum]:
    """Add up the jobs that ended from `since` to just before `until`, by day, provider, model."""
    return [DaySum(**row) for row in execute(conn, _SETTLED, {"since": since, "until": until})]
