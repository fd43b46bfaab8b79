"""What moderators are shown of a job nobody can tell about, and what they decide, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import jobs, late
from storage.job_schema import Verdict as Verdict
from storage.job_schema import job as job_table
from storage.job_schema import review
from storage.jobs import Job, JobState, NewJob
from storage.statements import Row, execute, first


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is on record of a job under review."""

    job_id: str
    told_at: datetime | None = None
    """When the member was told and the moderators asked."""
    channel_id: int | None = None
    """Where the moderators' card stands; None where there was no place for it."""
    message_id: int | None = None
    verdict: Verdict | None = None
    moderator_id: int | None = None
    """Who decided."""
    decided_at: datetime | None = None
    next_job_id: str | None = None
    """The job that was made of the same request."""
    resumed_at: datetime | None = None
    """When the bot began to look for a late clip."""
    lost_tasks: int = 0
    """How many tasks were named that the provider does not know."""


_CASE = sa.select(review).where(review.c.job_id == sa.bindparam("of_job"))
_card = insert(review)
_KEEP_CARD = _card.on_conflict_do_update(
    index_elements=[review.c.job_id],
    set_={name: _card.excluded[name] for name in ("told_at", "channel_id", "message_id")},
).returning(review)
_verdict = insert(review)
_DECIDE = _verdict.on_conflict_do_update(
    index_elements=[review.c.job_id],
    set_={
        name: _verdict.excluded[name]
        for name in ("verdict", "moderator_id", "decided_at", "next_job_id")
    },
    where=review.c.verdict.is_(None),
).returning(review)
_TASK_OF_ANOTHER = (
    sa.select(job_table.c.id)
    .where(
        job_table.c.provider == sa.bindparam("of_provider"),
        job_table.c.task == sa.bindparam("named", type_=job_table.c.task.type),
        job_table.c.id != sa.bindparam("of_job"),
    )
    .limit(1)
)


def of_job(conn: sa.Connection, job_id: str) -> Case | None:
    """Read what is on record of a job; None where it never came under review."""
    row = first(conn, _CASE, {"of_job": job_id})
    return None if row is None else Case(**row)


def is_open(conn: sa.Connection, job: Job) -> bool:
    """Whether there is something left to decide about a job."""
    case = of_job(conn, job.id)
    return job.state is JobState.NEEDS_REVIEW and (case is None or case.verdict is None)


def keep_card(
    conn: sa.Connection,
    job_id: str,
    *,
    channel_id: int | None,
    message_id: int | None,
    now: datetime,
) -> Case:
    """Remember that everybody was told, and where the card of the job stands."""
    card = {"channel_id": channel_id, "message_id": message_id, "told_at": now}
    [row] = execute(conn, _KEEP_CARD, {"job_id": job_id, **card})
    return Case(**row)


def is_task_of_another(conn: sa.Connection, job: Job, task: dict[str, str | int]) -> bool:
    """Whether a task belongs to another job, whose clip is nobody else's business."""
    key = {"of_provider": job.provider, "named": task, "of_job": job.id}
    return bool(execute(conn, _TASK_OF_ANOTHER, key))


def decide(
    conn: sa.Connection,
    job_id: str,
    verdict: Verdict,
    *,
    moderator_id: int,
    task: dict[str, str | int] | None = None,
    now: datetime,
) -> bool:
    """Record a verdict; with a task, the bot goes on to look for its clip, on the house.

    Says whether it counts: of several at once exactly one does, and none once the job has moved
    on. Raises JobNotFound.
    """
    job = jobs.get(conn, job_id)
    if not _record(conn, job, verdict, moderator_id=moderator_id, now=now):
        return False
    if task is not None:
        late.resume(conn, job, task=task, now=now)
    return True


def run_again(
    conn: sa.Connection,
    job_id: str,
    new: NewJob,
    *,
    moderator_id: int,
    role_ids: Sequence[int] = (),
    now: datetime,
) -> Job | None:
    """Record that verdict and make the new job with its hold, together or not at all.

    The roles are its member's, as they are now. None where another verdict came first. Raises
    NotEnoughCredits, BudgetError and JobNotFound.
    """
    job = jobs.get(conn, job_id)
    if not is_open(conn, job):
        return None
    made = jobs.create(conn, new, now=now, role_ids=role_ids)
    _record(conn, job, Verdict.RUN_AGAIN, moderator_id=moderator_id, now=now, next_job_id=made.id)
    return made


def _record(
    conn: sa.Connection,
    job: Job,
    verdict: Verdict,
    *,
    moderator_id: int,
    now: datetime,
    next_job_id: str | None = None,
) -> bool:
    if job.state is not JobState.NEEDS_REVIEW:
        return False
    values: Row = {
        "job_id": job.id,
        "verdict": verdict,
        "moderator_id": moderator_id,
        "decided_at": now,
        "next_job_id": next_job_id,
    }
    is_first = bool(execute(conn, _DECIDE, values))
    if is_first:
        # The card is brought up to date by the next visit.
        late.wake_reviewed(conn, job.id, now=now)
    return is_first
