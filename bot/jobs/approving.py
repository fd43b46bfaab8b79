"""The step of a job that a moderator has to let begin: it waits, for a day."""

from __future__ import annotations

from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import Workbench
from storage import jobs
from storage.asks import JOB_LIFETIME
from storage.jobs import Job


async def await_approval(bench: Workbench, job: Job) -> None:
    """Sleep until somebody answers; give the hold back once nobody has for a day."""
    ends_at = job.created_at + JOB_LIFETIME
    now = bench.clock()
    if job.cancel_requested:
        await bench.end(job, Outcome.CANCELLED_EARLY)
    elif now >= ends_at:
        await bench.end(job, Outcome.NOT_APPROVED)
    else:
        await bench.database.run(jobs.update, job, now=now, due_at=ends_at)
