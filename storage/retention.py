"""Which jobs and drafts still need their files."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.draft_schema import draft
from storage.job import JobState
from storage.job_schema import job

OVER_FOR_GOOD = (JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED)
"""A job that moderators look at, or whose clip may come late, is not."""


class Need(enum.Enum):
    """What a job is to the files that were stored for it."""

    KEEPS = enum.auto()
    OUTLIVED = enum.auto()
    NO_JOB = enum.auto()


def needs(
    conn: sa.Connection, job_ids: Sequence[str], *, ended_before: datetime | None
) -> dict[str, Need]:
    """Say of each id whether such a job keeps its files; with no moment, every job does.

    A draft keeps its own for as long as it is there.
    """
    rows = conn.execute(
        sa.select(job.c.id, job.c.state, job.c.finished_at).where(job.c.id.in_(job_ids))
    )
    found = {row.id: _need(row.state, row.finished_at, ended_before) for row in rows}
    drafts = conn.execute(sa.select(draft.c.id).where(draft.c.id.in_(job_ids)))
    found |= {row.id: Need.KEEPS for row in drafts}
    return {job_id: found.get(job_id, Need.NO_JOB) for job_id in job_ids}


def _need(state: JobState, finished_at: datetime | None, ended_before: datetime | None) -> Need:
    if state not in OVER_FOR_GOOD or finished_at is None or ended_before is None:
        return Need.KEEPS
    return Need.OUTLIVED if finished_at < ended_before else Need.KEEPS
