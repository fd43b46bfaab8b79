"""Jobs of which nobody could find out whether the provider took, and billed, them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.job import JobState
from storage.job_schema import job
from storage.statements import execute


@dataclass(frozen=True, kw_only=True)
class Review:
    """A job that nobody pays for until a person has looked at the provider's own records."""

    job_id: str
    provider: str
    model: str
    price_credits: int
    """The quote, which the provider may have billed."""
    ended_at: datetime


_GIVEN_UP = (
    sa.select(
        job.c.id.label("job_id"),
        job.c.provider,
        job.c.model,
        job.c.price_credits,
        job.c.finished_at.label("ended_at"),
    )
    .where(
        job.c.state == JobState.NEEDS_REVIEW,
        job.c.finished_at >= sa.bindparam("since", type_=job.c.finished_at.type),
        job.c.finished_at < sa.bindparam("until", type_=job.c.finished_at.type),
    )
    .order_by(job.c.finished_at, job.c.id)
)


def given_up(conn: sa.Connection, *, since: datetime, until: datetime) -> list[Review]:
    """List the jobs to be reviewed that ended from `since` to just before `until`, in order."""
    return [Review(**row) for row in execute(conn, _GIVEN_UP, {"since": since, "until": until})]
